//! Agents and the programs they run, played: work takes a while and ends as the program's behaviour says; routers count
//! requests at a steady rate, split by the weights that were last set.

use crate::chance::Chance;
use crate::traffic::{Behaviour, Route};
use std::collections::BTreeMap;
use std::sync::Arc;
use tidegate_core::actor::{Actor, Role};
use tidegate_core::id::{EnvId, ReleaseId};
use tidegate_core::plan::Revision;
use tidegate_core::spec::Spec;
use tidegate_core::time::{Millis, Timestamp};
use tidegate_core::work::{Task, Work};
use tidegate_engine::wire::{LeaseRequest, Observed, Report, ReportState};
use tidegate_engine::{Denied, Engine};
use tidegate_plugin::action::{Action, ActionKind, Outcome};
use tidegate_plugin::actuator::Observation;

/// Most pieces of work taken at once.
const MOST: u32 = 64;
/// Between two looks at the router while something is judged.
const LOOK: Millis = Millis::secs(30);

/// The agent of all environments with everything it runs.
#[derive(Debug)]
pub struct Target {
    actor: Actor,
    environments: Vec<String>,
    /// By release and environment.
    behaviours: BTreeMap<(ReleaseId, EnvId), Behaviour>,
    /// Release of each revision that was ever asked for, by revision key.
    revisions: BTreeMap<String, ReleaseId>,
    routes: BTreeMap<String, Route>,
    at_work: BTreeMap<(Timestamp, String), Action>,
    next_look: Option<Timestamp>,
    chance: Chance,
    /// Requests a second on each route.
    rate: u64,
    /// While away it neither takes work nor reports nor looks.
    away: bool,
}

impl Target {
    pub(crate) fn new(spec: &Spec, seed: u64) -> Self {
        let environments: Vec<EnvId> = spec.environments.keys().cloned().collect();
        Self {
            environments: environments.iter().map(ToString::to_string).collect(),
            actor: Actor::machine(
                "agent:simulated",
                Role::Agent {
                    environments: environments.into_iter().collect(),
                },
            ),
            behaviours: BTreeMap::new(),
            revisions: BTreeMap::new(),
            routes: BTreeMap::new(),
            at_work: BTreeMap::new(),
            next_look: None,
            chance: Chance::from_seed(seed),
            rate: 20,
            away: false,
        }
    }

    /// How a release behaves in an environment from now on; [`Behaviour::Healthy`] where nothing was said.
    pub fn behaves(&mut self, release: ReleaseId, environment: EnvId, behaviour: Behaviour) {
        self.behaviours.insert((release, environment), behaviour);
    }

    /// This work was done before, by others: what it brought about is there.
    pub(crate) fn goes_on(&mut self, done: &[Work]) {
        for work in done {
            let service = &work.service;
            let mut knows = |revision: &Revision| {
                self.revisions
                    .insert(revision.key.clone(), revision.release.clone());
            };
            match &work.task {
                Task::Prepare { revision } | Task::Scale { revision, .. } => knows(revision),
                Task::Shift { weights } => {
                    let name = format!("{}/{service}", work.environment);
                    self.routes.entry(name).or_default().weights = weights.clone();
                }
            }
        }
    }

    /// It is away, or back again.
    pub fn set_away(&mut self, away: bool) {
        self.away = away;
    }

    /// When it next has something to do by itself.
    pub(crate) fn next(&self) -> Option<Timestamp> {
        if self.away {
            return None;
        }
        let work = self.at_work.keys().next().map(|(at, _)| *at);
        work.into_iter().chain(self.next_look).min()
    }

    /// Take new work, end what is done, and say what it sees. True when anything changed.
    pub(crate) fn act(&mut self, engine: &Engine, now: Timestamp) -> Result<bool, Denied> {
        if self.away {
            return Ok(false);
        }
        let took = self.take(engine, now)?;
        let ended = self.end(engine, now)?;
        if took || ended || self.next_look.is_some_and(|at| at <= now) {
            self.look(engine, now)?;
        }
        Ok(took || ended)
    }

