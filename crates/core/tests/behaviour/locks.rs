//! Locks of environments: whose they are, how they end, and what becomes of what waited.

use crate::world::company::{env, morning};
use crate::world::story::{Story, given, rita};
use tidegate_core::actor::{Actor, Role};
use tidegate_core::command::Command as Any;
use tidegate_core::decider::Wake;
use tidegate_core::gate::GateId;
use tidegate_core::id::{StreamId, StreamKind};
use tidegate_core::refusal::Refusal;
use tidegate_core::stream::deployment::Phase;
use tidegate_core::stream::environment::Command;
use tidegate_core::time::Millis;

fn person(name: &str, role: Role) -> Actor {
    Actor::account(name, role)
}

fn ana() -> Actor {
    person("ana", Role::Operator)
}

fn ask(story: &mut Story, actor: Actor, command: Command) -> Result<String, Refusal> {
    let id = env("staging");
    story.ledger.submit(actor, Any::Environment { id, command })
}

fn lock(minutes: Option<u64>) -> Command {
    Command::Hold {
        because: "load test".to_owned(),
        until: None,
        lasting: minutes.map(Millis::minutes),
    }
}

fn open() -> Command {
    let because = "done".to_owned();
    Command::Open { because }
}

fn broken(because: &str) -> Command {
    let because = because.to_owned();
    Command::Break { because }
}

/// What is refused, and the way out.
fn refused(answer: Result<String, Refusal>) -> (String, String) {
    let refusal = answer.expect_err("it is refused");
    (refusal.to_string(), refusal.help())
}

#[test]
fn a_lock_with_an_end_says_it_ends_by_itself_and_wakes_what_waited() {
    let mut story = given(&["web@1.0.0"]);
    ask(&mut story, ana(), lock(Some(120))).unwrap();
    let id = story.deploy("web@1.0.0", "staging").unwrap();
    let Phase::Gated { reports, .. } = story.state(&id).phase else {
        panic!("it does not wait");
    };
    let report = reports.iter().find(|r| r.gate == GateId::Environment);
    let report = report.unwrap();
    assert_eq!(report.title, "staging is held by ana: load test");
    assert_eq!(
        report.detail,
        "locked since Mon 2 Mar 2026 09:00 UTC, ends by itself at Mon 2 Mar 2026 11:00 UTC; tidegate env unlock staging --reason …"
    );
    let end = Millis::minutes(120).after(morning());
    assert_eq!(report.opens(story.ledger.now), Some(end));
    story.pass(Millis::minutes(119));
    assert_eq!(story.phase(&id), "waiting");
    story.pass(Millis::minutes(1));
    assert_eq!(story.phase(&id), "running");
    let kinds = story.ledger.kinds(0);
    assert!(
        kinds.contains(&"environment.lock_ended".to_owned()),
        "{kinds:?}"
    );
    let (text, _) = refused(ask(&mut story, ana(), open()));
    assert_eq!(
        text,
        "staging is not locked: the lock of ana ended at Mon 2 Mar 2026 11:00 UTC"
    );
    let rests = &story.ledger.wakes[&StreamId::new(StreamKind::Environment, "staging")];
    assert!(matches!(rests, Wake::Rest(_)), "{rests:?}");
}

#[test]
fn only_its_holder_opens_a_lock_and_breaking_it_takes_an_admin_and_a_reason_and_is_recorded() {
    let mut story = given(&["web@1.0.0"]);
    ask(&mut story, ana(), lock(None)).unwrap();
    let id = story.deploy("web@1.0.0", "staging").unwrap();
    let hugo = || person("hugo", Role::Operator);
    let (text, help) = refused(ask(&mut story, hugo(), open()));
    assert_eq!(
        text,
        "staging is locked by ana since Mon 2 Mar 2026 09:00 UTC, without an end: load test"
    );
    assert!(
        help.contains("ask ana to open it; an admin can break it"),
        "{help}"
    );
    let (text, help) = refused(ask(&mut story, ana(), lock(None)));
    assert!(text.contains("locked by ana"), "{text}");
    assert_eq!(help, "open it first: `tidegate env unlock staging`");
    let answer = ask(&mut story, hugo(), broken("I need it"));
    assert!(
        matches!(answer, Err(Refusal::NotAllowed { .. })),
        "{answer:?}"
    );
    let (text, _) = refused(ask(&mut story, rita(), broken(" ")));
    assert!(text.contains("needs a reason"), "{text}");
    assert_eq!(story.phase(&id), "waiting");
    story.pass(Millis::minutes(30));
    ask(
        &mut story,
        rita(),
        broken("ana is away, the fix cannot wait"),
    )
    .unwrap();
    assert_eq!(story.phase(&id), "running");
    let entries = story.ledger.entries.iter();
    let mut fact = entries.filter(|e| e.entry.kind == "environment.lock_broken/1");
    let body = &fact.next().expect("it is recorded").entry.body;
    for part in [
        "\"holder\":\"ana\"",
        "\"by\":\"rita\"",
        "ana is away",
        "load test",
    ] {
        assert!(body.contains(part), "{part} is missing in {body}");
    }
    // The old holder is shut out and learns what happened.
    let (text, _) = refused(ask(&mut story, ana(), open()));
    assert_eq!(
        text,
        "staging is not locked: rita broke the lock of ana at Mon 2 Mar 2026 09:30 UTC: ana is away, the fix cannot wait"
    );
    ask(&mut story, hugo(), lock(None)).unwrap();
    let (text, _) = refused(ask(&mut story, ana(), open()));
    assert!(text.contains("locked by hugo"), "{text}");
    ask(&mut story, hugo(), open()).unwrap();
    let (text, _) = refused(ask(&mut story, hugo(), open()));
    assert_eq!(text, "staging is not locked");
}

#[test]
fn an_end_that_makes_no_sense_is_refused_and_a_lock_whose_end_came_unseen_is_over() {
    let mut story = given(&[]);
    for (minutes, wrong) in [(0, "is not later than now"), (401 * 24 * 60, "400 days")] {
        let (text, help) = refused(ask(&mut story, ana(), lock(Some(minutes))));
        assert!(text.contains(wrong), "{text}");
        assert!(help.contains("--for"), "{help}");
    }
    ask(&mut story, ana(), lock(Some(10))).unwrap();
    // The server was away when it ended: whoever asks first finds it over.
    story.ledger.now = Millis::minutes(60).after(story.ledger.now);
    let hugo = person("hugo", Role::Operator);
    ask(&mut story, hugo, lock(None)).unwrap();
    let kinds = story.ledger.kinds(0);
    let of_lock: Vec<&str> = kinds
        .iter()
        .filter_map(|k| k.strip_prefix("environment."))
        .collect();
    assert_eq!(of_lock, ["held", "lock_ended", "held"]);
}
