//! Writing to a branch. A row of the snapshot is brought here before it is changed.

use super::rows::{Over, REMOVED};
use crate::chain;
use crate::error::StoreError;
use crate::row::{CheckpointRow, Entry, NewAction, Reply, TokenRow, WakeRow};
use crate::store::{Result, Rows, Tx};
use crate::tree;
use std::sync::Arc;
use tidegate_core::batch::NewEntry;
use tidegate_core::decider::Trigger;
use tidegate_core::digest::Digest;
use tidegate_core::id::{ActionId, StreamId};
use tidegate_core::time::Timestamp;
use tidegate_core::view::StateRow;

impl Over<'_> {
    /// Everything that does not wait to be asked for: timers and triggers, outside work, what is kept aside, tokens, the right edge of
    /// the tree.
    pub(super) fn take_over(&mut self) -> Result<()> {
        let tree = self.beneath.ask(|rows| rows.tree())?;
        self.top.at.tree.put((), tree);
        for (since, key) in (0_u64..).zip(self.beneath.ask(|rows| rows.checkpoint_keys())?) {
            self.top.at.checkpoint_keys.put(key, since);
        }
        for token in self.beneath.ask(|rows| rows.tokens())? {
            self.top.write_token(&token);
        }
        for (stream, because) in self.beneath.ask(|rows| rows.quarantines())? {
            self.bring(&stream)?;
            self.top.at.quarantine.put(stream, because);
        }
        let due = self
            .beneath
            .ask(|rows| rows.due(Timestamp::MAX, usize::MAX))?;
        for due in due {
            self.bring(&due.stream)?;
        }
        for stream in self
            .beneath
            .ask(|rows| rows.streams_without_wake(usize::MAX))?
        {
            self.bring(&stream)?;
        }
        Ok(())
    }

    /// State, timer and outside work of a stream, unless they are here already.
    fn bring(&mut self, stream: &StreamId) -> Result<()> {
        if self.top.at.state.get(stream).is_some() {
            return Ok(());
        }
        let key = stream.clone();
        let found = self.beneath.ask(move |rows| {
            let Some(state) = rows.state(&key)? else {
                return Ok(None);
            };
            Ok(Some((state, rows.wake_of(&key)?, rows.actions_of(&key)?)))
        })?;
        let Some((state, wake, actions)) = found else {
            return Ok(());
        };
        self.top.write_state(stream, &state);
        if let Some(wake) = wake {
            self.top.write_wake(stream, &wake)?;
        }
        for action in actions {
            self.top.at.queue.put((action.seq, action.id.clone()), ());
            self.top.at.actions.put(action.id.clone(), action);
        }
        Ok(())
    }
}

