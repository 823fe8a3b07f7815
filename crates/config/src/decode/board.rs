//! `board`.

use super::read::{count, duration, map, named, text, valid};
use crate::condition;
use crate::yaml::Node;
use tidegate_core::calendar::phrase::Phrase;
use tidegate_core::gate::GateId;
use tidegate_core::spec::{Board, Criterion, Proof, Seats};
use tidegate_core::time::Millis;

/// How long a sitting lasts when nothing is said.
const LASTS: Millis = Millis::minutes(60);

/// A board; `None` without a phrase, members or a rule.
pub fn board(node: &Node) -> Option<Board> {
    let members = node.get("members").map_or(&[][..], Node::items);
    let members: Vec<Seats> = members.iter().filter_map(seats).collect();
    let all: u32 = members.iter().map(|seats| seats.count).sum();
    let first = match Phrase::read(&text(node, "first").unwrap_or_default()) {
        Ok(Phrase::Instant(day, None)) => Some(day),
        _ => None,
    };
    Some(Board {
        meets: text(node, "meets")?,
        zone: text(node, "zone"),
        first,
        lasts: duration(node, "lasts").unwrap_or(LASTS),
        chair: named(node, "chair"),
        members: Some(members).filter(|all| !all.is_empty())?,
        quorum: count(node, "quorum").unwrap_or(all),
        reviews: condition::read(&text(node, "reviews")?).ok()?,
        agenda_closes: text(node, "agenda-closes"),
        criteria: map(node.get("criteria"), criterion),
        freeze_criteria: text(node, "freeze-criteria"),
    })
}

/// A criterion; `None` without its owner or what proves it.
fn criterion(node: &Node) -> Option<Criterion> {
    let gate = || {
        let gate = text(node, "gate")?;
        let gate = GateId::ALL.into_iter().find(|g| g.as_str() == gate)?;
        Criterion::provable(gate).then_some(Proof::Gate { gate })
    };
    let holds = || {
        let condition = condition::read(&text(node, "holds")?).ok()?;
        Some(Proof::Holds { condition })
    };
    let answer = || {
        Some(Proof::Answer {
            team: named(node, "answer")?,
            valid: duration(node, "valid"),
        })
    };
    Some(Criterion {
        text: text(node, "text")?,
        owner: named(node, "owner")?,
        proof: gate().or_else(holds).or_else(answer)?,
    })
}

/// A team with one seat, or with as many as it says.
fn seats(node: &Node) -> Option<Seats> {
    match node.text() {
        Some(team) => Some(Seats {
            team: valid(Some(team))?,
            count: 1,
        }),
        None => Some(Seats {
            team: named(node, "from")?,
            count: count(node, "count").unwrap_or(1),
        }),
    }
}
