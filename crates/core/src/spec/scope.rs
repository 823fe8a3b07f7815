//! What something on the calendar concerns: which services, in which environments, for which kinds of operation.
//!
//! Kinds of selector narrow each other; names within one kind add up. A kind that names nothing leaves everything in.

use super::{Spec, Tier};
use crate::gate::Purpose;
use crate::id::{EnvId, Name, ServiceId, TeamId};
use crate::plan::PlanBody;
use serde::{Deserialize, Serialize};

/// What a deployment does to the service, as far as calendars tell kinds of work apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Operation {
    /// The service comes into the environment for the first time.
    Install,
    /// Another artifact.
    Update,
    /// The same artifact with other configuration, number of instances or port.
    Configuration,
    /// The same again.
    Redeploy,
    /// Return to an earlier revision, asked for as a deployment of its own. The way back of a deployment under way is no
    /// operation: nothing on a calendar stops it.
    Rollback,
}

impl Operation {
    /// All of them, in the order people read them.
    pub const ALL: [Self; 5] = [
        Self::Install,
        Self::Update,
        Self::Configuration,
        Self::Redeploy,
        Self::Rollback,
    ];

    /// As shown and written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Install => "install",
            Self::Update => "update",
            Self::Configuration => "configuration",
            Self::Redeploy => "redeploy",
            Self::Rollback => "rollback",
        }
    }

    /// By its name.
    #[must_use]
    pub fn named(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|o| o.as_str() == text)
    }

    /// What a plan does.
    #[must_use]
    pub fn of(plan: &PlanBody, purpose: Purpose) -> Self {
        match (purpose, &plan.from) {
            (Purpose::Rollback, _) => Self::Rollback,
            (_, None) => Self::Install,
            (_, Some(from)) if from.key == plan.to.key => Self::Redeploy,
            (_, Some(from)) if from.artifact == plan.to.artifact => Self::Configuration,
            (Purpose::Promote | Purpose::Redeploy, Some(_)) => Self::Update,
        }
    }
}

/// Selectors. Without any, all services in all environments of tier production, for every operation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// Services by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<ServiceId>,
    /// Services by owning team.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub teams: Vec<TeamId>,
    /// Services by business unit, with those of the units below it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub units: Vec<Name>,
    /// Services by importance, 1 to 4.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub service_tiers: Vec<u8>,
    /// Environments by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub environments: Vec<EnvId>,
    /// Environments by tier; production when neither names nor tiers are given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tiers: Vec<Tier>,
    /// Kinds of operation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub operations: Vec<Operation>,
}

impl Scope {
    /// Does it concern `service` in `env`? A service or environment that is no longer configured is matched by name only.
    #[must_use]
    pub fn concerns(&self, spec: &Spec, service: &ServiceId, env: &EnvId) -> bool {
        self.has_environment(spec, env) && self.has_service(spec, service)
    }

    /// Does it concern this kind of operation?
    #[must_use]
    pub fn stops(&self, operation: Operation) -> bool {
        self.operations.is_empty() || self.operations.contains(&operation)
    }

    /// Does it concern anything in `env`?
    #[must_use]
    pub fn has_environment(&self, spec: &Spec, env: &EnvId) -> bool {
        let tier = spec.environments.get(env).map(|e| e.tier);
        let by_name = self.environments.is_empty() || self.environments.contains(env);
        let by_tier = match (self.tiers.as_slice(), self.environments.is_empty()) {
            ([], true) => tier == Some(Tier::Production),
            ([], false) => true,
            (tiers, _) => tier.is_some_and(|tier| tiers.contains(&tier)),
        };
        by_name && by_tier
    }

    /// Does it concern `service` in some environment?
    #[must_use]
    pub fn has_service(&self, spec: &Spec, service: &ServiceId) -> bool {
        let configured = spec.services.get(service);
        let by_name = self.services.is_empty() || self.services.contains(service);
        let by_team =
            self.teams.is_empty() || configured.is_some_and(|s| self.teams.contains(&s.owner));
        let by_tier = self.service_tiers.is_empty()
            || configured.is_some_and(|s| self.service_tiers.contains(&s.tier));
        let by_unit =
            self.units.is_empty() || self.units.iter().any(|unit| spec.is_within(service, unit));
        by_name && by_team && by_tier && by_unit
    }
}

/// `payments, ledger in prod-eu, prod-us`, for people.
impl std::fmt::Display for Scope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        fn words<T: ToString>(all: &[T]) -> String {
            let all: Vec<String> = all.iter().map(ToString::to_string).collect();
            all.join(", ")
        }
        let mut what = Vec::new();
        if !self.services.is_empty() {
            what.push(words(&self.services));
        }
        if !self.teams.is_empty() {
            what.push(format!("services of {}", words(&self.teams)));
        }
        if !self.units.is_empty() {
            what.push(format!("services of unit {}", words(&self.units)));
        }
        if !self.service_tiers.is_empty() {
            what.push(format!("services of tier {}", words(&self.service_tiers)));
        }
        if what.is_empty() {
            what.push("all services".to_owned());
        }
        f.write_str(&what.join(", "))?;
        match (self.environments.as_slice(), self.tiers.as_slice()) {
            ([], []) => f.write_str(" in production")?,
            ([], tiers) => {
                let tiers: Vec<&str> = tiers.iter().map(|t| t.as_str()).collect();
                write!(f, " in {}", tiers.join(", "))?;
            }
            (names, _) => write!(f, " in {}", words(names))?,
        }
        if !self.operations.is_empty() {
            let kinds: Vec<&str> = self.operations.iter().map(|o| o.as_str()).collect();
            write!(f, " ({} only)", kinds.join(", "))?;
        }
        Ok(())
    }
}
