//! A store that fails as machines do: it dies between two statements, after a commit, or loses the answer to one; its disk may be full.
//!
//! It can also be built wrong on purpose ([`Mutation`](super::Mutation)): a harness that does not notice proves nothing. None of this is part
//! of the product; the store behind it is.

use super::mutation::Mutation;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tidegate_core::batch::NewEntry;
use tidegate_core::decider::Trigger;
use tidegate_core::digest::Digest;
use tidegate_core::id::{ActionId, CommandId, EnvId, StreamId, StreamKind};
use tidegate_core::time::Timestamp;
use tidegate_core::view::StateRow;
use tidegate_ledger::row::{
    ActionRow, CheckpointRow, Due, Entry, Head, NewAction, Reply, TokenRow, WakeRow,
};
use tidegate_ledger::tree::Frontier;
use tidegate_ledger::{Rows, Store, StoreError, Tx};

type Result<T> = std::result::Result<T, StoreError>;

/// How the server dies, or nearly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Crash {
    /// Before this many further statements of a transaction.
    Statement(u64),
    /// After the next commit of something, before anybody hears of it.
    Commit,
    /// It lives, but the answer to the next commit is lost.
    Answer,
}

#[derive(Debug, Default)]
struct State {
    armed: Option<Crash>,
    dead: bool,
    full: bool,
    commits: u64,
}

/// The store, as the server sees it.
pub(super) struct FaultyStore {
    inner: Arc<dyn Store>,
    mutation: Option<Mutation>,
    state: Mutex<State>,
}

impl FaultyStore {
    pub(super) fn new(inner: Arc<dyn Store>, mutation: Option<Mutation>) -> Self {
        Self {
            inner,
            mutation,
            state: Mutex::default(),
        }
    }

    pub(super) fn arm(&self, crash: Crash) {
        self.state().armed = Some(crash);
    }

    pub(super) fn set_full(&self, full: bool) {
        self.state().full = full;
    }

    /// Nothing is wrong with it any more.
    pub(super) fn heal(&self) {
        let mut state = self.state();
        state.armed = None;
        state.full = false;
    }

    pub(super) fn is_dead(&self) -> bool {
        self.state().dead
    }

    pub(super) fn commits(&self) -> u64 {
        self.state().commits
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One more statement; the server may die before it.
    fn statement(&self) -> Result<()> {
        let mut state = self.state();
        if let Some(Crash::Statement(left)) = &mut state.armed {
            match left.checked_sub(1) {
                Some(less) => *left = less,
                None => state.dead = true,
            }
        }
        match state.dead {
            true => Err(StoreError::Closed),
            false => Ok(()),
        }
    }

    /// Only what is not an entry, as a server that writes its entries afterwards would leave it when it dies in between.
    fn without_entries(&self, kept: &[Kept]) -> Result<()> {
        self.inner
            .write(&mut |tx| kept.iter().try_for_each(|one| one.again(tx)))
    }
}

impl Store for FaultyStore {
    fn write(&self, f: &mut dyn FnMut(&mut dyn Tx) -> Result<()>) -> Result<()> {
        if self.state().dead {
            return Err(StoreError::Closed);
        }
        if self.state().full {
            return Err(StoreError::NoSpace);
        }
        let late =
            self.mutation == Some(Mutation::Audit) && self.state().armed == Some(Crash::Commit);
        let (mut kept, mut wrote) = (Vec::new(), false);
        let written = self.inner.write(&mut |tx| {
            let mut tx = FaultyTx {
                tx,
                store: self,
                kept: late.then(Vec::new),
                wrote: false,
            };
            f(&mut tx)?;
            wrote = tx.wrote;
            kept = tx.kept.take().unwrap_or_default();
            match kept.iter().any(|one| matches!(one, Kept::Entry)) {
                true => Err(StoreError::Closed),
                false => Ok(()),
            }
        });
        if !kept.is_empty() && written.is_err() {
            self.without_entries(&kept)?;
            self.state().dead = true;
        }
        written?;
        let mut state = self.state();
        state.commits += 1;
        match state.armed {
            Some(Crash::Commit) if wrote => {
                state.dead = true;
                Err(StoreError::Closed)
            }
            Some(Crash::Answer) if wrote => {
                state.armed = None;
                let because = "the connection ended".to_owned();
                Err(StoreError::Unclear { because })
            }
            _ => Ok(()),
        }
    }

