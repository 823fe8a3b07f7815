//! Rows of read models.

use super::session::Session;
use super::value::values;
use super::value::{Cells, Columns, limit};
use crate::error::StoreError;
use crate::range::after_prefix;
use crate::store::Result;

const UP: &str = "SELECT key, body FROM model WHERE ledger_id = ?1 AND name = ?2 AND key >= ?3 \
                  AND (?4 IS NULL OR key < ?4) AND (?5 IS NULL OR key > ?5) ORDER BY key LIMIT ?6";
const DOWN: &str = "SELECT key, body FROM model WHERE ledger_id = ?1 AND name = ?2 AND key >= ?3 \
                    AND (?4 IS NULL OR key < ?4) ORDER BY key DESC LIMIT ?5";

impl Session<'_> {
    pub(super) fn read_model(&self, name: &str, key: &str) -> Result<Option<String>> {
        let sql = "SELECT body FROM model WHERE ledger_id = ?1 AND name = ?2 AND key = ?3";
        let bad = |because| StoreError::BadRow {
            what: format!("row `{key}` of read model {name}"),
            because,
        };
        self.one(
            sql,
            values![self.ledger, name, key],
            "reading a read model",
            |row| Columns { row, bad }.get(0),
        )
    }

    pub(super) fn scan_model(
        &self,
        name: &str,
        prefix: &str,
        after: Option<&str>,
        most: usize,
        reverse: bool,
    ) -> Result<Vec<(String, String)>> {
        let bad = |because| StoreError::BadRow {
            what: format!("a row of read model {name}"),
            because,
        };
        let pair = |row: &dyn Cells| {
            let row = Columns { row, bad };
            Ok((row.get(0)?, row.get(1)?))
        };
        // The narrower of two bounds is the one to seek to.
        let end = after_prefix(prefix);
        if reverse {
            let high = match (after, end.as_deref()) {
                (Some(after), Some(end)) => Some(after.min(end)),
                (after, end) => after.or(end),
            };
            let values = values![self.ledger, name, prefix, high, limit(most)];
            return self.rows(DOWN, values, "scanning a read model", pair);
        }
        let low = after.filter(|after| *after > prefix).unwrap_or(prefix);
        let values = values![self.ledger, name, low, end, after, limit(most)];
        self.rows(UP, values, "scanning a read model", pair)
    }

    pub(super) fn write_model(&mut self, name: &str, key: &str, body: Option<&str>) -> Result<()> {
        let written = match body {
            Some(body) => {
                let sql = "INSERT INTO model (ledger_id, name, key, body) VALUES (?1, ?2, ?3, ?4) \
                           ON CONFLICT (ledger_id, name, key) DO UPDATE SET body = excluded.body";
                self.run(
                    sql,
                    values![self.ledger, name, key, body],
                    "writing a read model",
                )
            }
            None => {
                let sql = "DELETE FROM model WHERE ledger_id = ?1 AND name = ?2 AND key = ?3";
                self.run(
                    sql,
                    values![self.ledger, name, key],
                    "removing a row of a read model",
                )
            }
        };
        written.map(|_| ())
    }
}
