//! A simulated agent: leases work, carries it out at its host, reports, and has everything happen to it that happens to
//! processes and networks.

mod talk;

use super::host::Host;
use super::mutation::Mutation;
use crate::chance::Chance;
use std::collections::BTreeMap;
use tidegate_core::actor::{Actor, Role};
use tidegate_core::id::EnvId;
use tidegate_core::time::{Millis, Timestamp};
use tidegate_engine::Engine;
use tidegate_engine::wire::{Report, ReportState};
use tidegate_plugin::action::{Action, ActionKind, Outcome};

/// Most pieces of work taken at once.
const MOST: u32 = 16;
/// Between two looks at the router while something is judged.
const LOOK: Millis = Millis::secs(10);
/// Looks after a change by hand: what is seen must last before it counts.
const LOOKS: u32 = 4;
/// Between two tries to reach the server.
const AGAIN: Millis = Millis::secs(5);

/// How bad the world is, each in 10,000.
#[derive(Debug, Clone, Copy)]
pub(super) struct Weather {
    /// A message is lost on its way there.
    pub lost: u64,
    /// Its answer is lost.
    pub unheard: u64,
    /// It comes twice.
    pub twice: u64,
    /// It comes later as well, out of order.
    pub late: u64,
    /// Work could not be carried out.
    pub broken: u64,
    /// The agent dies after an effect, before it is recorded.
    pub dies: u64,
}

impl Weather {
    pub(super) const FAIR: Self = Self {
        lost: 0,
        unheard: 0,
        twice: 0,
        late: 0,
        broken: 0,
        dies: 0,
    };
}

