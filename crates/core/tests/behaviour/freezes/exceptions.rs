//! Exceptions: asked, granted, used, ended.

use super::*;

#[test]
fn an_exception_lets_one_release_go_and_nothing_else_and_records_its_use() {
    let mut story = running();
    let policy = finance(&mut story);
    declared(&mut story, "outage", None, policy);
    let asked = asks(&mut story, "outage", "web@1.1.0", None).unwrap();
    assert_eq!(asked, "EXC-1");
    let held = story.deploy("web@1.1.0", "staging").unwrap();
    assert_eq!(story.phase(&held), "waiting", "asked is not granted");
    decides(&mut story, "ana", "EXC-1", grant()).unwrap_err();
    story.refused("ana may not decide about EXC-1: who asked for it does not decide about it");
    decides(&mut story, "rita", "EXC-1", grant()).unwrap_err();
    story.refused("ask cfo-office (dina, hugo)");
    decides(&mut story, "hugo", "EXC-1", grant()).unwrap();
    assert_eq!(story.phase(&held), "running");
    let uses = exception(&story, "EXC-1").facts.unwrap().uses;
    assert_eq!(uses.len(), 1);
    assert_eq!(uses[0].deployment.to_string(), held);
    // Another release of the same service waits.
    story.succeeds(&held);
    let other = story.deploy("web@1.2.0", "staging").unwrap();
    assert_eq!(story.phase(&other), "waiting");
}

#[test]
fn an_exception_from_one_freeze_says_nothing_about_another() {
    let mut story = running();
    let policy = finance(&mut story);
    declared(&mut story, "first", Some(DAY), policy);
    declared(&mut story, "second", Some(HOUR), FreezePolicy::default());
    asks(&mut story, "FRZ-first", "web@1.1.0", None).unwrap();
    decides(&mut story, "dina", "EXC-1", grant()).unwrap();
    let held = story.deploy("web@1.1.0", "staging").unwrap();
    assert_eq!(story.phase(&held), "waiting");
    story.pass(HOUR);
    assert_eq!(story.phase(&held), "running", "the second one ended");
}

#[test]
fn a_freeze_declared_again_under_its_name_is_not_lifted_by_the_exception_from_the_former() {
    let mut story = running();
    let policy = finance(&mut story);
    declared(&mut story, "outage", None, policy.clone());
    asks(&mut story, "outage", "web@1.1.0", None).unwrap();
    decides(&mut story, "dina", "EXC-1", grant()).unwrap();
    lift(&mut story, "outage");
    story.pass(Millis::minutes(1));
    declared(&mut story, "outage", None, policy);
    let held = story.deploy("web@1.1.0", "staging").unwrap();
    assert_eq!(story.phase(&held), "waiting");
}

#[test]
fn what_started_under_an_exception_goes_on_when_it_lapses_mid_way_and_nothing_new_starts() {
    let mut story = running();
    let policy = FreezePolicy {
        in_flight: InFlight::Pause,
        ..finance(&mut story)
    };
    declared(&mut story, "outage", None, policy);
    asks(&mut story, "outage", "web@1.1.0", None).unwrap();
    decides(&mut story, "hugo", "EXC-1", grant()).unwrap();
    let id = story.deploy("web@1.1.0", "staging").unwrap();
    story.agent_works();
    let reason = "enough".to_owned();
    decides(
        &mut story,
        "dina",
        "EXC-1",
        exception::Command::Revoke { reason },
    )
    .unwrap();
    story.succeeds(&id);
    story.pass(HOUR);
    story.agent_finishes();
    let again = story.deploy("web@1.1.0", "prod");
    assert!(again.is_ok(), "another environment");
    let roll = story.deploy("web@1.2.0", "staging").unwrap();
    assert_eq!(story.phase(&roll), "waiting");
}

