//! The tree beside the ledger and the checkpoints over it, in memory.

use super::session::Session;
use crate::row::CheckpointRow;
use crate::store::Result;
use crate::tree::{self, Frontier};
use std::ops::Bound::{Excluded, Included, Unbounded};
use tidegate_core::digest::Digest;

impl Session<'_> {
    pub(super) fn tree(&self) -> Frontier {
        self.at.tree.get(&()).cloned().unwrap_or_default()
    }

    pub(super) fn leaves_from(&self, from_seq: u64, most: usize) -> Vec<Digest> {
        let found = self.at.leaves.range(Included(from_seq), Unbounded, false);
        found.take(most).map(|(_, leaf)| leaf.clone()).collect()
    }

    pub(super) fn grow(&mut self, leaf: Digest) -> Result<()> {
        let mut tree = self.tree();
        tree.push(leaf.clone());
        let size = tree.size();
        self.at.leaves.put(size, leaf);
        self.at.tree.put((), tree);
        for (level, index, hashes) in tree::completed(self, size)? {
            self.at.tiles.put((level, index), hashes);
        }
        Ok(())
    }

    pub(super) fn checkpoints_after(&self, after: u64, most: usize) -> Vec<CheckpointRow> {
        let found = self.at.checkpoints.range(Excluded(after), Unbounded, false);
        found.take(most).map(|(_, row)| row.clone()).collect()
    }

    pub(super) fn newest_checkpoint(&self) -> Option<CheckpointRow> {
        let mut found = self.at.checkpoints.range(Unbounded, Unbounded, true);
        found.next().map(|(_, row)| row.clone())
    }

    pub(super) fn keys_of_checkpoints(&self) -> Vec<String> {
        let mut keys: Vec<(u64, String)> = self
            .at
            .checkpoint_keys
            .iter()
            .map(|(key, since)| (*since, key.clone()))
            .collect();
        keys.sort();
        keys.into_iter().map(|(_, key)| key).collect()
    }
}
