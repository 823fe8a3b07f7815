//! A ledger in memory: what a batch changes is kept, timers and triggers make streams due, actions have leases.
//!
//! It does what the writer promises and nothing more: one command after the other, all or nothing.

use super::company::{company, morning};
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use tidegate_core::actor::Actor;
use tidegate_core::batch::{Batch, NewEntry};
use tidegate_core::command::Command;
use tidegate_core::decider::{Ask, Trigger, Wake};
use tidegate_core::id::{ActionId, CommandId, StreamId};
use tidegate_core::refusal::Refusal;
use tidegate_core::spec::{Origins, Spec};
use tidegate_core::step::{self, Item, World};
use tidegate_core::time::{Millis, Timestamp};
use tidegate_core::view::{Lease, StateRow, View};
use tidegate_core::work::Work;

/// Most commands that timers and triggers may cause at one instant before the story is called endless.
const QUIET_AFTER: usize = 20_000;

#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub at: Timestamp,
    pub entry: NewEntry,
}

#[derive(Debug, Clone)]
pub struct Queued {
    pub work: Work,
    pub lease: Lease,
}

#[derive(Debug, Clone)]
pub struct Ledger {
    pub now: Timestamp,
    pub spec: Spec,
    pub origins: Origins,
    pub entries: Vec<Entry>,
    pub states: BTreeMap<StreamId, StateRow>,
    pub models: BTreeMap<(String, String), String>,
    pub wakes: BTreeMap<StreamId, Wake>,
    pub due: BTreeMap<StreamId, Timestamp>,
    pub actions: BTreeMap<ActionId, Queued>,
    /// Timers and triggers that fired.
    pub woken: usize,
    /// Rows of read models that were read by scanning.
    pub scanned: Cell<usize>,
    commands: u64,
}

impl View for Ledger {
    fn state(&self, stream: &StreamId) -> Option<StateRow> {
        self.states.get(stream).cloned()
    }
    fn model(&self, model: &str, key: &str) -> Option<String> {
        self.models
            .get(&(model.to_owned(), key.to_owned()))
            .cloned()
    }
    fn scan(&self, model: &str, prefix: &str, limit: usize) -> Vec<(String, String)> {
        self.scan_after(model, prefix, None, limit)
    }

    fn scan_after(
        &self,
        model: &str,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Vec<(String, String)> {
        let from = after.unwrap_or(prefix).max(prefix).to_owned();
        let rows: Vec<_> = self
            .models
            .range((model.to_owned(), from)..)
            .take_while(|((m, key), _)| m == model && key.starts_with(prefix))
            .filter(|((_, key), _)| after.is_none_or(|after| key.as_str() > after))
            .map(|((_, key), body)| (key.clone(), body.clone()))
            .take(limit)
            .collect();
        self.scanned.set(self.scanned.get() + rows.len());
        rows
    }
    fn lease(&self, action: &ActionId) -> Option<Lease> {
        self.actions.get(action).map(|q| q.lease.clone())
    }
}

impl Ledger {
    pub fn new() -> Self {
        Self {
            now: morning(),
            spec: company(),
            origins: Origins::default(),
            entries: Vec::new(),
            states: BTreeMap::new(),
            models: BTreeMap::new(),
            wakes: BTreeMap::new(),
            due: BTreeMap::new(),
            actions: BTreeMap::new(),
            woken: 0,
            scanned: Cell::new(0),
            commands: 0,
        }
    }

    pub fn view(&self) -> &dyn View {
        self
    }

    /// One command, then everything it made due at once.
    pub fn submit(&mut self, actor: Actor, command: Command) -> Result<String, Refusal> {
        let subject = self.one(actor, command)?;
        self.wake_due();
        Ok(subject)
    }

