//! The store without a disk, for simulation, dry runs and tests: same contract, nothing survives the process.
//!
//! Committed tables are shared as one immutable value. A write lays its changes over them and merges at commit; the tables
//! are copied only when a reader still holds the value from before.

pub mod branch;
mod log;
mod overlay;
mod queue;
mod rows;
mod session;
mod tables;
mod wakes;

use crate::error::StoreError;
use crate::gate::Gate;
use crate::store::{Result, Rows, Store, Tx};
use session::Session;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tables::Tables;

/// A ledger in memory.
pub struct MemoryStore {
    /// `None` when closed.
    committed: Mutex<Option<Arc<Tables>>>,
    gate: Gate,
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl MemoryStore {
    /// An empty ledger.
    #[must_use]
    pub fn new() -> Self {
        Self {
            committed: Mutex::new(Some(Arc::default())),
            gate: Gate::default(),
        }
    }

    /// The ledger as it is now, as a store of its own.
    ///
    /// # Errors
    /// It was closed.
    pub fn copy(&self) -> Result<Self> {
        Ok(Self {
            committed: Mutex::new(Some(self.snapshot()?)),
            gate: Gate::default(),
        })
    }

    fn snapshot(&self) -> Result<Arc<Tables>> {
        lock(&self.committed).clone().ok_or(StoreError::Closed)
    }
}

impl Store for MemoryStore {
    fn write(&self, f: &mut dyn FnMut(&mut dyn Tx) -> Result<()>) -> Result<()> {
        let _one_writer = self.gate.enter()?;
        let base = self.snapshot()?;
        let mut session = Session::new(&base);
        f(&mut session)?;
        let changes = session.into_changes();
        drop(base);
        let mut committed = lock(&self.committed);
        let tables = committed.as_mut().ok_or(StoreError::Closed)?;
        changes.apply(Arc::make_mut(tables));
        Ok(())
    }

    fn read(&self, f: &mut dyn FnMut(&dyn Rows) -> Result<()>) -> Result<()> {
        let snapshot = self.snapshot()?;
        f(&Session::new(&snapshot))
    }

    fn close(&self) -> Result<()> {
        let _one_writer = self.gate.enter()?;
        lock(&self.committed).take();
        Ok(())
    }
}

/// The lock, also after a panic elsewhere: what it guards is replaced whole, so it is never half-written.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