    fn read(&self, f: &mut dyn FnMut(&dyn Rows) -> Result<()>) -> Result<()> {
        if self.state().dead {
            return Err(StoreError::Closed);
        }
        self.inner.read(f)
    }

    fn close(&self) -> Result<()> {
        Ok(())
    }
}

/// A statement that was carried out, to be carried out again without the entries.
enum Kept {
    Entry,
    State(StreamId, StateRow),
    Wake(StreamId, WakeRow),
    Fire(Vec<Trigger>, Timestamp),
    Start(NewAction),
    End(ActionId),
    Reply(Reply),
    Model(String, String, Option<String>),
    Blob(Vec<u8>),
}

impl Kept {
    fn again(&self, tx: &mut dyn Tx) -> Result<()> {
        match self {
            Self::Entry => Ok(()),
            Self::State(stream, row) => tx.put_state(stream, row),
            Self::Wake(stream, wake) => tx.set_wake(stream, wake),
            Self::Fire(triggers, now) => tx.fire(triggers, *now),
            Self::Start(action) => tx.start_action(action),
            Self::End(id) => tx.end_action(id).map(drop),
            Self::Reply(reply) => tx.put_reply(reply),
            Self::Model(name, key, body) => tx.put_model(name, key, body.as_deref()),
            Self::Blob(bytes) => tx.put_blob(bytes).map(drop),
        }
    }
}

/// A transaction of it.
struct FaultyTx<'a> {
    tx: &'a mut dyn Tx,
    store: &'a FaultyStore,
    kept: Option<Vec<Kept>>,
    /// Something would be lost with it.
    wrote: bool,
}

impl FaultyTx<'_> {
    fn keep(&mut self, one: impl FnOnce() -> Kept) -> Result<()> {
        self.store.statement()?;
        self.wrote = true;
        if let Some(kept) = &mut self.kept {
            kept.push(one());
        }
        Ok(())
    }

    fn off(&self, mutation: Mutation) -> bool {
        self.store.mutation == Some(mutation)
    }
}

macro_rules! reads {
    ($($name:ident($($arg:ident: $type:ty),*) -> $answer:ty;)*) => {
        $(fn $name(&self, $($arg: $type),*) -> Result<$answer> {
            self.store.statement()?;
            self.tx.$name($($arg),*)
        })*
    };
}

impl Rows for FaultyTx<'_> {
    reads! {
        head() -> Head;
        entries(from: u64, limit: usize) -> Vec<Entry>;
        entries_of(stream: &StreamId, from: u64, limit: usize) -> Vec<Entry>;
        rev(stream: &StreamId) -> u64;
        state(stream: &StreamId) -> Option<StateRow>;
        states(kind: StreamKind, after: Option<&StreamId>, limit: usize) -> Vec<(StreamId, StateRow)>;
        due(until: Timestamp, limit: usize) -> Vec<Due>;
        next_due() -> Option<Timestamp>;
        waiting_on(trigger: &str) -> Vec<StreamId>;
        wake_of(stream: &StreamId) -> Option<WakeRow>;
        streams_without_wake(limit: usize) -> Vec<StreamId>;
        action(id: &ActionId) -> Option<ActionRow>;
        actions_open(environments: &[EnvId], now: Timestamp, limit: usize) -> Vec<ActionRow>;
        actions_of(stream: &StreamId) -> Vec<ActionRow>;
        model(name: &str, key: &str) -> Option<String>;
        scan(name: &str, prefix: &str, after: Option<&str>, limit: usize, reverse: bool) -> Vec<(String, String)>;
        blob(digest: &Digest) -> Option<Vec<u8>>;
        quarantined(stream: &StreamId) -> Option<String>;
        quarantines() -> Vec<(StreamId, String)>;
        token(hash: &Digest) -> Option<TokenRow>;
        tokens() -> Vec<TokenRow>;
        tree() -> Frontier;
        leaves(from: u64, limit: usize) -> Vec<Digest>;
        tile(level: u8, index: u64) -> Option<Vec<Digest>>;
        checkpoints(after: u64, limit: usize) -> Vec<CheckpointRow>;
        newest_checkpoint() -> Option<CheckpointRow>;
        checkpoint_keys() -> Vec<String>;
    }

    fn reply(&self, id: &CommandId) -> Result<Option<Reply>> {
        self.store.statement()?;
        match self.off(Mutation::Replies) {
            true => Ok(None),
            false => self.tx.reply(id),
        }
    }
}

