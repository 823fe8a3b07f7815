//! One transaction or snapshot on a connection: the contract's methods, each handed to the file of its topic, and the three
//! ways to run a statement.

use super::Link;
use super::value::{Cells, Value};
use crate::error::StoreError;
use crate::row::{
    ActionRow, CheckpointRow, Due, Entry, Head, LedgerId, NewAction, Reply, TokenRow, WakeRow,
};
use crate::store::{Result, Rows, Tx};
use crate::tree::Frontier;
use std::cell::RefCell;
use std::collections::BTreeMap;
use tidegate_core::batch::NewEntry;
use tidegate_core::decider::Trigger;
use tidegate_core::digest::Digest;
use tidegate_core::id::{ActionId, CommandId, EnvId, StreamId, StreamKind};
use tidegate_core::time::Timestamp;
use tidegate_core::view::StateRow;

/// A connection within a transaction.
pub(crate) struct Session<'c> {
    link: &'c dyn Link,
    pub(super) ledger: i64,
    /// The head after this transaction's appends; written once, by `finish`.
    pub(super) head: Option<Head>,
    /// The tree after them, written with the head.
    pub(super) tree: Option<Frontier>,
    /// Newest revisions that were read or made: nobody else appends meanwhile.
    pub(super) revs: RefCell<BTreeMap<StreamId, u64>>,
    /// The first failure of the database. It may have taken the transaction back already, so nothing more may run and
    /// nothing may commit, even when the caller goes on as if nothing had happened.
    failed: RefCell<Option<StoreError>>,
}

impl<'c> Session<'c> {
    pub(crate) fn new(link: &'c dyn Link, ledger: LedgerId) -> Self {
        Self {
            link,
            ledger: ledger.0,
            head: None,
            tree: None,
            revs: RefCell::default(),
            failed: RefCell::new(None),
        }
    }

    pub(super) fn newest(&self) -> Result<Head> {
        self.head.clone().map_or_else(|| self.read_head(), Ok)
    }

