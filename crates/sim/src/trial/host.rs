//! A simulated target: what its disk holds, what runs on it, and a file of everything that was ever changed there.
//!
//! It keeps the contract of drivers: the same id has the effect of once, and an older generation is refused by its own memory.
//! The checkers read its file and never ask the server what happened.

use super::mutation::Mutation;
use crate::traffic::{Behaviour, Route};
use std::collections::{BTreeMap, BTreeSet};
use tidegate_core::time::Timestamp;
use tidegate_plugin::action::{Action, ActionKind, Outcome};
use tidegate_plugin::actuator::{Observation, RevisionObservation};

/// Requests a second on each route.
const RATE: u64 = 50;

/// One line of the file.
#[derive(Debug, Clone)]
pub(super) struct Effect {
    pub at: Timestamp,
    pub lane: String,
    pub action: String,
    pub deployment: String,
    pub generation: u64,
    pub change: Change,
}

/// What was changed.
#[derive(Debug, Clone)]
pub(super) enum Change {
    Prepared,
    Scaled,
    Shifted { weights: BTreeMap<String, u32> },
}

/// A service at the target.
#[derive(Debug, Clone, Default)]
pub(super) struct Lane {
    pub running: BTreeMap<String, u32>,
    pub route: Route,
}

/// The disk and the programs of one environment. It outlives agents and servers.
#[derive(Debug, Default)]
pub(super) struct Host {
    /// Highest generation let in, by lane.
    pub fence: BTreeMap<String, u64>,
    /// How actions ended, by id.
    pub records: BTreeMap<String, Outcome>,
    pub lanes: BTreeMap<String, Lane>,
    pub effects: Vec<Effect>,
    prepared: BTreeSet<(String, String)>,
    /// Version of each revision that was ever asked for.
    versions: BTreeMap<String, String>,
    /// Digest of the artifact of each.
    digests: BTreeMap<String, String>,
    /// Somebody changes things here by hand, so that its agent says what runs.
    shows: bool,
    behaviours: BTreeMap<String, Behaviour>,
}

impl Host {
    /// How a version of a service behaves here; healthy where nothing was said.
    pub(super) fn behaves(&mut self, release: String, behaviour: Behaviour) {
        self.behaviours.insert(release, behaviour);
    }

    /// Is this work let in?
    pub(super) fn admit(
        &mut self,
        action: &Action,
        mutation: Option<Mutation>,
    ) -> Result<(), String> {
        let lane = lane(action);
        let newest = self.fence.get(&lane).copied().unwrap_or(0);
        if action.generation < newest && mutation != Some(Mutation::Fence) {
            return Err(format!(
                "generation {} is older than {newest}",
                action.generation
            ));
        }
        self.fence.insert(lane, newest.max(action.generation));
        Ok(())
    }

    /// Do the work. The file and the programs change together; the end is kept by [`Host::keep`], so that a machine can die
    /// in between.
    pub(super) fn carry_out(
        &mut self,
        action: &Action,
        now: Timestamp,
        mutation: Option<Mutation>,
    ) -> Outcome {
        let blind = mutation == Some(Mutation::Records);
        let name = lane(action);
        let change = match &action.kind {
            ActionKind::Prepare { unit } => {
                self.versions.insert(
                    unit.key.clone(),
                    format!("{}@{}", action.service, unit.version),
                );
                self.digests.insert(unit.key.clone(), unit.digest.clone());
                let new = self.prepared.insert((name.clone(), unit.key.clone()));
                (new || blind).then_some(Change::Prepared)
            }
            ActionKind::Scale { unit, to } => {
                if *to > 0 && self.behaviour(&unit.key) == Behaviour::NeverStarts {
                    return Outcome::Failed {
                        because: "the health check never answered".to_owned(),
                        log: Vec::new(),
                    };
                }
                let running = &mut self.lanes.entry(name.clone()).or_default().running;
                let have = match to {
                    0 => running.remove(&unit.key),
                    to => running.insert(unit.key.clone(), *to),
                };
                (have.unwrap_or(0) != *to || blind).then_some(Change::Scaled)
            }
            ActionKind::Shift { weights } => {
                self.count(&name, now);
                let route = &mut self.lanes.entry(name.clone()).or_default().route;
                let new = route.weights != *weights || blind;
                route.weights.clone_from(weights);
                let weights = weights.clone();
                new.then_some(Change::Shifted { weights })
            }
        };
        if let Some(change) = change {
            self.effects.push(Effect {
                at: now,
                lane: name,
                action: action.id.clone(),
                deployment: action.deployment.clone(),
                generation: action.generation,
                change,
            });
        }
        Outcome::Done {
            detail: "done".to_owned(),
            log: Vec::new(),
        }
    }

    /// Remember how an action ended.
    pub(super) fn keep(&mut self, action: &str, outcome: &Outcome) {
        if !matches!(outcome, Outcome::Broken { .. }) {
            self.records.insert(action.to_owned(), outcome.clone());
        }
    }

    fn behaviour(&self, key: &str) -> Behaviour {
        let known = self.versions.get(key).and_then(|v| self.behaviours.get(v));
        known.copied().unwrap_or(Behaviour::Healthy)
    }

    fn count(&mut self, name: &str, now: Timestamp) {
        let keys = self.lanes.get(name).map(|lane| lane.route.keys());
        let errors = keys.unwrap_or_default().into_iter().map(|key| {
            let errors = self.behaviour(&key).errors();
            (key, errors)
        });
        let errors: BTreeMap<String, u64> = errors.collect();
        if let Some(lane) = self.lanes.get_mut(name) {
            lane.route.count(now, RATE, &errors);
        }
    }

    /// What a sensor sees.
    pub(super) fn observe(&mut self, now: Timestamp) -> Observation {
        let names: Vec<String> = self.lanes.keys().cloned().collect();
        for name in &names {
            self.count(name, now);
        }
        let shown = self.lanes.iter().filter(|_| self.shows);
        let running = shown.map(|(name, lane)| {
            let there = lane.running.iter();
            let seen = there.map(|(key, n)| (key.clone(), self.seen(key, *n)));
            (name.clone(), seen.collect())
        });
        let running = running.collect();
        let routes = self.lanes.iter();
        Observation {
            routes: routes
                .map(|(name, lane)| (name.clone(), lane.route.seen("simulated")))
                .collect(),
            running,
        }
    }

    fn seen(&self, key: &str, instances: u32) -> RevisionObservation {
        RevisionObservation {
            digest: self.digests.get(key).cloned().unwrap_or_default(),
            wanted: instances,
            healthy: instances,
            ..RevisionObservation::default()
        }
    }

    /// Somebody starts or ends an instance by hand, past everything. True when there was one.
    pub(super) fn change_by_hand(&mut self, more: bool) -> bool {
        let lanes = self.lanes.values_mut();
        let mut running = lanes.flat_map(|lane| lane.running.values_mut());
        let found = running.find(|n| more || **n > 1);
        let Some(instances) = found else {
            return false;
        };
        *instances = if more { *instances + 1 } else { *instances - 1 };
        self.shows = true;
        true
    }
}

/// `environment/service`.
pub(super) fn lane(action: &Action) -> String {
    format!("{}/{}", action.environment, action.service)
}
