//! Where the ledger of a trial is kept, and what is left of it when the machine goes dark.

use super::mutation::Mutation;
use std::path::PathBuf;
use std::sync::Arc;
use tidegate_ledger::{LedgerId, MemoryStore, SqliteStore, Store, StoreError};

/// Commits between two that really reach the disk, where syncing is switched off.
const UNSYNCED: u64 = 4;

/// Kind of store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// In memory.
    Memory,
    /// SQLite in a folder of its own.
    Sqlite(PathBuf),
    /// A ledger of its own in a Postgres database.
    Postgres {
        /// Address.
        url: String,
        /// Which ledger.
        ledger: i64,
    },
}

/// The ledger on its disk.
pub(super) struct Disk {
    kept: Kept,
    store: Arc<dyn Store>,
    /// The same store, when it is in memory.
    memory: Option<Arc<MemoryStore>>,
    /// What the last sync left, where syncing is switched off.
    synced: Option<(u64, MemoryStore)>,
}

impl Disk {
    pub(super) fn new(kept: Kept, mutation: Option<Mutation>) -> Result<Self, StoreError> {
        let memory = (kept == Kept::Memory).then(|| Arc::new(MemoryStore::new()));
        let store = open(&kept, memory.as_ref())?;
        let synced = (mutation == Some(Mutation::Sync)).then(|| (0, MemoryStore::new()));
        Ok(Self {
            kept,
            store,
            memory,
            synced,
        })
    }

    pub(super) fn store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.store)
    }

    /// So many commits were answered.
    pub(super) fn committed(&mut self, commits: u64) -> Result<(), StoreError> {
        if let (Some(memory), Some(synced)) = (&self.memory, &mut self.synced)
            && commits / UNSYNCED > synced.0
        {
            *synced = (commits / UNSYNCED, memory.copy()?);
        }
        Ok(())
    }

    /// The machine went dark and is up again.
    pub(super) fn reopen(&mut self) -> Result<(), StoreError> {
        if let Some((n, synced)) = &mut self.synced {
            *n = 0;
            self.memory = Some(Arc::new(synced.copy()?));
        }
        if self.memory.is_none() {
            self.store.close()?;
        }
        self.store = open(&self.kept, self.memory.as_ref())?;
        Ok(())
    }

    /// The ledger as it is now, apart from this one; only of one in memory.
    pub(super) fn copy(&self) -> Result<Option<Arc<dyn Store>>, StoreError> {
        let copy = self.memory.as_ref().map(|memory| memory.copy());
        Ok(copy
            .transpose()?
            .map(|copy| Arc::new(copy) as Arc<dyn Store>))
    }
}

fn open(kept: &Kept, memory: Option<&Arc<MemoryStore>>) -> Result<Arc<dyn Store>, StoreError> {
    Ok(match (kept, memory) {
        (Kept::Memory, Some(memory)) => Arc::<MemoryStore>::clone(memory),
        (Kept::Memory, None) => Arc::new(MemoryStore::new()),
        (Kept::Sqlite(folder), _) => Arc::new(SqliteStore::open(folder, LedgerId::default())?),
        (Kept::Postgres { url, ledger }, _) => {
            let address = tidegate_ledger::postgres::Address::parse(url, None, None)?;
            let ledger = LedgerId(*ledger);
            Arc::new(tidegate_ledger::PostgresStore::open(address, ledger)?)
        }
    })
}
