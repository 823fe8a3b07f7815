//! Departures: a row for each, by train and number, and one for each release that boarded any, with the newest of them.

use super::{Happened, Models, Rows};
use crate::batch::ModelChange;
use crate::decider::Trigger;
use crate::digest::canonical;
use crate::id::{DepartureId, ReleaseId, TeamId};
use crate::spec::Timetable;
use crate::stream::departure::{Departure, Event, Phase};
use crate::stream::train::Train;
use crate::view::View;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Rows by `train/number`, the number padded to six digits.
pub const DEPARTURES: &str = "departure";
/// The newest departure that a release is or was aboard, by release.
pub const ABOARD: &str = "aboard";
/// Departures that keep people busy, by `train/number`: from leaving until all have arrived.
pub const BUSY: &str = "departure-busy";

/// A departure that keeps people busy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Busy {
    /// Which.
    pub departure: DepartureId,
    /// How many people of each team.
    pub hands: BTreeMap<TeamId, u32>,
}

/// A departure as calendars and lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Which.
    pub id: DepartureId,
    /// Phase, as shown to people.
    pub phase: String,
    /// Its instants.
    pub timetable: Timetable,
    /// Who is aboard.
    pub passengers: Vec<ReleaseId>,
    /// Who waits to be admitted.
    pub late: Vec<ReleaseId>,
}

impl Row {
    /// Has it not left and not been given up?
    #[must_use]
    pub fn is_ahead(&self) -> bool {
        !["departed", "arrived", "cancelled"].contains(&self.phase.as_str())
    }
}

/// Where a release is aboard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Aboard {
    /// Departure.
    pub departure: DepartureId,
}

/// The newest departure a release boarded and did not get off again.
#[must_use]
pub fn aboard(view: &dyn View, release: &ReleaseId) -> Option<DepartureId> {
    let body = view.model(ABOARD, &release.to_string())?;
    let row: Aboard = serde_json::from_str(&body).ok()?;
    Some(row.departure)
}

/// Departures that have left and keep people busy.
#[must_use]
pub fn busy(view: &dyn View) -> Vec<Busy> {
    let rows = view.scan(BUSY, "", crate::limits::UNDER_WAY);
    let read = |(_, body): &(String, String)| serde_json::from_str(body).ok();
    rows.iter().filter_map(read).collect()
}

/// The rows of a train, in the order of their numbers.
#[must_use]
pub fn of_train(view: &dyn View, train: &str, limit: usize) -> Vec<Row> {
    view.scan(DEPARTURES, &format!("{train}/"), limit)
        .into_iter()
        .filter_map(|(_, body)| serde_json::from_str(&body).ok())
        .collect()
}

impl Models for Departure {
    fn project(h: &Happened<'_, Self, Self::Event>, rows: &mut dyn Rows) -> Vec<Trigger> {
        let Some(facts) = h.state.facts.as_deref() else {
            return Vec::new();
        };
        super::notice::of_departure(h, rows);
        let row = Row {
            id: facts.id.clone(),
            phase: h.state.phase.name().to_owned(),
            timetable: facts.timetable.clone(),
            passengers: facts.passengers.keys().cloned().collect(),
            late: facts.late.keys().cloned().collect(),
        };
        rows.put(ModelChange {
            model: DEPARTURES,
            key: facts.id.key(),
            body: canonical(&row).ok(),
        });
        if !facts.hands.is_empty() {
            let row = Busy {
                departure: facts.id.clone(),
                hands: facts.hands.clone(),
            };
            let body = canonical(&row).ok();
            rows.put(ModelChange {
                model: BUSY,
                key: facts.id.key(),
                body: body.filter(|_| matches!(h.state.phase, Phase::Departed { .. })),
            });
        }
        let (release, is) = match h.event {
            Event::Boarded { release, .. } => (release, true),
            Event::LateAsked { release, .. }
            | Event::Missed { release, .. }
            | Event::Replaced { release, .. }
            | Event::Left { release, .. } => (release, false),
            _ => return Vec::new(),
        };
        let key = release.to_string();
        let row = Aboard {
            departure: facts.id.clone(),
        };
        let body = canonical(&row).ok();
        let here = rows.row(ABOARD, &key) == body;
        if is || here {
            rows.put(ModelChange {
                model: ABOARD,
                key,
                body: body.filter(|_| is),
            });
        }
        Vec::new()
    }
}

impl Models for Train {
    fn project(_: &Happened<'_, Self, Self::Event>, _: &mut dyn Rows) -> Vec<Trigger> {
        Vec::new()
    }
}
