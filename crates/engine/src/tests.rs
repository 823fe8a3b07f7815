//! Engines without threads on a store whose failures are written down beforehand: what becomes of commits whose answer is lost,
//! of memory that is behind, and of a ledger that lost its newest entries.

use crate::in_force::{self, Apply, InForce};
use crate::{Clock, Denied, Engine, Options, Shared, follow, turn};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use tidegate_core::actor::{Actor, Role};
use tidegate_core::id::CommandId;
use tidegate_core::spec::{Origins, Spec};
use tidegate_core::time::Timestamp;
use tidegate_ledger::{MemoryStore, Rows, States, Store, StoreError, Tx};

/// What a store does with the next write or read instead of carrying it out and saying so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// A write is carried out.
    None,
    /// A write takes effect and its answer is lost.
    AnswerLost,
    /// A write is not begun.
    WriteAway,
    /// A read is not begun.
    ReadAway,
}

/// A ledger in memory that several servers share.
#[derive(Default)]
pub(crate) struct Troubled {
    inner: Mutex<Arc<MemoryStore>>,
    troubles: Mutex<VecDeque<Trouble>>,
}

impl Troubled {
    /// The next time it is written or read, in this order.
    pub(crate) fn will(&self, troubles: &[Trouble]) {
        self.troubles.lock().unwrap().extend(troubles);
    }

    /// From now on it holds what the other one holds.
    fn becomes(&self, other: MemoryStore) {
        *self.inner.lock().unwrap() = Arc::new(other);
    }

    fn inner(&self) -> Arc<MemoryStore> {
        Arc::clone(&self.inner.lock().unwrap())
    }

    fn trouble(&self, of: &[Trouble]) -> Option<Trouble> {
        let mut troubles = self.troubles.lock().unwrap();
        let next = troubles.front().is_some_and(|next| of.contains(next));
        next.then(|| troubles.pop_front()).flatten()
    }
}

fn away() -> StoreError {
    StoreError::Unreachable {
        doing: "asking".to_owned(),
        because: "it is away".to_owned(),
    }
}

impl Store for Troubled {
    fn write(
        &self,
        f: &mut dyn FnMut(&mut dyn Tx) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let trouble = self.trouble(&[Trouble::None, Trouble::AnswerLost, Trouble::WriteAway]);
        if trouble == Some(Trouble::WriteAway) {
            return Err(away());
        }
        self.inner().write(f)?;
        match trouble {
            Some(Trouble::AnswerLost) => Err(StoreError::Unclear {
                because: "the line was cut".to_owned(),
            }),
            _ => Ok(()),
        }
    }

    fn read(
        &self,
        f: &mut dyn FnMut(&dyn Rows) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        match self.trouble(&[Trouble::ReadAway]) {
            Some(_) => Err(away()),
            None => self.inner().read(f),
        }
    }

    fn is_shared(&self) -> bool {
        true
    }

    fn close(&self) -> Result<(), StoreError> {
        self.inner().close()
    }
}

struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(1_790_000_000).unwrap()
    }
}

/// A server on this ledger.
pub(crate) fn server(store: &Arc<Troubled>) -> Engine {
    let store: Arc<dyn Store> = Arc::<Troubled>::clone(store);
    let blobs = std::env::temp_dir().join("tidegate-engine-tests-without-blobs");
    Engine::by_hand(store, Arc::new(Still), Options::new(blobs)).unwrap()
}

fn apply(engine: &Engine, key: &str, zone: &str) -> Result<u64, Denied> {
    let spec = Spec {
        zone: zone.to_owned(),
        ..Spec::default()
    };
    let apply = Apply {
        spec,
        origins: Origins::default(),
        commit: None,
        reason: None,
        parent: engine.in_force().digest.clone(),
        changes: Vec::new(),
        weakens: Vec::new(),
        owned: Vec::new(),
    };
    let admin = Actor::account("rita", Role::Admin);
    let receipt = engine.apply_config(&admin, CommandId(key.to_owned()), apply)?;
    Ok(receipt.seq)
}

fn shared(engine: &Engine) -> &Shared {
    &engine.shared
}

