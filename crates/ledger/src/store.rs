//! The contract between the engine and any store: what can be read, what can be written, and what a transaction is.
//!
//! Lists are bounded by the caller's `limit` and are in a stated order, so that every store gives the same answer.

use crate::error::StoreError;
use crate::row::{ActionRow, CheckpointRow, Due, Entry, Head, NewAction, Reply, TokenRow, WakeRow};
use crate::tree::Frontier;
use std::time::Duration;
use tidegate_core::batch::NewEntry;
use tidegate_core::decider::Trigger;
use tidegate_core::digest::Digest;
use tidegate_core::id::{ActionId, CommandId, EnvId, StreamId, StreamKind};
use tidegate_core::time::Timestamp;
use tidegate_core::view::StateRow;

/// Result of an operation on a store.
pub type Result<T> = std::result::Result<T, StoreError>;

/// A place that keeps ledgers. Every operation blocks and has an end.
pub trait Store: Send + Sync {
    /// Run `f` in one transaction that excludes every other writer. It commits when `f` returns `Ok`; then what it wrote is
    /// durable. When `f` returns an error or panics, nothing happened. `f` must only compute and write through its
    /// argument: a store that has to retry calls it again. It may read through [`Store::read`], which shows
    /// what was committed before; beginning another write or closing the store inside it is refused.
    ///
    /// # Errors
    /// What `f` returned, or why the transaction could not be had or committed.
    fn write(&self, f: &mut dyn FnMut(&mut dyn Tx) -> Result<()>) -> Result<()>;

    /// Run `f` on one consistent snapshot of what is committed, without waiting for a writer.
    ///
    /// # Errors
    /// What `f` returned, or why no snapshot could be had.
    fn read(&self, f: &mut dyn FnMut(&dyn Rows) -> Result<()>) -> Result<()>;

    /// Whether other processes may write this ledger at the same time, so that what is kept in memory may be behind.
    fn is_shared(&self) -> bool {
        false
    }

    /// Wait for a sign that another process committed, at most `patience`. Only a hint: it may come late, twice or never. A
    /// store that is not shared returns at once.
    ///
    /// # Errors
    /// Signs cannot be had at the moment.
    fn wait_for_others(&self, patience: Duration) -> Result<()> {
        let _ = patience;
        Ok(())
    }

    /// Take bytes that were overwritten or deleted out of the files, as far as the store keeps them. False when somebody was in the way:
    /// ask again.
    ///
    /// # Errors
    /// The store could not do it.
    fn scrub(&self) -> Result<bool> {
        Ok(true)
    }

    /// Finish what is under way, then refuse everything and let go of the files. Closing again does nothing.
    ///
    /// # Errors
    /// What could not be finished; the store is closed all the same.
    fn close(&self) -> Result<()>;
}

impl dyn Store + '_ {
    /// [`Store::write`] with a result.
    ///
    /// # Errors
    /// As `write`.
    pub fn write_with<T>(&self, mut f: impl FnMut(&mut dyn Tx) -> Result<T>) -> Result<T> {
        let mut out = None;
        self.write(&mut |tx| {
            out = Some(f(tx)?);
            Ok(())
        })?;
        out.ok_or_else(never_ran)
    }

    /// [`Store::read`] with a result.
    ///
    /// # Errors
    /// As `read`.
    pub fn read_with<T>(&self, mut f: impl FnMut(&dyn Rows) -> Result<T>) -> Result<T> {
        let mut out = None;
        self.read(&mut |rows| {
            out = Some(f(rows)?);
            Ok(())
        })?;
        out.ok_or_else(never_ran)
    }
}

fn never_ran() -> StoreError {
    StoreError::Aborted {
        because: "the transaction ended without running".to_owned(),
    }
}

/// Rows that will be read by their keys, so that a store that is far away fetches them at once and not one by one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expected {
    /// Answers to commands.
    pub replies: Vec<CommandId>,
    /// Newest revisions of streams.
    pub revs: Vec<StreamId>,
    /// Newest folds of streams.
    pub states: Vec<StreamId>,
    /// Outside work.
    pub actions: Vec<ActionId>,
    /// Rows of read models: name and key.
    pub models: Vec<(String, String)>,
    /// What is due by an instant, and how much of it.
    pub due: Option<(Timestamp, usize)>,
}

impl Expected {
    /// Nothing at all?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What can be read, as of one snapshot or of the transaction under way.
pub trait Rows {
    /// Say what will be read. It changes no answer; a store that has its rows at hand does nothing.
    fn expect(&self, expected: &Expected) -> Result<()> {
        let _ = expected;
        Ok(())
    }

