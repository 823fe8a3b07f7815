//! Transactions that say their statements one by one: snapshots of readers, and what is done when a ledger is opened.

use super::link::{Connection, last_value};
use super::migrate;
use crate::error::StoreError;
use crate::row::LedgerId;
use crate::store::Result;

/// One that is rolled back unless it is committed, also in a panic.
pub(super) struct Turn<'c> {
    connection: &'c Connection,
    open: bool,
}

impl<'c> Turn<'c> {
    /// A snapshot: the first read fixes it.
    pub(super) fn begin_to_read(
        connection: &'c Connection,
        LedgerId(ledger): LedgerId,
    ) -> Result<Self> {
        let begin = format!(
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT seq FROM head WHERE ledger_id = {ledger}"
        );
        Ok(Self::begun(connection, &begin, "beginning to read")?.0)
    }

    /// One that holds the head of the ledger. Refused when a newer version changed the schema since this one opened it.
    pub(super) fn begin_to_write(connection: &'c Connection, ledger: LedgerId) -> Result<Self> {
        let LedgerId(ledger) = ledger;
        let begin = format!(
            "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT seq FROM head WHERE ledger_id = {ledger} FOR UPDATE; \
             SELECT max(number) FROM migration"
        );
        let (turn, have) = Self::begun(connection, &begin, "waiting for the head of the ledger")?;
        is_known(have.and_then(|have| have.parse().ok())).map(|()| turn)
    }

    fn begun(connection: &'c Connection, sql: &str, doing: &str) -> Result<(Self, Option<String>)> {
        let turn = Self {
            connection,
            open: true,
        };
        let said = connection.ask(connection.patience.lock, async |client| {
            client.simple_query(sql).await
        });
        let said = said.map_err(|unsaid| unsaid.named(doing))?;
        Ok((turn, last_value(&said)))
    }

    pub(super) fn commit(mut self) -> Result<()> {
        match self.connection.say("COMMIT") {
            Ok(()) => {
                self.open = false;
                Ok(())
            }
            Err(unsaid) => match unsaid.named("committing") {
                StoreError::Unreachable { because, .. } => Err(StoreError::Unclear { because }),
                other => Err(other),
            },
        }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if self.open && !self.connection.is_closed() {
            // A connection that cannot even do this is closed by then and made anew.
            self.connection.send("ROLLBACK");
        }
    }
}

/// Is this number of the newest migration one that this version knows?
pub(super) fn is_known(have: Option<i64>) -> Result<()> {
    let have = have.and_then(|have| u32::try_from(have).ok());
    let have = have.ok_or_else(|| StoreError::BadRow {
        what: "the schema of the ledger".to_owned(),
        because: "no migration is on record".to_owned(),
    })?;
    let known = migrate::known();
    match have > known {
        true => Err(StoreError::NewerSchema { have, known }),
        false => Ok(()),
    }
}