#[test]
fn a_turn_decides_by_the_configuration_in_force_whatever_memory_says_of_itself() {
    let store = Arc::new(Troubled::default());
    let (one, other) = (server(&store), server(&store));
    apply(&other, "first", "Europe/Berlin").unwrap();
    // The follower comes between the two looks at memory: it is right up to the head, and what was read of it before is not.
    follow::now(shared(&one)).unwrap();
    shared(&one).in_force.set(InForce::default());
    let turn = turn::turn(shared(&one), &[]).unwrap();
    assert_eq!(turn.in_force.spec.zone, "Europe/Berlin");
}

#[test]
fn a_command_whose_commit_may_have_been_kept_is_never_told_that_nothing_was_written() {
    let store = Arc::new(Troubled::default());
    let one = server(&store);
    // First the configuration is kept beside the ledger, then the command is written.
    store.will(&[Trouble::None, Trouble::AnswerLost, Trouble::WriteAway]);
    let told = apply(&one, "first", "Europe/Berlin").unwrap_err();
    let Denied::Store(StoreError::Unclear { because }) = &told else {
        panic!("{told}");
    };
    assert!(because.contains("the line was cut"), "{because}");
    // The same command again is answered by what was kept.
    assert_eq!(apply(&one, "first", "Europe/Berlin").unwrap(), 1);
}

/// What may happen between two turns of a writer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Event {
    Own,
    Others,
    AnswerLost,
    NotWritten,
    LedgerLost,
}

#[test]
fn what_a_writer_keeps_is_what_the_ledger_says_whatever_happens_between_its_turns() {
    const EVENTS: [Event; 5] = [
        Event::Own,
        Event::Others,
        Event::AnswerLost,
        Event::NotWritten,
        Event::LedgerLost,
    ];
    let mut kept = 0;
    for story in 0..EVENTS.len().pow(4) {
        let store = Arc::new(Troubled::default());
        let (one, other) = (server(&store), server(&store));
        let events = (0..4_u32).map(|n| EVENTS[story / EVENTS.len().pow(n) % EVENTS.len()]);
        for (n, event) in events.enumerate() {
            let zone = ["Europe/Berlin", "Asia/Tokyo", "America/Lima", "UTC"][n];
            let key = format!("{n}");
            let trouble = match event {
                Event::AnswerLost => Trouble::AnswerLost,
                Event::NotWritten => Trouble::WriteAway,
                Event::Own | Event::Others | Event::LedgerLost => Trouble::None,
            };
            follow::now(shared(&one)).unwrap();
            follow::now(shared(&other)).unwrap();
            match event {
                Event::Others => drop(apply(&other, &key, zone)),
                Event::LedgerLost => store.becomes(MemoryStore::new()),
                Event::Own | Event::AnswerLost | Event::NotWritten => {
                    store.will(&[Trouble::None, trouble]);
                    drop(apply(&one, &key, zone));
                }
            }
            let turn = turn::turn(shared(&one), &[]).unwrap();
            let said =
                one.read(|rows| Ok((in_force::digest(rows, &States::default())?, rows.head()?)));
            let (said, head) = said.unwrap();
            assert_eq!(turn.head, head, "{event:?} of story {story}");
            let keeps = one.read(|rows| in_force::digest(rows, &shared(&one).states));
            assert_eq!(keeps.unwrap(), said, "after {event:?} of story {story}");
            kept += shared(&one).states.all().len();
        }
    }
    assert!(kept > 500, "nothing was kept: {kept}");
}

#[test]
fn rows_that_were_written_are_written_although_they_cannot_be_read_back() {
    let store = Arc::new(Troubled::default());
    let one = server(&store);
    store.will(&[Trouble::ReadAway]);
    let written = one.write_rows(|tx| tx.put_model("board", "key", Some("{}")));
    assert_eq!(written, Ok(()));
}

#[test]
fn a_ledger_with_other_entries_at_the_same_place_is_read_anew() {
    let store = Arc::new(Troubled::default());
    let one = server(&store);
    apply(&one, "first", "Europe/Berlin").unwrap();
    let accesses = one.access_changes();
    // The database lost the entry and has another one with its number.
    store.becomes(MemoryStore::new());
    let other = server(&store);
    apply(&other, "second", "Asia/Tokyo").unwrap();
    assert_eq!(follow::now(shared(&one)), Some(1));
    assert_eq!(one.in_force().spec.zone, "Asia/Tokyo");
    assert!(one.access_changes() > accesses);
}
