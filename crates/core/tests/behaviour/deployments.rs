//! The life of a deployment, from proposal to proof or return.

use crate::world::company::{env, service};
use crate::world::story::{broken, done, failed, given, running};
use tidegate_core::spec::Arrival;
use tidegate_core::stream::artifact::Command::Retire;
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
                until: None,
                lasting: None,
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
                until: None,
                lasting: None,
            },
        )
        .unwrap();
    story
        .release(
            "web@1.1.0",
            Promote {
                to: env("prod"),
                reason: String::new(),
                request: tidegate_core::queue::Request::PLAIN,
            },
        )
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

#[test]
fn an_artifact_retired_while_it_is_fetched_does_not_lose_the_agents_report() {
    let mut story = running();
    let id = story.deploy("web@1.1.0", "staging").unwrap();
    let because = "leaks memory".to_owned();
    story.artifact("web@1.1.0", Retire { because }).unwrap();
    assert!(story.agent_works());
    story.succeeds(&id);
}

#[test]
fn a_pause_while_an_agent_works_stops_before_the_next_step_and_goes_on_there() {
    let mut story = running();
    let id = story.deploy("web@1.1.0", "staging").unwrap();
    story.agent_works();
    let reason = "a call".to_owned();
    story.deployment(&id, Command::Pause { reason }).unwrap();
    story.then(&["deployment.pause_asked"]);
    story.agent_works();
    assert_eq!(story.phase(&id), "paused");
    assert!(story.wanted().is_none());
    story.deployment(&id, Command::Resume).unwrap();
    story.then(&["deployment.resumed", "deployment.step_started"]);
    story.succeeds(&id);
}

#[test]
fn a_pause_that_nobody_ends_takes_the_deployment_back_after_a_day() {
    let mut story = running();
    let id = story.deploy("web@1.1.0", "staging").unwrap();
    story.agent_finishes();
    let reason = "a call".to_owned();
    story.deployment(&id, Command::Pause { reason }).unwrap();
    story.pass(Millis::minutes(24 * 60));
    assert_eq!(story.phase(&id), "rolling back");
    story.agent_finishes();
    assert_eq!(story.phase(&id), "rolled back");
}

#[test]
fn a_way_back_that_fails_needs_a_person_who_tries_again_or_settles_it_by_hand() {
    let mut story = running();
    let id = story.deploy("web@1.1.0", "staging").unwrap();
    story.agent_finishes();
    story.regressed(&id).unwrap();
    story.agent_says(failed());
    assert_eq!(story.phase(&id), "needs a person");
    let _ = story.deploy("web@1.2.0", "staging");
    story.refused("needs a person");
    let reason = "router is back".to_owned();
    story.deployment(&id, Command::Abort { reason }).unwrap();
    assert_eq!(story.phase(&id), "rolling back");
    story.agent_says(failed());
    let reason = " ".to_owned();
    let _ = story.deployment(&id, Command::Settle { reason });
    story.refused("needs a reason");
    let reason = "started 1.0.0 by hand".to_owned();
    story.deployment(&id, Command::Settle { reason }).unwrap();
    story.then(&["deployment.settled", "deployment.rolled_back"]);
    let lane = story.lane("web", "staging");
    assert_eq!(
        lane.running.unwrap().revision.release.to_string(),
        "web@1.0.0"
    );
    assert_eq!(lane.live, None);
}

#[test]
fn no_agent_at_all_is_named_as_the_reason() {
    let mut story = running();
    let id = story.deploy("web@1.1.0", "staging").unwrap();
    story.pass(Millis::minutes(90));
    let state = story.state(&id);
    assert_eq!(state.phase.name(), "stopped");
    assert!(format!("{:?}", state.phase).contains("is one running for staging?"));
}

#[test]
fn work_that_nobody_leased_cannot_be_reported() {
    let mut story = running();
    story.deploy("web@1.1.0", "staging").unwrap();
    let (action, _) = story.wanted().unwrap();
    let _ = story.report(&action, 0, done());
    story.refused("the lease of");
}

#[test]
fn an_attempt_given_up_at_the_gates_leaves_the_earlier_success_standing() {
    let mut story = running();
    story.deployed("web@1.1.0", "staging");
    story.held("staging", "audit");
    let id = story.deploy("web@1.1.0", "staging").unwrap();
    let reason = "not now".to_owned();
    story.deployment(&id, Command::Abort { reason }).unwrap();
    let release = story.release_state("web@1.1.0");
    assert!(matches!(
        release.stages[&env("staging")],
        Stage::Done { .. }
    ));
}

#[test]
fn a_promotion_whose_base_moved_is_planned_again_and_not_forgotten() {
    let mut story = running();
    let old = story.deploy("web@1.1.0", "staging").unwrap();
    story.succeeds(&old);
    let to = env("staging");
    story
        .release(
            "web@1.2.0",
            Promote {
                to,
                reason: String::new(),
                request: tidegate_core::queue::Request::PLAIN,
            },
        )
        .unwrap();
    story.held("staging", "audit");
    let new = story.deploy("web@1.2.0", "staging").unwrap();
    story.regressed(&old).unwrap();
    assert_eq!(story.phase(&new), "superseded");
    let release = story.release_state("web@1.2.0");
    let path = story.ledger.spec.path_of(&service("web")).to_vec();
    assert_eq!(release.next_stop(&path), Some(env("staging")));
}

#[test]
fn an_environment_that_follows_when_green_is_entered_after_a_person_opened_the_way() {
    let mut story = running();
    let prod = story
        .ledger
        .spec
        .environments
        .get_mut(&env("prod"))
        .unwrap();
    prod.deploy = Arrival::WhenGreen;
    let id = story.deploy("web@1.1.0", "staging").unwrap();
    story.succeeds(&id);
    assert_eq!(story.release_state("web@1.1.0").wanted, Some(env("prod")));
    story.roll_back("web", "staging").unwrap().unwrap();
    story.agent_finishes();
    assert_eq!(
        story.release_state("web@1.0.0").wanted,
        None,
        "a return opens no way"
    );
}

#[test]
fn a_return_holds_what_it_leaves_and_goes_at_once_even_when_the_environment_is_held() {
    let mut story = running();
    story.deployed("web@1.1.0", "staging");
    story.held("staging", "audit");
    let id = story.roll_back("web", "staging").unwrap().unwrap();
    story.then(&[
        "deployment.proposed",
        "deployment.gates_passed",
        "deployment.step_started",
        "release.stage_failed",
        "release.held",
        "release.stage_started",
    ]);
    story.agent_finishes();
    assert_eq!(story.phase(&id), "confirmed");
    let _ = story.release(
        "web@1.1.0",
        Promote {
            to: env("prod"),
            reason: String::new(),
            request: tidegate_core::queue::Request::PLAIN,
        },
    );
    story.refused("tidegate release unhold web@1.1.0");
    let place = &story.target.places["staging/web"];
    assert_eq!(place.instances.len(), 1);
}