    /// Every row, understood by `read`. A row that `read` refuses is the caller's to judge and fails nothing else.
    pub(super) fn rows<T>(
        &self,
        sql: &'static str,
        values: &[Value<'_>],
        doing: &str,
        mut read: impl FnMut(&dyn Cells) -> Result<T>,
    ) -> Result<Vec<T>> {
        self.still_whole()?;
        let mut out = Vec::new();
        let mut refused = None;
        self.keep(self.link.query(sql, values, doing, &mut |row| {
            if refused.is_none() {
                match read(row) {
                    Ok(value) => out.push(value),
                    Err(error) => refused = Some(error),
                }
            }
        }))?;
        refused.map_or(Ok(out), Err)
    }

    /// The only row, if there is one.
    pub(super) fn one<T>(
        &self,
        sql: &'static str,
        values: &[Value<'_>],
        doing: &str,
        read: impl FnMut(&dyn Cells) -> Result<T>,
    ) -> Result<Option<T>> {
        Ok(self.rows(sql, values, doing, read)?.pop())
    }

    /// Change rows; gives their number.
    pub(super) fn run(
        &self,
        sql: &'static str,
        values: &[Value<'_>],
        doing: &str,
    ) -> Result<usize> {
        self.still_whole()?;
        self.keep(self.link.execute(sql, values, doing))
    }

    /// That the database did not fail in this transaction.
    pub(crate) fn still_whole(&self) -> Result<()> {
        self.failed.borrow().clone().map_or(Ok(()), Err)
    }

    /// Nothing of this transaction may be kept.
    pub(crate) fn spoil(&self, error: StoreError) -> StoreError {
        self.failed
            .borrow_mut()
            .get_or_insert_with(|| error.clone());
        error
    }

    fn keep<T>(&self, result: Result<T>) -> Result<T> {
        result.map_err(|error| self.spoil(error))
    }
}

impl Rows for Session<'_> {
    fn head(&self) -> Result<Head> {
        self.newest()
    }
    fn entries(&self, from_seq: u64, limit: usize) -> Result<Vec<Entry>> {
        self.ledger_from(from_seq, limit)
    }
    fn entries_with_leaves(
        &self,
        from_seq: u64,
        limit: usize,
    ) -> Result<Vec<(Entry, Option<Digest>)>> {
        self.ledger_with_leaves(from_seq, limit)
    }
    fn entries_of(&self, stream: &StreamId, from_rev: u64, limit: usize) -> Result<Vec<Entry>> {
        self.ledger_of(stream, from_rev, limit)
    }
    fn rev(&self, stream: &StreamId) -> Result<u64> {
        self.newest_rev(stream)
    }
    fn state(&self, stream: &StreamId) -> Result<Option<StateRow>> {
        self.read_state(stream)
    }
    fn states(
        &self,
        kind: StreamKind,
        after: Option<&StreamId>,
        limit: usize,
    ) -> Result<Vec<(StreamId, StateRow)>> {
        self.states_of(kind, after, limit)
    }
    fn due(&self, until: Timestamp, limit: usize) -> Result<Vec<Due>> {
        self.due_by(until, limit)
    }
    fn next_due(&self) -> Result<Option<Timestamp>> {
        Ok(self.due_by(Timestamp::MAX, 1)?.first().map(|due| due.at))
    }
    fn waiting_on(&self, trigger: &str) -> Result<Vec<StreamId>> {
        self.waiting(trigger)
    }
    fn wake_of(&self, stream: &StreamId) -> Result<Option<WakeRow>> {
        self.wake(stream)
    }
    fn streams_without_wake(&self, limit: usize) -> Result<Vec<StreamId>> {
        self.forgotten(limit)
    }
    fn action(&self, id: &ActionId) -> Result<Option<ActionRow>> {
        self.read_action(id)
    }
    fn actions_open(
        &self,
        environments: &[EnvId],
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<ActionRow>> {
        self.open_actions(environments, now, limit)
    }
    fn actions_of(&self, stream: &StreamId) -> Result<Vec<ActionRow>> {
        self.actions_awaited_by(stream)
    }
    fn reply(&self, id: &CommandId) -> Result<Option<Reply>> {
        self.read_reply(id)
    }
    fn model(&self, name: &str, key: &str) -> Result<Option<String>> {
        self.read_model(name, key)
    }
    fn scan(
        &self,
        name: &str,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
        reverse: bool,
    ) -> Result<Vec<(String, String)>> {
        self.scan_model(name, prefix, after, limit, reverse)
    }
    fn blob(&self, digest: &Digest) -> Result<Option<Vec<u8>>> {
        self.read_blob(digest)
    }
    fn quarantined(&self, stream: &StreamId) -> Result<Option<String>> {
        self.read_quarantine(stream)
    }
    fn quarantines(&self) -> Result<Vec<(StreamId, String)>> {
        self.read_quarantines()
    }
    fn token(&self, hash: &Digest) -> Result<Option<TokenRow>> {
        self.read_token(hash)
    }
    fn tokens(&self) -> Result<Vec<TokenRow>> {
        self.read_tokens()
    }
    fn tree(&self) -> Result<Frontier> {
        self.read_frontier()
    }
    fn leaves(&self, from_seq: u64, limit: usize) -> Result<Vec<Digest>> {
        self.read_leaves(from_seq, limit)
    }
    fn tile(&self, level: u8, index: u64) -> Result<Option<Vec<Digest>>> {
        self.read_tile(level, index)
    }
    fn checkpoints(&self, after: u64, limit: usize) -> Result<Vec<CheckpointRow>> {
        self.read_checkpoints(after, limit)
    }
    fn newest_checkpoint(&self) -> Result<Option<CheckpointRow>> {
        self.read_newest_checkpoint()
    }
    fn checkpoint_keys(&self) -> Result<Vec<String>> {
        self.read_checkpoint_keys()
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
        self.write_state(stream, row)
    }
    fn set_wake(&mut self, stream: &StreamId, wake: &WakeRow) -> Result<()> {
        self.write_wake(stream, wake)
    }
    fn put_state_and_wake(
        &mut self,
        stream: &StreamId,
        row: &StateRow,
        wake: &WakeRow,
    ) -> Result<()> {
        self.write_state_and_wake(stream, row, wake)
    }
    fn fire(&mut self, triggers: &[Trigger], now: Timestamp) -> Result<()> {
        self.fire_triggers(triggers, now)
    }
    fn start_action(&mut self, action: &NewAction) -> Result<()> {
        self.queue_action(action)
    }
    fn end_action(&mut self, id: &ActionId) -> Result<bool> {
        self.drop_action(id)
    }
    fn lease(&mut self, id: &ActionId, by: &str, until: Timestamp) -> Result<Option<u64>> {
        self.lease_action(id, by, until)
    }
    fn renew(&mut self, id: &ActionId, epoch: u64, until: Timestamp) -> Result<bool> {
        self.renew_lease(id, epoch, until)
    }
    fn put_reply(&mut self, reply: &Reply) -> Result<()> {
        self.write_reply(reply)
    }
    fn expire_replies(&mut self, now: Timestamp, limit: usize) -> Result<()> {
        self.drop_expired_replies(now, limit)
    }
    fn put_model(&mut self, name: &str, key: &str, body: Option<&str>) -> Result<()> {
        self.write_model(name, key, body)
    }
    fn put_blob(&mut self, bytes: &[u8]) -> Result<Digest> {
        self.write_blob(bytes)
    }
    fn drop_blob(&mut self, digest: &Digest) -> Result<bool> {
        self.remove_blob(digest)
    }
    fn quarantine(&mut self, stream: &StreamId, because: &str) -> Result<()> {
        self.write_quarantine(stream, because)
    }
    fn release_quarantine(&mut self, stream: &StreamId) -> Result<bool> {
        self.drop_quarantine(stream)
    }
    fn put_token(&mut self, token: &TokenRow) -> Result<()> {
        self.write_token(token)
    }
    fn drop_token(&mut self, hash: &Digest) -> Result<bool> {
        self.drop_token_row(hash)
    }
    fn put_checkpoint(&mut self, new: &CheckpointRow) -> Result<()> {
        self.write_checkpoint(new)
    }
    fn put_checkpoint_key(&mut self, verifier: &str) -> Result<()> {
        let since = self.newest()?.seq;
        self.write_checkpoint_key(verifier, since)
    }
}
