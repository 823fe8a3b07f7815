//! Rights that people lend each other, while they are lent: whoever waits for somebody sees who decides meanwhile.

use super::{Effect, Found, Item, Kind, Source, Time};
use crate::calendar::Span;
use crate::limits;
use crate::model::delegation::ALL;
use crate::stream::delegation::{Delegation, Phase};

pub(super) fn delegations(found: &mut Found<'_>) {
    if !found.filter.wants(Kind::Delegation) {
        return;
    }
    for (id, body) in found.known.view.scan(ALL, "", limits::PEOPLE) {
        let state: Delegation = match serde_json::from_str(&body) {
            Ok(state) => state,
            Err(error) => {
                found.unknown(format!("delegations/{id}"), error, &[]);
                continue;
            }
        };
        let Some(facts) = state.facts else { continue };
        // One that was taken back is on nobody's calendar, before its end as after it.
        let end = match state.phase {
            Phase::Absent => continue,
            Phase::Revoked { at, .. } => at.min(facts.until),
            Phase::Lent | Phase::Ended { .. } => facts.until,
        };
        let Some(span) = Span::new(facts.since, end) else {
            continue;
        };
        let time = Time::Within(span);
        if !time.touches(found.question.time) {
            continue;
        }
        found.add(Item {
            kind: Kind::Delegation,
            id: format!("delegation/{id}"),
            name: id,
            // Who and why stand in the detail alone: a public calendar names no persons.
            title: format!("a deputy decides for {}", facts.team),
            detail: format!("{} for {}: {}", facts.to, facts.from, facts.reason),
            time,
            zone: found.known.spec.zone.clone(),
            environments: Vec::new(),
            services: Vec::new(),
            effect: Effect::Informs,
            source: Source::Declared {
                by: facts.from.clone(),
                at: facts.at,
            },
            state: Item::state_at(time, found.known.now),
        });
    }
}
