//! The schema of a file. What was applied is on record with a checksum; a file that `sql::steps` refuses is left as it is.

use super::refusal::Doing;
use crate::error::StoreError;
use crate::sql::steps::{Applied, Step, all, checksum, missing};
use crate::store::Result;
use rusqlite::{Connection, TransactionBehavior};
use std::path::Path;

/// Marks the file as ours (`PRAGMA application_id`): the bytes `TGL1`.
const APPLICATION: i32 = 0x5447_4C31;

const STEPS: &[Step] = &[
    (1, include_str!("migrations/0001_ledger.sql")),
    (2, include_str!("migrations/0002_log.sql")),
    (3, include_str!("migrations/0003_erased.sql")),
];

/// From this step on, deleted bytes are overwritten.
const SECURE: u32 = 3;

const RECORD: &str = "CREATE TABLE IF NOT EXISTS migration (number BIGINT NOT NULL PRIMARY KEY, checksum BLOB NOT NULL)";

/// Apply what is missing, all or nothing.
pub(super) fn run(connection: &mut Connection, file: &Path) -> Result<()> {
    apply(connection, file, &all(STEPS))
}

fn apply(connection: &mut Connection, file: &Path, steps: &[Step]) -> Result<()> {
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .doing("beginning a migration")?;
    claim(&transaction, file)?;
    transaction
        .execute_batch(RECORD)
        .doing("preparing migrations")?;
    let applied = applied(&transaction).doing("reading applied migrations")?;
    for step in missing(&applied, steps)? {
        transaction.execute_batch(step.1).doing("migrating")?;
        transaction
            .execute(
                "INSERT INTO migration (number, checksum) VALUES (?1, ?2)",
                (step.0, checksum(step).as_bytes()),
            )
            .doing("recording a migration")?;
    }
    let before = applied.iter().map(|(number, _)| *number).max();
    transaction.commit().doing("committing a migration")?;
    if before.is_some_and(|before| before < SECURE) {
        // What versions before deleted is still in the free parts of the file.
        connection
            .execute_batch("VACUUM")
            .doing("writing the file anew, without what was deleted")?;
    }
    Ok(())
}

fn applied(connection: &Connection) -> rusqlite::Result<Vec<Applied>> {
    let mut statement = connection.prepare("SELECT number, checksum FROM migration")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.collect()
}

/// A new file becomes ours; a file with other contents is not touched.
fn claim(connection: &Connection, file: &Path) -> Result<()> {
    let id: i32 = connection
        .pragma_query_value(None, "application_id", |row| row.get(0))
        .doing("reading the file")?;
    if id == APPLICATION {
        return Ok(());
    }
    let tables: u32 = connection
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .doing("reading the file")?;
    if id != 0 || tables != 0 {
        let because = "is the database of another program: choose another folder".to_owned();
        return Err(StoreError::Folder {
            path: file.to_owned(),
            because,
        });
    }
    connection
        .pragma_update(None, "application_id", APPLICATION)
        .doing("marking the file")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Step = (1, "CREATE TABLE a (x BIGINT)");
    const TWO: Step = (2, "CREATE TABLE b (x BIGINT)");

    fn with(steps: &[&[Step]]) -> Result<()> {
        let mut connection = Connection::open_in_memory().expect("opened");
        steps
            .iter()
            .try_for_each(|steps| apply(&mut connection, Path::new("ledger.db"), steps))
    }

    #[test]
    fn steps_are_applied_once_and_new_ones_later() {
        assert_eq!(with(&[&[ONE], &[ONE], &[ONE, TWO]]), Ok(()));
    }

    #[test]
    fn a_newer_schema_is_refused_with_the_way_out() {
        let refused = with(&[&[ONE, TWO], &[ONE]]).unwrap_err();
        assert_eq!(refused, StoreError::NewerSchema { have: 2, known: 1 });
        assert!(
            refused.to_string().contains("run the newer version"),
            "{refused}"
        );
    }

    #[test]
    fn a_step_with_other_contents_is_refused() {
        assert_eq!(
            with(&[&[ONE], &[(1, TWO.1)]]),
            Err(StoreError::OtherMigration { number: 1 })
        );
    }

    #[test]
    fn a_step_that_fails_leaves_nothing_behind() {
        let mut connection = Connection::open_in_memory().expect("opened");
        let file = Path::new("ledger.db");
        assert!(apply(&mut connection, file, &[ONE, (2, "CREATE TABLE nonsense")]).is_err());
        assert_eq!(apply(&mut connection, file, &[ONE, TWO]), Ok(()));
    }

    #[test]
    fn the_database_of_another_program_is_left_alone() {
        let mut connection = Connection::open_in_memory().expect("opened");
        connection
            .execute_batch("CREATE TABLE theirs (x)")
            .expect("made");
        let refused = apply(&mut connection, Path::new("ledger.db"), &[ONE]).unwrap_err();
        assert!(refused.to_string().contains("another program"), "{refused}");
    }
}
