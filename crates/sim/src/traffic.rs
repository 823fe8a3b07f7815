//! Programs and the requests they answer, played: requests come at a steady rate and are split by the weights that hold.

use std::collections::BTreeMap;
use tidegate_core::time::{Millis, Timestamp};
use tidegate_plugin::actuator::RouteObservation;
use tidegate_plugin::router::GroupStats;

/// How a release behaves when it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behaviour {
    /// As releases do: one request in a thousand fails.
    Healthy,
    /// So many of 10,000 requests fail.
    Errors(u64),
    /// Its instances never become healthy.
    NeverStarts,
}

impl Behaviour {
    /// How many of 10,000 requests fail.
    pub(crate) fn errors(self) -> u64 {
        match self {
            Self::Healthy => 10,
            Self::Errors(share) => share,
            Self::NeverStarts => 10_000,
        }
    }
}

/// What runs behind one route.
#[derive(Debug, Clone, Default)]
pub(crate) struct Route {
    /// Basis points by revision key.
    pub(crate) weights: BTreeMap<String, u32>,
    groups: BTreeMap<String, GroupStats>,
    counted: Option<Timestamp>,
}

impl Route {
    /// The revisions that get requests.
    pub(crate) fn keys(&self) -> Vec<String> {
        self.weights.keys().cloned().collect()
    }

    /// Requests since the last count, `rate` a second, by the weights that held; `errors` of 10,000 fail.
    pub(crate) fn count(&mut self, now: Timestamp, rate: u64, errors: &BTreeMap<String, u64>) {
        let since = self.counted.replace(now).unwrap_or(now);
        let seconds = Millis::between(since, now).0 / 1_000;
        for (key, weight) in &self.weights {
            let requests = seconds * rate * u64::from(*weight) / 10_000;
            let errors = requests * errors.get(key).copied().unwrap_or(0) / 10_000;
            let group = self.groups.entry(key.clone()).or_default();
            group.requests += requests;
            group.errors += errors;
            // Requests are spread evenly: each counts as a block of its own.
            group.blocks += requests;
            group.error_blocks += errors;
        }
    }

    /// As a router of this name reports it.
    pub(crate) fn seen(&self, router: &str) -> RouteObservation {
        RouteObservation {
            router: router.to_owned(),
            weights: self.weights.clone(),
            groups: self.groups.clone(),
        }
    }
}
