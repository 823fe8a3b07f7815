//! What the feeds showed last, so that a change is told as one: the sequence rises, and what is gone is called off for a
//! while. Rows beside the ledger; they explain no decision, and if they were lost every event would only count as changed.

use super::event::Event;
use super::gather::Gathered;
use crate::error::Problem;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tidegate_core::time::{Millis, Timestamp};
use tidegate_engine::Engine;

/// Rows by UID, without the part that names this server.
const MODEL: &str = "ics";
/// Most rows that are kept and shown.
const MOST: usize = 20_000;
/// How long it is shown that something was called off, in days.
pub const SHOWN_DAYS: u64 = 30;

/// One event with its history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// As it is shown.
    pub event: Event,
    /// Rises with each change: the number of the newest entry of the ledger when it was seen.
    pub sequence: u64,
    /// When it was seen.
    pub changed: Timestamp,
    /// Since when it is not on the calendar any more.
    pub gone: Option<Timestamp>,
}

/// All events of all feeds as of one look.
#[derive(Debug)]
pub struct Shown {
    /// By UID.
    pub rows: BTreeMap<String, Row>,
    /// Rules that could not be read, with the environments that they concern.
    pub unknown: Vec<(String, Vec<String>)>,
    /// What the ids of this server end with.
    pub origin: String,
    as_of: (u64, Timestamp),
}

/// The newest look, shared by those who ask at the same time, and the turn of imports.
#[derive(Debug, Default)]
pub struct Shelf {
    newest: Mutex<Option<Arc<Shown>>>,
    imports: Mutex<()>,
}

impl Shelf {
    /// Held by the one import that is under way.
    pub fn importing(&self) -> MutexGuard<'_, ()> {
        self.imports.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All events as of now. Blocks; looks once however many ask.
    ///
    /// # Errors
    /// The ledger cannot be read or written.
    pub fn shown(&self, engine: &Engine) -> Result<Arc<Shown>, Problem> {
        let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        let gathered = match super::gather::gather(engine, newest.as_ref().map(|s| s.as_of))? {
            Some(gathered) => gathered,
            None => match &*newest {
                Some(shown) => return Ok(Arc::clone(shown)),
                None => return Err(nothing()),
            },
        };
        let before = engine.read(|rows| rows.scan(MODEL, "", None, MOST, false))?;
        let before: BTreeMap<String, Row> = before
            .into_iter()
            .filter_map(|(uid, body)| Some((uid, serde_json::from_str(&body).ok()?)))
            .collect();
        let rows = compared(&before, &gathered);
        keep(engine, &before, &rows)?;
        let shown = Arc::new(Shown {
            rows,
            unknown: gathered.unknown,
            origin: gathered.origin,
            as_of: gathered.as_of,
        });
        *newest = Some(Arc::clone(&shown));
        Ok(shown)
    }
}

fn nothing() -> Problem {
    Problem::new(
        &crate::error::kind::INTERNAL,
        "the calendar was not looked at",
        "report it with the request id",
    )
}

fn keep(
    engine: &Engine,
    before: &BTreeMap<String, Row>,
    rows: &BTreeMap<String, Row>,
) -> Result<(), Problem> {
    let mut changes: Vec<(&String, Option<String>)> = Vec::new();
    for (uid, row) in rows {
        if before.get(uid) != Some(row) {
            changes.push((uid, Some(serde_json::to_string(row)?)));
        }
    }
    let gone = before.keys().filter(|uid| !rows.contains_key(*uid));
    changes.extend(gone.map(|uid| (uid, None)));
    if changes.is_empty() {
        return Ok(());
    }
    Ok(engine.write_rows(|tx| {
        changes
            .iter()
            .try_for_each(|(uid, body)| tx.put_model(MODEL, uid, body.as_deref()))
    })?)
}

/// The rows after a look.
fn compared(before: &BTreeMap<String, Row>, found: &Gathered) -> BTreeMap<String, Row> {
    let changed = |event: Event, before: Option<&Row>, gone| Row {
        event,
        sequence: before.map_or(found.seq, |row| found.seq.max(row.sequence + 1)),
        changed: found.now,
        gone,
    };
    let mut rows = BTreeMap::new();
    for (uid, event) in &found.events {
        let row = match before.get(uid) {
            Some(row) if row.event == *event && row.gone.is_none() => row.clone(),
            known => changed(event.clone(), known, None),
        };
        rows.insert(uid.clone(), row);
    }
    for (uid, row) in before {
        if rows.contains_key(uid) || row.event.is_before(found.time.start()) {
            continue;
        }
        match row.gone {
            Some(since) if Millis::between(since, found.now) > shown() => {}
            Some(_) => {
                rows.insert(uid.clone(), row.clone());
            }
            // What was not looked at is not gone.
            None if !found.is_whole(&row.event) => {
                rows.insert(uid.clone(), row.clone());
            }
            None => {
                let gone = gone(&row.event, found.now);
                if let Some(event) = gone {
                    let row = changed(event, Some(row), Some(found.now));
                    rows.insert(uid.clone(), row);
                }
            }
        }
    }
    while rows.len() > MOST {
        rows.pop_last();
    }
    rows
}

