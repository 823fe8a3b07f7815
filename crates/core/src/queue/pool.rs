//! Pools: what has a limited number of places, and which of them a deployment needs.

use crate::id::{EnvId, Name, ServiceId};
use crate::spec::{Spec, Tier};
use std::collections::BTreeSet;

/// Something with a limited number of places.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pool {
    /// An environment with `at-most` or `one-at-a-time`.
    Environment(EnvId),
    /// A window with `at-most`, for all environments that name it together.
    Window(Name),
    /// A shared resource: one user at a time, over all environments of tier production.
    Resource(Name),
}

impl std::fmt::Display for Pool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Environment(env) => write!(f, "{env}"),
            Self::Window(name) => write!(f, "window {name}"),
            Self::Resource(name) => write!(f, "{name}"),
        }
    }
}

impl Pool {
    /// Dotted path of the configuration value that limits it.
    #[must_use]
    pub fn rule(&self, spec: &Spec, service: &ServiceId) -> String {
        match self {
            Self::Environment(env) => {
                let at_most = spec.environments.get(env).and_then(|e| e.at_most);
                let key = if at_most.is_some() {
                    "at-most"
                } else {
                    "one-at-a-time"
                };
                format!("environments.{env}.{key}")
            }
            Self::Window(name) => format!("windows.{name}.at-most"),
            Self::Resource(_) => format!("services.{service}.uses"),
        }
    }
}

impl Spec {
    /// The pools a deployment of `service` to `env` takes a place of, with the number of places of each.
    #[must_use]
    pub fn pools(&self, service: &ServiceId, env: &EnvId) -> Vec<(Pool, u32)> {
        let mut pools = self.common_pools(env);
        let tier = self.environments.get(env).map(|e| e.tier);
        if tier == Some(Tier::Production) {
            let uses = self.services.get(service).map(|s| &s.uses);
            pools.extend(
                uses.into_iter()
                    .flatten()
                    .map(|name| (Pool::Resource(name.clone()), 1)),
            );
        }
        pools
    }

    /// Those of them that every deployment to `env` needs, whatever the service.
    #[must_use]
    pub fn common_pools(&self, env: &EnvId) -> Vec<(Pool, u32)> {
        let Some(environment) = self.environments.get(env) else {
            return Vec::new();
        };
        let mut pools = Vec::new();
        let one = environment.one_at_a_time.then_some(1);
        if let Some(limit) = environment.at_most.into_iter().chain(one).min() {
            pools.push((Pool::Environment(env.clone()), limit));
        }
        if let Some(name) = &environment.window
            && let Some(limit) = self.windows.get(name).and_then(|w| w.at_most)
        {
            pools.push((Pool::Window(name.clone()), limit));
        }
        pools
    }

    /// The environments whose deployments may compete with those of `env`, itself included.
    #[must_use]
    pub fn competing(&self, env: &EnvId) -> BTreeSet<EnvId> {
        let shares = self.services.values().any(|s| !s.uses.is_empty());
        let limited = |window: &Name| {
            self.windows
                .get(window)
                .is_some_and(|w| w.at_most.is_some())
        };
        let linked = |a: &EnvId, b: &EnvId| {
            let (Some(a), Some(b)) = (self.environments.get(a), self.environments.get(b)) else {
                return false;
            };
            let window = a.window.is_some()
                && a.window == b.window
                && a.window.as_ref().is_some_and(limited);
            let resource = shares && a.tier == Tier::Production && b.tier == Tier::Production;
            window || resource
        };
        let mut found = BTreeSet::from([env.clone()]);
        loop {
            let more: Vec<EnvId> = self
                .environments
                .keys()
                .filter(|e| !found.contains(*e) && found.iter().any(|f| linked(f, e)))
                .cloned()
                .collect();
            if more.is_empty() {
                return found;
            }
            found.extend(more);
        }
    }
}
