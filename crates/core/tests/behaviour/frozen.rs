//! Every phase of freezes and exceptions, and what each answers to every command.

use crate::freezes::{asks, decides, declared, finance, in_flight, lift, staging};
use crate::matrix::{table, why};
use crate::phases::Reached;
use crate::world::company::{env, release};
use crate::world::story::{Story, running};
use tidegate_core::command::Command as Any;
use tidegate_core::freeze::{ExceptionId, FreezeId};
use tidegate_core::id::{CommandId, Ids};
use tidegate_core::spec::{FreezePolicy, InFlight};
use tidegate_core::stream::exception::{self, Exception};
use tidegate_core::stream::freeze::{Command, Freeze};
use tidegate_core::time::Millis;

const DAY: Millis = Millis::minutes(24 * 60);

/// A rollout that a freeze stopped.
pub fn paused() -> Reached {
    let mut story = running();
    let id = story.deploy("web@1.1.0", "staging").unwrap();
    declared(&mut story, "outage", None, in_flight(InFlight::Pause));
    story.agent_works();
    (story, id)
}

fn freezes() -> Vec<(&'static str, Reached)> {
    let id = || "FRZ-outage".to_owned();
    let with = |lasts| {
        let mut story = running();
        declared(&mut story, "outage", lasts, FreezePolicy::default());
        story
    };
    let mut lifted = with(Some(DAY));
    lift(&mut lifted, "outage");
    let mut over = with(Some(DAY));
    over.pass(DAY);
    vec![
        ("absent", (running(), id())),
        ("active", (with(Some(DAY)), id())),
        ("active, without an end", (with(None), id())),
        ("lifted", (lifted, id())),
        ("expired", (over, id())),
    ]
}

#[test]
fn every_command_in_every_phase_of_a_freeze() {
    let commands = |story: &Story, id: &str| {
        let id = Some(FreezeId::new(id).unwrap());
        let later = |days: u64| Some(Millis(days * DAY.0).after(story.ledger.now));
        let declare = Command::Declare {
            scope: staging(),
            why: why(),
            until: None,
            lasting: None,
            policy: FreezePolicy::default(),
        };
        let extend = |until| Command::Extend {
            until,
            lasting: None,
            reason: why(),
        };
        [
            ("declare", declare),
            (
                "extend by an hour",
                extend(Some(Millis::minutes(60).after(story.ledger.now))),
            ),
            ("extend by days", extend(later(3))),
            ("extend without an end", extend(None)),
            ("lift", Command::Lift { reason: why() }),
            ("wake", Command::Wake),
        ]
        .map(|(name, command)| {
            let id = id.clone();
            (name, Any::Freeze { id, command })
        })
        .into()
    };
    let phase = |story: &Story, id: &str| {
        let freeze: Freeze = story.ledger.view().load(id).unwrap();
        freeze.phase.name().to_owned()
    };
    insta::assert_snapshot!(table(&freezes(), commands, phase));
}

fn exceptions() -> Vec<(&'static str, Reached)> {
    let id = || "EXC-1".to_owned();
    let frozen = || {
        let mut story = running();
        let policy = finance(&mut story);
        declared(&mut story, "outage", None, policy);
        story
    };
    let asked = || {
        let mut story = frozen();
        asks(&mut story, "outage", "web@1.1.0", None).unwrap();
        story
    };
    let then = |mut story: Story, command| {
        decides(&mut story, "hugo", "EXC-1", command).unwrap();
        story
    };
    let granted = || {
        let reason = why();
        let review_due = None;
        then(asked(), exception::Command::Grant { reason, review_due })
    };
    let mut expired = granted();
    expired.pass(DAY);
    let revoke = exception::Command::Revoke { reason: why() };
    let review = exception::Command::Review { findings: why() };
    let refuse = exception::Command::Refuse { reason: why() };
    vec![
        ("absent", (frozen(), id())),
        ("asked", (asked(), id())),
        ("active", (granted(), id())),
        ("expired", (expired.clone(), id())),
        ("revoked", (then(granted(), revoke), id())),
        ("reviewed", (then(expired, review), id())),
        ("refused", (then(asked(), refuse), id())),
    ]
}

#[test]
fn every_command_in_every_phase_of_an_exception() {
    let commands = |story: &Story, id: &str| {
        let id = Some(ExceptionId::new(id).unwrap());
        let ids = Ids::new(&CommandId("d".to_owned()), story.ledger.now);
        let ask = exception::Command::Ask {
            freeze: "outage".to_owned(),
            release: release("web@1.1.0"),
            environments: Vec::new(),
            reason: why(),
            incident: None,
            lasting: None,
        };
        let used = exception::Command::Use {
            deployment: ids.deployment(),
            environment: env("staging"),
        };
        [
            ("ask", ask),
            (
                "grant",
                exception::Command::Grant {
                    reason: why(),
                    review_due: None,
                },
            ),
            ("refuse", exception::Command::Refuse { reason: why() }),
            ("revoke", exception::Command::Revoke { reason: why() }),
            ("review", exception::Command::Review { findings: why() }),
            ("use", used),
            ("wake", exception::Command::Wake),
        ]
        .map(|(name, command)| {
            let id = id.clone();
            (name, Any::Exception { id, command })
        })
        .into()
    };
    let phase = |story: &Story, id: &str| {
        let exception: Exception = story.ledger.view().load(id).unwrap();
        exception.phase.name().to_owned()
    };
    insta::assert_snapshot!(table(&exceptions(), commands, phase));
}
