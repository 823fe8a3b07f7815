//! Reserved times, missed times, learned durations, and a clock that jumps.

use super::{ask, at, crowd, frozen, limit, name, office_hours, until};
use crate::world::company::env;
use crate::world::story::{Story, running};
use std::collections::BTreeSet;
use tidegate_core::gate::{GateId, Purpose};
use tidegate_core::id::{StreamId, StreamKind};
use tidegate_core::queue::Request;
use tidegate_core::refusal::Refusal;
use tidegate_core::spec::{Unscheduled, Window};
use tidegate_core::stream::deployment::Phase;
use tidegate_core::time::Millis;

#[test]
fn a_reserved_time_is_a_fact_and_moves_with_its_reason() {
    let mut story = crowd(&["a"], None);
    frozen(&mut story, "2026-03-05");
    let id = ask(&mut story, 0, Request::PLAIN).unwrap();
    story.then(&[
        "deployment.proposed",
        "deployment.waiting",
        "deployment.slot_reserved",
        "release.stage_started",
    ]);
    let slot = |story: &Story| match story.state(&id).phase {
        Phase::Gated { slot, expires, .. } => (slot.map(|s| (s.start, s.end)), expires),
        phase => panic!("{phase:?}"),
    };
    // Watch and way back are ten minutes each; two weeks from its start on it is given up.
    let (start, end) = (at("2026-03-05T00:00:00Z"), at("2026-03-05T00:20:00Z"));
    assert_eq!(
        slot(&story),
        (Some((start, end)), at("2026-03-19T00:00:00Z"))
    );
    frozen(&mut story, "2026-03-07");
    story.ledger.fire(&BTreeSet::from(["config".to_owned()]));
    story.ledger.wake_due();
    assert_eq!(slot(&story).0.unwrap().0, at("2026-03-07T00:00:00Z"));
    let moved = story.ledger.entries.last().unwrap();
    assert_eq!(moved.entry.kind, "deployment.slot_reserved/1");
    assert!(
        moved
            .entry
            .body
            .contains("freeze close until Sat 7 Mar 00:00 UTC")
    );
    story.ledger.spec.freezes.clear();
    story.ledger.fire(&BTreeSet::from(["config".to_owned()]));
    story.ledger.wake_due();
    assert_eq!(story.phase(&id), "running");
}

#[test]
fn a_freeze_longer_than_two_weeks_does_not_expire_what_waits_for_its_end() {
    let mut story = crowd(&["a", "a"], None);
    frozen(&mut story, "2026-04-10");
    let waits = ask(&mut story, 0, Request::PLAIN).unwrap();
    let short = Request {
        expires: Some(Millis::minutes(60)),
        ..Request::PLAIN
    };
    let gives_up = ask(&mut story, 1, short).unwrap();
    limit(&mut story, "staging", Some(1));
    until(&mut story, "2026-04-10T01:00:30Z");
    assert_eq!(story.phase(&waits), "running");
    assert_eq!(story.phase(&gives_up), "expired", "an hour after its slot");
}

#[test]
fn a_time_that_does_not_fit_is_refused_with_the_next_one_and_one_that_fits_is_kept() {
    let mut story = running();
    office_hours(&mut story, "Thu 10:00-12:00");
    let mut ask = |when: &str| {
        let plan = story
            .plan("web@1.1.0", "staging", Purpose::Promote)
            .unwrap();
        let request = Request {
            at: Some(at(when)),
            ..Request::PLAIN
        };
        let answer = story.propose_as(plan, Purpose::Promote, request);
        (answer, story.clone())
    };
    let (refused, _) = ask("2026-03-05T11:31:00Z");
    let Err(Refusal::Blocked { reports, .. }) = refused else {
        panic!("{refused:?}");
    };
    let schedule = reports.iter().find(|r| r.gate == GateId::Schedule).unwrap();
    assert_eq!(
        schedule.title,
        "asked for Thu 5 Mar 11:31 UTC, when it does not fit; it fits from Thu 12 Mar 2026 10:00 UTC on"
    );
    assert!(
        ask("2026-03-02T08:00:00Z")
            .0
            .unwrap_err()
            .to_string()
            .contains("has passed")
    );
    assert!(
        ask("2029-03-02T08:00:00Z")
            .0
            .unwrap_err()
            .to_string()
            .contains("400 days")
    );
    let (id, mut story) = ask("2026-03-05T11:00:00Z");
    let id = id.unwrap();
    until(&mut story, "2026-03-05T10:59:59Z");
    assert_eq!(
        story.phase(&id),
        "waiting",
        "the window is open, its time has not come"
    );
    until(&mut story, "2026-03-05T11:00:00Z");
    assert_eq!(story.phase(&id), "running");
}