    fn take(&mut self, engine: &Engine, now: Timestamp) -> Result<bool, Denied> {
        let request = LeaseRequest {
            environments: self.environments.clone(),
            max: MOST,
            wait_ms: 0,
            holding: None,
        };
        let reply = engine.lease(&self.actor, "simulated", &request, &Arc::default())?;
        let some = !reply.actions.is_empty();
        for action in reply.actions {
            let lasting = self.lasting(&action.kind);
            // A lease is not renewed here: work that lasts longer than one is done in its time.
            let lasting = lasting.min(Millis(reply.lease_ms.saturating_sub(1)));
            self.at_work
                .insert((lasting.after(now), action.id.clone()), action);
        }
        Ok(some)
    }

    fn lasting(&mut self, kind: &ActionKind) -> Millis {
        match kind {
            ActionKind::Prepare { .. } => self.chance.between(Millis::secs(1), Millis::secs(8)),
            ActionKind::Scale { to: 0, .. } => Millis::secs(2),
            ActionKind::Scale { .. } => self.chance.between(Millis::secs(2), Millis::secs(9)),
            ActionKind::Shift { .. } => Millis(200),
        }
    }

    fn end(&mut self, engine: &Engine, now: Timestamp) -> Result<bool, Denied> {
        let mut some = false;
        while let Some(entry) = self.at_work.first_entry() {
            if entry.key().0 > now {
                break;
            }
            let action = entry.remove();
            let result = self.carry_out(&action, now);
            let report = Report {
                action: action.id,
                epoch: action.epoch,
                state: ReportState::Ended { result },
            };
            some = true;
            match engine.report(&self.actor, "simulated", &report) {
                // Too late is an answer: the work was given to another, or is no longer wanted.
                Ok(()) | Err(Denied::Refused(_)) => {}
                Err(other) => return Err(other),
            }
        }
        Ok(some)
    }

    fn carry_out(&mut self, action: &Action, now: Timestamp) -> Outcome {
        let route = format!("{}/{}", action.environment, action.service);
        match &action.kind {
            ActionKind::Prepare { unit } | ActionKind::Scale { unit, .. } => {
                let release = format!("{}@{}", action.service, unit.version);
                if let Ok(release) = release.parse::<ReleaseId>() {
                    self.revisions.insert(unit.key.clone(), release);
                }
                let starts = matches!(action.kind, ActionKind::Scale { to: 1.., .. });
                if starts
                    && self.behaviour(&action.environment, &unit.key) == Behaviour::NeverStarts
                {
                    return Outcome::Failed {
                        because: "the health check never answered".to_owned(),
                        log: vec!["address already in use".to_owned()],
                    };
                }
            }
            ActionKind::Shift { weights } => {
                self.count(&route, now);
                self.routes.entry(route).or_default().weights = weights.clone();
            }
        }
        Outcome::Done {
            detail: "done".to_owned(),
            log: Vec::new(),
        }
    }

    fn behaviour(&self, environment: &str, revision: &str) -> Behaviour {
        let known = || {
            let release = self.revisions.get(revision)?.clone();
            let environment = EnvId::new(environment).ok()?;
            self.behaviours.get(&(release, environment)).copied()
        };
        known().unwrap_or(Behaviour::Healthy)
    }

    /// Requests since the last count, by the weights that held.
    fn count(&mut self, name: &str, now: Timestamp) {
        let environment = name.split('/').next().unwrap_or(name);
        let keys = self.routes.get(name).map(Route::keys).unwrap_or_default();
        let shares: BTreeMap<String, u64> = keys
            .into_iter()
            .map(|key| {
                let share = self.behaviour(environment, &key).errors();
                (key, share)
            })
            .collect();
        let route = self.routes.entry(name.to_owned()).or_default();
        route.count(now, self.rate, &shares);
    }

    fn look(&mut self, engine: &Engine, now: Timestamp) -> Result<(), Denied> {
        let names: Vec<String> = self.routes.keys().cloned().collect();
        for name in names {
            self.count(&name, now);
        }
        let routes = self
            .routes
            .iter()
            .map(|(name, route)| (name.clone(), route.seen("simulated")))
            .collect();
        let observed = Observed {
            environments: self.environments.clone(),
            seen: Observation {
                routes,
                running: BTreeMap::new(),
            },
        };
        let reply = engine.observe(&self.actor, "simulated", &observed)?;
        // A server that wants figures soon is judging; otherwise nobody needs them.
        self.next_look = (reply.next_ms < 1_000).then(|| LOOK.after(now));
        Ok(())
    }
}
