//! Sittings of boards, as their rules lay them. What is on an agenda is shown by the board itself.

use super::{Effect, Found, Item, Kind, Source, Time};
use crate::calendar::Span;
use crate::limits;

pub(super) fn sittings(found: &mut Found<'_>) {
    if !found.filter.wants(Kind::Board) {
        return;
    }
    let (spec, asked) = (found.known.spec, found.question.time);
    for (name, board) in &spec.boards {
        let rule = format!("boards.{name}");
        let back = crate::spec::recurring::reaching_back(asked, board.lasts);
        let sittings = match board.sittings(spec, back.start(), limits::FREEZES) {
            Ok(sittings) => sittings,
            Err(error) => {
                found.unknown(rule, error, &[]);
                continue;
            }
        };
        for (day, sitting) in sittings {
            let Some(span) = Span::new(sitting.begins, sitting.ends) else {
                continue;
            };
            let time = Time::Within(span);
            if !time.touches(asked) {
                continue;
            }
            found.add(Item {
                kind: Kind::Board,
                id: format!("board/{name}/{day}"),
                name: name.to_string(),
                title: format!("{name} meets"),
                detail: format!("decides where {}", board.reviews.text),
                time,
                zone: sitting.zone,
                environments: Vec::new(),
                services: Vec::new(),
                effect: Effect::Informs,
                source: Source::Rule(rule.clone()),
                state: Item::state_at(time, found.known.now),
            });
        }
    }
}
