//! Lines of the boards.

use super::Lines;
use tidegate_core::spec::{Board, Criterion, Proof, Seats};

/// A board.
pub fn board_lines(lines: &mut Lines, at: &str, board: &Board) {
    let Board {
        meets,
        zone,
        first,
        lasts,
        chair,
        members,
        quorum,
        reviews,
        agenda_closes,
        criteria,
        freeze_criteria,
    } = board;
    lines.add(format!("{at}.meets"), meets);
    lines.maybe(format!("{at}.zone"), zone.as_ref());
    lines.maybe(format!("{at}.first"), first.as_ref());
    lines.add(format!("{at}.lasts"), lasts);
    lines.maybe(format!("{at}.chair"), chair.as_ref());
    for Seats { team, count } in members {
        lines.add(format!("{at}.members.{team}"), count);
    }
    lines.add(format!("{at}.quorum"), quorum);
    lines.add(format!("{at}.reviews"), &reviews.text);
    lines.maybe(format!("{at}.agenda-closes"), agenda_closes.as_ref());
    for (id, criterion) in criteria {
        criterion_lines(lines, &format!("{at}.criteria.{id}"), criterion);
    }
    lines.maybe(format!("{at}.freeze-criteria"), freeze_criteria.as_ref());
}

fn criterion_lines(lines: &mut Lines, at: &str, criterion: &Criterion) {
    let Criterion { text, owner, proof } = criterion;
    lines.add(format!("{at}.text"), text);
    lines.add(format!("{at}.owner"), owner);
    match proof {
        Proof::Gate { gate } => lines.add(format!("{at}.gate"), gate.as_str()),
        Proof::Holds { condition } => lines.add(format!("{at}.holds"), &condition.text),
        Proof::Answer { team, valid } => {
            lines.add(format!("{at}.answer"), team);
            lines.maybe(format!("{at}.valid"), valid.as_ref());
        }
    }
}