#[test]
fn a_time_that_was_missed_is_judged_anew_and_the_next_slot_is_told() {
    let mut story = running();
    office_hours(&mut story, "Thu 10:00-12:00");
    let plan = story
        .plan("web@1.1.0", "staging", Purpose::Promote)
        .unwrap();
    let request = Request {
        at: Some(at("2026-03-05T11:00:00Z")),
        ..Request::PLAIN
    };
    let id = story.propose_as(plan, Purpose::Promote, request).unwrap();
    story.sleep(Millis::between(
        story.ledger.now,
        at("2026-03-05T14:00:00Z"),
    ));
    assert_eq!(story.phase(&id), "waiting");
    let last = story.ledger.entries.last().unwrap();
    assert_eq!(last.entry.kind, "deployment.slot_reserved/1");
    assert!(
        last.entry.body.contains(
            "it could not go from Thu 5 Mar 11:00 UTC on; window office opens Thu 12 Mar 10:00 UTC"
        ),
        "{}",
        last.entry.body
    );
    until(&mut story, "2026-03-12T10:00:00Z");
    assert_eq!(story.phase(&id), "running");
}

#[test]
fn an_environment_may_refuse_what_nobody_scheduled() {
    let mut story = running();
    frozen(&mut story, "2026-03-05");
    let spec = &mut story.ledger.spec;
    let staging = spec.environments.get_mut(&env("staging")).unwrap();
    staging.unscheduled = Unscheduled::Refuse;
    let refused = story.deploy("web@1.1.0", "staging");
    let Err(Refusal::Blocked { subject, reports }) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(subject, "web@1.1.0 in staging");
    let schedule = reports.iter().find(|r| r.gate == GateId::Schedule).unwrap();
    assert_eq!(
        schedule.title,
        "staging takes no unscheduled work outside its times; it fits from Thu 5 Mar 2026 00:00 UTC on"
    );
    assert_eq!(
        schedule.rule.as_deref(),
        Some("environments.staging.unscheduled")
    );
    let plan = story
        .plan("web@1.1.0", "staging", Purpose::Promote)
        .unwrap();
    let request = Request {
        at: Some(at("2026-03-05T08:00:00Z")),
        ..Request::PLAIN
    };
    let id = story.propose_as(plan, Purpose::Promote, request).unwrap();
    assert_eq!(story.phase(&id), "waiting", "it was given a time");
    story.ledger.spec.freezes.clear();
    story.deploy("web@1.2.0", "staging").expect("it may go now");
}

#[test]
fn durations_are_learned_and_the_window_must_have_room_for_them() {
    let mut story = running();
    for version in ["web@1.1.0", "web@1.2.0", "web@1.0.0", "web@1.1.0"] {
        let id = story.deploy(version, "staging").unwrap();
        // The agent takes its time: half an hour before the first step is done.
        story.pass(Millis::minutes(10));
        story.succeeds(&id);
        story.pass(Millis::minutes(40));
        story.agent_finishes();
    }
    let plan = story
        .plan("web@1.2.0", "staging", Purpose::Promote)
        .unwrap();
    let expected = plan.envelope.expected.clone().unwrap();
    assert!(expected.lasting >= Millis::minutes(20), "{expected}");
    assert!(
        expected.to_string().ends_with("expected (p90 of 4)"),
        "{expected}"
    );
    let without = plan.clone().expecting(None);
    assert_eq!(
        without.digest,
        plan.body.digest().unwrap(),
        "it has no effect"
    );
    let reports = crate::gates::ask(&story, "web@1.2.0", "staging", Purpose::Promote);
    let window = reports.iter().find(|r| r.gate == GateId::Window).unwrap();
    assert!(window.outcome.passes());
    frozen(&mut story, "2026-03-05");
    let reports = crate::gates::ask(&story, "web@1.2.0", "staging", Purpose::Promote);
    let freeze = reports.iter().find(|r| r.gate == GateId::Freeze).unwrap();
    assert!(
        freeze
            .detail
            .contains("expected (p90 of 4), 10m of watch, 10m for the way back"),
        "{}",
        freeze.detail
    );
}

#[test]
fn a_clock_that_jumps_a_day_starts_nothing_outside_its_window() {
    let mut story = running();
    let spec = &mut story.ledger.spec;
    let window = Window {
        deny: Vec::new(),
        allow: vec!["Tue 10:00-12:00".to_owned()],
        zone: None,
        at_most: None,
    };
    spec.windows.insert(name("office"), window);
    let staging = spec.environments.get_mut(&env("staging")).unwrap();
    staging.window = Some(name("office"));
    let id = story.deploy("web@1.1.0", "staging").unwrap();
    // Monday 09:40 becomes Wednesday: the window of Tuesday was never seen.
    story.sleep(Millis::minutes(2 * 24 * 60));
    assert_eq!(story.phase(&id), "waiting");
    // Back again: ledger time stands still, so nothing is due until real time has caught up.
    let stood = story.ledger.now;
    story.ledger.wake_due();
    assert_eq!((story.phase(&id), story.ledger.now), ("waiting", stood));
    until(&mut story, "2026-03-10T11:00:00Z");
    let stream = StreamId::new(StreamKind::Deployment, &id);
    let mut entries = story.ledger.entries.iter();
    let passed =
        entries.find(|e| e.entry.stream == stream && e.entry.kind.starts_with("deployment.gates"));
    assert_eq!(passed.unwrap().at, at("2026-03-10T10:00:00Z"));
}
