//! What agents saw last. Kept in memory only: it is stale by the time a server restarts.

use crate::locked;
use crate::wire::Observed;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
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

/// An environment as last seen.
struct Place {
    at: Instant,
    /// By `environment/service`, as text: a small part of what it takes in memory when it is read.
    services: BTreeMap<Box<str>, Box<str>>,
}

/// What is kept of a service.
#[derive(Serialize, Deserialize)]
struct Seen<'a> {
    /// Counters are judged as they come; what is kept is where requests go.
    route: Option<Going<'a>>,
    running: Cow<'a, BTreeMap<String, RevisionObservation>>,
}

#[derive(Serialize, Deserialize)]
struct Going<'a> {
    router: Cow<'a, str>,
    weights: Cow<'a, BTreeMap<String, u32>>,
}

impl<'a> Seen<'a> {
    /// None when the agent does not mention it.
    fn of(observed: &'a Observed, key: &str) -> Option<Self> {
        let route = observed.seen.routes.get(key);
        let running = observed.seen.running.get(key);
        if route.is_none() && running.is_none() {
            return None;
        }
        Some(Self {
            route: route.map(|route| Going {
                router: route.router.as_str().into(),
                weights: Cow::Borrowed(&route.weights),
            }),
            running: running.map_or_else(Cow::default, Cow::Borrowed),
        })
    }

    /// Only maps whose keys are texts: it can always be written.
    fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl Place {
    /// Whatever the agent no longer mentions no longer runs there.
    fn observed(&mut self, environment: &EnvId, observed: &Observed, now: Instant) {
        self.at = now;
        self.services.retain(|key, kept| {
            let Some(seen) = Seen::of(observed, key) else {
                return false;
            };
            let text = seen.text();
            if **kept != *text {
                *kept = text.into();
            }
            true
        });
        let routes = observed.seen.routes.keys();
        for key in routes.chain(observed.seen.running.keys()) {
            if key.split('/').next() == Some(environment.as_str())
                && !self.services.contains_key(key.as_str())
                && let Some(seen) = Seen::of(observed, key)
            {
                self.services
                    .insert(key.as_str().into(), seen.text().into());
            }
        }
    }
}

#[derive(Default)]
struct State {
    agents: BTreeMap<String, (Instant, Vec<EnvId>)>,
    places: BTreeMap<EnvId, Place>,
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
        for environment in environments {
            let place = state.places.entry(environment.clone());
            let place = place.or_insert_with(|| Place {
                at: now,
                services: BTreeMap::new(),
            });
            place.observed(environment, observed, now);
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
        let place = state.places.get(environment)?;
        let seen: Seen<'_> = serde_json::from_str(place.services.get(key)?).ok()?;
        Some(ServiceSeen {
            age_ms: u64::try_from(place.at.elapsed().as_millis()).unwrap_or(u64::MAX),
            route: seen.route.map(|route| RouteObservation {
                router: route.router.into_owned(),
                weights: route.weights.into_owned(),
                groups: BTreeMap::new(),
            }),
            running: seen.running.into_owned(),
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

#[cfg(test)]
mod tests {
    use super::*;
    use tidegate_plugin::actuator::Observation;
    use tidegate_plugin::router::GroupStats;

    fn running(healthy: u32) -> BTreeMap<String, RevisionObservation> {
        let revision = RevisionObservation {
            healthy,
            ..RevisionObservation::default()
        };
        [("1.0.0+c0ffee12".to_owned(), revision)].into()
    }

    fn said(services: &[(&str, u32)]) -> Observed {
        let route = |(key, weight): &(&str, u32)| {
            let route = RouteObservation {
                router: "r1".to_owned(),
                weights: [("1.0.0+c0ffee12".to_owned(), *weight)].into(),
                groups: [("1.0.0+c0ffee12".to_owned(), GroupStats::default())].into(),
            };
            ((*key).to_owned(), route)
        };
        Observed {
            environments: vec!["prod".to_owned()],
            seen: Observation {
                routes: services.iter().map(route).collect(),
                running: [("prod/db".to_owned(), running(2))].into(),
            },
        }
    }

    #[test]
    fn what_an_agent_said_last_is_what_is_known_of_its_environment_and_no_more() {
        let (all, prod) = (SeenAll::default(), EnvId::new("prod").unwrap());
        let own = [prod.clone()];
        all.observed("north", &own, &said(&[("prod/web", 500), ("test/web", 1)]));
        let web = all.service(&prod, "prod/web").unwrap();
        let route = web.route.unwrap();
        assert_eq!((route.router.as_str(), route.weights.len()), ("r1", 1));
        assert!(route.groups.is_empty(), "counters are not kept");
        assert!(web.running.is_empty());
        let db = all.service(&prod, "prod/db").unwrap();
        assert_eq!((db.route, db.running), (None, running(2)));
        // It may say nothing of the environments of others.
        assert!(all.service(&prod, "test/web").is_none());

        all.observed("north", &own, &said(&[("prod/api", 700)]));
        assert!(all.service(&prod, "prod/web").is_none(), "it runs no more");
        let api = all.service(&prod, "prod/api").unwrap().route.unwrap();
        assert_eq!(api.weights.values().collect::<Vec<_>>(), [&700]);
    }
}
