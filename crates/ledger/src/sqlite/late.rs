//! Entries that are written after the states they explain, in a transaction of their own: what this store must never do. Only a test
//! build that is told to leave the defence `audit` out comes here, to see that its judges notice.

use super::refusal::Doing;
use crate::store::Result;
use rusqlite::Connection;
use tidegate_faults::kill_point;

const DOING: &str = "leaving out a defence";

/// The newest entry, at the beginning of a transaction.
pub(super) fn newest(connection: &Connection) -> Result<i64> {
    let sql = "SELECT coalesce(max(seq), 0) FROM ledger";
    connection.query_row(sql, [], |row| row.get(0)).doing(DOING)
}

/// Commits the transaction under way without its entries, and begins one that adds them.
pub(super) fn apart(connection: &Connection, before: i64) -> Result<()> {
    connection
        .execute_batch(&format!(
            "DROP TABLE IF EXISTS temp.late; CREATE TEMP TABLE late AS SELECT * FROM ledger WHERE seq > {before}; \
             DELETE FROM ledger WHERE seq > {before}; COMMIT"
        ))
        .doing(DOING)?;
    kill_point("server.ledger.between");
    connection
        .execute_batch("BEGIN IMMEDIATE; INSERT INTO ledger SELECT * FROM temp.late")
        .doing(DOING)
}
