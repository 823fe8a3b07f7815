//! `board`.

use super::read::{count, duration, named, text, valid};
use crate::condition;
use crate::yaml::Node;
use tidegate_core::calendar::phrase::Phrase;
use tidegate_core::spec::{Board, Seats};
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