    /// The newest entry.
    fn head(&self) -> Result<Head>;
    /// Entries with `seq >= from_seq` in order.
    fn entries(&self, from_seq: u64, limit: usize) -> Result<Vec<Entry>>;
    /// The same, each with its leaf hash as far as that can be read.
    fn entries_with_leaves(
        &self,
        from_seq: u64,
        limit: usize,
    ) -> Result<Vec<(Entry, Option<Digest>)>> {
        let entries = self.entries(from_seq, limit)?;
        let leaves = self.leaves(from_seq, entries.len()).unwrap_or_default();
        let leaves = leaves.into_iter().map(Some).chain(std::iter::repeat(None));
        Ok(entries.into_iter().zip(leaves).collect())
    }
    /// Entries of a stream with `rev >= from_rev` in order.
    fn entries_of(&self, stream: &StreamId, from_rev: u64, limit: usize) -> Result<Vec<Entry>>;

    /// Newest revision of a stream, 0 when it has no entries.
    fn rev(&self, stream: &StreamId) -> Result<u64>;

    /// Newest fold of a stream.
    fn state(&self, stream: &StreamId) -> Result<Option<StateRow>>;
    /// Newest folds of all streams of a kind in id order, after `after`.
    fn states(
        &self,
        kind: StreamKind,
        after: Option<&StreamId>,
        limit: usize,
    ) -> Result<Vec<(StreamId, StateRow)>>;

    /// Streams to look at by `until`, earliest first, then by id. Quarantined streams are left out until they are released.
    fn due(&self, until: Timestamp, limit: usize) -> Result<Vec<Due>>;
    /// When [`due`](Self::due) has its next row, if ever.
    fn next_due(&self) -> Result<Option<Timestamp>>;
    /// Streams that wait on a trigger, in id order.
    fn waiting_on(&self, trigger: &str) -> Result<Vec<StreamId>>;
    /// When a stream is looked at again; `None` when nobody ever said.
    fn wake_of(&self, stream: &StreamId) -> Result<Option<WakeRow>>;
    /// Streams with a state that neither rest, nor ended, nor will be looked at, in id order. Expected: none.
    fn streams_without_wake(&self, limit: usize) -> Result<Vec<StreamId>>;

    /// Outside work by id; `None` when it ended or never was.
    fn action(&self, id: &ActionId) -> Result<Option<ActionRow>>;
    /// Was there never outside work with this id, as far as is known without looking? A store may say so of an id that it has not seen,
    /// and runs the transaction again when that was wrong.
    fn is_new_action(&self, id: &ActionId) -> Result<bool> {
        Ok(self.action(id)?.is_none())
    }
    /// Outside work of these environments that nobody holds at `now` (a lease is over at its `until`), oldest first.
    fn actions_open(
        &self,
        environments: &[EnvId],
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<ActionRow>>;
    /// Outside work a stream waits for, oldest first.
    fn actions_of(&self, stream: &StreamId) -> Result<Vec<ActionRow>>;

    /// Answer given to a command.
    fn reply(&self, id: &CommandId) -> Result<Option<Reply>>;
    /// Has this command no answer yet, as far as is known without looking? As [`is_new_action`](Self::is_new_action).
    fn is_new_reply(&self, id: &CommandId) -> Result<bool> {
        Ok(self.reply(id)?.is_none())
    }

    /// A row of a read model.
    fn model(&self, name: &str, key: &str) -> Result<Option<String>>;
    /// Rows of a read model whose key starts with `prefix`, in byte order of the keys or in reverse, beyond the key `after`
    /// in that direction.
    fn scan(
        &self,
        name: &str,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
        reverse: bool,
    ) -> Result<Vec<(String, String)>>;

    /// Bytes with this digest.
    fn blob(&self, digest: &Digest) -> Result<Option<Vec<u8>>>;

    /// Why a stream is kept aside, if it is.
    fn quarantined(&self, stream: &StreamId) -> Result<Option<String>>;
    /// All streams kept aside, in id order.
    fn quarantines(&self) -> Result<Vec<(StreamId, String)>>;

    /// A token by the hash of its text.
    fn token(&self, hash: &Digest) -> Result<Option<TokenRow>>;
    /// All tokens, by name, then by hash.
    fn tokens(&self) -> Result<Vec<TokenRow>>;

    /// The Merkle tree over all entries, as far as appending needs it.
    fn tree(&self) -> Result<Frontier>;
    /// Leaf hashes of the entries with `seq >= from_seq`, in order.
    fn leaves(&self, from_seq: u64, limit: usize) -> Result<Vec<Digest>>;
    /// The 256 hashes of a complete tile: leaves at level 0, roots of tiles of the level below otherwise.
    fn tile(&self, level: u8, index: u64) -> Result<Option<Vec<Digest>>>;
    /// Checkpoints of more than `after` entries, smallest first.
    fn checkpoints(&self, after: u64, limit: usize) -> Result<Vec<CheckpointRow>>;
    /// The checkpoint of most entries.
    fn newest_checkpoint(&self) -> Result<Option<CheckpointRow>>;
    /// Public keys that sign checkpoints, oldest first, then in text order.
    fn checkpoint_keys(&self) -> Result<Vec<String>>;
}

/// What can be written in a transaction; reads see it at once.
pub trait Tx: Rows {
    /// Append one entry. Its revision must follow the stream's newest; `at` is cut to microseconds and never earlier than
    /// the head.
    fn append(&mut self, entry: &NewEntry, at: Timestamp) -> Result<Entry>;
    /// Put `body` in the place of that of entry `seq`, because the entry `by`, which is later, says that words were taken out. Hashes,
    /// leaf and chain stay. An entry out of which words were taken is not touched again.
    fn erase(&mut self, seq: u64, body: &str, by: u64) -> Result<()>;
    /// Replace the newest fold of a stream. A new stream has no wake-up until [`set_wake`](Self::set_wake).
    fn put_state(&mut self, stream: &StreamId, row: &StateRow) -> Result<()>;