impl Tx for FaultyTx<'_> {
    fn append(&mut self, entry: &NewEntry, at: Timestamp) -> Result<Entry> {
        self.keep(|| Kept::Entry)?;
        self.tx.append(entry, at)
    }

    fn erase(&mut self, seq: u64, body: &str, by: u64) -> Result<()> {
        self.store.statement()?;
        self.tx.erase(seq, body, by)
    }

    fn put_state(&mut self, stream: &StreamId, row: &StateRow) -> Result<()> {
        self.keep(|| Kept::State(stream.clone(), row.clone()))?;
        self.tx.put_state(stream, row)
    }

    fn set_wake(&mut self, stream: &StreamId, wake: &WakeRow) -> Result<()> {
        self.keep(|| Kept::Wake(stream.clone(), wake.clone()))?;
        self.tx.set_wake(stream, wake)
    }

    fn fire(&mut self, triggers: &[Trigger], now: Timestamp) -> Result<()> {
        self.keep(|| Kept::Fire(triggers.to_vec(), now))?;
        self.tx.fire(triggers, now)
    }

    fn start_action(&mut self, action: &NewAction) -> Result<()> {
        self.keep(|| Kept::Start(action.clone()))?;
        self.tx.start_action(action)
    }

    fn end_action(&mut self, id: &ActionId) -> Result<bool> {
        self.keep(|| Kept::End(id.clone()))?;
        self.tx.end_action(id)
    }

    fn lease(&mut self, id: &ActionId, by: &str, until: Timestamp) -> Result<Option<u64>> {
        self.store.statement()?;
        if self.off(Mutation::Epoch)
            && let Some(row) = self.tx.action(id)?
            && row.lease.epoch > 0
        {
            let epoch = row.lease.epoch;
            let same = self.tx.renew(id, epoch, until)?;
            return Ok(same.then_some(epoch));
        }
        self.tx.lease(id, by, until)
    }

    fn renew(&mut self, id: &ActionId, epoch: u64, until: Timestamp) -> Result<bool> {
        self.store.statement()?;
        self.tx.renew(id, epoch, until)
    }

    fn put_reply(&mut self, reply: &Reply) -> Result<()> {
        self.store.statement()?;
        if self.off(Mutation::Replies) && self.tx.reply(&reply.command_id)?.is_some() {
            return Ok(());
        }
        self.keep(|| Kept::Reply(reply.clone()))?;
        self.tx.put_reply(reply)
    }

    fn expire_replies(&mut self, now: Timestamp, limit: usize) -> Result<()> {
        self.store.statement()?;
        self.tx.expire_replies(now, limit)
    }

    fn put_model(&mut self, name: &str, key: &str, body: Option<&str>) -> Result<()> {
        self.keep(|| Kept::Model(name.to_owned(), key.to_owned(), body.map(str::to_owned)))?;
        self.tx.put_model(name, key, body)
    }

    fn put_blob(&mut self, bytes: &[u8]) -> Result<Digest> {
        self.keep(|| Kept::Blob(bytes.to_vec()))?;
        self.tx.put_blob(bytes)
    }

    fn drop_blob(&mut self, digest: &Digest) -> Result<bool> {
        self.store.statement()?;
        self.tx.drop_blob(digest)
    }

    fn quarantine(&mut self, stream: &StreamId, because: &str) -> Result<()> {
        self.store.statement()?;
        self.tx.quarantine(stream, because)
    }

    fn release_quarantine(&mut self, stream: &StreamId) -> Result<bool> {
        self.store.statement()?;
        self.tx.release_quarantine(stream)
    }

    fn put_token(&mut self, token: &TokenRow) -> Result<()> {
        self.store.statement()?;
        self.tx.put_token(token)
    }

    fn drop_token(&mut self, hash: &Digest) -> Result<bool> {
        self.store.statement()?;
        self.tx.drop_token(hash)
    }

    fn put_checkpoint(&mut self, new: &CheckpointRow) -> Result<()> {
        self.store.statement()?;
        self.tx.put_checkpoint(new)
    }

    fn put_checkpoint_key(&mut self, verifier: &str) -> Result<()> {
        self.store.statement()?;
        self.tx.put_checkpoint_key(verifier)
    }
}
