//! What could be read then. What stands in no entry is not known of the past, and so it is absent.

use super::fold::Folded;
use std::ops::Bound;
use tidegate_core::digest::Digest;
use tidegate_core::id::{ActionId, CommandId, EnvId, StreamId, StreamKind};
use tidegate_core::time::Timestamp;
use tidegate_core::view::StateRow;
use tidegate_ledger::row::{ActionRow, CheckpointRow, Due, Entry, Head, Reply, TokenRow, WakeRow};
use tidegate_ledger::store::Result;
use tidegate_ledger::tree::{Frontier, frontier_at};
use tidegate_ledger::{Rows, StoreError};

/// The ledger up to an entry.
pub(super) struct PastRows<'a> {
    pub folded: &'a Folded,
    pub seq: u64,
    pub rows: &'a dyn Rows,
}

impl PastRows<'_> {
    fn until(&self, mut entries: Vec<Entry>) -> Vec<Entry> {
        entries.retain(|entry| entry.seq <= self.seq);
        entries
    }
}

impl Rows for PastRows<'_> {
    fn head(&self) -> Result<Head> {
        let newest = self.rows.entries(self.seq, 1)?.pop();
        newest
            .map(|entry| Head {
                seq: entry.seq,
                at: entry.at,
                hash: entry.hash,
            })
            .ok_or_else(|| StoreError::BadEntry {
                seq: self.seq,
                because: "it is missing".to_owned(),
            })
    }
    fn entries(&self, from_seq: u64, limit: usize) -> Result<Vec<Entry>> {
        Ok(self.until(self.rows.entries(from_seq, limit)?))
    }
    fn entries_of(&self, stream: &StreamId, from_rev: u64, limit: usize) -> Result<Vec<Entry>> {
        Ok(self.until(self.rows.entries_of(stream, from_rev, limit)?))
    }
    fn rev(&self, stream: &StreamId) -> Result<u64> {
        Ok(self.folded.states.get(stream).map_or(0, |row| row.rev))
    }
    fn state(&self, stream: &StreamId) -> Result<Option<StateRow>> {
        Ok(self.folded.states.get(stream).cloned())
    }
    fn states(
        &self,
        kind: StreamKind,
        after: Option<&StreamId>,
        limit: usize,
    ) -> Result<Vec<(StreamId, StateRow)>> {
        let first = StreamId::new(kind, "");
        let low = match after {
            Some(after) if *after >= first => Bound::Excluded(after.clone()),
            _ => Bound::Included(first),
        };
        let found = self.folded.states.range((low, Bound::Unbounded));
        Ok(found
            .take_while(|(stream, _)| stream.kind() == Some(kind))
            .take(limit)
            .map(|(stream, row)| (stream.clone(), row.clone()))
            .collect())
    }
    fn due(&self, _: Timestamp, _: usize) -> Result<Vec<Due>> {
        Ok(Vec::new())
    }
    fn next_due(&self) -> Result<Option<Timestamp>> {
        Ok(None)
    }
    fn waiting_on(&self, _: &str) -> Result<Vec<StreamId>> {
        Ok(Vec::new())
    }
    fn wake_of(&self, _: &StreamId) -> Result<Option<WakeRow>> {
        Ok(None)
    }
    fn streams_without_wake(&self, _: usize) -> Result<Vec<StreamId>> {
        Ok(Vec::new())
    }
    fn action(&self, _: &ActionId) -> Result<Option<ActionRow>> {
        Ok(None)
    }
    fn actions_open(&self, _: &[EnvId], _: Timestamp, _: usize) -> Result<Vec<ActionRow>> {
        Ok(Vec::new())
    }
    fn actions_of(&self, _: &StreamId) -> Result<Vec<ActionRow>> {
        Ok(Vec::new())
    }
    fn reply(&self, _: &CommandId) -> Result<Option<Reply>> {
        Ok(None)
    }
    fn model(&self, name: &str, key: &str) -> Result<Option<String>> {
        let rows = self.folded.models.0.get(name);
        Ok(rows.and_then(|rows| rows.get(key)).cloned())
    }
    fn scan(
        &self,
        name: &str,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
        reverse: bool,
    ) -> Result<Vec<(String, String)>> {
        let Some(rows) = self.folded.models.0.get(name) else {
            return Ok(Vec::new());
        };
        let here = rows
            .range(prefix.to_owned()..)
            .take_while(|(key, _)| key.starts_with(prefix));
        let own = |(key, body): (&String, &String)| (key.clone(), body.clone());
        Ok(match reverse {
            false => here
                .filter(|(key, _)| after.is_none_or(|after| key.as_str() > after))
                .take(limit)
                .map(own)
                .collect(),
            true => {
                let mut all: Vec<_> = here
                    .filter(|(key, _)| after.is_none_or(|after| key.as_str() < after))
                    .collect();
                all.reverse();
                all.into_iter().take(limit).map(own).collect()
            }
        })
    }
    fn blob(&self, digest: &Digest) -> Result<Option<Vec<u8>>> {
        self.rows.blob(digest)
    }
    fn quarantined(&self, _: &StreamId) -> Result<Option<String>> {
        Ok(None)
    }
    fn quarantines(&self) -> Result<Vec<(StreamId, String)>> {
        Ok(Vec::new())
    }
    fn token(&self, _: &Digest) -> Result<Option<TokenRow>> {
        Ok(None)
    }
    fn tokens(&self) -> Result<Vec<TokenRow>> {
        Ok(Vec::new())
    }
    fn tree(&self) -> Result<Frontier> {
        frontier_at(self.rows, self.seq)
    }
    fn leaves(&self, from_seq: u64, limit: usize) -> Result<Vec<Digest>> {
        let left = (self.seq + 1).saturating_sub(from_seq);
        let left = usize::try_from(left).unwrap_or(usize::MAX);
        self.rows.leaves(from_seq, limit.min(left))
    }
    fn tile(&self, level: u8, index: u64) -> Result<Option<Vec<Digest>>> {
        self.rows.tile(level, index)
    }
    fn checkpoints(&self, after: u64, limit: usize) -> Result<Vec<CheckpointRow>> {
        let mut found = self.rows.checkpoints(after, limit)?;
        found.retain(|row| row.size <= self.seq);
        Ok(found)
    }
    fn newest_checkpoint(&self) -> Result<Option<CheckpointRow>> {
        let newest = self.rows.newest_checkpoint()?;
        Ok(newest.filter(|row| row.size <= self.seq))
    }
    fn checkpoint_keys(&self) -> Result<Vec<String>> {
        self.rows.checkpoint_keys()
    }
}