    /// Say when a stream, which must have a state, is looked at again; replaces what was said before, triggers included.
    fn set_wake(&mut self, stream: &StreamId, wake: &WakeRow) -> Result<()>;
    /// Both at once.
    fn put_state_and_wake(
        &mut self,
        stream: &StreamId,
        row: &StateRow,
        wake: &WakeRow,
    ) -> Result<()> {
        self.put_state(stream, row)?;
        self.set_wake(stream, wake)
    }
    /// Make every stream that waits on one of these due at `now`, unless it is due earlier.
    fn fire(&mut self, triggers: &[Trigger], now: Timestamp) -> Result<()>;

    /// Put outside work into the queue. The id must be new.
    fn start_action(&mut self, action: &NewAction) -> Result<()>;
    /// Take outside work out of the queue; false when it was not there.
    fn end_action(&mut self, id: &ActionId) -> Result<bool>;
    /// Give outside work to a worker, whoever had it: the epoch rises, so the earlier worker is fenced off. `None` when
    /// the work is not in the queue.
    fn lease(&mut self, id: &ActionId, by: &str, until: Timestamp) -> Result<Option<u64>>;
    /// Prolong a lease; false when the work ended or was given to another (then nothing changes).
    fn renew(&mut self, id: &ActionId, epoch: u64, until: Timestamp) -> Result<bool>;

    /// Keep the answer to a command, which must not have one.
    fn put_reply(&mut self, reply: &Reply) -> Result<()>;
    /// Remove at most `limit` answers that expired at or before `now`, longest expired first.
    fn expire_replies(&mut self, now: Timestamp, limit: usize) -> Result<()>;

    /// Write (`Some`) or remove (`None`) a row of a read model.
    fn put_model(&mut self, name: &str, key: &str, body: Option<&str>) -> Result<()>;
    /// Keep bytes under their digest, at most [`BLOB_LIMIT`](crate::BLOB_LIMIT). Keeping them again changes nothing.
    fn put_blob(&mut self, bytes: &[u8]) -> Result<Digest>;
    /// Remove the bytes with this digest; false when they were not there.
    fn drop_blob(&mut self, digest: &Digest) -> Result<bool>;

    /// Keep a stream aside; a second reason replaces the first.
    fn quarantine(&mut self, stream: &StreamId, because: &str) -> Result<()>;
    /// Let a stream take part again; false when it was not kept aside.
    fn release_quarantine(&mut self, stream: &StreamId) -> Result<bool>;

    /// Keep a token; one with the same hash is replaced.
    fn put_token(&mut self, token: &TokenRow) -> Result<()>;
    /// Remove a token; false when it was not there.
    fn drop_token(&mut self, hash: &Digest) -> Result<bool>;

    /// Keep a checkpoint; one of the same size that is there stays.
    fn put_checkpoint(&mut self, new: &CheckpointRow) -> Result<()>;
    /// Note a public key that signs checkpoints from now on; one that is there keeps its place.
    fn put_checkpoint_key(&mut self, verifier: &str) -> Result<()>;
}
