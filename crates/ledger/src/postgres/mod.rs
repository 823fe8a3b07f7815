//! The shared store: a ledger in a Postgres database that several servers write, one at a time.
//!
//! Every write locks the row of the ledger's head before anything else, so writers queue there and never collide. When `write`
//! returns, the transaction is durable as the database's own settings say (`synchronous_commit` is at least `on`). A connection
//! that ends before the commit is made anew and the transaction runs again; one that ends during the commit is
//! [`StoreError::Unclear`], and the engine asks the reply rows what became of it. A server of a newer version may bring the schema up
//! to date while this one runs: from then on this one reads and refuses to write. Nothing here may be called from an async task:
//! the client blocks and brings its own small runtime.

mod connect;
mod link;
mod migrate;
mod refusal;

pub use connect::Address;

use crate::error::StoreError;
use crate::gate::Gate;
use crate::pool::{Pool, SIZE};
use crate::row::LedgerId;
use crate::sql::{self, Session};
use crate::store::{Result, Rows, Store, Tx};
use connect::Purpose;
use link::{Connection, is_silence};
use postgres::Client;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;
use tidegate_faults::kill_point;

/// Tries of a transaction whose connection ended, and the pause between them: five seconds, the time of a fail-over.
const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(250);
/// For how many of them one counts that got no answer at all: such a one lasts for seconds by itself.
const UNANSWERED: u32 = 8;
/// How much later than asked a wait for a sign may end.
const LATE: Duration = Duration::from_secs(2);

/// A ledger in a database.
pub struct PostgresStore {
    address: Address,
    ledger: LedgerId,
    gate: Gate,
    writer: Mutex<Line>,
    readers: Pool<Line>,
    listener: Mutex<Line>,
}

/// A connection that is made when it is needed and made again when it ended.
enum Line {
    Open(Connection),
    Away,
    Closed,
}

impl Line {
    fn get(&mut self, address: &Address, purpose: Purpose) -> Result<&Connection> {
        if let Self::Closed = self {
            return Err(StoreError::Closed);
        }
        if !matches!(self, Self::Open(connection) if !connection.is_closed()) {
            *self = Self::Away;
            let connection = address.connect(purpose)?;
            if let Purpose::Listen = purpose {
                connection.batch("LISTEN tidegate", "listening for other servers")?;
            }
            *self = Self::Open(connection);
        }
        match self {
            Self::Open(connection) => Ok(connection),
            Self::Away | Self::Closed => Err(StoreError::Closed),
        }
    }

    fn close(&mut self) {
        if let Self::Open(connection) = std::mem::replace(self, Self::Closed) {
            // What was acknowledged is durable; the server notices the end of a connection by itself.
            connection.drop_client();
        }
    }
}

impl PostgresStore {
    /// Open the ledger in the database and bring its schema up to date.
    ///
    /// # Errors
    /// The database cannot be reached, or holds something this version must not write to.
    pub fn open(address: Address, ledger: LedgerId) -> Result<Self> {
        let connection = address.connect(Purpose::Write)?;
        migrate::run(&connection)?;
        sql::begin(&connection, ledger)?;
        let turn = Turn::begin_to_write(&connection, ledger)?;
        Session::new(&connection, ledger).plant()?;
        turn.commit(None)?;
        kill_point("server.postgres.opened");
        Ok(Self {
            address,
            ledger,
            gate: Gate::default(),
            writer: Mutex::new(Line::Open(connection)),
            readers: Pool::new((0..SIZE).map(|_| Line::Away).collect()),
            listener: Mutex::new(Line::Away),
        })
    }

    fn write_once(
        &self,
        line: &mut Line,
        f: &mut dyn FnMut(&mut dyn Tx) -> Result<()>,
    ) -> Result<()> {
        let connection = line.get(&self.address, Purpose::Write)?;
        let turn = Turn::begin_to_write(connection, self.ledger)?;
        kill_point("server.postgres.begun");
        let mut session = Session::new(connection, self.ledger);
        f(&mut session)?;
        let moved = session.finish()?;
        kill_point("server.postgres.written");
        turn.commit(moved.map(|head| (self.ledger, head.seq)))?;
        kill_point("server.postgres.committed");
        Ok(())
    }

    fn read_once(&self, line: &mut Line, f: &mut dyn FnMut(&dyn Rows) -> Result<()>) -> Result<()> {
        let connection = line.get(&self.address, Purpose::Read)?;
        let _turn = Turn::begin(
            connection,
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            "beginning to read",
        )?;
        let session = Session::new(connection, self.ledger);
        // The first read fixes the snapshot.
        session.head()?;
        f(&session)
    }
}

