//! Trials: some days of a small company in which machines die, messages are lost and clocks jump. The real writer,
//! deciders, planner and store run; targets, people and faults are played, all of them from one seed.
//!
//! After each turn checkers look at the ledger and at the targets. The same seed is the same trial, to the last hash. Nothing
//! here is used by the product.

mod agent;
mod company;
mod disk;
mod fault;
mod happening;
mod host;
mod judge;
mod mutation;
mod people;
mod whole;

pub use disk::Kept;
pub use judge::{Counts, OfPeople, Violation};
pub use mutation::Mutation;
pub use whole::whole;

use crate::chance::Chance;
use crate::clock::SimulatedClock;
use agent::Agent;
use company::ENVIRONMENTS;
use disk::Disk;
use fault::FaultyStore;
use happening::Happening;
use judge::{Judge, wrong};
use people::People;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use tidegate_core::digest::Digest;
use tidegate_core::id::EnvId;
use tidegate_core::time::{Millis, Timestamp};
use tidegate_engine::{Clock, Engine, Options, Restless};
use tidegate_ledger::{Store, StoreError};

/// How long it is watched after that: most seeds until everything has ended or waits for a person, and one of some until the longest
/// wait for a person is over too.
const GOOD: [Millis; 2] = [Millis::minutes(7 * 60), Millis::minutes(27 * 60)];
/// One seed of so many is watched for longer.
const LONGER: u64 = 8;
/// Rounds at one instant before agents and server are said to keep each other busy.
const ROUNDS: usize = 2_000;
/// The beginning: a Monday, eight in the morning, UTC.
const BEGIN: i64 = 1_793_606_400;

/// How long the world is bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lasting {
    /// Thirty hours.
    Day,
    /// Five hours, with less of everything.
    Hours,
}

impl Lasting {
    fn time(self) -> Millis {
        match self {
            Self::Day => Millis::minutes(30 * 60),
            Self::Hours => Millis::minutes(5 * 60),
        }
    }
}

/// Which trial.
#[derive(Debug, Clone)]
pub struct Setup {
    /// Everything is drawn from it.
    pub seed: u64,
    /// How long.
    pub lasting: Lasting,
    /// Where the ledger is.
    pub kept: Kept,
    /// A defence that is switched off.
    pub mutation: Option<Mutation>,
    /// A folder for large texts; a trial has none.
    pub blobs: PathBuf,
}

/// How a trial went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// What it was about.
    pub counts: Counts,
    /// Hash of the newest entry: it names the whole history.
    pub head: Digest,
    /// The first thing that must never happen, if it did.
    pub violation: Option<Violation>,
}

/// Run a trial.
#[must_use]
pub fn run(setup: Setup) -> Report {
    let mut trial = match Trial::new(setup) {
        Ok(trial) => trial,
        Err(violation) => {
            return Report {
                counts: Counts::default(),
                head: Digest::of(b""),
                violation: Some(violation),
            };
        }
    };
    let violation = trial.whole().err();
    let of_people = trial.judge.of_people();
    Report {
        counts: Counts {
            of_people,
            ..trial.judge.counts
        },
        head: trial.judge.head().hash.clone(),
        violation,
    }
}

struct Trial {
    clock: Arc<SimulatedClock>,
    /// How much the server's clock is ahead, in milliseconds; negative when it is behind.
    skew: i64,
    now: Timestamp,
    disk: Disk,
    lasting: Lasting,
    /// It is watched until also the longest wait for a person is over.
    longer: bool,
    store: Arc<FaultyStore>,
    /// None while it is down.
    server: Option<Engine>,
    up: Timestamp,
    blobs: PathBuf,
    agents: BTreeMap<&'static str, Agent>,
    people: People,
    judge: Judge,
    chance: Chance,
    script: BTreeMap<(Timestamp, u64), Happening>,
    told: u64,
    mutation: Option<Mutation>,
    /// A copy of the ledger that somebody made and forgot.
    old: Option<Arc<dyn Store>>,
    /// The server runs on that copy now: only the targets are looked at.
    forked: bool,
}

type Checked = Result<(), Violation>;