impl Tx for Over<'_> {
    fn append(&mut self, entry: &NewEntry, at: Timestamp) -> Result<Entry> {
        let have = self.rev(&entry.stream)?;
        if entry.rev != have + 1 {
            return Err(StoreError::Revision {
                stream: entry.stream.clone(),
                have,
                got: entry.rev,
            });
        }
        let entry = chain::seal(&self.head()?, entry, at)?;
        self.top.at.ledger.put(entry.seq, Arc::new(entry.clone()));
        self.top
            .at
            .revisions
            .put((entry.stream.clone(), entry.rev), entry.seq);
        let leaf = tree::leaf(&entry);
        let mut tree = self.top.tree();
        tree.push(leaf.clone());
        let size = tree.size();
        self.top.at.leaves.put(size, leaf);
        self.top.at.tree.put((), tree);
        for (level, index, hashes) in tree::completed(self, size)? {
            self.top.at.tiles.put((level, index), hashes);
        }
        Ok(entry)
    }

    fn erase(&mut self, seq: u64, body: &str, by: u64) -> Result<()> {
        if self.top.at.ledger.get(&seq).is_none() {
            let entry = self.entries(seq, 1)?.pop().filter(|e| e.seq == seq);
            if let Some(entry) = entry {
                self.top.at.ledger.put(seq, Arc::new(entry));
            }
        }
        self.top.erase_words(seq, body, by)
    }

    fn put_state(&mut self, stream: &StreamId, row: &StateRow) -> Result<()> {
        self.bring(stream)?;
        self.top.write_state(stream, row);
        Ok(())
    }

    fn set_wake(&mut self, stream: &StreamId, wake: &WakeRow) -> Result<()> {
        self.bring(stream)?;
        self.top.write_wake(stream, wake)
    }

    fn fire(&mut self, triggers: &[Trigger], now: Timestamp) -> Result<()> {
        self.top.fire(triggers, now)
    }

    fn start_action(&mut self, action: &NewAction) -> Result<()> {
        if self.top.at.actions.get(&action.id).is_some() {
            return self.top.start_action(action);
        }
        self.top.start_action(action)?;
        // Its place in the queue is that of the newest entry, which may be one of the snapshot.
        let seq = self.head()?.seq;
        if let Some(mut row) = self.top.at.actions.get(&action.id).cloned() {
            self.top.at.queue.remove((row.seq, row.id.clone()));
            row.seq = seq;
            self.top.at.queue.put((seq, row.id.clone()), ());
            self.top.at.actions.put(row.id.clone(), row);
        }
        Ok(())
    }

    fn end_action(&mut self, id: &ActionId) -> Result<bool> {
        self.top.end_action(id)
    }

    fn lease(&mut self, id: &ActionId, by: &str, until: Timestamp) -> Result<Option<u64>> {
        self.top.lease(id, by, until)
    }

    fn renew(&mut self, id: &ActionId, epoch: u64, until: Timestamp) -> Result<bool> {
        self.top.renew(id, epoch, until)
    }

    fn put_reply(&mut self, reply: &Reply) -> Result<()> {
        if self.reply(&reply.command_id)?.is_some() {
            return Err(StoreError::Exists {
                what: "reply to command",
                key: reply.command_id.0.clone(),
            });
        }
        self.top.put_reply(reply)
    }

    fn expire_replies(&mut self, now: Timestamp, limit: usize) -> Result<()> {
        self.top.expire_replies(now, limit)
    }

    fn put_model(&mut self, name: &str, key: &str, body: Option<&str>) -> Result<()> {
        match body {
            Some(body) => self.top.write_model(name, key, Some(body)),
            None if self.beneath.model(name, key)?.is_some() => {
                self.top.write_model(name, key, Some(REMOVED));
            }
            None => self.top.write_model(name, key, None),
        }
        Ok(())
    }

    fn put_blob(&mut self, bytes: &[u8]) -> Result<Digest> {
        self.top.put_blob(bytes)
    }

    fn drop_blob(&mut self, digest: &Digest) -> Result<bool> {
        let was = self.blob(digest)?.is_some();
        if was {
            let removed = REMOVED.as_bytes().into();
            self.top.at.blobs.put(digest.clone(), removed);
        }
        Ok(was)
    }

    fn quarantine(&mut self, stream: &StreamId, because: &str) -> Result<()> {
        self.top.quarantine(stream, because)
    }

    fn release_quarantine(&mut self, stream: &StreamId) -> Result<bool> {
        self.top.release_quarantine(stream)
    }

    fn put_token(&mut self, token: &TokenRow) -> Result<()> {
        self.top.put_token(token)
    }

    fn drop_token(&mut self, hash: &Digest) -> Result<bool> {
        self.top.drop_token(hash)
    }

    /// As the memory store; one of the snapshot stays as well.
    fn put_checkpoint(&mut self, new: &CheckpointRow) -> Result<()> {
        let size = new.size;
        let there = self
            .beneath
            .ask(move |rows| rows.checkpoints(size.saturating_sub(1), 1))?;
        match there.first().is_some_and(|row| row.size == size) {
            true => Ok(()),
            false => self.top.put_checkpoint(new),
        }
    }

    fn put_checkpoint_key(&mut self, verifier: &str) -> Result<()> {
        if self.top.at.checkpoint_keys.get(verifier).is_none() {
            let before = self.beneath.ask(|rows| rows.checkpoint_keys())?.len() as u64;
            let since = self.head()?.seq + before;
            self.top.at.checkpoint_keys.put(verifier.to_owned(), since);
        }
        Ok(())
    }
}
