//! Departures of trains, and how long one would wait before it may enter the first environment it leads to.

use super::departing::{self, travellers};
use super::{Effect, Found, Item, Kind, Source, State, Time};
use crate::id::{EnvId, ServiceId};
use crate::model::departure::{DEPARTURES, Row};
use crate::spec::Spec;
use crate::time::Millis;
use std::collections::BTreeSet;

/// Most departures that are looked at.
const MOST: usize = 5_000;
/// Most departures of one answer whose wait is told; the later ones change before it matters.
const FORETOLD: usize = 24;

pub(super) fn departures(found: &mut Found<'_>) {
    if !found.filter.wants(Kind::Departure) {
        return;
    }
    let spec = found.known.spec;
    let mut rows = Vec::new();
    for (key, body) in found.known.view.scan(DEPARTURES, "", MOST) {
        match serde_json::from_str::<Row>(&body) {
            Ok(row) => rows.push(row),
            Err(error) => found.unknown(format!("departure/{key}"), error, &[]),
        }
    }
    rows.sort_by_key(|row| row.timetable.departs);
    let mut foretold = 0;
    for row in rows {
        let (at, now) = (row.timetable.departs, found.known.now);
        let services: BTreeSet<ServiceId> = match row.passengers.as_slice() {
            // Nobody is aboard yet: all that it carries may come.
            [] => spec
                .trains
                .get(&row.id.train)
                .map_or(BTreeSet::new(), |t| t.carries.iter().cloned().collect()),
            some => some.iter().map(|release| release.service.clone()).collect(),
        };
        let environments = stops(spec, &row, &services);
        let state = match row.phase.as_str() {
            "cancelled" => State::Cancelled,
            "departed" => State::Now,
            "arrived" => State::Over,
            _ if at > now => State::Ahead,
            _ => State::Now,
        };
        let mut detail = row.phase.clone();
        let ahead = state == State::Ahead && found.question.time.contains(at);
        if ahead && foretold < FORETOLD {
            foretold += 1;
            if let Some(wait) = wait(found, &row) {
                detail = wait;
            }
        }
        let aboard: Vec<String> = row.passengers.iter().map(ToString::to_string).collect();
        let title = match aboard.as_slice() {
            [] => format!("{} leaves", row.id),
            some => format!("{} leaves with {}", row.id, some.join(", ")),
        };
        found.add(Item {
            kind: Kind::Departure,
            id: format!("departure/{}", row.id.key()),
            name: row.id.to_string(),
            title,
            detail,
            time: Time::At(at),
            zone: row.timetable.zone.clone(),
            environments,
            services: services.into_iter().collect(),
            effect: Effect::Informs,
            source: Source::Rule(format!("trains.{}", row.id.train)),
            state,
        });
    }
}

/// Environments that the services of a departure go to, in the order of their paths.
fn stops(spec: &Spec, row: &Row, services: &BTreeSet<ServiceId>) -> Vec<EnvId> {
    let Some(train) = spec.trains.get(&row.id.train) else {
        return Vec::new();
    };
    let mut all: Vec<EnvId> = Vec::new();
    for env in services
        .iter()
        .flat_map(|service| spec.stops(train, service))
    {
        if !all.contains(env) {
            all.push(env.clone());
        }
    }
    all
}

/// `waits 2h`, when the gates of the calendar would not let its services go at once.
fn wait(found: &Found<'_>, row: &Row) -> Option<String> {
    let known = &found.known;
    let train = known.spec.trains.get(&row.id.train)?;
    let at = row.timetable.departs;
    let wait = departing::wait(known, &travellers(known.spec, train, &row.passengers), at)?;
    Some(match wait.until {
        Some(until) => format!("waits {}", Millis::between(at, until)),
        None => "finds no time in 400 days".to_owned(),
    })
}