impl Trial {
    fn new(setup: Setup) -> Result<Self, Violation> {
        let Setup {
            seed,
            lasting,
            kept,
            mutation,
            blobs,
        } = setup;
        let begin = Timestamp::from_second(BEGIN).unwrap_or(Timestamp::UNIX_EPOCH);
        let disk = Disk::new(kept, mutation).map_err(|e| whole::unread(&e))?;
        let mut agents = BTreeMap::new();
        for name in ENVIRONMENTS {
            let env = EnvId::new(name).map_err(|e| wrong("setup", e.to_string()))?;
            agents.insert(name, Agent::new(&env, begin, mutation));
        }
        let people = People::new(begin).map_err(|e| wrong("setup", e))?;
        let judge = Judge::new(people.rules().hours());
        let mut trial = Self {
            clock: Arc::new(SimulatedClock::at(begin)),
            skew: 0,
            now: begin,
            store: Arc::new(FaultyStore::new(disk.store(), mutation)),
            disk,
            lasting,
            longer: seed.is_multiple_of(LONGER),
            server: None,
            up: begin,
            blobs,
            agents,
            people,
            judge,
            chance: Chance::from_seed(seed),
            script: BTreeMap::new(),
            told: 0,
            mutation,
            old: None,
            forked: false,
        };
        trial.start()?;
        trial.configure()?;
        happening::script(&mut trial);
        Ok(trial)
    }

    fn configure(&mut self) -> Checked {
        let apply = self.people.rules().first();
        let apply = apply.ok_or_else(|| wrong("setup", "there are no rules".to_owned()))?;
        let id = tidegate_core::id::CommandId("configure".to_owned());
        let who = crate::world::person("rita");
        let server = self.server.as_ref();
        let applied = server.map(|server| server.apply_config(&who, id, apply));
        match applied {
            Some(Ok(_)) => Ok(()),
            Some(Err(e)) => Err(wrong("setup", e.to_string())),
            None => Err(wrong("setup", "there is no server".to_owned())),
        }
    }

    /// From the first instant to the last.
    fn whole(&mut self) -> Checked {
        let heal = self.lasting.time().after(self.now);
        self.go_on(heal)?;
        happening::heal(self);
        let good = GOOD[usize::from(self.longer)];
        self.go_on(good.after(heal))?;
        self.judge.counts.hours = (self.lasting.time().0 + good.0) / 3_600_000;
        self.ended()?;
        happening::forked(self)
    }

    fn go_on(&mut self, end: Timestamp) -> Checked {
        loop {
            let due = self.settle()?;
            let agents = self.agents.values().filter_map(Agent::next);
            let script = self.script.keys().next().map(|(at, _)| *at);
            let up = self.server.is_none().then_some(self.up);
            let next = agents.chain(due).chain(script).chain(up).min();
            match next {
                Some(next) if next <= end => self.move_to(next.max(self.now)),
                _ => {
                    self.move_to(end);
                    return Ok(());
                }
            }
            if self.server.is_none() && self.up <= self.now {
                self.start()?;
            }
            while let Some(entry) = self.script.first_entry() {
                if entry.key().0 > self.now {
                    break;
                }
                let happening = entry.remove();
                happening::happen(self, happening)?;
            }
        }
    }

    fn move_to(&mut self, now: Timestamp) {
        self.now = now;
        self.clock.set(shifted(now, self.skew));
    }

    /// Server and agents do all there is to do at this instant. When the server next has something to do.
    fn settle(&mut self) -> Result<Option<Timestamp>, Violation> {
        for _ in 0..ROUNDS {
            let due = self.look()?;
            let mut changed = false;
            for agent in self.agents.values_mut() {
                let acted = agent.act(self.server.as_ref(), self.now, &mut self.chance);
                changed |= acted.map_err(|(invariant, how)| wrong(invariant, how))?;
            }
            self.buried()?;
            self.check()?;
            if !changed {
                return Ok(due);
            }
        }
        Err(wrong(
            "I11",
            format!("agents and server keep each other busy at {}", self.now),
        ))
    }

