//! The durable store: one SQLite database in a folder, held by one process.
//!
//! Every write is one `BEGIN IMMEDIATE` transaction on the single writer connection, in WAL mode with `synchronous=FULL`:
//! when `write` returns, the data is on the disk. Reads run on a fixed pool of connections, each on its own snapshot, and
//! wait for nobody. The statements are those of `sql`, shared with the other database.

pub mod backup;
mod connect;
mod late;
mod link;
mod lock;
mod migrate;
mod refusal;

use crate::error::StoreError;
use crate::gate::Gate;
use crate::pool::{Pool, SIZE};
use crate::row::LedgerId;
use crate::sql::Session;
use crate::store::{Result, Rows, Store, Tx};
use lock::FolderLock;
use refusal::Doing;
use rusqlite::{Connection, ErrorCode, TransactionBehavior};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tidegate_faults::{is_off, kill_point};

/// Name of the database in its folder.
pub const FILE: &str = "ledger.db";

/// How long emptying the log of writes waits for readers.
const SCRUB: std::time::Duration = std::time::Duration::from_millis(50);

/// A ledger in a folder.
pub struct SqliteStore {
    ledger: LedgerId,
    gate: Gate,
    writer: Mutex<Writer>,
    readers: Pool<Connection>,
}

/// The writer connection and what became of it. The lock on the folder lives as long as the connection.
enum Writer {
    Open {
        connection: Connection,
        _lock: FolderLock,
    },
    /// A commit could not be made durable; the disk and the memory of the system may differ.
    Stopped {
        because: String,
        _lock: FolderLock,
    },
    Closed,
}

impl SqliteStore {
    /// Open the ledger in `folder`, which is made if it is missing, and bring its schema up to date.
    ///
    /// # Errors
    /// The folder is in use, cannot be used, or holds something this version must not write to.
    pub fn open(folder: &Path, ledger: LedgerId) -> Result<Self> {
        connect::make_folder(folder)?;
        let lock = FolderLock::take(folder)?;
        let file = folder.join(FILE);
        let mut connection = connect::writer(&file)?;
        migrate::run(&mut connection, &file)?;
        crate::sql::begin(&connection, ledger)?;
        plant(&mut connection, ledger)?;
        kill_point("server.ledger.opened");
        connect::sync_folder(folder)?;
        let readers = (0..SIZE)
            .map(|_| connect::reader(&file))
            .collect::<Result<Vec<_>>>()?;
        Ok(Self {
            ledger,
            gate: Gate::default(),
            writer: Mutex::new(Writer::Open {
                connection,
                _lock: lock,
            }),
            readers: Pool::new(readers),
        })
    }

    fn lock(&self) -> MutexGuard<'_, Writer> {
        // A panic in a caller's closure rolls back and leaves the connection usable.
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The tree over entries that were written before there was one.
fn plant(connection: &mut Connection, ledger: LedgerId) -> Result<()> {
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .doing("beginning to plant the tree")?;
    Session::new(&*transaction, ledger).plant()?;
    transaction.commit().doing("planting the tree")
}

impl Store for SqliteStore {
    fn write(&self, f: &mut dyn FnMut(&mut dyn Tx) -> Result<()>) -> Result<()> {
        let _one_writer = self.gate.enter()?;
        let mut writer = self.lock();
        let connection = match &mut *writer {
            Writer::Open { connection, .. } => connection,
            Writer::Stopped { because, .. } => {
                return Err(StoreError::Stopped {
                    because: because.clone(),
                });
            }
            Writer::Closed => return Err(StoreError::Closed),
        };
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .doing("beginning to write")?;
        kill_point("server.ledger.begun");
        let before = is_off("audit")
            .then(|| late::newest(&transaction))
            .transpose()?;
        let mut session = Session::new(&*transaction, self.ledger);
        f(&mut session)?;
        session.finish()?;
        kill_point("server.ledger.written");
        if let Some(before) = before {
            late::apart(&transaction, before)?;
        }
        // Dropping the transaction, also in a panic, rolls back.
        let Err(error) = transaction.commit() else {
            kill_point("server.ledger.committed");
            return Ok(());
        };
        if let Some(because) = not_durable(&error) {
            writer.stop(because.clone());
            return Err(StoreError::Stopped { because });
        }
        Err(error).doing("committing")
    }

    fn read(&self, f: &mut dyn FnMut(&dyn Rows) -> Result<()>) -> Result<()> {
        self.readers.with(|connection| {
            let transaction = connection
                .transaction_with_behavior(TransactionBehavior::Deferred)
                .doing("beginning to read")?;
            let session = Session::new(&*transaction, self.ledger);
            // The first read fixes the snapshot.
            session.head()?;
            f(&session)
        })
    }

    fn scrub(&self) -> Result<bool> {
        let _one_writer = self.gate.enter()?;
        let mut writer = self.lock();
        let Writer::Open { connection, .. } = &mut *writer else {
            return Ok(false);
        };
        // The log of writes holds pages as they were, until it is emptied; a reader that looks at an older state keeps it.
        // Writers wait meanwhile, so it is given up soon and tried again later.
        connection
            .busy_timeout(SCRUB)
            .doing("setting busy_timeout")?;
        let emptied = connection
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| {
                row.get::<_, i64>(0)
            })
            .or_else(|e| match e.sqlite_error_code() {
                Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Ok(1),
                _ => Err(e),
            });
        connection
            .busy_timeout(connect::BUSY)
            .doing("setting busy_timeout")?;
        Ok(emptied.doing("emptying the log of writes")? == 0)
    }

    fn close(&self) -> Result<()> {
        let _one_writer = self.gate.enter()?;
        let mut writer = self.lock();
        let readers = self
            .readers
            .close()
            .into_iter()
            .try_for_each(connect::close);
        let closed = match std::mem::replace(&mut *writer, Writer::Closed) {
            Writer::Open { connection, _lock } => connect::close(connection),
            Writer::Stopped { .. } | Writer::Closed => Ok(()),
        };
        readers.and(closed)
    }
}

impl Writer {
    fn stop(&mut self, because: String) {
        if let Self::Open { connection, _lock } = std::mem::replace(self, Self::Closed) {
            drop(connection);
            *self = Self::Stopped { because, _lock };
        }
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        // Nobody is left to tell; everything acknowledged is durable already.
        drop(self.close());
    }
}

/// A failed flush: the system may have thrown the unwritten pages away, so trying again could report success for nothing.
fn not_durable(error: &rusqlite::Error) -> Option<String> {
    let flush = [
        rusqlite::ffi::SQLITE_IOERR_FSYNC,
        rusqlite::ffi::SQLITE_IOERR_DIR_FSYNC,
    ];
    match error {
        rusqlite::Error::SqliteFailure(inner, text)
            if inner.code == ErrorCode::SystemIoFailure && flush.contains(&inner.extended_code) =>
        {
            Some(text.clone().unwrap_or_else(|| inner.to_string()))
        }
        _ => None,
    }
}
