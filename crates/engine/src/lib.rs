//! The running heart: one writer thread per ledger, a planner runner, the work queue for agents, the judge's figures.
//!
//! Threads and channels only, never `async`. The engine carries decisions from core to the ledger and outside work to
//! agents; it decides nothing itself and reads the clock in one place ([`clock`]).

pub mod blobs;
mod by_hand;
mod claim;
pub mod clock;
pub mod counters;
pub mod destinations;
mod drift;
#[macro_use]
mod kinds;
mod erase;
mod fencing;
mod figures;
mod follow;
mod hub;
mod in_force;
mod inbox;
mod leasing;
mod live;
mod mandate;
mod past;
mod planning;
mod renew;
mod retention;
mod runner;
mod sealing;
mod seen;
mod sweep;
#[cfg(test)]
mod tests;
mod trains;
mod turn;
mod waiting;
mod writer;

pub use by_hand::Restless;
pub use clock::{Clock, SystemClock};
pub use counters::Counters;
pub use erase::Draft;
pub use in_force::InForce;
pub use inbox::{Denied, Receipt};
pub use past::{AsOf, Past};
pub use planning::{Deploy, Ground, Preview};
pub use seen::{AgentSeen, ServiceSeen};
pub use tidegate_plugin::wire;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use tidegate_core::actor::Actor;
use tidegate_core::authority::{BuiltIn, Rules};
use tidegate_core::command::Command;
use tidegate_core::digest::{Digest, canonical};
use tidegate_core::id::CommandId;
use tidegate_core::refusal::Refusal;
use tidegate_core::step::Item;
use tidegate_core::time::{Millis, Timestamp};
use tidegate_ledger::seal::SealKey;
use tidegate_ledger::{Rows, States, Store, StoreError};

/// What an engine needs to know.
#[derive(Debug, Clone)]
pub struct Options {
    /// Folder for blobs too large for a row.
    pub blobs: PathBuf,
    /// No file is written: large blobs become rows too, and those in the folder are read only.
    pub writes_rows_only: bool,
    /// How long an agent may keep work without a sign of life.
    pub lease: Millis,
    /// Most commands of one transaction.
    pub batch: usize,
    /// Signs checkpoints of the ledger; without it none are made.
    pub seal: Option<Arc<SealKey>>,
    /// Reads the policies on who may do what.
    pub rules: Arc<dyn Rules>,
}

impl Options {
    /// The usual values, with blobs in `folder`. Configurations with policy texts need a reader of them in `rules`: without
    /// one nobody may do anything but correct the configuration.
    #[must_use]
    pub fn new(blobs: PathBuf) -> Self {
        Self {
            blobs,
            writes_rows_only: false,
            lease: Millis::secs(10),
            batch: 256,
            seal: None,
            rules: Arc::new(BuiltIn),
        }
    }
}

/// A running engine. Clones share it; [`Engine::stop`] ends its threads.
#[derive(Clone)]
pub struct Engine {
    shared: Arc<Shared>,
}

pub(crate) struct Shared {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    options: Options,
    inbox: inbox::Inbox,
    hub: hub::Hub,
    waiting: waiting::Waiting,
    in_force: in_force::Cache,
    /// The writer's.
    states: States,
    live: live::Live,
    followed: follow::Followed,
    /// Counts changes of access made by other servers.
    access: AtomicU64,
    seen: seen::SeenAll,
    suspects: drift::Suspects,
    claims: claim::Claims,
    figures: figures::Marks,
    counters: counters::Recorder,
    blobs: blobs::Blobs,
    past: past::Shelf,
    /// Something was erased whose bytes may still be in the store's files.
    scrub: AtomicBool,
    stopping: AtomicBool,
    threads: Mutex<Vec<std::thread::JoinHandle<()>>>,
    /// No threads: whoever holds the engine says when it looks.
    by_hand: bool,
    /// What it looked at then.
    looked: Mutex<Option<by_hand::Looked>>,
}