    fn look(&mut self) -> Result<Option<Timestamp>, Violation> {
        let Some(server) = &self.server else {
            return Ok(None);
        };
        match server.look() {
            Ok(due) => Ok(due.map(|at| shifted(at, -self.skew).max(self.now))),
            Err(Restless::Endless(at)) => {
                Err(wrong("I11", format!("timers fire without end at {at}")))
            }
            // As the writer's thread does: it looks again in a second.
            Err(Restless::Store) => Ok(Some(Millis::secs(1).after(self.now))),
        }
    }

    /// A server that died is down for a while.
    fn buried(&mut self) -> Checked {
        if self.server.is_none() || !self.store.is_dead() {
            let commits = self.store.commits();
            return self.disk.committed(commits).map_err(|e| whole::unread(&e));
        }
        self.judge.counts.crashes += 1;
        self.server = None;
        let down = match self.chance.below(20) {
            0 => self
                .chance
                .between(Millis::minutes(30), Millis::minutes(600)),
            1..4 => self.chance.between(Millis::secs(10), Millis::minutes(20)),
            _ => self.chance.between(Millis(1), Millis::secs(3)),
        };
        self.up = down.after(self.now);
        Ok(())
    }

    /// A server starts on what the disk holds.
    fn start(&mut self) -> Checked {
        self.disk.reopen().map_err(|e| whole::unread(&e))?;
        let found = self.disk.store();
        let seen = self.judge.head().clone();
        look_at(&found, |rows| {
            whole::kept(rows, &seen)?;
            whole::explained(rows)
        })?;
        self.store = Arc::new(FaultyStore::new(found, self.mutation));
        self.agents.values_mut().for_each(Agent::connect);
        self.server = Some(opened(
            Arc::clone(&self.store) as Arc<dyn Store>,
            &self.clock,
            &self.blobs,
        )?);
        Ok(())
    }

    /// New entries and new effects.
    fn check(&mut self) -> Checked {
        if self.forked {
            let mut agents = self.agents.iter();
            return agents.try_for_each(|(env, agent)| self.judge.generations(env, &agent.host));
        }
        let from = self.judge.head().seq + 1;
        let entries = self
            .disk
            .store()
            .read_with(|rows| rows.entries(from, usize::MAX));
        let entries = entries.map_err(|e| whole::unread(&e))?;
        let hosts = self.agents.iter();
        let hosts = hosts
            .map(|(env, agent)| ((*env).to_owned(), &agent.host))
            .collect();
        for entry in &entries {
            self.judge.entry(entry, &hosts)?;
        }
        for (env, agent) in &self.agents {
            self.judge.effects(env, &agent.host)?;
        }
        Ok(())
    }

    /// Everything was well for a while: nothing is stuck, and everything adds up.
    fn ended(&mut self) -> Checked {
        self.check()?;
        if let Some(decision) = self.judge.undecided() {
            let how = format!("{decision} is still open");
            return Err(wrong("I11", how));
        }
        let open: Vec<String> = self.judge.open().cloned().collect();
        let longer = self.longer;
        look_at(&self.disk.store(), |rows| {
            whole::explained(rows)?;
            whole::folded(rows)?;
            open.iter()
                .try_for_each(|id| happening::waits(rows, id, longer))
        })
    }
}

fn opened(
    store: Arc<dyn Store>,
    clock: &Arc<SimulatedClock>,
    blobs: &std::path::Path,
) -> Result<Engine, Violation> {
    let clock = Arc::clone(clock) as Arc<dyn Clock>;
    Engine::by_hand(store, clock, Options::new(blobs.to_path_buf())).map_err(|e| whole::unread(&e))
}

fn look_at(
    store: &Arc<dyn Store>,
    mut look: impl FnMut(&dyn tidegate_ledger::Rows) -> Checked,
) -> Checked {
    let mut checked = Ok(());
    let read: Result<(), StoreError> = store.read_with(|rows| {
        checked = look(rows);
        Ok(())
    });
    read.map_err(|e| whole::unread(&e))?;
    checked
}

fn shifted(at: Timestamp, by: i64) -> Timestamp {
    let moved = at.as_microsecond().saturating_add(by.saturating_mul(1_000));
    Timestamp::from_microsecond(moved).unwrap_or(at)
}
