//! The schema in the database. Servers that start together take turns; one that finds a newer schema, or tables of somebody
//! else in our place, leaves everything as it is.

use super::connect::SCHEMA;
use super::link::Connection;
use crate::error::StoreError;
use crate::sql::Link;
use crate::sql::steps::{Applied, Step, all, checksum, missing, newest};
use crate::sql::value::{Field, values};
use crate::store::Result;

const STEPS: &[Step] = &[
    (1, include_str!("migrations/0001_ledger.sql")),
    (2, include_str!("migrations/0002_log.sql")),
    (3, include_str!("migrations/0003_erased.sql")),
    (4, include_str!("migrations/0004_turns.sql")),
];

/// Taken by whoever changes the schema; the bytes `TGL1`.
const TURN: &str = "BEGIN; SELECT pg_advisory_xact_lock(1413958705)";

/// The newest schema that this version knows.
pub(super) fn known() -> u32 {
    newest(&all(STEPS))
}

/// Apply what is missing, all or nothing.
pub(super) fn run(connection: &Connection) -> Result<()> {
    connection.batch(TURN, "waiting for another server that changes the schema")?;
    match apply(connection, &all(STEPS)) {
        Ok(()) => connection.batch("COMMIT", "committing a migration"),
        Err(error) => {
            // The first error says more than one about taking it back.
            drop(connection.batch("ROLLBACK", "taking a migration back"));
            Err(error)
        }
    }
}

fn apply(connection: &Connection, steps: &[Step]) -> Result<()> {
    if first::<String>(connection, "SHOW server_encoding")?.as_deref() != Some("UTF8") {
        return Err(refused(
            "the database is not encoded in UTF8: create it with `ENCODING 'UTF8'`",
        ));
    }
    let schemas = "SELECT count(*) FROM pg_namespace WHERE nspname = 'tidegate'";
    if first::<i64>(connection, schemas)? == Some(0) {
        let made = format!("CREATE SCHEMA {SCHEMA}");
        connection.batch(&made, "making the schema `tidegate`")?;
    }
    let known = "SELECT count(*) FROM pg_class WHERE relnamespace = 'tidegate'::regnamespace AND relname = 'migration'";
    if first::<i64>(connection, known)? == Some(0) {
        let others = "SELECT count(*) FROM pg_class WHERE relnamespace = 'tidegate'::regnamespace";
        if first::<i64>(connection, others)? != Some(0) {
            return Err(refused(
                "the schema `tidegate` of the database holds tables of another program: choose another database",
            ));
        }
        let record =
            "CREATE TABLE migration (number BIGINT NOT NULL PRIMARY KEY, checksum BYTEA NOT NULL)";
        connection.batch(record, "preparing migrations")?;
    }
    let applied = applied(connection)?;
    let missing = missing(&applied, steps)?;
    if !applied.is_empty() && !missing.is_empty() {
        // Servers of this or an older version that write now come to their end first, and look at the schema again before the next.
        let all = "LOCK TABLE head IN EXCLUSIVE MODE";
        connection.batch(all, "waiting for servers that write")?;
    }
    for step in missing {
        connection.batch(step.1, "migrating")?;
        connection.execute(
            "INSERT INTO migration (number, checksum) VALUES (?1, ?2)",
            values![step.0, checksum(step).as_bytes()],
            "recording a migration",
        )?;
    }
    Ok(())
}

fn applied(connection: &Connection) -> Result<Vec<Applied>> {
    let mut applied = Vec::new();
    let sql = "SELECT number, checksum FROM migration";
    connection.query(sql, &[], "reading applied migrations", &mut |row| {
        applied.push(u32::of(row, 0).and_then(|number| Ok((number, Vec::<u8>::of(row, 1)?))));
    })?;
    let bad = |because| StoreError::BadRow {
        what: "an applied migration".to_owned(),
        because,
    };
    applied.into_iter().map(|row| row.map_err(bad)).collect()
}

/// The first column of the only row.
fn first<T: Field>(connection: &Connection, sql: &'static str) -> Result<Option<T>> {
    let mut found = None;
    connection.query(sql, &[], "reading the database", &mut |row| {
        found = T::of(row, 0).ok();
    })?;
    Ok(found)
}

fn refused(because: &str) -> StoreError {
    StoreError::Aborted {
        because: because.to_owned(),
    }
}
