//! Checkpoints of the ledger: each second in which it grew, or each thousand entries, its tree is signed, outside of the
//! writer's transactions. Asked for, one is made at once, so that a proof never waits for it.

use crate::{Engine, Shared};
use std::time::Duration;
use tidegate_faults::kill_point;
use tidegate_ledger::StoreError;
use tidegate_ledger::row::CheckpointRow;
use tidegate_ledger::seal::SealKey;
use tidegate_ledger::tree;

/// Longest time that grown entries are without a checkpoint.
const EACH: Duration = Duration::from_secs(1);
/// Entries that do not wait for it.
const MANY: u64 = 1_000;

/// Note the public key beside the ledger, once.
pub(crate) fn register(shared: &Shared) -> Result<(), StoreError> {
    let Some(key) = &shared.options.seal else {
        return Ok(());
    };
    let known = shared.store.read_with(|rows| rows.checkpoint_keys())?;
    if known.iter().any(|k| k == key.verifier()) {
        return Ok(());
    }
    shared
        .store
        .write_with(|tx| tx.put_checkpoint_key(key.verifier()))
}

pub(crate) fn run(shared: &Shared) {
    let Some(key) = &shared.options.seal else {
        return;
    };
    let mut sealed = 0;
    loop {
        // Read before the last round, so that what was written until the end is signed too.
        let last = shared.stopping();
        match seal(shared, key) {
            Ok(newest) => sealed = newest.map_or(sealed, |row| row.size),
            Err(error) if !last => {
                tracing::warn!(%error, "a checkpoint could not be made; again in a second");
                // Many entries may wait already: without this pause they would be tried for without end.
                std::thread::park_timeout(EACH);
                continue;
            }
            Err(error) => tracing::warn!(%error, "the last checkpoint could not be made"),
        }
        if last {
            return;
        }
        let _ = shared.hub.wait_past(sealed + MANY, EACH);
    }
}

/// The newest checkpoint, made now when the ledger has grown since.
fn seal(shared: &Shared, key: &SealKey) -> Result<Option<CheckpointRow>, StoreError> {
    let (tree, newest) = shared
        .store
        .read_with(|rows| Ok((rows.tree()?, rows.newest_checkpoint()?)))?;
    if newest.as_ref().map_or(0, |row| row.size) >= tree.size() {
        return Ok(newest);
    }
    let note = key.sign(&tree).map_err(|e| StoreError::Aborted {
        because: e.to_string(),
    })?;
    let (size, at) = (tree.size(), shared.clock.now());
    let row = CheckpointRow { size, at, note };
    let root = tree.root();
    kill_point("server.seal.signed");
    shared.store.write_with(|tx| {
        // A database that lost its newest entries may have others at their place since they were read.
        if tree::root_at(&*tx, size)? != root {
            return Err(StoreError::Aborted {
                because: format!(
                    "the first {size} entries of the ledger are no longer those that were signed"
                ),
            });
        }
        tx.put_checkpoint(&row)?;
        // Another server may have been first; the one that is kept is the one that is shown.
        tx.newest_checkpoint()
    })
}

impl Engine {
    /// A checkpoint over everything that was acknowledged until now; `None` where this server has no key.
    ///
    /// # Errors
    /// The ledger cannot be read or written.
    pub fn seal_now(&self) -> Result<Option<CheckpointRow>, StoreError> {
        match &self.shared.options.seal {
            Some(key) => seal(&self.shared, key),
            None => Ok(None),
        }
    }

    /// A note with this text, signed by the key of the log; `None` where this server has none. Its first line says what it is, and is
    /// never the name of the log.
    ///
    /// # Errors
    /// The text cannot be that of a note.
    pub fn vouch(&self, text: &str) -> Result<Option<String>, StoreError> {
        let key = self.shared.options.seal.as_ref();
        let note = key.map(|key| key.vouch(text.as_bytes())).transpose();
        note.map_err(|e| StoreError::Aborted {
            because: format!("what this server says cannot be signed: {e}"),
        })
    }

    /// Bytes that are kept under their digest.
    ///
    /// # Errors
    /// They cannot be read, or are not what their name says.
    pub fn blob(
        &self,
        rows: &dyn tidegate_ledger::Rows,
        digest: &tidegate_core::digest::Digest,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        self.shared.blobs.get(rows, digest)
    }

    /// The newest checkpoint, over everything that was acknowledged until now where this server has a key; `None` before the
    /// first one.
    ///
    /// # Errors
    /// The ledger cannot be read or written.
    pub fn checkpoint(&self) -> Result<Option<CheckpointRow>, StoreError> {
        match &self.shared.options.seal {
            Some(key) => seal(&self.shared, key),
            None => self.read(|rows| rows.newest_checkpoint()),
        }
    }
}
