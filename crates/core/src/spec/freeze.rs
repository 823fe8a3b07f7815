//! Freezes: what they concern, what may go all the same, and what happens to rollouts that a freeze finds under way.
//!
//! One policy for freezes of the configuration and for those that people declare. When a planned freeze holds is in `times`.

use super::Tier;
use super::scope::{Operation, Scope};
use crate::id::{EnvId, Name, ServiceId, TeamId};
use serde::{Deserialize, Serialize};

/// A planned time in which nothing may start.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Written", into = "Written")]
pub struct Freeze {
    /// Why, for people.
    pub why: String,
    /// What it lies around, such as `fiscal-quarter-end`; `from` and `until` are then offsets from it.
    pub around: Option<String>,
    /// First instant, or an offset such as `3 working days before`.
    pub from: String,
    /// End, not part of it; open-ended when absent.
    pub until: Option<String>,
    /// IANA zone; that of each environment when absent.
    pub zone: Option<String>,
    /// What it concerns.
    pub scope: Scope,
    /// What may go all the same.
    pub policy: FreezePolicy,
}

/// What a freeze means for work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FreezePolicy {
    /// Rollouts that it finds under way.
    #[serde(default, skip_serializing_if = "is_default")]
    pub in_flight: InFlight,
    /// Returns to an earlier revision that are asked for as deployments of their own.
    #[serde(default = "go", skip_serializing_if = "goes")]
    pub rollbacks: Going,
    /// Services that come into an environment for the first time.
    #[serde(default, skip_serializing_if = "is_default")]
    pub first_installs: Going,
    /// Change classes whose exceptions nobody has to grant.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub let_through: Vec<ChangeClass>,
    /// Teams whose members grant other exceptions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exception_by: Vec<TeamId>,
}

/// What happens to a rollout that a freeze finds under way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InFlight {
    /// It goes on to its end.
    #[default]
    Finish,
    /// It starts no further step and goes on by itself when the freeze ends.
    Pause,
    /// It is taken back.
    Return,
}

/// May a kind of operation start inside a freeze?
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Going {
    /// Yes.
    Go,
    /// Not before it ends.
    #[default]
    Wait,
}

/// Class of a change: how much is asked before it may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeClass {
    /// Approved beforehand, within limits.
    Standard,
    /// Anything else.
    Normal,
    /// Needs more than a normal one.
    Major,
    /// Repairs an incident; a person declares it.
    Emergency,
}

impl Default for FreezePolicy {
    fn default() -> Self {
        Self {
            in_flight: InFlight::Finish,
            rollbacks: Going::Go,
            first_installs: Going::Wait,
            let_through: Vec::new(),
            exception_by: Vec::new(),
        }
    }
}

impl FreezePolicy {
    /// Whether an operation starts inside the freeze whatever its scope says.
    #[must_use]
    pub fn lets(&self, operation: Operation) -> bool {
        match operation {
            Operation::Rollback => self.rollbacks == Going::Go,
            Operation::Install => self.first_installs == Going::Go,
            _ => false,
        }
    }
}

impl InFlight {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Finish, Self::Pause, Self::Return];

    /// As shown and written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Finish => "finish",
            Self::Pause => "pause",
            Self::Return => "return",
        }
    }

    /// By its name.
    #[must_use]
    pub fn named(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.as_str() == text)
    }
}

impl Going {
    /// As shown and written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Go => "go",
            Self::Wait => "wait",
        }
    }

    /// By its name.
    #[must_use]
    pub fn named(text: &str) -> Option<Self> {
        [Self::Go, Self::Wait]
            .into_iter()
            .find(|g| g.as_str() == text)
    }
}

impl ChangeClass {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Standard, Self::Normal, Self::Major, Self::Emergency];

    /// As shown and written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Normal => "normal",
            Self::Major => "major",
            Self::Emergency => "emergency",
        }
    }

    /// By its name.
    #[must_use]
    pub fn named(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.as_str() == text)
    }
}

impl Freeze {
    /// Whether it concerns a service in an environment, for some operation.
    #[must_use]
    pub fn concerns(&self, spec: &super::Spec, service: &ServiceId, env: &EnvId) -> bool {
        self.scope.concerns(spec, service, env)
    }
}

/// As it is stored: everything beside each other, as people write it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    why: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    around: Option<String>,
    from: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    zone: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    services: Vec<ServiceId>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    teams: Vec<TeamId>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    units: Vec<Name>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    service_tiers: Vec<u8>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    environments: Vec<EnvId>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tiers: Vec<Tier>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    operations: Vec<Operation>,
    #[serde(default, skip_serializing_if = "is_default")]
    policy: FreezePolicy,
}

impl From<Written> for Freeze {
    fn from(w: Written) -> Self {
        let scope = Scope {
            services: w.services,
            teams: w.teams,
            units: w.units,
            service_tiers: w.service_tiers,
            environments: w.environments,
            tiers: w.tiers,
            operations: w.operations,
        };
        Self {
            why: w.why,
            around: w.around,
            from: w.from,
            until: w.until,
            zone: w.zone,
            scope,
            policy: w.policy,
        }
    }
}

impl From<Freeze> for Written {
    fn from(f: Freeze) -> Self {
        let Scope {
            services,
            teams,
            units,
            service_tiers,
            environments,
            tiers,
            operations,
        } = f.scope;
        Self {
            why: f.why,
            around: f.around,
            from: f.from,
            until: f.until,
            zone: f.zone,
            services,
            teams,
            units,
            service_tiers,
            environments,
            tiers,
            operations,
            policy: f.policy,
        }
    }
}

fn go() -> Going {
    Going::Go
}

fn goes(going: &Going) -> bool {
    *going == Going::Go
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
