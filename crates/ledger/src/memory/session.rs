//! One transaction or snapshot of the memory store: the contract's methods, each handed to the file of its topic.

use super::tables::{Changes, Layers, Tables};
use crate::row::{ActionRow, CheckpointRow, Due, Entry, Head, NewAction, Reply, TokenRow, WakeRow};
use crate::store::{Result, Rows, Tx};
use crate::tree::Frontier;
use tidegate_core::batch::NewEntry;
use tidegate_core::decider::Trigger;
use tidegate_core::digest::Digest;
use tidegate_core::id::{ActionId, CommandId, EnvId, StreamId, StreamKind};
use tidegate_core::time::Timestamp;
use tidegate_core::view::StateRow;

/// Committed tables and the changes over them.
pub(super) struct Session<'a> {
    pub(super) at: Layers<'a>,
}

impl<'a> Session<'a> {
    pub(super) fn new(base: &'a Tables) -> Self {
        Self {
            at: Layers::new(base),
        }
    }

    pub(super) fn into_changes(self) -> Changes {
        self.at.into_changes()
    }
}

impl Rows for Session<'_> {
    fn head(&self) -> Result<Head> {
        Ok(self.newest())
    }
    fn entries(&self, from_seq: u64, limit: usize) -> Result<Vec<Entry>> {
        Ok(self.ledger_from(from_seq, limit))
    }
    fn entries_of(&self, stream: &StreamId, from_rev: u64, limit: usize) -> Result<Vec<Entry>> {
        Ok(self.ledger_of(stream, from_rev, limit))
    }
    fn rev(&self, stream: &StreamId) -> Result<u64> {
        Ok(self.newest_rev(stream))
    }
    fn state(&self, stream: &StreamId) -> Result<Option<StateRow>> {
        Ok(self.at.state.get(stream).map(|(row, _)| row.clone()))
    }
    fn states(
        &self,
        kind: StreamKind,
        after: Option<&StreamId>,
        limit: usize,
    ) -> Result<Vec<(StreamId, StateRow)>> {
        Ok(self.states_of(kind, after, limit))
    }
    fn due(&self, until: Timestamp, limit: usize) -> Result<Vec<Due>> {
        Ok(self.due_by(until).take(limit).collect())
    }
    fn next_due(&self) -> Result<Option<Timestamp>> {
        Ok(self.due_by(Timestamp::MAX).next().map(|due| due.at))
    }
    fn waiting_on(&self, trigger: &str) -> Result<Vec<StreamId>> {
        Ok(self.waiting(trigger))
    }
    fn wake_of(&self, stream: &StreamId) -> Result<Option<WakeRow>> {
        Ok(self.wake(stream))
    }
    fn streams_without_wake(&self, limit: usize) -> Result<Vec<StreamId>> {
        Ok(self.forgotten().take(limit).collect())
    }
    fn action(&self, id: &ActionId) -> Result<Option<ActionRow>> {
        Ok(self.at.actions.get(id).cloned())
    }
    fn actions_open(
        &self,
        environments: &[EnvId],
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<ActionRow>> {
        Ok(self.open_actions(environments, now, limit))
    }
    fn actions_of(&self, stream: &StreamId) -> Result<Vec<ActionRow>> {
        Ok(self.actions_awaited_by(stream))
    }
    fn reply(&self, id: &CommandId) -> Result<Option<Reply>> {
        Ok(self.at.replies.get(id).cloned())
    }
    fn model(&self, name: &str, key: &str) -> Result<Option<String>> {
        Ok(self
            .at
            .models
            .get(&(name.to_owned(), key.to_owned()))
            .cloned())
    }
    fn scan(
        &self,
        name: &str,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
        reverse: bool,
    ) -> Result<Vec<(String, String)>> {
        Ok(self
            .models_of(name, prefix, after, reverse)
            .take(limit)
            .collect())
    }
    fn blob(&self, digest: &Digest) -> Result<Option<Vec<u8>>> {
        Ok(self.at.blobs.get(digest).map(|bytes| bytes.to_vec()))
    }
    fn quarantined(&self, stream: &StreamId) -> Result<Option<String>> {
        Ok(self.at.quarantine.get(stream).cloned())
    }
    fn quarantines(&self) -> Result<Vec<(StreamId, String)>> {
        Ok(self
            .at
            .quarantine
            .iter()
            .map(|(stream, because)| (stream.clone(), because.clone()))
            .collect())
    }
    fn token(&self, hash: &Digest) -> Result<Option<TokenRow>> {
        Ok(self.at.tokens.get(hash).cloned())
    }
    fn tokens(&self) -> Result<Vec<TokenRow>> {
        Ok(self.tokens_by_name())
    }
    fn tree(&self) -> Result<Frontier> {
        Ok(Self::tree(self))
    }
    fn leaves(&self, from_seq: u64, limit: usize) -> Result<Vec<Digest>> {
        Ok(self.leaves_from(from_seq, limit))
    }
    fn tile(&self, level: u8, index: u64) -> Result<Option<Vec<Digest>>> {
        Ok(self.at.tiles.get(&(level, index)).cloned())
    }
    fn checkpoints(&self, after: u64, limit: usize) -> Result<Vec<CheckpointRow>> {
        Ok(self.checkpoints_after(after, limit))
    }
    fn newest_checkpoint(&self) -> Result<Option<CheckpointRow>> {
        Ok(Self::newest_checkpoint(self))
    }
    fn checkpoint_keys(&self) -> Result<Vec<String>> {
        Ok(self.keys_of_checkpoints())
    }
}

