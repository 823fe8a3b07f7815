//! A ledger that goes on from a snapshot of another one and never changes it: what a forecast is carried out on.
//!
//! Rows that are written stay in memory, over those of the snapshot. What waits for an instant is taken over when the branch is made; all
//! else is read from the snapshot when it is first asked for.

mod rows;
mod snapshot;
mod write;

use super::lock;
use super::session::Session;
use super::tables::Tables;
use crate::error::StoreError;
use crate::gate::Gate;
use crate::store::{Result, Rows, Store, Tx};
use rows::Over;
pub use snapshot::Snapshot;
use std::sync::{Arc, Mutex};

/// A store over a snapshot of another store.
pub struct BranchStore {
    beneath: Arc<Snapshot>,
    /// What was written here; `None` when closed.
    committed: Mutex<Option<Arc<Tables>>>,
    gate: Gate,
}

impl BranchStore {
    /// A branch that begins at the snapshot. Several may begin at the same one.
    ///
    /// # Errors
    /// The snapshot cannot be read.
    pub fn new(beneath: Arc<Snapshot>) -> Result<Self> {
        let store = Self {
            beneath,
            committed: Mutex::new(Some(Arc::default())),
            gate: Gate::default(),
        };
        store.commit(&mut |over| over.take_over())?;
        Ok(store)
    }

    fn tables(&self) -> Result<Arc<Tables>> {
        lock(&self.committed).clone().ok_or(StoreError::Closed)
    }

    fn commit(&self, f: &mut dyn FnMut(&mut Over<'_>) -> Result<()>) -> Result<()> {
        let _one_writer = self.gate.enter()?;
        let base = self.tables()?;
        let mut over = Over {
            top: Session::new(&base),
            beneath: &self.beneath,
        };
        f(&mut over)?;
        let changes = over.top.into_changes();
        drop(base);
        let mut committed = lock(&self.committed);
        let tables = committed.as_mut().ok_or(StoreError::Closed)?;
        changes.apply(Arc::make_mut(tables));
        Ok(())
    }
}

impl Store for BranchStore {
    fn write(&self, f: &mut dyn FnMut(&mut dyn Tx) -> Result<()>) -> Result<()> {
        self.commit(&mut |over| f(over))
    }

    fn read(&self, f: &mut dyn FnMut(&dyn Rows) -> Result<()>) -> Result<()> {
        let base = self.tables()?;
        f(&Over {
            top: Session::new(&base),
            beneath: &self.beneath,
        })
    }

    fn close(&self) -> Result<()> {
        let _one_writer = self.gate.enter()?;
        lock(&self.committed).take();
        Ok(())
    }
}