/// A mutex that a panicking holder cannot take away from others: the data of this crate is valid at every step.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl Engine {
    /// Open on a store and start the threads.
    ///
    /// # Errors
    /// The store cannot be read, or the configuration in force cannot.
    pub fn open(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        options: Options,
    ) -> Result<Self, StoreError> {
        let engine = Self::read_in(store, clock, options, false)?;
        engine.spawn("writer", writer::run)?;
        engine.spawn("planner", runner::run)?;
        engine.spawn("sweep", sweep::run)?;
        engine.spawn("retention", retention::run)?;
        if engine.shared.options.seal.is_some() {
            sealing::register(&engine.shared)?;
            engine.spawn("sealer", sealing::run)?;
        }
        if engine.shared.store.is_shared() {
            engine.spawn("follower", follow::run)?;
        }
        Ok(engine)
    }

    /// What the ledger holds, without threads yet.
    fn read_in(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        options: Options,
        by_hand: bool,
    ) -> Result<Self, StoreError> {
        let blobs = match options.writes_rows_only {
            true => blobs::Blobs::in_rows(options.blobs.clone()),
            false => blobs::Blobs::new(options.blobs.clone()),
        };
        let renewed = renew::at_open(&*store, clock.now())?;
        if renewed != renew::Renewed::default() {
            tracing::info!(
                states = renewed.states,
                given_back = renewed.given_back,
                "saved states were folded again"
            );
        }
        // One snapshot: what is kept in memory is right as of one head.
        let (in_force, live, claims, head) = store.read_with(|rows| {
            let in_force = in_force::read(rows, &blobs, &*options.rules)?;
            let (live, claims) = (
                live::Live::load(rows)?,
                claim::Claims::load(rows, clock.monotonic())?,
            );
            Ok((in_force, live, claims, rows.head()?))
        })?;
        let shared = Arc::new(Shared {
            store,
            clock,
            options,
            inbox: inbox::Inbox::default(),
            hub: hub::Hub::at(head.seq),
            waiting: waiting::Waiting::default(),
            in_force: in_force::Cache::new(in_force),
            states: States::default(),
            live,
            followed: follow::Followed::at(head.clone()),
            access: AtomicU64::new(0),
            seen: seen::SeenAll::default(),
            suspects: drift::Suspects::default(),
            claims,
            figures: figures::Marks::default(),
            counters: counters::Recorder::default(),
            blobs,
            past: past::Shelf::default(),
            // Whoever stopped before may not have come to it.
            scrub: AtomicBool::new(true),
            stopping: AtomicBool::new(false),
            threads: Mutex::new(Vec::new()),
            by_hand,
            looked: Mutex::new(None),
        });
        Ok(Self { shared })
    }

    fn spawn(&self, name: &str, body: fn(&Shared)) -> Result<(), StoreError> {
        let shared = Arc::clone(&self.shared);
        let handle = std::thread::Builder::new()
            .name(format!("tidegate-{name}"))
            .spawn(move || body(&shared))
            .map_err(|e| StoreError::Io {
                doing: format!("starting the {name} thread"),
                because: e.to_string(),
            })?;
        locked(&self.shared.threads).push(handle);
        Ok(())
    }

    /// End the threads. Commands still waiting are answered with [`Denied::Stopped`].
    pub fn stop(&self) {
        self.shared.stopping.store(true, Ordering::SeqCst);
        self.shared.inbox.close();
        self.shared.hub.close();
        for handle in std::mem::take(&mut *locked(&self.shared.threads)) {
            handle.thread().unpark();
            // A thread that panicked has nothing left to say; the panic hook printed it.
            drop(handle.join());
        }
    }

    /// Send a command and wait until it is durable or refused.
    ///
    /// # Errors
    /// The typed "no", or why it could not be written.
    pub fn submit(&self, item: Item) -> Result<Receipt, Denied> {
        let fingerprint = fingerprint(&item.command);
        self.shared.submit(item, fingerprint)
    }

    /// Carry out a command and others that were asked with it: all of them, or none.
    ///
    /// # Errors
    /// As [`Self::submit`]; when one is refused, none took effect.
    pub fn submit_together(&self, item: Item, also: Vec<Command>) -> Result<Receipt, Denied> {
        let whole = (&item.command, &also);
        let fingerprint = match also.as_slice() {
            [] => fingerprint(&item.command),
            _ => Digest::of(canonical(&whole).unwrap_or_default().as_bytes()),
        };
        self.shared.submit_with(item, also, fingerprint)
    }

    /// Read from one snapshot.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn read<R>(
        &self,
        f: impl FnMut(&dyn Rows) -> Result<R, StoreError>,
    ) -> Result<R, StoreError> {
        self.shared.store.read_with(f)
    }

    /// Write what needs no decision (tokens with the entries about them, large texts beside the ledger), and tell whoever
    /// waits for entries.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn write_rows<R>(
        &self,
        f: impl FnMut(&mut dyn tidegate_ledger::Tx) -> Result<R, StoreError>,
    ) -> Result<R, StoreError> {
        let written = self.shared.store.write_with(f)?;
        // It is written, whatever becomes of reading it back.
        if let Some(seq) = follow::now(&self.shared) {
            self.shared.hub.committed(seq, false, false);
        }
        Ok(written)
    }

    /// What taking the words out of an entry would do; inside, why it cannot be done.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn erasure_of(&self, seq: u64) -> Result<Result<Draft, Refusal>, StoreError> {
        self.read(|rows| erase::draft(rows, seq))
    }

    /// Rises when another server changed who may do what, so that what is kept in memory about it must be read again.
    #[must_use]
    pub fn access_changes(&self) -> u64 {
        self.shared.access.load(Ordering::SeqCst)
    }

    /// The configuration in force.
    #[must_use]
    pub fn in_force(&self) -> Arc<InForce> {
        self.shared.in_force.get()
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.shared.clock.now()
    }

    /// Figures about the engine itself.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.shared.counters.read()
    }

    /// Wait until there is an entry after `seq`, at most this long. Returns the newest sequence.
    #[must_use]
    pub fn wait_past(&self, seq: u64, timeout: std::time::Duration) -> u64 {
        self.shared.hub.wait_past(seq, timeout)
    }

    /// Bring a checked configuration into force.
    ///
    /// # Errors
    /// The typed "no", or why it could not be written.
    pub fn apply_config(
        &self,
        who: &Actor,
        id: CommandId,
        apply: in_force::Apply,
    ) -> Result<Receipt, Denied> {
        self.shared.apply_config(who, id, apply)
    }
}

pub use in_force::Apply;

pub(crate) fn fingerprint(command: &Command) -> Digest {
    Digest::of(canonical(command).unwrap_or_default().as_bytes())
}

impl Shared {
    pub(crate) fn submit(&self, item: Item, fingerprint: Digest) -> Result<Receipt, Denied> {
        self.submit_with(item, Vec::new(), fingerprint)
    }

    fn submit_with(
        &self,
        item: Item,
        also: Vec<Command>,
        fingerprint: Digest,
    ) -> Result<Receipt, Denied> {
        let (sender, receiver) = std::sync::mpsc::sync_channel(1);
        let urgent = inbox::is_urgent(&item.command);
        self.inbox.put(
            inbox::Asked {
                item,
                also,
                fingerprint,
                answer: Box::new(move |answer| {
                    // The asker may have gone; what was committed stays committed.
                    drop(sender.send(answer));
                }),
            },
            urgent,
        )?;
        if self.by_hand {
            writer::at_once(self);
        }
        receiver.recv().unwrap_or(Err(Denied::Stopped))
    }

    pub(crate) fn stopping(&self) -> bool {
        self.stopping.load(Ordering::SeqCst)
    }
}
