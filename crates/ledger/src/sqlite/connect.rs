//! Opening connections with the settings that decide whether an acknowledged write survives.

use super::refusal::Doing;
use crate::error::StoreError;
use crate::store::Result;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use std::fs::File;
use std::path::Path;
use std::time::Duration;
use tidegate_faults::is_off;

/// How long a statement waits for a lock of another connection.
pub(super) const BUSY: Duration = Duration::from_secs(5);
/// Prepared statements kept per connection; there are about sixty.
const STATEMENTS: usize = 128;
/// Pages the writer keeps in memory, in KiB: those that a large commit changes are written once, when it ends.
const PAGES: i64 = 32 * 1024;
/// Pages of the write-ahead log, of 4 KiB each, after which they are moved into the file: a large commit has a thousand, and
/// moving after each of them would cost two syncs more.
const MOVED_AFTER: i64 = 4096;
/// The write-ahead log is cut back to this after a checkpoint.
const LOG_BYTES: i64 = 64 * 1024 * 1024;

/// Make the folder for its owner only; one that exists keeps its permissions.
pub(super) fn make_folder(folder: &Path) -> Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true).mode(0o700);
    builder.create(folder).map_err(|e| {
        let because = format!("this folder for the ledger cannot be made: {e}");
        StoreError::Folder {
            path: folder.to_owned(),
            because,
        }
    })
}

/// Make the names of new files in the folder durable.
pub(super) fn sync_folder(folder: &Path) -> Result<()> {
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(|e| StoreError::Io {
            doing: format!("making {} durable", folder.display()),
            because: e.to_string(),
        })
}

/// The connection that writes.
pub(super) fn writer(file: &Path) -> Result<Connection> {
    let connection = open(
        file,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
    )?;
    let mode: String = connection
        .query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))
        .map_err(|e| not_a_ledger(file, &e))?;
    if mode != "wal" {
        let because = format!(
            "the file system does not allow a write-ahead log (journal mode stays {mode}): use a local disk"
        );
        return Err(StoreError::Folder {
            path: file.to_owned(),
            because,
        });
    }
    connection
        .pragma_update(
            None,
            "synchronous",
            if is_off("sync") { "OFF" } else { "FULL" },
        )
        .doing("setting synchronous")?;
    // What is deleted or overwritten is gone from the file, and not only out of sight: words that were erased were in states and rows
    // before.
    connection
        .pragma_update(None, "secure_delete", true)
        .doing("setting secure_delete")?;
    connection
        .pragma_update(None, "foreign_keys", true)
        .doing("setting foreign_keys")?;
    connection
        .pragma_update(None, "journal_size_limit", LOG_BYTES)
        .doing("setting journal_size_limit")?;
    connection
        .pragma_update(None, "cache_size", -PAGES)
        .doing("setting cache_size")?;
    connection
        .pragma_update(None, "wal_autocheckpoint", MOVED_AFTER)
        .doing("setting wal_autocheckpoint")?;
    Ok(connection)
}

/// A connection that reads.
pub(super) fn reader(file: &Path) -> Result<Connection> {
    // Read-write so that it may take part in the shared index of the log; `query_only` keeps it from changing anything.
    let connection = open(file, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection
        .pragma_update(None, "query_only", true)
        .doing("setting query_only")?;
    Ok(connection)
}

fn open(file: &Path, flags: OpenFlags) -> Result<Connection> {
    let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_EXRESCODE;
    let connection =
        Connection::open_with_flags(file, flags).map_err(|e| not_a_ledger(file, &e))?;
    connection
        .busy_timeout(BUSY)
        .doing("setting busy_timeout")?;
    connection
        .pragma_update(None, "trusted_schema", false)
        .doing("setting trusted_schema")?;
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)
        .doing("setting defensive mode")?;
    // Without it a statement on a table with a partial index or with statistics is prepared anew for each value bound to it.
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
        .doing("setting one plan for a statement")?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(connection)
}

/// Move the log into the database and close it.
pub(super) fn close(connection: Connection) -> Result<()> {
    connection.flush_prepared_statement_cache();
    connection.close().map_err(|(_, e)| e).doing("closing")
}

fn not_a_ledger(file: &Path, error: &rusqlite::Error) -> StoreError {
    match super::refusal::named(error, "opening") {
        known @ (StoreError::NoSpace | StoreError::Busy { .. }) => known,
        _ => StoreError::Folder {
            path: file.to_owned(),
            because: format!("cannot be opened as a ledger: {error}"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setting(connection: &Connection, name: &str) -> String {
        let value = connection
            .pragma_query_value(None, name, |row| row.get::<_, rusqlite::types::Value>(0));
        format!("{:?}", value.expect("a setting"))
    }

    #[test]
    fn settings_that_decide_whether_a_write_survives_are_in_force() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("ledger.db");
        let writer = writer(&file).expect("opens");
        assert_eq!(setting(&writer, "journal_mode"), "Text(\"wal\")");
        assert_eq!(setting(&writer, "synchronous"), "Integer(2)", "FULL");
        assert_eq!(setting(&writer, "secure_delete"), "Integer(1)");
        assert_eq!(setting(&writer, "foreign_keys"), "Integer(1)");
        assert_eq!(setting(&writer, "trusted_schema"), "Integer(0)");
        assert_eq!(setting(&writer, "busy_timeout"), "Integer(5000)");
        let reader = reader(&file).expect("opens");
        assert!(
            reader.execute_batch("CREATE TABLE t (x)").is_err(),
            "a reader cannot write"
        );
    }
}
