//! Rows that this server read or wrote and keeps, so that it does not ask for them again.
//!
//! They are right as of one turn of the head, which counts every transaction that wrote. A transaction that meets another turn or hash
//! (another server wrote, the database was restored) finds nothing kept, and so does one after a transaction that did not end well.

use crate::row::{ActionRow, Reply};
use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use tidegate_core::digest::Digest;
use tidegate_core::id::{ActionId, CommandId, StreamId};
use tidegate_core::view::StateRow;

/// Most text that is kept from one transaction to the next, in bytes.
const ROOM: usize = 16 << 20;
/// What a row takes beside its text, about.
const ROW: usize = 200;

/// Where what is kept is right: hash of the newest entry, and turn.
pub(super) type AsOf = (Digest, i64);

/// A row that is kept; `None` inside is known not to be there.
#[derive(Debug)]
pub(super) struct Kept<K, V>(HashMap<K, Option<V>>);

/// What is kept.
#[derive(Debug, Default)]
pub(in crate::postgres) struct Known {
    /// None while a transaction is under way, and after one that did not end well.
    pub(super) as_of: Option<AsOf>,
    pub(super) revs: HashMap<StreamId, u64>,
    pub(super) states: Kept<StreamId, StateRow>,
    pub(super) models: HashMap<String, Kept<String, String>>,
    pub(super) actions: Kept<ActionId, ActionRow>,
    /// Of this transaction alone.
    pub(super) replies: Kept<CommandId, Reply>,
    /// All streams that are kept aside.
    pub(super) aside: Option<BTreeMap<StreamId, String>>,
    size: usize,
}

impl<K, V> Default for Kept<K, V> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Eq + Hash, V> Kept<K, V> {
    pub(super) fn get<Q: Eq + Hash + ?Sized>(&self, key: &Q) -> Option<Option<&V>>
    where
        K: std::borrow::Borrow<Q>,
    {
        self.0.get(key).map(Option::as_ref)
    }

    pub(super) fn row(&self, key: &K) -> Option<&V> {
        self.0.get(key)?.as_ref()
    }

    pub(super) fn put(&mut self, key: K, row: Option<V>) {
        self.0.insert(key, row);
    }

    pub(super) fn forget(&mut self) {
        self.0.clear();
    }
}

impl Known {
    pub(super) fn put_state(&mut self, stream: StreamId, row: Option<StateRow>) {
        self.size += ROW + row.as_ref().map_or(0, |row| row.body.len());
        if let Some(before) = self.states.row(&stream) {
            self.size = self.size.saturating_sub(ROW + before.body.len());
        }
        self.states.put(stream, row);
    }

    pub(super) fn put_rev(&mut self, stream: StreamId, rev: u64) {
        if self.revs.insert(stream, rev).is_none() {
            self.size += ROW;
        }
    }

    pub(super) fn put_model(&mut self, name: &str, key: &str, body: Option<String>) {
        if !self.models.contains_key(name) {
            self.models.insert(name.to_owned(), Kept::default());
        }
        let Some(rows) = self.models.get_mut(name) else {
            return;
        };
        self.size += ROW + body.as_ref().map_or(0, String::len);
        if let Some(before) = rows.0.get(key).and_then(Option::as_ref) {
            self.size = self.size.saturating_sub(ROW + before.len());
        }
        rows.put(key.to_owned(), body);
    }

    pub(super) fn model(&self, name: &str, key: &str) -> Option<Option<&String>> {
        self.models.get(name)?.get(key)
    }

    pub(super) fn put_action(&mut self, id: ActionId, row: Option<ActionRow>) {
        self.size += ROW + row.as_ref().map_or(0, |row| row.body.len());
        if let Some(before) = self.actions.row(&id) {
            self.size = self.size.saturating_sub(ROW + before.body.len());
        }
        self.actions.put(id, row);
    }

    /// Take a transaction up at this place. False when what was known is not right here; then it is forgotten.
    pub(super) fn begin(&mut self, at: &AsOf) -> bool {
        let is_right = self.as_of.take().as_ref() == Some(at);
        if !is_right {
            *self = Self::default();
        }
        is_right
    }

    /// The transaction is committed.
    pub(super) fn settle(&mut self, at: AsOf) {
        if self.size > ROOM {
            *self = Self::default();
        }
        self.replies.forget();
        self.as_of = Some(at);
    }
}
