//! What waits for somebody, and what somebody does about it: signs or refuses to, decides about the way back, says go or no-go for a
//! train, reviews an emergency. Whoever does it may be the wrong one, and is told so.

use super::known::Known;
use super::rules::Rules;
use super::{Ask, command, one_of, pick};
use crate::chance::Chance;
use crate::trial::company::{PEOPLE, QA, RISK};
use tidegate_core::command::Command;
use tidegate_core::stream::decision::Choice;
use tidegate_core::stream::{change, decision, departure, deployment, environment};
use tidegate_core::time::{Millis, Timestamp};
use tidegate_engine::Engine;

/// Somebody, and what they ask for.
type Reaction = (&'static str, Ask);

/// One thing that waits, when anything does.
pub(super) fn react(
    server: &Engine,
    (rules, known): (&Rules, &Known),
    now: Timestamp,
    chance: &mut Chance,
) -> Option<Reaction> {
    let all = [
        signs(known, chance),
        reviews(known, chance),
        decides(known, now, chance),
        sends_off(known, chance),
        accepts(known, chance),
        rules
            .answer(server, known, chance)
            .map(|ask| (one_of(chance, &PEOPLE), ask)),
    ];
    let mut all: Vec<Reaction> = all.into_iter().flatten().collect();
    let n = pick(chance, all.len());
    (n < all.len()).then(|| all.swap_remove(n))
}

/// Mostly one of those who are asked.
fn mostly(chance: &mut Chance, those: &[&'static str]) -> &'static str {
    match chance.happens(7_000) {
        true => one_of(chance, those),
        false => one_of(chance, &PEOPLE),
    }
}

fn signs(known: &Known, chance: &mut Chance) -> Option<Reaction> {
    use deployment::Command::{RefuseToSign, Sign};
    let (id, plan) = known.unsigned.get(pick(chance, known.unsigned.len()))?;
    let (id, plan, reason) = (id.clone(), plan.clone(), "orders were compared".to_owned());
    let order = match chance.happens(8_000) {
        true => Sign {
            plan,
            sign: None,
            instead_of: None,
            reason,
        },
        false => RefuseToSign { plan, reason },
    };
    let ask = command(Command::Deployment { id, command: order });
    Some((mostly(chance, &QA), ask))
}

fn reviews(known: &Known, chance: &mut Chance) -> Option<Reaction> {
    let (id, subject) = known.debts.get(pick(chance, known.debts.len()))?;
    // Those who were skipped say yes afterwards; then somebody closes it.
    let review = match chance.happens(5_000) {
        true => change::Command::Review {
            findings: "a retry without a key".to_owned(),
            root_cause: Some("no key at the bank".to_owned()),
        },
        false => change::Command::Approve {
            subject: subject.clone(),
            team: None,
            sign: None,
            instead_of: None,
            reason: "it had to be".to_owned(),
            signature: None,
        },
    };
    let ask = command(Command::Change {
        id: Some(id.clone()),
        command: review,
    });
    Some((one_of(chance, &PEOPLE), ask))
}

/// About the way back: somebody asks those who decide, or one of those answers.
fn decides(known: &Known, now: Timestamp, chance: &mut Chance) -> Option<Reaction> {
    if let Some(id) = known.decisions.get(pick(chance, known.decisions.len())) {
        let stays = chance.between(Millis::minutes(10), Millis::minutes(120));
        let choice = match chance.happens(5_000) {
            true => Choice::RollBack,
            false => Choice::Stay {
                until: stays.after(now),
            },
        };
        let order = decision::Command::Order {
            choice,
            reason: "it was talked about".to_owned(),
        };
        let ask = command(Command::Decision {
            id: Some(id.clone()),
            command: order,
        });
        return Some((one_of(chance, &PEOPLE), ask));
    }
    // Most often about what waits for a signature anyway.
    let waits = known.unsigned.get(pick(chance, known.unsigned.len()));
    let waits = waits.filter(|_| chance.happens(7_000)).map(|(id, _)| id);
    let any = known.live.get(pick(chance, known.live.len()));
    let id = waits.or_else(|| any.filter(|_| chance.happens(2_000)))?;
    let open = decision::Command::Open {
        deployment: id.clone(),
        because: "orders are missing".to_owned(),
        effect: None,
    };
    let ask = command(Command::Decision {
        id: None,
        command: open,
    });
    Some((one_of(chance, &PEOPLE), ask))
}

fn sends_off(known: &Known, chance: &mut Chance) -> Option<Reaction> {
    use departure::Command::{Depart, Go, NoGo};
    let id = known.due.first()?;
    let reason = "as it was agreed".to_owned();
    let order = match chance.below(10) {
        0 => NoGo { reason, next: None },
        1 => Depart { reason },
        _ => Go { reason },
    };
    let ask = command(Command::Departure {
        id: id.clone(),
        command: order,
    });
    Some((mostly(chance, &RISK), ask))
}

fn accepts(known: &Known, chance: &mut Chance) -> Option<Reaction> {
    let (id, service) = known.changed.get(pick(chance, known.changed.len()))?;
    let accept = environment::Command::Accept {
        service: service.clone(),
        because: "it was one of us".to_owned(),
        until: None,
        lasting: None,
    };
    let ask = command(Command::Environment {
        id: id.clone(),
        command: accept,
    });
    Some((one_of(chance, &PEOPLE), ask))
}
