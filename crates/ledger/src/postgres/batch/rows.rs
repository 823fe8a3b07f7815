//! What can be read in the transaction: from memory by key, and else from the database, which first gets what is pending.

use super::Batched;
use crate::row::{ActionRow, CheckpointRow, Due, Entry, Head, Reply, TokenRow, WakeRow};
use crate::store::{Expected, Result, Rows};
use crate::tree::Frontier;
use tidegate_core::digest::Digest;
use tidegate_core::id::{ActionId, CommandId, EnvId, StreamId, StreamKind};
use tidegate_core::time::Timestamp;
use tidegate_core::view::StateRow;

impl Batched<'_> {
    /// The shared statements, in a transaction that has begun and in which nothing is pending.
    fn all(&self) -> Result<&dyn Rows> {
        self.flush()?;
        Ok(&self.session)
    }

    /// The same for rows that never are pending.
    fn beside(&self) -> Result<&dyn Rows> {
        self.begun()?;
        Ok(&self.session)
    }

    pub(super) fn known_action(&self, id: &ActionId) -> Result<Option<ActionRow>> {
        self.fetch(&Expected {
            actions: vec![id.clone()],
            ..Expected::default()
        })?;
        Ok(self.known.borrow().actions.row(id).cloned())
    }
}

impl Rows for Batched<'_> {
    fn expect(&self, expected: &Expected) -> Result<()> {
        self.session.still_whole()?;
        self.fetch(expected)
    }

    fn head(&self) -> Result<Head> {
        self.newest()
    }
    fn entries(&self, from_seq: u64, limit: usize) -> Result<Vec<Entry>> {
        self.all()?.entries(from_seq, limit)
    }
    fn entries_of(&self, stream: &StreamId, from_rev: u64, limit: usize) -> Result<Vec<Entry>> {
        self.all()?.entries_of(stream, from_rev, limit)
    }

    fn rev(&self, stream: &StreamId) -> Result<u64> {
        self.expect(&Expected {
            revs: vec![stream.clone()],
            ..Expected::default()
        })?;
        Ok(self.known.borrow().revs.get(stream).copied().unwrap_or(0))
    }

    fn state(&self, stream: &StreamId) -> Result<Option<StateRow>> {
        self.expect(&Expected {
            states: vec![stream.clone()],
            ..Expected::default()
        })?;
        Ok(self.known.borrow().states.row(stream).cloned())
    }
    fn states(
        &self,
        kind: StreamKind,
        after: Option<&StreamId>,
        limit: usize,
    ) -> Result<Vec<(StreamId, StateRow)>> {
        self.all()?.states(kind, after, limit)
    }

    fn due(&self, until: Timestamp, limit: usize) -> Result<Vec<Due>> {
        self.begun()?;
        if let Some((by, most, due)) = &*self.due.borrow()
            && (*by, *most) == (until, limit)
        {
            return Ok(due.clone());
        }
        self.all()?.due(until, limit)
    }
    fn next_due(&self) -> Result<Option<Timestamp>> {
        self.all()?.next_due()
    }
    fn waiting_on(&self, trigger: &str) -> Result<Vec<StreamId>> {
        self.all()?.waiting_on(trigger)
    }
    fn wake_of(&self, stream: &StreamId) -> Result<Option<WakeRow>> {
        self.all()?.wake_of(stream)
    }
    fn streams_without_wake(&self, limit: usize) -> Result<Vec<StreamId>> {
        self.all()?.streams_without_wake(limit)
    }

    fn action(&self, id: &ActionId) -> Result<Option<ActionRow>> {
        self.session.still_whole()?;
        self.known_action(id)
    }
    fn is_new_action(&self, id: &ActionId) -> Result<bool> {
        self.begun()?;
        if self.known.borrow().actions.get(id).is_none() && self.assume(id.as_str()) {
            return Ok(true);
        }
        Ok(self.action(id)?.is_none())
    }
    fn actions_open(
        &self,
        environments: &[EnvId],
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<ActionRow>> {
        self.all()?.actions_open(environments, now, limit)
    }
    fn actions_of(&self, stream: &StreamId) -> Result<Vec<ActionRow>> {
        self.all()?.actions_of(stream)
    }

    fn reply(&self, id: &CommandId) -> Result<Option<Reply>> {
        self.expect(&Expected {
            replies: vec![id.clone()],
            ..Expected::default()
        })?;
        Ok(self.known.borrow().replies.row(id).cloned())
    }
    fn is_new_reply(&self, id: &CommandId) -> Result<bool> {
        self.begun()?;
        if self.known.borrow().replies.get(id).is_none() && self.assume(&id.0) {
            return Ok(true);
        }
        Ok(self.reply(id)?.is_none())
    }

    fn model(&self, name: &str, key: &str) -> Result<Option<String>> {
        self.begun()?;
        if self.known.borrow().model(name, key).is_none() {
            self.expect(&Expected {
                models: vec![(name.to_owned(), key.to_owned())],
                ..Expected::default()
            })?;
        }
        Ok(self.known.borrow().model(name, key).flatten().cloned())
    }
    fn scan(
        &self,
        name: &str,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
        reverse: bool,
    ) -> Result<Vec<(String, String)>> {
        let bears = {
            let pending = self.pending.borrow();
            let mut models = pending.models.iter();
            models.any(|(of, key)| of == name && key.starts_with(prefix))
        };
        let rows = match bears {
            true => self.all()?,
            false => self.beside()?,
        };
        rows.scan(name, prefix, after, limit, reverse)
    }

    fn blob(&self, digest: &Digest) -> Result<Option<Vec<u8>>> {
        self.beside()?.blob(digest)
    }

    fn quarantined(&self, stream: &StreamId) -> Result<Option<String>> {
        self.begun()?;
        let known = self.known.borrow();
        let aside = known.aside.as_ref();
        Ok(aside.and_then(|aside| aside.get(stream).cloned()))
    }
    fn quarantines(&self) -> Result<Vec<(StreamId, String)>> {
        self.beside()?.quarantines()
    }

    fn token(&self, hash: &Digest) -> Result<Option<TokenRow>> {
        self.beside()?.token(hash)
    }
    fn tokens(&self) -> Result<Vec<TokenRow>> {
        self.beside()?.tokens()
    }

    fn tree(&self) -> Result<Frontier> {
        self.frontier()
    }
    fn leaves(&self, from_seq: u64, limit: usize) -> Result<Vec<Digest>> {
        self.all()?.leaves(from_seq, limit)
    }
    fn tile(&self, level: u8, index: u64) -> Result<Option<Vec<Digest>>> {
        self.all()?.tile(level, index)
    }
    fn checkpoints(&self, after: u64, limit: usize) -> Result<Vec<CheckpointRow>> {
        self.beside()?.checkpoints(after, limit)
    }
    fn newest_checkpoint(&self) -> Result<Option<CheckpointRow>> {
        self.beside()?.newest_checkpoint()
    }
    fn checkpoint_keys(&self) -> Result<Vec<String>> {
        self.beside()?.checkpoint_keys()
    }
}
