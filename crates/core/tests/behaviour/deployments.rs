//! The life of a deployment, from proposal to proof or return.

use crate::world::company::env;
use crate::world::story::{broken, failed, given, running};
use tidegate_core::stream::deployment::Command;
use tidegate_core::stream::environment::Command::{Hold, Open};
use tidegate_core::stream::release::{Command::Promote, Stage};
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

#[test]
fn waiting_for_somebody_at_the_gates_looks_now_and_then_and_never_spins() {
    let mut story = running();
    story.deployed("web@1.1.0", "staging");
    let id = story.deploy("web@1.2.0", "prod").unwrap();
    assert_eq!(story.phase(&id), "waiting");
    let before = story.ledger.entries.len();
    story.pass(Millis::minutes(60));
    assert_eq!(
        story.ledger.entries.len(),
        before,
        "nothing changed, so nothing is written"
    );
    assert_eq!(story.phase(&id), "waiting");
    story.sleep(Millis::minutes(14 * 24 * 60));
    assert_eq!(story.phase(&id), "expired");
}

#[test]
fn while_the_old_deployment_is_taken_back_the_one_planned_upon_it_does_not_start() {
    let mut story = running();
    let old = story.deploy("web@1.1.0", "staging").unwrap();
    story.succeeds(&old);
    story
        .environment(
            "staging",
            Hold {
                because: "audit".into(),
            },
        )
        .unwrap();
    let new = story.deploy("web@1.2.0", "staging").unwrap();
    assert_eq!(story.phase(&new), "waiting");
    story.regressed(&old).unwrap();
    assert_eq!(story.phase(&old), "rolling back");
    story
        .environment(
            "staging",
            Open {
                because: "audited".into(),
            },
        )
        .unwrap();
    assert_eq!(story.phase(&new), "superseded");
    story.agent_finishes();
    assert_eq!(story.phase(&old), "rolled back");
    let third = story.deploy("web@1.2.0", "staging").unwrap();
    story.succeeds(&third);
}

#[test]
fn the_same_release_again_keeps_its_promotion_and_its_place() {
    let mut story = running();
    story
        .environment(
            "staging",
            Hold {
                because: "audit".into(),
            },
        )
        .unwrap();
    story
        .release("web@1.1.0", Promote { to: env("prod") })
        .unwrap();
    let first = story.deploy("web@1.1.0", "staging").unwrap();
    let second = story.deploy("web@1.1.0", "staging").unwrap();
    assert_eq!(
        (story.phase(&first), story.phase(&second)),
        ("superseded", "waiting")
    );
    let release = story.release_state("web@1.1.0");
    assert_eq!(release.wanted, Some(env("prod")));
    assert!(
        matches!(&release.stages[&env("staging")], Stage::Started { deployment, .. } if deployment.as_str() == second)
    );
}