#[test]
fn a_revoked_or_lapsed_exception_stops_what_has_not_started() {
    let mut story = running();
    let policy = finance(&mut story);
    declared(&mut story, "outage", None, policy);
    asks(&mut story, "outage", "web@1.1.0", None).unwrap();
    decides(&mut story, "hugo", "EXC-1", grant()).unwrap();
    let hold = |because: &str| tidegate_core::stream::environment::Command::Hold {
        because: because.to_owned(),
        until: None,
        lasting: None,
    };
    story.environment("staging", hold("audit")).unwrap();
    let id = story.deploy("web@1.1.0", "staging").unwrap();
    story.pass(Millis(24 * HOUR.0));
    assert_eq!(exception(&story, "EXC-1").phase.name(), "expired");
    let because = "done".to_owned();
    let open = tidegate_core::stream::environment::Command::Open { because };
    story.environment("staging", open).unwrap();
    assert_eq!(story.phase(&id), "waiting");
    let reports = ask(&story, "web@1.1.0", "staging", Purpose::Promote);
    let answer = reports.iter().find(|r| r.gate == GateId::Freeze).unwrap();
    assert!(!answer.outcome.passes());
}

#[test]
fn an_exception_releases_a_rollout_that_a_freeze_paused() {
    let mut story = running();
    let policy = FreezePolicy {
        in_flight: InFlight::Pause,
        ..finance(&mut story)
    };
    let id = story.deploy("web@1.1.0", "staging").unwrap();
    declared(&mut story, "outage", None, policy);
    story.agent_works();
    assert_eq!(story.phase(&id), "paused by a freeze");
    asks(&mut story, "outage", "web@1.1.0", None).unwrap();
    decides(&mut story, "hugo", "EXC-1", grant()).unwrap();
    assert_eq!(story.phase(&id), "running");
    assert_eq!(exception(&story, "EXC-1").facts.unwrap().uses.len(), 1);
    story.succeeds(&id);
}

#[test]
fn an_emergency_needs_nobody_and_owes_a_review_in_two_working_days() {
    let mut story = running();
    let policy = FreezePolicy {
        let_through: vec![ChangeClass::Emergency],
        ..FreezePolicy::default()
    };
    declared(&mut story, "outage", None, policy);
    asks(&mut story, "outage", "web@1.1.0", None).unwrap_err();
    story.refused("name the incident with `--incident`");
    asks(&mut story, "outage", "web@1.1.0", Some("INC-31")).unwrap();
    let exception::Phase::Active {
        by,
        expires,
        review_due,
        ..
    } = exception(&story, "EXC-1").phase
    else {
        panic!("it is in force at once");
    };
    assert_eq!(by, None);
    assert_eq!(expires, Millis::minutes(240).after(story.ledger.now));
    let monday = story.ledger.now;
    assert_eq!(review_due, Millis(2 * DAY.0).after(monday), "Wednesday");
    let id = story.deploy("web@1.1.0", "staging").unwrap();
    assert_eq!(story.phase(&id), "running");
    story.pass(Millis(4 * DAY.0));
    let overdue = story.ledger.entries.iter();
    let overdue = overdue
        .filter(|e| e.entry.kind == "exception.review_overdue/1")
        .count();
    assert!(overdue >= 2, "reminded every day: {overdue}");
    let review = |findings: &str| exception::Command::Review {
        findings: findings.to_owned(),
    };
    decides(&mut story, "ana", "EXC-1", review("fine")).unwrap_err();
    story.refused("who asked for it does not review it | ask anybody else");
    decides(&mut story, "hugo", "EXC-1", review("the test is in place")).unwrap();
    assert_eq!(exception(&story, "EXC-1").phase.name(), "reviewed");
}

#[test]
fn a_request_that_nobody_decides_about_is_refused_after_a_week() {
    let mut story = running();
    let policy = finance(&mut story);
    declared(&mut story, "outage", None, policy);
    asks(&mut story, "outage", "web@1.1.0", None).unwrap();
    story.pass(Millis(7 * DAY.0));
    assert_eq!(exception(&story, "EXC-1").phase.name(), "refused");
}
