//! A fixed set of reading connections. Whoever reads borrows one; waiting for one has an end.

use crate::error::StoreError;
use crate::store::Result;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Connections; more readers than this take turns.
pub(crate) const SIZE: usize = 4;
/// Longest wait for a free connection.
const WAIT: Duration = Duration::from_secs(10);

/// The readers of one database.
pub(crate) struct Pool<C> {
    /// `None` when closed.
    free: Mutex<Option<Vec<C>>>,
    returned: Condvar,
}

impl<C> Pool<C> {
    pub(crate) fn new(connections: Vec<C>) -> Self {
        Self {
            free: Mutex::new(Some(connections)),
            returned: Condvar::new(),
        }
    }

    /// Run `f` with a connection of the pool.
    pub(crate) fn with<T>(&self, f: impl FnOnce(&mut C) -> Result<T>) -> Result<T> {
        let mut borrowed = Borrowed {
            pool: self,
            connection: Some(self.take()?),
        };
        borrowed
            .connection
            .as_mut()
            .map_or(Err(StoreError::Closed), f)
    }

    fn take(&self) -> Result<C> {
        let none_free = |free: &mut Option<Vec<C>>| free.as_ref().is_some_and(Vec::is_empty);
        let waited = self
            .returned
            .wait_timeout_while(self.lock(), WAIT, none_free);
        let (mut free, _) = waited.unwrap_or_else(PoisonError::into_inner);
        let connection = free.as_mut().ok_or(StoreError::Closed)?.pop();
        connection.ok_or_else(|| StoreError::Busy {
            doing: "waiting for a reader".to_owned(),
        })
    }

    /// Give out nothing more. What is free now is returned, to be closed; what is borrowed is dropped when it comes back.
    pub(crate) fn close(&self) -> Vec<C> {
        let free = self.lock().take();
        self.returned.notify_all();
        free.unwrap_or_default()
    }

    fn lock(&self) -> MutexGuard<'_, Option<Vec<C>>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A borrowed connection; goes back by itself, also in a panic.
struct Borrowed<'a, C> {
    pool: &'a Pool<C>,
    connection: Option<C>,
}

impl<C> Drop for Borrowed<'_, C> {
    fn drop(&mut self) {
        if let (Some(free), Some(connection)) = (self.pool.lock().as_mut(), self.connection.take())
        {
            free.push(connection);
        }
        self.pool.returned.notify_one();
    }
}
