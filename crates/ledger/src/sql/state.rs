//! Newest folds.

use super::session::Session;
use super::value::{Cells, values};
use super::value::{Columns, limit, number};
use super::wake::kind_of;
use crate::error::StoreError;
use crate::range::after_prefix;
use crate::row::WakeRow;
use crate::store::Result;
use tidegate_core::id::{StreamId, StreamKind};
use tidegate_core::view::StateRow;

impl Session<'_> {
    pub(super) fn read_state(&self, stream: &StreamId) -> Result<Option<StateRow>> {
        let sql = "SELECT stream, rev, fold, body FROM state WHERE ledger_id = ?1 AND stream = ?2";
        let found = self.one(
            sql,
            values![self.ledger, stream.as_str()],
            "reading a state",
            state,
        )?;
        Ok(found.map(|(_, row)| row))
    }

    pub(super) fn states_of(
        &self,
        kind: StreamKind,
        after: Option<&StreamId>,
        most: usize,
    ) -> Result<Vec<(StreamId, StateRow)>> {
        let first = StreamId::new(kind, "");
        let end = after_prefix(first.as_str());
        let sql = "SELECT stream, rev, fold, body FROM state WHERE ledger_id = ?1 AND stream >= ?2 \
                   AND (?3 IS NULL OR stream < ?3) AND (?4 IS NULL OR stream > ?4) ORDER BY stream LIMIT ?5";
        // The later of the two lower bounds is the one to seek to.
        let low = after.filter(|after| **after > first).unwrap_or(&first);
        let values = values![
            self.ledger,
            low.as_str(),
            end,
            after.map(StreamId::as_str),
            limit(most)
        ];
        self.rows(sql, values, "reading states", state)
    }

    pub(super) fn write_state(&mut self, stream: &StreamId, row: &StateRow) -> Result<()> {
        let sql = "INSERT INTO state (ledger_id, stream, rev, fold, body) VALUES (?1, ?2, ?3, ?4, ?5) \
                   ON CONFLICT (ledger_id, stream) DO UPDATE SET rev = excluded.rev, fold = excluded.fold, body = excluded.body";
        let values = values![
            self.ledger,
            stream.as_str(),
            number(row.rev),
            row.fold,
            row.body
        ];
        self.run(sql, values, "writing a state").map(|_| ())
    }
}

impl Session<'_> {
    /// Both in one statement: the text of a state is long, and would be written twice.
    pub(super) fn write_state_and_wake(
        &mut self,
        stream: &StreamId,
        row: &StateRow,
        wake: &WakeRow,
    ) -> Result<()> {
        let sql = "INSERT INTO state (ledger_id, stream, rev, fold, body, wake) VALUES (?1, ?2, ?3, ?4, ?5, ?6) \
                   ON CONFLICT (ledger_id, stream) DO UPDATE SET rev = excluded.rev, fold = excluded.fold, \
                   body = excluded.body, wake = excluded.wake";
        let values = values![
            self.ledger,
            stream.as_str(),
            number(row.rev),
            row.fold,
            row.body,
            kind_of(wake),
        ];
        self.run(sql, values, "writing a state")?;
        self.write_due(stream, wake)
    }
}

pub(crate) fn state(row: &dyn Cells) -> Result<(StreamId, StateRow)> {
    let bad = |because| StoreError::BadRow {
        what: "a state".to_owned(),
        because,
    };
    let stream = Columns { row, bad }.stream(0)?;
    let row = Columns {
        row,
        bad: |because| StoreError::BadRow {
            what: format!("the state of {stream}"),
            because,
        },
    };
    let state = StateRow {
        rev: row.number(1)?,
        fold: row.get(2)?,
        body: row.get(3)?,
    };
    Ok((stream, state))
}
