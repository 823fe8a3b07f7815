//! The life of a deployment, from proposal to proof or return.

use crate::world::story::{broken, failed, given, running};
use tidegate_core::stream::deployment::Command;
use tidegate_core::time::Millis;

#[test]
fn a_first_install_goes_straight_to_all_traffic_and_is_proven_after_the_watch() {
    let mut story = given(&["web@1.0.0"]);
    let id = story.deploy("web@1.0.0", "staging").unwrap();
    story.then(&[
        "deployment.proposed",
        "deployment.gates_passed",
        "deployment.step_started",
        "release.stage_started",
    ]);
    story.agent_finishes();
    assert_eq!(story.phase(&id), "succeeded");
    story.pass(Millis::minutes(10));
    assert_eq!(story.phase(&id), "confirmed");
    let place = &story.target.places["staging/web"];
    assert_eq!(
        place.weights.values().copied().collect::<Vec<_>>(),
        [10_000]
    );
}

#[test]
fn a_first_install_that_regresses_in_the_watch_leaves_nothing_running_and_nothing_to_return_to() {
    let mut story = given(&["web@1.0.0", "web@1.1.0"]);
    let id = story.deploy("web@1.0.0", "staging").unwrap();
    story.succeeds(&id);
    story
        .deployment(
            &id,
            Command::Abort {
                reason: "wrong colour".into(),
            },
        )
        .unwrap();
    story.agent_finishes();
    assert_eq!(story.phase(&id), "rolled back");
    let lane = story.lane("web", "staging");
    assert_eq!(
        (&lane.running, lane.previous(), &lane.live),
        (&None, None, &None)
    );
    assert!(story.target.places["staging/web"].instances.is_empty());
    let next = story.deploy("web@1.1.0", "staging").unwrap();
    story.succeeds(&next);
}

#[test]
fn a_canary_that_regresses_goes_back_and_its_release_is_held_until_a_person_releases_it() {
    let mut story = running();
    let id = story.deploy("web@1.1.0", "staging").unwrap();
    story.agent_finishes();
    story.regressed(&id).unwrap();
    story.then(&[
        "deployment.judged",
        "deployment.rollback_started",
        "deployment.step_started",
        "release.stage_failed",
        "release.held",
    ]);
    story.agent_finishes();
    assert_eq!(story.phase(&id), "rolled back");
    let next = story.deploy("web@1.1.0", "staging").unwrap();
    assert_eq!(story.phase(&next), "waiting");
}

#[test]
fn an_agent_that_says_no_turns_the_deployment_back_and_one_that_could_not_tell_is_asked_again() {
    let mut story = running();
    let id = story.deploy("web@1.1.0", "staging").unwrap();
    story.agent_works();
    story.agent_says(broken());
    assert_eq!(story.phase(&id), "running");
    story.pass(Millis::secs(1));
    assert_eq!(story.wanted().unwrap().1.attempt, 1);
    story.agent_says(failed());
    assert_eq!(story.phase(&id), "rolling back");
    story.agent_finishes();
    assert_eq!(story.phase(&id), "rolled back");
}
