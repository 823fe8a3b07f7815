//! A fixed set of reading connections. Whoever reads borrows one; waiting for one has an end.

use super::connect;
use crate::error::StoreError;
use crate::store::Result;
use rusqlite::Connection;
use std::path::Path;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Connections; more readers than this take turns.
const SIZE: usize = 4;
/// Longest wait for a free connection.
const WAIT: Duration = Duration::from_secs(10);

/// The readers of one database.
pub(super) struct Pool {
    /// `None` when closed.
    free: Mutex<Option<Vec<Connection>>>,
    returned: Condvar,
}

impl Pool {
    pub(super) fn open(file: &Path) -> Result<Self> {
        let connections = (0..SIZE)
            .map(|_| connect::reader(file))
            .collect::<Result<Vec<_>>>()?;
        Ok(Self {
            free: Mutex::new(Some(connections)),
            returned: Condvar::new(),
        })
    }

    /// Run `f` with a connection of the pool.
    pub(super) fn with<T>(&self, f: impl FnOnce(&mut Connection) -> Result<T>) -> Result<T> {
        let mut borrowed = Borrowed {
            pool: self,
            connection: Some(self.take()?),
        };
        borrowed
            .connection
            .as_mut()
            .map_or(Err(StoreError::Closed), f)
    }

    fn take(&self) -> Result<Connection> {
        let none_free =
            |free: &mut Option<Vec<Connection>>| free.as_ref().is_some_and(Vec::is_empty);
        let waited = self
            .returned
            .wait_timeout_while(self.lock(), WAIT, none_free);
        let (mut free, _) = waited.unwrap_or_else(PoisonError::into_inner);
        let connection = free.as_mut().ok_or(StoreError::Closed)?.pop();
        connection.ok_or_else(|| StoreError::Busy {
            doing: "waiting for a reader".to_owned(),
        })
    }

    /// Close what is free now; what is borrowed is closed when it comes back.
    pub(super) fn close(&self) -> Result<()> {
        let free = self.lock().take();
        self.returned.notify_all();
        free.into_iter().flatten().try_for_each(connect::close)
    }

    fn lock(&self) -> MutexGuard<'_, Option<Vec<Connection>>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A borrowed connection; goes back by itself, also in a panic.
struct Borrowed<'a> {
    pool: &'a Pool,
    connection: Option<Connection>,
}

impl Drop for Borrowed<'_> {
    fn drop(&mut self) {
        if let (Some(free), Some(connection)) = (self.pool.lock().as_mut(), self.connection.take())
        {
            free.push(connection);
        }
        self.pool.returned.notify_one();
    }
}