/// A transaction that begins with the lock on the head, and then looks which schema it meets: whoever changes the schema locks
/// all heads out before.
fn lock_head(LedgerId(ledger): LedgerId) -> String {
    format!(
        "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT seq FROM head WHERE ledger_id = {ledger} FOR UPDATE; \
         SELECT max(number) FROM migration"
    )
}

/// Run again what ended before it could take effect.
fn again(mut f: impl FnMut() -> Result<()>) -> Result<()> {
    let mut tries = 0;
    loop {
        match f() {
            Err(error @ StoreError::Unreachable { .. }) if tries < TRIES => {
                tries += if is_silence(&error) { UNANSWERED } else { 1 };
                tracing::info!(%error, tries, "the connection to the database is made again");
                thread::sleep(PAUSE);
            }
            other => return other,
        }
    }
}

impl Store for PostgresStore {
    fn write(&self, f: &mut dyn FnMut(&mut dyn Tx) -> Result<()>) -> Result<()> {
        let _one_writer = self.gate.enter()?;
        let mut line = lock(&self.writer);
        again(|| self.write_once(&mut line, f))
    }

    fn read(&self, f: &mut dyn FnMut(&dyn Rows) -> Result<()>) -> Result<()> {
        self.readers.with(|line| again(|| self.read_once(line, f)))
    }

    fn is_shared(&self) -> bool {
        true
    }

    fn wait_for_others(&self, patience: Duration) -> Result<()> {
        let mut line = lock(&self.listener);
        let heard = line.get(&self.address, Purpose::Listen)?.heard(patience);
        if heard.is_err() && !matches!(*line, Line::Closed) {
            *line = Line::Away;
        }
        heard
    }

    fn close(&self) -> Result<()> {
        let _one_writer = self.gate.enter()?;
        lock(&self.writer).close();
        self.readers.close().iter_mut().for_each(Line::close);
        lock(&self.listener).close();
        Ok(())
    }
}

/// The lock, also after a panic elsewhere: a connection in the middle of something was rolled back by its `Turn`.
fn lock(mutex: &Mutex<Line>) -> MutexGuard<'_, Line> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A transaction that is rolled back unless it is committed, also in a panic.
struct Turn<'c> {
    connection: &'c Connection,
    open: bool,
}

impl<'c> Turn<'c> {
    fn begin(connection: &'c Connection, sql: &str, doing: &str) -> Result<Self> {
        Ok(Self::begun(connection, sql, doing)?.0)
    }

    /// One that holds the head of the ledger. Refused when a newer version changed the schema since this one opened it.
    fn begin_to_write(connection: &'c Connection, ledger: LedgerId) -> Result<Self> {
        const DOING: &str = "waiting for the head of the ledger";
        let (turn, have) = Self::begun(connection, &lock_head(ledger), DOING)?;
        let bad = |because: &str| StoreError::BadRow {
            what: "the schema of the ledger".to_owned(),
            because: because.to_owned(),
        };
        let have = have.ok_or_else(|| bad("no migration is on record"))?;
        let have: u32 = have.parse().map_err(|_| bad("its number is none"))?;
        let known = migrate::known();
        match have > known {
            true => Err(StoreError::NewerSchema { have, known }),
            false => Ok(turn),
        }
    }

    fn begun(connection: &'c Connection, sql: &str, doing: &str) -> Result<(Self, Option<String>)> {
        let turn = Self {
            connection,
            open: true,
        };
        let said = turn.connection.begin(sql, doing)?;
        Ok((turn, said))
    }

    fn commit(mut self, moved: Option<(LedgerId, u64)>) -> Result<()> {
        let commit = match moved {
            Some((LedgerId(ledger), seq)) => {
                format!("SELECT pg_notify('tidegate', '{ledger} {seq}'); COMMIT")
            }
            None => "COMMIT".to_owned(),
        };
        let said = self.connection.say(&commit);
        match said {
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
            drop(self.connection.batch("ROLLBACK", "rolling back"));
        }
    }
}

impl Connection {
    /// Wait for a notification.
    fn heard(&self, patience: Duration) -> Result<()> {
        let listen = move |client: &mut Client| {
            use postgres::fallible_iterator::FallibleIterator;
            let mut heard = client.notifications();
            if heard.timeout_iter(patience).next()?.is_some() {
                // One look serves all of them.
                while heard.iter().next()?.is_some() {}
            }
            Ok(())
        };
        self.ask(patience + LATE, listen)
            .map_err(|unsaid| unsaid.named("listening for other servers"))
    }
}
