//! Lines of the boards.

use super::Lines;
use tidegate_core::spec::{Board, Seats};

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
}