impl Tx for Session<'_> {
    fn append(&mut self, entry: &NewEntry, at: Timestamp) -> Result<Entry> {
        self.append_entry(entry, at)
    }
    fn erase(&mut self, seq: u64, body: &str, by: u64) -> Result<()> {
        self.erase_words(seq, body, by)
    }
    fn put_state(&mut self, stream: &StreamId, row: &StateRow) -> Result<()> {
        self.write_state(stream, row);
        Ok(())
    }
    fn set_wake(&mut self, stream: &StreamId, wake: &WakeRow) -> Result<()> {
        self.write_wake(stream, wake)
    }
    fn fire(&mut self, triggers: &[Trigger], now: Timestamp) -> Result<()> {
        self.fire_triggers(triggers, now);
        Ok(())
    }
    fn start_action(&mut self, action: &NewAction) -> Result<()> {
        self.queue_action(action)
    }
    fn end_action(&mut self, id: &ActionId) -> Result<bool> {
        Ok(self.drop_action(id))
    }
    fn lease(&mut self, id: &ActionId, by: &str, until: Timestamp) -> Result<Option<u64>> {
        Ok(self.lease_action(id, by, until))
    }
    fn renew(&mut self, id: &ActionId, epoch: u64, until: Timestamp) -> Result<bool> {
        Ok(self.renew_lease(id, epoch, until))
    }
    fn put_reply(&mut self, reply: &Reply) -> Result<()> {
        self.write_reply(reply)
    }
    fn expire_replies(&mut self, now: Timestamp, limit: usize) -> Result<()> {
        self.drop_expired_replies(now, limit);
        Ok(())
    }
    fn put_model(&mut self, name: &str, key: &str, body: Option<&str>) -> Result<()> {
        self.write_model(name, key, body);
        Ok(())
    }
    fn put_blob(&mut self, bytes: &[u8]) -> Result<Digest> {
        self.write_blob(bytes)
    }
    fn drop_blob(&mut self, digest: &Digest) -> Result<bool> {
        Ok(self.remove_blob(digest))
    }
    fn quarantine(&mut self, stream: &StreamId, because: &str) -> Result<()> {
        self.at.quarantine.put(stream.clone(), because.to_owned());
        Ok(())
    }
    fn release_quarantine(&mut self, stream: &StreamId) -> Result<bool> {
        let was = self.at.quarantine.get(stream).is_some();
        self.at.quarantine.remove(stream.clone());
        Ok(was)
    }
    fn put_token(&mut self, token: &TokenRow) -> Result<()> {
        self.write_token(token);
        Ok(())
    }
    fn drop_token(&mut self, hash: &Digest) -> Result<bool> {
        let was = self.at.tokens.get(hash).is_some();
        self.at.tokens.remove(hash.clone());
        Ok(was)
    }
    fn put_checkpoint(&mut self, new: &CheckpointRow) -> Result<()> {
        if self.at.checkpoints.get(&new.size).is_none() {
            self.at.checkpoints.put(new.size, new.clone());
        }
        Ok(())
    }
    fn put_checkpoint_key(&mut self, verifier: &str) -> Result<()> {
        if self.at.checkpoint_keys.get(verifier).is_none() {
            let since = self.newest().seq;
            self.at.checkpoint_keys.put(verifier.to_owned(), since);
        }
        Ok(())
    }
}
