//! Words that are taken out of an entry: two people say so, and one of them alone never does.

use crate::world::story::{Story, given};
use tidegate_core::actor::{Actor, Role};
use tidegate_core::command::Command as Any;
use tidegate_core::digest::Digest;
use tidegate_core::id::{StreamId, StreamKind};
use tidegate_core::refusal::Refusal;
use tidegate_core::stream::erasure::{Command, ErasureId, Target};
use tidegate_core::time::Millis;

fn admin(name: &str) -> Actor {
    Actor::account(name, Role::Admin)
}

fn target(seq: u64) -> Box<Target> {
    Box::new(Target {
        seq,
        stream: StreamId::new(StreamKind::Freeze, "FRZ-1"),
        kind: "freeze.lifted/1".to_owned(),
        digest: Digest::of(b"before"),
        redacted: Digest::of(b"after"),
        fields: vec!["reason".to_owned()],
    })
}

fn ask(story: &mut Story, who: Actor, seq: u64) -> Result<String, Refusal> {
    let command = Command::Ask {
        target: target(seq),
        reason: "request of a former employee".to_owned(),
    };
    story.ask(who, Any::Erasure { id: None, command })
}

fn decide(story: &mut Story, who: Actor, id: &str, yes: bool) -> Result<String, Refusal> {
    let reason = "checked".to_owned();
    let command = match yes {
        true => Command::Confirm { reason },
        false => Command::Refuse { reason },
    };
    let id = Some(ErasureId::new(id).expect("a name"));
    story.ask(who, Any::Erasure { id, command })
}

#[test]
fn whoever_asks_does_not_confirm_and_somebody_else_does() {
    let mut story = given(&["web@1.0.0"]);
    let id = ask(&mut story, admin("rita"), 41).unwrap();
    assert_eq!(id, "ERS-1");
    story.then(&["erasure.asked"]);
    let refusal = decide(&mut story, admin("rita"), &id, true).expect_err("alone");
    assert!(
        refusal
            .to_string()
            .contains("who asked for it does not confirm it"),
        "{refusal}"
    );
    decide(&mut story, admin("hugo"), &id, true).unwrap();
    story.then(&["erasure.done"]);
    let again = decide(&mut story, admin("hugo"), &id, true).expect_err("done");
    assert!(again.to_string().contains("done"), "{again}");
}

#[test]
fn an_entry_is_asked_about_once_and_again_after_a_refusal() {
    let mut story = given(&["web@1.0.0"]);
    let id = ask(&mut story, admin("rita"), 41).unwrap();
    let twice = ask(&mut story, admin("hugo"), 41).expect_err("asked for already");
    assert!(
        twice.to_string().contains("has an erasure already: ERS-1"),
        "{twice}"
    );
    decide(&mut story, admin("rita"), &id, false).unwrap();
    story.then(&["erasure.refused"]);
    assert_eq!(ask(&mut story, admin("hugo"), 41).unwrap(), "ERS-2");
}

#[test]
fn nobody_but_admins_asks_and_silence_refuses() {
    let mut story = given(&["web@1.0.0"]);
    let operator = Actor::account("emil", Role::Operator);
    assert!(matches!(
        ask(&mut story, operator, 41),
        Err(Refusal::NotAllowed { .. })
    ));
    ask(&mut story, admin("rita"), 41).unwrap();
    story.ledger.now = Millis::minutes(7 * 24 * 60).after(story.ledger.now);
    story.ledger.wake_due();
    let late = decide(&mut story, admin("hugo"), "ERS-1", true).expect_err("over");
    assert!(late.to_string().contains("refused"), "{late}");
}
