//! The loop: take the earliest of timers, work, and what the script says; move the clock there; let the server look.

use crate::agent::Target;
use crate::clock::SimulatedClock;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use tidegate_core::actor::{Actor, Role};
use tidegate_core::command::Command;
use tidegate_core::digest::Digest;
use tidegate_core::id::{CommandId, ReleaseId};
use tidegate_core::spec::{Origins, Spec};
use tidegate_core::step::Item;
use tidegate_core::stream::artifact::{self, Bits};
use tidegate_core::stream::release;
use tidegate_core::time::Timestamp;
use tidegate_engine::{Apply, Denied, Engine, Options, Receipt, Restless};
use tidegate_ledger::row::Entry;
use tidegate_ledger::{BranchStore, MemoryStore, Snapshot, Store, StoreError};

/// Rounds at one instant before the world is said to have no end.
const ROUNDS: usize = 1_000;

/// Why a simulation cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The server does not come to rest.
    #[error("{0}")]
    Restless(#[from] Restless),
    /// The server did not take what an agent says.
    #[error("{0}")]
    Denied(#[from] Denied),
    /// The ledger cannot be read.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// Agent and server keep each other busy.
    #[error("agent and server keep each other busy at {0}")]
    Endless(Timestamp),
}

/// What happens at an instant because the script says so.
type Happening = Box<dyn FnOnce(&mut World) -> Result<(), Trouble>>;

/// A server with its ledger in memory, and the world around it.
pub struct World {
    /// The server.
    pub engine: Engine,
    /// The agent and everything it runs.
    pub target: Target,
    store: Arc<dyn Store>,
    clock: Arc<SimulatedClock>,
    options: Options,
    script: BTreeMap<(Timestamp, u64), Happening>,
    commands: u64,
    /// What its commands are called, before their number.
    name: String,
}

impl World {
    /// A server without history at `start`. `blobs` is a folder for large texts; a year of small releases needs none.
    ///
    /// # Errors
    /// The store cannot be opened.
    pub fn new(spec: &Spec, start: Timestamp, seed: u64, blobs: PathBuf) -> Result<Self, Trouble> {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
        let target = Target::new(spec, seed);
        Self::on(store, target, (start, "simulated"), Options::new(blobs))
    }

    /// A server that goes on from a snapshot of `engine`'s ledger at the instant it is there, with the environments of `spec`. Nothing of
    /// what happens in this world happens to that ledger.
    ///
    /// # Errors
    /// The snapshot cannot be read.
    pub fn branch_of(
        engine: &Engine,
        snapshot: &Arc<Snapshot>,
        spec: &Spec,
        seed: u64,
    ) -> Result<Self, Trouble> {
        let store: Arc<dyn Store> = Arc::new(BranchStore::new(Arc::clone(snapshot))?);
        let target = Target::new(spec, seed);
        // The ledger may know commands of an earlier world.
        let name = format!("ahead-of-{}", snapshot.head().seq);
        let at = (engine.now(), name.as_str());
        Self::on(store, target, at, engine.options_of_a_branch())
    }

    fn on(
        store: Arc<dyn Store>,
        target: Target,
        (start, name): (Timestamp, &str),
        options: Options,
    ) -> Result<Self, Trouble> {
        let clock = Arc::new(SimulatedClock::at(start));
        let engine = opened(&store, &clock, &options)?;
        Ok(Self {
            engine,
            target,
            store,
            clock,
            options,
            script: BTreeMap::new(),
            commands: 0,
            name: name.to_owned(),
        })
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.engine.now()
    }

    /// The server is killed and starts again on the same ledger.
    ///
    /// # Errors
    /// The ledger cannot be read again.
    pub fn restart(&mut self) -> Result<(), Trouble> {
        self.engine = opened(&self.store, &self.clock, &self.options)?;
        Ok(())
    }

    /// Something that happens at an instant; several at the same one in the order they were told.
    pub fn at(
        &mut self,
        when: Timestamp,
        what: impl FnOnce(&mut Self) -> Result<(), Trouble> + 'static,
    ) {
        self.commands += 1;
        self.script.insert((when, self.commands), Box::new(what));
    }

    /// Go on to an instant.
    ///
    /// # Errors
    /// Why it cannot go on.
    pub fn run_until(&mut self, end: Timestamp) -> Result<(), Trouble> {
        while self.step(end)? {}
        Ok(())
    }

    /// Go on to the next instant at which anything happens, `end` at the latest. False when that was `end`, and nothing happened at it yet.
    ///
    /// # Errors
    /// Why it cannot go on.
    pub fn step(&mut self, end: Timestamp) -> Result<bool, Trouble> {
        let due = self.settle()?;
        let scripted = self.script.keys().next().map(|(at, _)| *at);
        let times = [due, self.target.next(), scripted];
        let next = times.into_iter().flatten().min();
        match next {
            Some(next) if next <= end => self.clock.set(next.max(self.now())),
            _ => {
                self.clock.set(end);
                return Ok(false);
            }
        }
        let now = self.now();
        while let Some(entry) = self.script.first_entry() {
            if entry.key().0 > now {
                break;
            }
            let happening = entry.remove();
            happening(self)?;
        }
        Ok(true)
    }

    /// The server is down until `end`: nothing looks, nothing is asked, and agents get no answer.
    pub fn down_until(&mut self, end: Timestamp) {
        self.clock.set(end);
    }

    /// Server and agent do all there is to do at this instant. When the next timer fires.
    fn settle(&mut self) -> Result<Option<Timestamp>, Trouble> {
        for _ in 0..ROUNDS {
            let due = self.engine.look()?;
            if !self.target.act(&self.engine, self.now())? {
                return Ok(due);
            }
        }
        Err(Trouble::Endless(self.now()))
    }

    /// A command by a person.
    ///
    /// # Errors
    /// The typed "no".
    pub fn ask(&mut self, who: &str, command: Command) -> Result<Receipt, Denied> {
        self.act(person(who), command)
    }

    /// A command by somebody in particular.
    ///
    /// # Errors
    /// The typed "no".
    pub fn act(&mut self, actor: Actor, command: Command) -> Result<Receipt, Denied> {
        let id = self.id();
        self.engine.submit(Item { id, actor, command })
    }

    /// Register bits and make a release of them.
    ///
    /// # Errors
    /// The typed "no".
    pub fn release(&mut self, who: &str, id: &ReleaseId) -> Result<(), Denied> {
        let register = artifact::Command::Register { bits: bits(id) };
        let create = release::Command::Create { artifact: None };
        self.ask(
            who,
            Command::Artifact {
                id: id.clone(),
                command: register,
            },
        )?;
        self.ask(
            who,
            Command::Release {
                id: id.clone(),
                command: create,
            },
        )?;
        Ok(())
    }

    /// Somebody says yes to every change that asks them.
    ///
    /// # Errors
    /// The ledger cannot be read, or an answer is no refusal.
    pub fn yes(&mut self, who: &str) -> Result<(), Trouble> {
        crate::forecast::says_yes(self, who)
    }

    /// Bring a configuration into force.
    ///
    /// # Errors
    /// The typed "no".
    pub fn configure(&mut self, who: &str, spec: Spec, origins: Origins) -> Result<(), Denied> {
        let id = self.id();
        let apply = Apply {
            spec,
            origins,
            commit: None,
            reason: None,
            parent: self.engine.in_force().digest.clone(),
            changes: Vec::new(),
            weakens: Vec::new(),
            owned: Vec::new(),
        };
        self.engine.apply_config(&person(who), id, apply).map(drop)
    }

    /// Entries after `seq`, oldest first.
    ///
    /// # Errors
    /// The ledger cannot be read.
    pub fn entries_after(&self, seq: u64) -> Result<Vec<Entry>, StoreError> {
        self.store
            .read_with(|rows| rows.entries(seq + 1, usize::MAX))
    }

    /// A fresh command id; the same in every run.
    pub fn id(&mut self) -> CommandId {
        self.commands += 1;
        CommandId(format!("{}-{}", self.name, self.commands))
    }
}

/// A person with every right; who may do what is not what is simulated here.
#[must_use]
pub fn person(name: &str) -> Actor {
    Actor::account(name, Role::Admin)
}

/// The bits of a release; nobody fetches them.
pub(crate) fn bits(id: &ReleaseId) -> Bits {
    Bits {
        built_by: None,
        digest: Digest::of(id.to_string().as_bytes()),
        size: None,
        location: format!("https://artifacts.example/{id}.tar.gz"),
        commit: None,
        repository: None,
        build: None,
        authors: Vec::new(),
        commits: None,
        migrates: None,
    }
}

fn opened(
    store: &Arc<dyn Store>,
    clock: &Arc<SimulatedClock>,
    options: &Options,
) -> Result<Engine, StoreError> {
    let clock: Arc<dyn tidegate_engine::Clock> =
        Arc::clone(clock) as Arc<dyn tidegate_engine::Clock>;
    Engine::by_hand(Arc::clone(store), clock, options.clone())
}