    /// One command and nothing else.
    pub fn one(&mut self, actor: Actor, command: Command) -> Result<String, Refusal> {
        self.commands += 1;
        let item = Item {
            id: CommandId(format!("cmd-{}", self.commands)),
            actor,
            command,
        };
        let authority = tidegate_core::authority::Authority::default();
        let world = World {
            now: self.now,
            spec: &self.spec,
            origins: &self.origins,
            view: self,
            judge: &*authority,
        };
        let batch = step::step(&item, &world)?;
        // Now and then, because it doubles the work: the same command gives the same batch, byte for byte.
        if self.commands.is_multiple_of(5) {
            assert_eq!(batch, step::step(&item, &world)?);
        }
        Ok(self.commit(batch))
    }

    fn commit(&mut self, batch: Batch) -> String {
        for entry in batch.entries {
            let at = self.now;
            self.entries.push(Entry { at, entry });
        }
        for state in batch.states {
            match &state.wake {
                Wake::Next { at, .. } => self.due.insert(state.stream.clone(), *at),
                Wake::Rest(_) | Wake::Never(_) => self.due.remove(&state.stream),
            };
            self.wakes.insert(state.stream.clone(), state.wake);
            if let Some(row) = state.row {
                self.states.insert(state.stream, row);
            }
        }
        for change in batch.models {
            let key = (change.model.to_owned(), change.key);
            match change.body {
                Some(body) => self.models.insert(key, body),
                None => self.models.remove(&key),
            };
        }
        for ask in batch.asks {
            match ask {
                Ask::Start { id, work } => {
                    let lease = Lease {
                        epoch: 0,
                        by: None,
                        until: None,
                    };
                    let work = *work;
                    self.actions.insert(id, Queued { work, lease });
                }
                Ask::End { id } => {
                    self.actions.remove(&id);
                }
            }
        }
        self.fire(&batch.fired.into_iter().collect());
        batch.subject
    }

    /// Streams that wait on one of these are due now.
    pub fn fire(&mut self, fired: &BTreeSet<Trigger>) {
        for (stream, wake) in &self.wakes {
            if let Wake::Next { on, .. } = wake
                && on.iter().any(|trigger| fired.contains(trigger))
            {
                self.due.insert(stream.clone(), self.now);
            }
        }
    }

    /// Everything that is due now, in order of its time, until nothing is.
    pub fn wake_due(&mut self) {
        for _ in 0..QUIET_AFTER {
            let due = self
                .due
                .iter()
                .filter(|(_, at)| **at <= self.now)
                .min_by_key(|(stream, at)| (**at, (*stream).clone()));
            let Some((stream, _)) = due else { return };
            let stream = stream.clone();
            self.woken += 1;
            let command = step::wake(&stream).expect("only deployments have timers");
            self.one(Actor::system(), command)
                .expect("a wake-up is never refused");
        }
        panic!(
            "{QUIET_AFTER} wake-ups at one instant: {:?}",
            self.due
                .iter()
                .filter(|(_, at)| **at <= self.now)
                .map(|(s, _)| (s, &self.wakes[s]))
                .collect::<Vec<_>>()
        );
    }

    /// Let time pass; timers fire at their instants.
    pub fn pass(&mut self, span: Millis) {
        let end = span.after(self.now);
        for _ in 0..100_000 {
            self.wake_due();
            match self.due.values().min() {
                Some(next) if *next <= end => self.now = *next,
                _ => {
                    self.now = end;
                    return;
                }
            }
        }
        panic!("timers fire without end");
    }

    /// Lease an action to a worker: the next epoch.
    pub fn lease_to(&mut self, action: &ActionId, worker: &str) -> u64 {
        let until = Millis::secs(30).after(self.now);
        let queued = self.actions.get_mut(action).expect("the action is wanted");
        queued.lease.epoch += 1;
        queued.lease.by = Some(worker.to_owned());
        queued.lease.until = Some(until);
        queued.lease.epoch
    }

    /// Kinds of the entries from `since` on, without version.
    pub fn kinds(&self, since: usize) -> Vec<String> {
        self.entries[since..]
            .iter()
            .map(|e| {
                let kind = &e.entry.kind;
                kind.split('/').next().unwrap_or(kind).to_owned()
            })
            .collect()
    }
}
