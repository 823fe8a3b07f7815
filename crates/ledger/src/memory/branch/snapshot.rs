//! One snapshot of a store, kept for as long as somebody asks it.
//!
//! A store shows a snapshot only inside one call of [`Store::read`]. A thread makes that call and answers questions until the last asker is
//! gone, so that a branch of a long history costs what is asked of it and not what it holds. What was answered once is remembered: a snapshot
//! never changes.

use crate::error::StoreError;
use crate::row::{Head, Reply};
use crate::store::{Result, Rows, Store};
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tidegate_core::id::{CommandId, StreamId};
use tidegate_core::view::StateRow;

/// A database may end a transaction in which nothing is asked for long; shorter than any of them.
const SIGN_OF_LIFE: Duration = Duration::from_millis(500);

type Question = Box<dyn FnOnce(&dyn Rows) + Send>;

/// Arguments of a scan: name, prefix, after, limit, reverse.
pub(super) type Scan = (String, String, Option<String>, usize, bool);

/// A snapshot that can be asked from any thread. It holds a reader of its store until it is dropped.
pub struct Snapshot {
    questions: mpsc::Sender<Question>,
    pub(super) head: Head,
    states: Remembered<StreamId, Option<StateRow>>,
    revs: Remembered<StreamId, u64>,
    models: Remembered<(String, String), Option<String>>,
    scans: Remembered<Scan, Vec<(String, String)>>,
}

impl Snapshot {
    /// What is committed in `store` now.
    ///
    /// # Errors
    /// The store cannot be read, or no thread could be started.
    pub fn of(store: Arc<dyn Store>) -> Result<Self> {
        let (questions, asked) = mpsc::channel::<Question>();
        let (begun, began) = mpsc::sync_channel(1);
        std::thread::Builder::new()
            .name("tidegate-snapshot".to_owned())
            .spawn(move || {
                let failed = begun.clone();
                let read = store.read(&mut |rows| {
                    let head = rows.head()?;
                    // Whoever made the snapshot may have given up; then no question comes either.
                    drop(begun.send(Ok(head)));
                    answer(rows, &asked)
                });
                if let Err(error) = read {
                    drop(failed.try_send(Err(error)));
                }
            })
            .map_err(|e| StoreError::Io {
                doing: "starting the thread of a snapshot".to_owned(),
                because: e.to_string(),
            })?;
        let head = began.recv().map_err(|_| gone())??;
        Ok(Self {
            questions,
            head,
            states: Remembered::default(),
            revs: Remembered::default(),
            models: Remembered::default(),
            scans: Remembered::default(),
        })
    }

    /// The newest entry in it.
    #[must_use]
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// Ask it.
    ///
    /// # Errors
    /// What `f` returned, or the store let go of the snapshot.
    pub fn ask<T: Send + 'static>(
        &self,
        f: impl FnOnce(&dyn Rows) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (answer, answered) = mpsc::sync_channel(1);
        let question: Question = Box::new(move |rows| drop(answer.send(f(rows))));
        self.questions.send(question).map_err(|_| gone())?;
        answered.recv().map_err(|_| gone())?
    }

    pub(super) fn state(&self, stream: &StreamId) -> Result<Option<StateRow>> {
        let key = stream.clone();
        self.states
            .or_ask(stream, || self.ask(move |rows| rows.state(&key)))
    }

    pub(super) fn rev(&self, stream: &StreamId) -> Result<u64> {
        let key = stream.clone();
        self.revs
            .or_ask(stream, || self.ask(move |rows| rows.rev(&key)))
    }

    pub(super) fn model(&self, name: &str, key: &str) -> Result<Option<String>> {
        let key = (name.to_owned(), key.to_owned());
        self.models.or_ask(&key, || {
            let (name, key) = key.clone();
            self.ask(move |rows| rows.model(&name, &key))
        })
    }

    pub(super) fn scan(&self, scan: Scan) -> Result<Vec<(String, String)>> {
        self.scans.or_ask(&scan, || {
            let (name, prefix, after, limit, reverse) = scan.clone();
            self.ask(move |rows| rows.scan(&name, &prefix, after.as_deref(), limit, reverse))
        })
    }

    pub(super) fn reply(&self, id: &CommandId) -> Result<Option<Reply>> {
        let id = id.clone();
        self.ask(move |rows| rows.reply(&id))
    }
}

fn answer(rows: &dyn Rows, asked: &mpsc::Receiver<Question>) -> Result<()> {
    loop {
        match asked.recv_timeout(SIGN_OF_LIFE) {
            Ok(question) => question(rows),
            Err(RecvTimeoutError::Timeout) => rows.head().map(|_| ())?,
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        }
    }
}

fn gone() -> StoreError {
    StoreError::Aborted {
        because: "the store let go of the snapshot that was being read".to_owned(),
    }
}

/// Answers that were given.
struct Remembered<K, V>(Mutex<HashMap<K, V>>);

impl<K, V> Default for Remembered<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash + Clone, V: Clone> Remembered<K, V> {
    fn or_ask(&self, key: &K, ask: impl FnOnce() -> Result<V>) -> Result<V> {
        let known = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = known().get(key) {
            return Ok(found.clone());
        }
        let found = ask()?;
        known().insert(key.clone(), found.clone());
        Ok(found)
    }
}
