//! Boards: that they meet, that a quorum can come together, and that their agendas close before a sitting.

use super::Whole;
use super::calendar::AHEAD;
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
        if let Some(at) = node.get("freeze-criteria") {
            fine &= freezes(at, node, report);
        }
        for e in node.get("criteria").map_or(&[][..], Node::entries) {
            proof(&e.key, &e.spot, &e.value, report);
        }
        let name = document.name.parse::<Name>().ok();
        let Some((name, board)) = name.and_then(|name| whole.spec.boards.get_key_value(&name))
        else {
            continue;
        };
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

/// Why this is no offset before the sitting.
fn not_before(at: &Node) -> Option<String> {
    match at.text().map(closing) {
        Some(Ok(offset)) if offset.side == Side::Before => None,
        Some(Ok(_)) => Some("this lies after the sitting".to_owned()),
        Some(Err(error)) => Some(error.because),
        None => Some("an offset from the sitting stands here".to_owned()),
    }
}

fn closes(at: &Node, report: &mut Report) -> bool {
    let Some(label) = not_before(at) else {
        return true;
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

/// Criteria are frozen before the sitting, and there are some.
fn freezes(at: &Node, board: &Node, report: &mut Report) -> bool {
    let none = board.get("criteria").is_none_or(|c| c.entries().is_empty());
    let label = match not_before(at) {
        Some(label) => label,
        None if none => "the board has no `criteria`".to_owned(),
        None => return true,
    };
    report
        .add(
            codes::CRITERIA_FREEZE,
            &at.spot,
            "`freeze-criteria` freezes no criteria before the sitting",
        )
        .label(label)
        .help("write for example `freeze-criteria: 2 working days before`, beside `criteria`");
    false
}

/// One of the three ways to show that a criterion holds.
fn proof(id: &str, spot: &Spot, node: &Node, report: &mut Report) {
    let ways = ["gate", "holds", "answer"];
    let there: Vec<&str> = ways.into_iter().filter(|w| node.get(w).is_some()).collect();
    let valid = node.get("valid");
    let (at, label) = match (there.as_slice(), valid) {
        ([], _) => (spot, "nothing shows whether it holds".to_owned()),
        ([one], Some(valid)) if *one != "answer" => (
            &valid.spot,
            format!("`valid` is of an answer, and `{one}` is asked anew each time"),
        ),
        ([_], _) => return,
        (many, _) => (spot, format!("it has {}", many.join(" and "))),
    };
    report
        .add(
            codes::CRITERION,
            at,
            format!("the criterion `{id}` has not exactly one proof"),
        )
        .label(label)
        .help("write `gate: documents`, `holds: risk.score < 80`, or `answer: TEAM` with `valid: 7d` if it ages");
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
            signed_in_within: None,
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
