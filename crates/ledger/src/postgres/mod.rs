//! The shared store: a ledger in a Postgres database that several servers write, one at a time.
//!
//! Every write locks the row of the ledger's head before anything else, so writers queue there and never collide. What a write reads and
//! writes goes over together ([`batch`]), because each way to the database and back costs more than what is done there. When `write`
//! returns, the transaction is durable as the database's own settings say (`synchronous_commit` is at least `on`). A connection
//! that ends before the commit is made anew and the transaction runs again; one that ends during the commit is
//! [`StoreError::Unclear`], and the engine asks the reply rows what became of it. A server of a newer version may bring the schema up
//! to date while this one runs: from then on this one reads and refuses to write. Nothing here may be called from an async task:
//! the client blocks and brings its own small runtime.

mod batch;
mod connect;
mod link;
mod migrate;
mod refusal;
mod together;
mod turn;

pub use connect::Address;

use crate::error::StoreError;
use crate::gate::Gate;
use crate::pool::{Pool, SIZE};
use crate::row::LedgerId;
use crate::sql::{self, Session};
use crate::store::{Result, Rows, Store, Tx};
use batch::{Batched, Known};
use connect::Purpose;
use link::{Connection, is_silence};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;
use tidegate_faults::kill_point;
use turn::Turn;

/// Tries of a transaction whose connection ended, and the pause between them: five seconds, the time of a fail-over.
const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(250);
/// For how many of them one counts that got no answer at all: such a one lasts for seconds by itself.
const UNANSWERED: u32 = 8;

/// A ledger in a database.
pub struct PostgresStore {
    address: Address,
    ledger: LedgerId,
    gate: Gate,
    /// The connection that writes, and the rows that are known from what it read and wrote.
    writer: Mutex<(Line, Known)>,
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
        // Only then is there something to wait for: another server may hold the head and stand still.
        if Session::new(&connection, ledger).is_bare()? {
            let turn = Turn::begin_to_write(&connection, ledger)?;
            Session::new(&connection, ledger).plant()?;
            turn.commit()?;
        }
        kill_point("server.postgres.opened");
        Ok(Self {
            address,
            ledger,
            gate: Gate::default(),
            writer: Mutex::new((Line::Open(connection), Known::default())),
            readers: Pool::new((0..SIZE).map(|_| Line::Away).collect()),
            listener: Mutex::new(Line::Away),
        })
    }

    fn write_once(
        &self,
        (line, known): &mut (Line, Known),
        f: &mut dyn FnMut(&mut dyn Tx) -> Result<()>,
    ) -> Result<()> {
        let connection = line.get(&self.address, Purpose::Write)?;
        let mut once = |careful: bool| {
            let mut batched = Batched::new(connection, self.ledger, known, careful);
            let written = f(&mut batched);
            let assumed = batched.assumed();
            (written.and_then(|()| batched.finish()), assumed)
        };
        match once(false) {
            // What was taken to be new may not be: the refusal that names it comes of looking.
            (Err(StoreError::Database { .. }), true) => once(true).0,
            (written, _) => written,
        }
    }

    fn read_once(&self, line: &mut Line, f: &mut dyn FnMut(&dyn Rows) -> Result<()>) -> Result<()> {
        let connection = line.get(&self.address, Purpose::Read)?;
        let _turn = Turn::begin_to_read(connection, self.ledger)?;
        f(&Session::new(connection, self.ledger))
    }
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
        let mut writer = lock(&self.writer);
        again(|| self.write_once(&mut writer, f))
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
        lock(&self.writer).0.close();
        self.readers.close().iter_mut().for_each(Line::close);
        lock(&self.listener).close();
        Ok(())
    }
}

/// The lock, also after a panic elsewhere: a connection in the middle of something was rolled back by its transaction.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
