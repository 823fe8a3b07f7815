//! Timers and triggers.

use super::session::Session;
use super::value::{Cells, values};
use super::value::{Columns, limit, micros};
use crate::error::StoreError;
use crate::row::{Due, WakeRow};
use crate::store::Result;
use std::collections::BTreeSet;
use tidegate_core::decider::Trigger;
use tidegate_core::id::StreamId;
use tidegate_core::time::Timestamp;

pub(crate) const DUE: &str = "SELECT stream, at, because FROM due d WHERE ledger_id = ?1 AND at <= ?2 AND NOT EXISTS \
                   (SELECT 1 FROM quarantine q WHERE q.ledger_id = d.ledger_id AND q.stream = d.stream) \
                   ORDER BY at, stream LIMIT ?3";

impl Session<'_> {
    pub(super) fn due_by(&self, until: Timestamp, most: usize) -> Result<Vec<Due>> {
        self.rows(
            DUE,
            values![self.ledger, micros(until), limit(most)],
            "reading what is due",
            due_of,
        )
    }

    pub(super) fn waiting(&self, trigger: &str) -> Result<Vec<StreamId>> {
        let sql =
            "SELECT stream FROM waits WHERE ledger_id = ?1 AND trigger_on = ?2 ORDER BY stream";
        self.rows(
            sql,
            values![self.ledger, trigger],
            "reading who waits on a trigger",
            only_stream,
        )
    }

    pub(super) fn wake(&self, stream: &StreamId) -> Result<Option<WakeRow>> {
        let sql = "SELECT s.wake, d.at, d.because FROM state s \
                   LEFT JOIN due d ON d.ledger_id = s.ledger_id AND d.stream = s.stream \
                   WHERE s.ledger_id = ?1 AND s.stream = ?2";
        let values = values![self.ledger, stream.as_str()];
        let found = self.one(
            sql,
            values,
            "reading when a stream is looked at again",
            |row| {
                let row = Columns { row, bad: bad_due };
                Ok((
                    row.get::<String>(0)?,
                    row.at_or_none(1)?,
                    row.get::<Option<String>>(2)?,
                ))
            },
        )?;
        Ok(match found {
            Some((_, Some(at), Some(because))) => Some(WakeRow::Next {
                at,
                on: self.triggers_of(stream)?,
                because,
            }),
            Some((kind, ..)) if kind == "rest" => Some(WakeRow::Rest),
            Some((kind, ..)) if kind == "never" => Some(WakeRow::Never),
            _ => None,
        })
    }

    fn triggers_of(&self, stream: &StreamId) -> Result<Vec<Trigger>> {
        let sql =
            "SELECT trigger_on FROM waits WHERE ledger_id = ?1 AND stream = ?2 ORDER BY trigger_on";
        self.rows(
            sql,
            values![self.ledger, stream.as_str()],
            "reading the triggers of a stream",
            |row| Columns { row, bad: bad_due }.get(0),
        )
    }

    pub(super) fn forgotten(&self, most: usize) -> Result<Vec<StreamId>> {
        // Named, because without statistics the planner reads the whole table instead: every state, every second.
        let sql = "SELECT stream FROM state s INDEXED BY state_owing \
                   WHERE ledger_id = ?1 AND wake IN ('unset', 'next') AND NOT EXISTS \
                   (SELECT 1 FROM due d WHERE d.ledger_id = s.ledger_id AND d.stream = s.stream) \
                   ORDER BY stream LIMIT ?2";
        self.rows(
            sql,
            values![self.ledger, limit(most)],
            "looking for streams without a wake-up",
            only_stream,
        )
    }

    pub(super) fn write_wake(&mut self, stream: &StreamId, wake: &WakeRow) -> Result<()> {
        let sql = "UPDATE state SET wake = ?3 WHERE ledger_id = ?1 AND stream = ?2";
        let values = values![self.ledger, stream.as_str(), kind_of(wake)];
        if self.run(sql, values, "writing a wake-up")? == 0 {
            return Err(StoreError::Missing {
                what: "state of stream",
                key: stream.to_string(),
            });
        }
        self.write_due(stream, wake)
    }

    /// The timer of a stream that has a state, and its triggers, as far as they are not there already.
    pub(super) fn write_due(&mut self, stream: &StreamId, wake: &WakeRow) -> Result<()> {
        let WakeRow::Next { at, on, because } = wake else {
            // The triggers go with the timer.
            let sql = "DELETE FROM due WHERE ledger_id = ?1 AND stream = ?2";
            let values = values![self.ledger, stream.as_str()];
            return self.run(sql, values, "removing a timer").map(drop);
        };
        let sql = "INSERT INTO due (ledger_id, stream, at, because) VALUES (?1, ?2, ?3, ?4) \
                   ON CONFLICT (ledger_id, stream) DO UPDATE SET at = excluded.at, because = excluded.because";
        let values = values![self.ledger, stream.as_str(), micros(*at), because];
        self.run(sql, values, "writing a timer")?;
        let before: BTreeSet<Trigger> = self.triggers_of(stream)?.into_iter().collect();
        let wanted: BTreeSet<&Trigger> = on.iter().collect();
        for trigger in before.iter().filter(|trigger| !wanted.contains(trigger)) {
            let sql = "DELETE FROM waits WHERE ledger_id = ?1 AND trigger_on = ?2 AND stream = ?3";
            let values = values![self.ledger, trigger, stream.as_str()];
            self.run(sql, values, "removing a trigger")?;
        }
        for trigger in wanted
            .into_iter()
            .filter(|trigger| !before.contains(*trigger))
        {
            let sql = "INSERT INTO waits (ledger_id, trigger_on, stream) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
            let values = values![self.ledger, trigger, stream.as_str()];
            self.run(sql, values, "writing a trigger")?;
        }
        Ok(())
    }

    pub(super) fn fire_triggers(&mut self, triggers: &[Trigger], now: Timestamp) -> Result<()> {
        let mut waiting = BTreeSet::new();
        for trigger in triggers {
            waiting.extend(self.waiting(trigger)?);
        }
        for stream in &waiting {
            let sql = "UPDATE due SET at = ?3 WHERE ledger_id = ?1 AND stream = ?2 AND at > ?3";
            self.run(
                sql,
                values![self.ledger, stream.as_str(), micros(now)],
                "firing a trigger",
            )?;
        }
        Ok(())
    }
}

/// As the row of the state says it.
pub(crate) fn kind_of(wake: &WakeRow) -> &'static str {
    match wake {
        WakeRow::Next { .. } => "next",
        WakeRow::Rest => "rest",
        WakeRow::Never => "never",
    }
}

/// A row of [`DUE`].
pub(crate) fn due_of(row: &dyn Cells) -> Result<Due> {
    let row = Columns { row, bad: bad_due };
    Ok(Due {
        stream: row.stream(0)?,
        at: row.at(1)?,
        because: row.get(2)?,
    })
}

fn only_stream(row: &dyn Cells) -> Result<StreamId> {
    Columns { row, bad: bad_due }.stream(0)
}

fn bad_due(because: String) -> StoreError {
    StoreError::BadRow {
        what: "a timer or trigger".to_owned(),
        because,
    }
}