/// What an agent and its server disagree about, in the words of a checker.
pub(super) type Wrong = (&'static str, String);

#[derive(Debug)]
struct Job {
    action: Action,
    epoch: u64,
    /// When its work is done.
    ready: Timestamp,
    /// When its lease is renewed.
    renew: Timestamp,
}

/// The agent of one environment, with its host.
#[derive(Debug)]
pub(super) struct Agent {
    pub host: Host,
    actor: Actor,
    name: String,
    environment: String,
    jobs: Vec<Job>,
    /// Reports on their way, by arrival: each may arrive more than once.
    reports: BTreeMap<(Timestamp, u64), Report>,
    /// Asks for work again then, because some is still open.
    ask: Option<Timestamp>,
    /// Newest entry when it asked last: with no other one there is nothing new to take.
    asked: Option<u64>,
    /// Leaves the server alone until then.
    backoff: Timestamp,
    look: Option<Timestamp>,
    /// Looks that follow, because something was changed by hand.
    looks: u32,
    /// Stands still until then, with all it has in hand.
    stopped: Option<Timestamp>,
    /// Is not running until then; what it had in hand is forgotten.
    down: Option<Timestamp>,
    /// Reaches nobody until then.
    cut: Option<Timestamp>,
    /// Lease number by action as last granted by the server.
    granted: BTreeMap<String, u64>,
    lease: Millis,
    sent: u64,
    /// Says which generations its target has seen, as agents do; older ones do not.
    pub tells: bool,
    pub weather: Weather,
    mutation: Option<Mutation>,
}

impl Agent {
    pub(super) fn new(env: &EnvId, now: Timestamp, mutation: Option<Mutation>) -> Self {
        let environments = [env.clone()].into();
        Self {
            host: Host::default(),
            actor: Actor::machine(format!("agent:{env}"), Role::Agent { environments }),
            name: format!("agent-{env}"),
            environment: env.to_string(),
            jobs: Vec::new(),
            reports: BTreeMap::new(),
            ask: None,
            asked: None,
            backoff: now,
            look: None,
            looks: 0,
            stopped: None,
            down: None,
            cut: None,
            granted: BTreeMap::new(),
            lease: Millis::secs(10),
            sent: 0,
            tells: true,
            weather: Weather::FAIR,
            mutation,
        }
    }

    /// Somebody changes something at its host by hand; it sees that for a while.
    pub(super) fn change_by_hand(&mut self, more: bool, now: Timestamp) {
        if self.host.change_by_hand(more) {
            self.looks = LOOKS;
            self.look = Some(AGAIN.after(now));
        }
    }

    pub(super) fn stop_until(&mut self, until: Timestamp) {
        self.stopped = Some(until);
    }

    /// It knows of another server, or of none: it asks at the next chance.
    pub(super) fn connect(&mut self) {
        self.asked = None;
    }

    pub(super) fn die_until(&mut self, until: Timestamp) {
        self.connect();
        self.down = Some(until);
        self.jobs.clear();
        self.reports.clear();
        self.look = None;
    }

    pub(super) fn cut_until(&mut self, until: Timestamp) {
        self.cut = Some(until);
    }

    /// All is well again at `now`.
    pub(super) fn heal(&mut self, now: Timestamp) {
        self.weather = Weather::FAIR;
        for until in [&mut self.stopped, &mut self.down, &mut self.cut] {
            *until = until.map(|at| at.min(now));
        }
    }

    /// When it next does something by itself.
    pub(super) fn next(&self) -> Option<Timestamp> {
        if let Some(until) = self.down.max(self.stopped) {
            return Some(until);
        }
        let work = self.jobs.iter().map(|job| job.ready.min(job.renew));
        let sends = self.reports.keys().map(|(at, _)| *at);
        work.chain(sends)
            .chain(self.look)
            .chain(self.ask)
            .chain(self.cut)
            .min()
    }

    /// Do what is to be done at `now`; true when the server was changed by it. The server may be away.
    pub(super) fn act(
        &mut self,
        server: Option<&Engine>,
        now: Timestamp,
        chance: &mut Chance,
    ) -> Result<bool, Wrong> {
        for until in [&mut self.down, &mut self.stopped, &mut self.cut] {
            if until.is_some_and(|at| at <= now) {
                *until = None;
            }
        }
        if self.down.is_some() || self.stopped.is_some() {
            return Ok(false);
        }
        self.work(now, chance);
        if self.down.is_some() {
            return Ok(false);
        }
        let Some(server) = server.filter(|_| self.cut.is_none()) else {
            self.connect();
            self.wait(now);
            return Ok(false);
        };
        let mut changed = self.renew(server, now, chance);
        changed |= self.tell(server, now, chance)?;
        changed |= self.take(server, now, chance);
        if self.look.is_some_and(|at| at <= now) || changed {
            self.observe(server, now, chance);
        }
        Ok(changed)
    }

    /// Nobody answers: everything that was to be sent is tried again a little later.
    fn wait(&mut self, now: Timestamp) {
        let later = AGAIN.after(now);
        self.ask = Some(later);
        self.look = self.look.map(|at| at.max(later));
        for job in &mut self.jobs {
            job.renew = job.renew.max(later);
        }
        while let Some(entry) = self.reports.first_entry() {
            if entry.key().0 > now {
                break;
            }
            let n = entry.key().1;
            let report = entry.remove();
            self.reports.insert((later, n), report);
        }
    }

    /// Work whose time has come takes effect.
    fn work(&mut self, now: Timestamp, chance: &mut Chance) {
        while let Some(n) = self.jobs.iter().position(|job| job.ready <= now) {
            let job = self.jobs.remove(n);
            let outcome = self.one(&job.action, now, chance);
            let Some(outcome) = outcome else {
                self.die_until(Millis::secs(chance.below(120)).after(now));
                return;
            };
            let report = Report {
                action: job.action.id,
                epoch: job.epoch,
                state: ReportState::Ended { result: outcome },
            };
            self.sent += 1;
            self.reports.insert((now, self.sent), report);
        }
    }

    /// None when it died between the effect and its record.
    fn one(&mut self, action: &Action, now: Timestamp, chance: &mut Chance) -> Option<Outcome> {
        let blind = self.mutation == Some(Mutation::Records);
        if let Some(known) = self.host.records.get(&action.id).filter(|_| !blind) {
            return Some(known.clone());
        }
        if let Err(because) = self.host.admit(action, self.mutation) {
            return Some(Outcome::Failed {
                because,
                log: Vec::new(),
            });
        }
        if chance.happens(self.weather.broken) {
            let because = "the disk did not answer".to_owned();
            return Some(Outcome::Broken { because });
        }
        let outcome = self.host.carry_out(action, now, self.mutation);
        if chance.happens(self.weather.dies) {
            return None;
        }
        self.host.keep(&action.id, &outcome);
        Some(outcome)
    }
}

fn lasting(kind: &ActionKind, chance: &mut Chance) -> Millis {
    if chance.happens(300) {
        return chance.between(Millis::secs(10), Millis::minutes(3));
    }
    match kind {
        ActionKind::Prepare { .. } => chance.between(Millis::secs(1), Millis::secs(8)),
        ActionKind::Scale { .. } => chance.between(Millis::secs(1), Millis::secs(9)),
        ActionKind::Shift { .. } => chance.between(Millis(50), Millis(500)),
    }
}
