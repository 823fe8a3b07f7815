//! What agents saw last. Kept in memory only: it is stale by the time a server restarts.

use crate::locked;
use crate::wire::Observed;
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};
use tidegate_core::id::EnvId;
use tidegate_plugin::actuator::{RevisionObservation, RouteObservation};

/// An agent is unreachable after this long without a word: three of its heartbeats, which are two seconds apart at most.
const SILENT: Duration = Duration::from_secs(6);
/// Notes kept of running actions.
const NOTES: usize = 1_000;

/// An agent as last heard of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentSeen {
    /// Name.
    pub name: String,
    /// Environments it serves.
    pub environments: Vec<EnvId>,
    /// Milliseconds since its last word.
    pub silent_ms: u64,
    /// Heard of lately?
    pub reachable: bool,
    /// Its version, as it says.
    pub version: Option<String>,
}

/// A service in an environment as last seen.
#[derive(Debug, Clone)]
pub struct ServiceSeen {
    /// Milliseconds since it was seen.
    pub age_ms: u64,
    /// Its route without counters, when its router could be asked.
    pub route: Option<RouteObservation>,
    /// Instances by revision key.
    pub running: BTreeMap<String, RevisionObservation>,
}

struct Seen {
    at: Instant,
    route: Option<RouteObservation>,
    running: BTreeMap<String, RevisionObservation>,
}

#[derive(Default)]
struct State {
    agents: BTreeMap<String, (Instant, Vec<EnvId>)>,
    /// By environment, then by `environment/service`.
    services: BTreeMap<EnvId, BTreeMap<String, Seen>>,
    notes: BTreeMap<String, String>,
    /// Highest generations that targets have seen, as agents said last, by agent.
    generations: BTreeMap<String, Generations>,
    /// What agents say their version is.
    versions: BTreeMap<String, String>,
}

/// By environment and service.
pub(crate) type Generations = BTreeMap<(String, String), u64>;

#[derive(Default)]
pub(crate) struct SeenAll(Mutex<State>);

impl SeenAll {
    pub(crate) fn agent(&self, name: &str, environments: &[EnvId]) {
        locked(&self.0)
            .agents
            .insert(name.to_owned(), (Instant::now(), environments.to_vec()));
    }

    pub(crate) fn version(&self, name: &str, version: &str) {
        let mut state = locked(&self.0);
        if state
            .versions
            .get(name)
            .is_none_or(|known| known != version)
        {
            state.versions.insert(name.to_owned(), version.to_owned());
        }
    }

    /// Did the agent say the same before?
    pub(crate) fn knows(&self, agent: &str, generations: &Generations) -> bool {
        locked(&self.0).generations.get(agent) == Some(generations)
    }

    pub(crate) fn said(&self, agent: &str, generations: Generations) {
        locked(&self.0)
            .generations
            .insert(agent.to_owned(), generations);
    }

    /// Highest generations by service that targets of an environment have seen; `None` when no agent of it said any since
    /// this server started.
    pub(crate) fn generations(&self, environment: &EnvId) -> Option<BTreeMap<String, u64>> {
        let state = locked(&self.0);
        let serves = |name: &String| {
            let agent = state.agents.get(name);
            agent.is_some_and(|(_, environments)| environments.contains(environment))
        };
        let mut highest: Option<BTreeMap<String, u64>> = None;
        for (_, said) in state.generations.iter().filter(|(name, _)| serves(name)) {
            let highest = highest.get_or_insert_default();
            for ((place, service), generation) in said {
                if place == environment.as_str() {
                    let known = highest.entry(service.clone()).or_default();
                    *known = (*known).max(*generation);
                }
            }
        }
        highest
    }

    pub(crate) fn note(&self, action: &str, note: &str) {
        let mut state = locked(&self.0);
        if state.notes.len() >= NOTES {
            state.notes.clear();
        }
        state.notes.insert(action.to_owned(), note.to_owned());
    }

    pub(crate) fn note_of(&self, action: &str) -> Option<String> {
        locked(&self.0).notes.get(action).cloned()
    }

    pub(crate) fn observed(&self, agent: &str, environments: &[EnvId], observed: &Observed) {
        let now = Instant::now();
        let mut state = locked(&self.0);
        state
            .agents
            .insert(agent.to_owned(), (now, environments.to_vec()));
        // Whatever this agent no longer mentions no longer runs there.
        let served = |key: &str| {
            let place = key.split('/').next();
            environments
                .iter()
                .find(|env| place == Some(env.as_str()))
                .cloned()
        };
        for environment in environments {
            state.services.remove(environment);
        }
        let routes = observed.seen.routes.keys();
        for key in routes.chain(observed.seen.running.keys()) {
            let Some(environment) = served(key) else {
                continue;
            };
            let there = state.services.entry(environment).or_default();
            if there.contains_key(key) {
                continue;
            }
            // Counters are judged as they come; what is kept is where requests go.
            let route = observed.seen.routes.get(key).map(|route| RouteObservation {
                router: route.router.clone(),
                weights: route.weights.clone(),
                groups: BTreeMap::new(),
            });
            let seen = Seen {
                at: now,
                route,
                running: observed.seen.running.get(key).cloned().unwrap_or_default(),
            };
            there.insert(key.clone(), seen);
        }
    }

    pub(crate) fn agents(&self) -> Vec<AgentSeen> {
        let state = locked(&self.0);
        state
            .agents
            .iter()
            .map(|(name, (at, environments))| AgentSeen {
                name: name.clone(),
                environments: environments.clone(),
                silent_ms: u64::try_from(at.elapsed().as_millis()).unwrap_or(u64::MAX),
                reachable: at.elapsed() < SILENT,
                version: state.versions.get(name).cloned(),
            })
            .collect()
    }

    pub(crate) fn service(&self, environment: &EnvId, key: &str) -> Option<ServiceSeen> {
        let state = locked(&self.0);
        let seen = state.services.get(environment)?.get(key);
        seen.map(|seen| ServiceSeen {
            age_ms: u64::try_from(seen.at.elapsed().as_millis()).unwrap_or(u64::MAX),
            route: seen.route.clone(),
            running: seen.running.clone(),
        })
    }
}

impl crate::Engine {
    /// Agents, as last heard of.
    #[must_use]
    pub fn agents(&self) -> Vec<AgentSeen> {
        self.shared.seen.agents()
    }

    /// An agent that may work here said which version it is.
    pub fn agent_version(&self, agent: &str, version: &str) {
        self.shared.seen.version(agent, version);
    }

    /// A service in an environment, as last seen; absent when no agent mentioned it.
    #[must_use]
    pub fn service_seen(&self, environment: &str, service: &str) -> Option<ServiceSeen> {
        let key = format!("{environment}/{service}");
        self.shared
            .seen
            .service(&EnvId::new(environment).ok()?, &key)
    }

    /// What the agent last said about an action under way.
    #[must_use]
    pub fn note_of(&self, action: &str) -> Option<String> {
        self.shared.seen.note_of(action)
    }
}
