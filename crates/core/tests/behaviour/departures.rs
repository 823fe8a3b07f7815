//! Every phase of a departure and every command: what follows, or the refusal as people read it.

use crate::trains::{arrives, id, join, name, phase, retail, tell, until, with};
use crate::world::company::release;
use crate::world::story::Story;
use std::fmt::Write as _;
use tidegate_core::actor::Actor;
use tidegate_core::command::Command as Any;
use tidegate_core::spec::{Missed, Train};
use tidegate_core::stream::departure::Command;

fn why(text: &str) -> String {
    text.to_owned()
}

/// A departure in each of its phases.
fn phases() -> Vec<(&'static str, Story)> {
    let cut = Train {
        scope_closes: Some("20 hours before".to_owned()),
        go_no_go: Some("18 hours before".to_owned()),
        missed: Missed::Ask,
        ..retail()
    };
    let mut scheduled = with(cut);
    let mut all = vec![("scheduled", scheduled.clone())];
    join(&mut scheduled, 1, "web@1.1.0").unwrap();
    let mut story = scheduled;
    all.push(("boarding", story.clone()));
    until(&mut story, "2026-03-02T13:00:00Z");
    all.push(("closed", story.clone()));
    until(&mut story, "2026-03-02T15:00:00Z");
    join(&mut story, 1, "web@1.2.0").unwrap();
    all.push(("go/no-go", story.clone()));
    let mut cancelled = story.clone();
    let cancel = Command::Cancel {
        reason: why("a reason"),
        moves: true,
    };
    tell(&mut cancelled, 1, cancel).unwrap();
    let reason = why("a reason");
    tell(&mut story, 1, Command::Go { reason }).unwrap();
    until(&mut story, "2026-03-03T09:00:00Z");
    all.push(("departed", story.clone()));
    arrives(&mut story, "web@1.1.0");
    all.push(("arrived", story));
    all.push(("cancelled", cancelled));
    all
}

#[test]
fn every_phase_of_a_departure_answers_every_command() {
    let reason = || why("a reason");
    let of = |what: &str| release(what);
    let commands = || {
        let (aboard, late, other) = (of("web@1.1.0"), of("web@1.2.0"), of("web@1.3.0"));
        [
            Command::Join {
                release: other,
                reason: reason(),
            },
            Command::Leave {
                release: aboard.clone(),
                reason: reason(),
            },
            Command::Admit {
                release: late,
                reason: reason(),
            },
            Command::Promise {
                feature: name("checkout"),
                requires: vec![aboard],
                reason: reason(),
            },
            Command::Go { reason: reason() },
            Command::NoGo {
                reason: reason(),
                next: None,
            },
            Command::Postpone {
                to: None,
                reason: reason(),
            },
            Command::Cancel {
                reason: reason(),
                moves: true,
            },
            Command::Depart { reason: reason() },
            Command::KeepDate { because: reason() },
            Command::Wake,
        ]
    };
    let mut out = String::new();
    for (called, story) in phases() {
        assert_eq!(phase(&story, 1), called);
        let _ = writeln!(out, "{called}");
        for command in commands() {
            let mut story = story.clone();
            let before = story.ledger.entries.len();
            let told = command.name();
            let id = id(1);
            let answer = story
                .ledger
                .one(Actor::system(), Any::Departure { id, command });
            let text = match answer {
                Err(refusal) => format!("NO  {refusal}  [{}]", refusal.help()),
                Ok(_) if story.ledger.entries.len() == before => "=".to_owned(),
                Ok(_) => {
                    let kinds = story.ledger.kinds(before).join(" ");
                    format!("->  {}  ({kinds})", phase(&story, 1))
                }
            };
            let _ = writeln!(out, "  {told:<10} {text}");
        }
    }
    insta::assert_snapshot!(out);
}