const fn shown() -> Millis {
    Millis(SHOWN_DAYS * 86_400_000)
}

/// What is still shown of an event that is not on the calendar any more: that it ended early, or that it was called off.
/// Nothing when it is over.
fn gone(event: &Event, now: Timestamp) -> Option<Event> {
    if event.is_before(now) {
        return None;
    }
    if event.start().is_some_and(|start| start < now) {
        return event.ended(now);
    }
    Some(Event {
        cancelled: true,
        ..event.clone()
    })
}

#[cfg(test)]
mod tests {
    use super::super::event::When;
    use super::*;
    use tidegate_core::calendar::Span;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn event(from: &str, until: &str) -> Event {
        Event {
            kind: "freeze".to_owned(),
            title: "freeze".to_owned(),
            private: Vec::new(),
            environments: Vec::new(),
            services: Vec::new(),
            when: When::Within(at(from), at(until)),
            cancelled: false,
        }
    }

    fn look(now: &str, seq: u64, events: &[(&str, Event)]) -> Gathered {
        let now = at(now);
        let day = Millis(86_400_000);
        Gathered {
            events: events
                .iter()
                .map(|(uid, event)| ((*uid).to_owned(), event.clone()))
                .collect(),
            unknown: Vec::new(),
            whole_until: None,
            origin: "here".to_owned(),
            now,
            seq,
            time: Span::new(
                now.checked_sub(jiff::SignedDuration::from_hours(24))
                    .unwrap(),
                Millis(day.0 * 400).after(now),
            )
            .unwrap(),
            as_of: (seq, now),
        }
    }

    #[test]
    fn a_sequence_rises_with_each_change_and_only_then() {
        let peak = event("2026-11-25T00:00:00Z", "2026-12-01T00:00:00Z");
        let longer = event("2026-11-25T00:00:00Z", "2026-12-02T00:00:00Z");
        let first = compared(
            &BTreeMap::new(),
            &look("2026-11-01T00:00:00Z", 10, &[("peak", peak.clone())]),
        );
        assert_eq!((first["peak"].sequence, first["peak"].gone), (10, None));
        let same = compared(&first, &look("2026-11-02T00:00:00Z", 20, &[("peak", peak)]));
        assert_eq!(same, first);
        let moved = compared(
            &same,
            &look("2026-11-03T00:00:00Z", 20, &[("peak", longer)]),
        );
        assert_eq!(moved["peak"].sequence, 20);
        assert_eq!(moved["peak"].changed, at("2026-11-03T00:00:00Z"));
    }

    #[test]
    fn what_is_gone_before_it_begins_is_called_off_for_thirty_days() {
        let peak = event("2026-11-25T00:00:00Z", "2027-02-01T00:00:00Z");
        let first = compared(
            &BTreeMap::new(),
            &look("2026-11-01T00:00:00Z", 10, &[("peak", peak.clone())]),
        );
        let off = compared(&first, &look("2026-11-02T00:00:00Z", 11, &[]));
        assert!(off["peak"].event.cancelled && off["peak"].sequence == 11);
        let still = compared(&off, &look("2026-12-01T00:00:00Z", 12, &[]));
        assert_eq!(still, off);
        let later = compared(&still, &look("2026-12-03T00:00:00Z", 13, &[]));
        assert!(later.is_empty());
        // It may come back.
        let back = compared(&off, &look("2026-11-03T00:00:00Z", 11, &[("peak", peak)]));
        assert!(!back["peak"].event.cancelled && back["peak"].sequence == 12);
    }

    #[test]
    fn what_has_begun_ends_and_what_is_over_is_not_called_off() {
        let running = event("2026-11-01T00:00:00Z", "2026-11-20T00:00:00Z");
        let first = compared(
            &BTreeMap::new(),
            &look("2026-11-02T00:00:00Z", 10, &[("f", running)]),
        );
        let lifted = compared(&first, &look("2026-11-03T00:00:00Z", 11, &[]));
        assert_eq!(
            lifted["f"].event,
            event("2026-11-01T00:00:00Z", "2026-11-03T00:00:00Z")
        );
        let over = compared(&first, &look("2026-11-20T12:00:00Z", 12, &[]));
        assert!(over.is_empty());
    }

    #[test]
    fn what_could_not_be_looked_at_is_not_gone() {
        let far = event("2027-03-01T00:00:00Z", "2027-03-02T00:00:00Z");
        let first = compared(
            &BTreeMap::new(),
            &look("2026-11-02T00:00:00Z", 10, &[("f", far)]),
        );
        let mut cut = look("2026-11-03T00:00:00Z", 11, &[]);
        cut.whole_until = Some(at("2027-01-01T00:00:00Z"));
        assert_eq!(compared(&first, &cut), first);
        let mut unread = look("2026-11-03T00:00:00Z", 11, &[]);
        unread.unknown.push(("freezes.f".to_owned(), Vec::new()));
        assert_eq!(compared(&first, &unread), first);
    }
}
