//! Boards: that they meet, that a quorum can come together, and that their agendas close before a sitting.

use super::Whole;
use super::calendar::AHEAD;
use super::policies::told;
use super::trains::{Points, points};
use crate::diagnostic::{Report, codes};
use crate::document::Document;
use crate::yaml::{Node, Spot};
use std::collections::BTreeSet;
use tidegate_core::calendar::phrase::Side;
use tidegate_core::calendar::schedule::horizon;
use tidegate_core::change::{Required, impossible};
use tidegate_core::id::Name;
use tidegate_core::spec::{Board, Spec, board::closing};
use tidegate_core::time::Timestamp;

static MEETS: Points = Points {
    key: "meets",
    code: codes::NO_SITTING,
    what: "the board meets",
};

pub fn check(whole: &Whole<'_>, report: &mut Report) {
    for document in whole.documents.iter().filter(|d| d.kind.name == "board") {
        let node = &document.node;
        let mut fine = node
            .get("meets")
            .is_some_and(|at| points(whole, &MEETS, at, node, report));
        if let Some(at) = node.get("agenda-closes") {
            fine &= closes(at, report);
        }
        let name = document.name.parse::<Name>().ok();
        let Some((name, board)) = name.and_then(|name| whole.spec.boards.get_key_value(&name))
        else {
            continue;
        };
        told(
            Some(node),
            "reviews",
            Some(&board.reviews),
            &["release.tags"],
            report,
        );
        quorum(whole.spec, document, board, report);
        if fine {
            meets(whole, document, name, board, report);
        }
    }
}

fn spot(document: &Document, key: &str) -> Spot {
    let node = document.node.get(key);
    node.map_or_else(|| document.spot.clone(), |n| n.spot.clone())
}

/// An offset before the sitting.
fn closes(at: &Node, report: &mut Report) -> bool {
    let label = match at.text().map(closing) {
        Some(Ok(offset)) if offset.side == Side::Before => return true,
        Some(Ok(_)) => "this lies after the sitting".to_owned(),
        Some(Err(error)) => error.because,
        None => "an offset from the sitting stands here".to_owned(),
    };
    report
        .add(
            codes::AGENDA_CLOSES,
            &at.spot,
            "`agenda-closes` does not lie before the sitting",
        )
        .label(label)
        .help("write for example `agenda-closes: 24h before` or `1 working day before`");
    false
}

fn meets(whole: &Whole<'_>, document: &Document, name: &Name, board: &Board, report: &mut Report) {
    let from = whole.now.unwrap_or(Timestamp::UNIX_EPOCH);
    let Ok(sittings) = board.sittings(whole.spec, from, 1) else {
        return;
    };
    // Without the present, nobody can tell what is far.
    let soon = |at: Timestamp| whole.now.is_none() || at < horizon(from, AHEAD);
    if sittings.iter().any(|(_, s)| soon(s.begins)) {
        return;
    }
    report
        .add(
            codes::NEVER_MEETS,
            &spot(document, "meets"),
            format!("the board `{name}` does not meet within {AHEAD} days"),
        )
        .label("changes that need it would wait for ever")
        .help("correct the phrase or `first`");
}

/// Enough people, each on one seat: also when one of them asked for the change or wrote it.
fn quorum(spec: &Spec, document: &Document, board: &Board, report: &mut Report) {
    let at = match document.node.get("quorum") {
        Some(at) => at.spot.clone(),
        None => spot(document, "members"),
    };
    let (seats, quorum) = (board.seats(), board.quorum);
    if quorum > seats {
        report
            .add(codes::NO_QUORUM, &at, "this quorum can never come together")
            .label(format!("{quorum} votes, and the board has {seats} seats"))
            .help("lower `quorum`, or add members");
        return;
    }
    let teams: Option<Vec<_>> = board
        .members
        .iter()
        .map(|s| spec.teams.get(&s.team))
        .collect();
    // A group of the identity provider may bring further members, and a name that leads nowhere is told already.
    let Some(teams) = teams.filter(|all| all.iter().all(|t| t.group.is_none())) else {
        return;
    };
    let demands: Vec<Required> = board
        .members
        .iter()
        .map(|s| Required {
            team: s.team.clone(),
            count: s.count,
            sign: None,
            rule: String::new(),
            escalate: None,
        })
        .collect();
    let without = |who: Option<&String>| {
        let missing = impossible(&demands, |seat| {
            let team = spec.teams.get(&seat.team);
            let members = team.into_iter().flat_map(|t| &t.members);
            members.filter(|m| Some(*m) != who).cloned().collect()
        });
        seats - missing.iter().map(|(_, n)| n).sum::<u32>()
    };
    let have = without(None);
    if have < quorum {
        report
            .add(codes::NO_QUORUM, &at, "this quorum can never come together")
            .label(format!(
                "{quorum} votes, each of another person, and at most {have} can be given"
            ))
            .help("list more `members` of its teams in `teams`, or lower `quorum`");
        return;
    }
    let people: BTreeSet<&String> = teams.iter().flat_map(|t| &t.members).collect();
    if let Some(who) = people.into_iter().find(|who| without(Some(*who)) < quorum) {
        report
            .add(
                codes::TIGHT_QUORUM,
                &at,
                "this quorum needs everybody",
            )
            .label(format!("without {who} it cannot come together"))
            .note("whoever asked for a change or wrote it does not vote on it, so some could never be decided")
            .help("list more `members` of its teams in `teams`, or lower `quorum`");
    }
}
