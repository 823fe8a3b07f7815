//! What a freeze holds, and what lifting it releases.

use super::*;

#[test]
fn what_a_week_of_freeze_held_goes_the_moment_it_is_lifted_and_what_waits_for_another_reason_stays()
{
    let mut story = running();
    story.deployed("web@1.1.0", "staging");
    let id = declared(&mut story, "outage", None, FreezePolicy::default());
    assert_eq!(id, "FRZ-outage");
    let held = story.deploy("web@1.2.0", "staging").unwrap();
    // Waits for its own reason: api needs web in a version that runs, and staging is the only place that is frozen.
    let other = story.deploy("web@1.1.0", "prod").unwrap();
    story.pass(Millis::minutes(7 * 24 * 60));
    assert_eq!(story.phase(&held), "waiting");
    assert_ne!(story.phase(&other), "waiting", "another environment");
    lift(&mut story, "outage");
    assert_eq!(story.phase(&held), "running");
    let reminded = story.ledger.entries.iter();
    let reminded = reminded
        .filter(|e| e.entry.kind == "freeze.review_due/1")
        .count();
    assert_eq!(reminded, 7, "one without an end is reviewed every day");
}

#[test]
fn a_deployment_that_waits_for_a_person_too_stays_when_the_freeze_is_lifted() {
    let mut story = running();
    declared(&mut story, "outage", Some(DAY), FreezePolicy::default());
    let held = story.deploy("web@1.1.0", "staging").unwrap();
    let because = "audit".to_owned();
    let hold = tidegate_core::stream::environment::Command::Hold {
        because,
        until: None,
        lasting: None,
    };
    story.environment("staging", hold).unwrap();
    lift(&mut story, "outage");
    assert_eq!(story.phase(&held), "waiting");
    story.pass(DAY);
    assert_eq!(story.phase(&held), "waiting");
}

#[test]
fn of_two_freezes_that_overlap_lifting_one_releases_only_what_no_other_holds() {
    let mut story = running();
    declared(&mut story, "first", Some(DAY), FreezePolicy::default());
    declared(
        &mut story,
        "second",
        Some(Millis(2 * DAY.0)),
        FreezePolicy::default(),
    );
    let held = story.deploy("web@1.1.0", "staging").unwrap();
    lift(&mut story, "first");
    assert_eq!(story.phase(&held), "waiting");
    let reports = ask(&story, "web@1.1.0", "staging", Purpose::Promote);
    let answer = reports.iter().find(|r| r.gate == GateId::Freeze).unwrap();
    assert!(
        answer.title.starts_with("freeze FRZ-second until "),
        "{}",
        answer.title
    );
    story.pass(Millis(2 * DAY.0));
    assert_ne!(story.phase(&held), "waiting", "its end came by itself");
    let freeze: Freeze = story.ledger.view().load("FRZ-second").unwrap();
    assert_eq!(freeze.phase.name(), "expired");
}

#[test]
fn one_command_stops_everything_everywhere() {
    let mut story = given(&["web@1.0.0", "api@1.0.0"]);
    let all = Scope {
        tiers: vec![Tier::Dev, Tier::Test, Tier::Production],
        ..Scope::default()
    };
    let command = declare(all, None, FreezePolicy::default());
    let id = story
        .ask(rita(), Any::Freeze { id: None, command })
        .unwrap();
    assert_eq!(id, "FRZ-1");
    let web = story.deploy("web@1.0.0", "staging").unwrap();
    let api = story.deploy("api@1.0.0", "staging").unwrap();
    assert_eq!(
        (story.phase(&web), story.phase(&api)),
        ("waiting", "waiting")
    );
    lift(&mut story, "FRZ-1");
    assert_ne!(story.phase(&web), "waiting");
    let command = declare(Scope::default(), None, FreezePolicy::default());
    let next = story
        .ask(rita(), Any::Freeze { id: None, command })
        .unwrap();
    assert_eq!(next, "FRZ-2", "a number is used once");
}

#[test]
fn rollbacks_go_and_first_installs_wait_unless_the_freeze_says_otherwise() {
    for (rollbacks, phase) in [(Going::Go, "running"), (Going::Wait, "waiting")] {
        let mut story = running();
        story.deployed("web@1.1.0", "staging");
        let policy = FreezePolicy {
            rollbacks,
            ..FreezePolicy::default()
        };
        declared(&mut story, "outage", Some(DAY), policy);
        let id = story.roll_back("web", "staging").unwrap().unwrap();
        assert_eq!(story.phase(&id), phase, "{rollbacks:?}");
    }
    for (first_installs, phase) in [(Going::Go, "running"), (Going::Wait, "waiting")] {
        let mut story = given(&["web@1.0.0"]);
        let policy = FreezePolicy {
            first_installs,
            ..FreezePolicy::default()
        };
        declared(&mut story, "outage", Some(DAY), policy);
        let id = story.deploy("web@1.0.0", "staging").unwrap();
        assert_eq!(story.phase(&id), phase, "{first_installs:?}");
    }
}

#[test]
fn a_freeze_of_some_operations_lets_the_others_go() {
    let mut story = running();
    let mut rule = freeze("2026-03-01", None, None);
    rule.scope.operations = vec![Operation::Install];
    frozen(&mut story, "no-new-services", rule);
    let id = story.deploy("web@1.1.0", "staging").unwrap();
    assert_eq!(story.phase(&id), "running");
}
