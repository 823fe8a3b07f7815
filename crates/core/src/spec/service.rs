//! A service: who owns it, what it is made of, how it runs.

use crate::id::{EnvId, Name, ServiceId, TeamId};
use crate::spec::{KnownIssue, StrategyRule};
use crate::time::Millis;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A deployable program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Owning team.
    pub owner: TeamId,
    /// Importance, 1 (highest) to 4.
    pub tier: u8,
    /// Pipeline it travels on.
    pub pipeline: Name,
    /// Strategy of its own, stronger than the pipeline's.
    pub strategy: StrategyRule,
    /// Where its artifacts come from, for people (`oci:…`); each artifact is registered with its own location.
    pub artifact: Option<String>,
    /// Interface versions it offers.
    pub provides: BTreeMap<String, String>,
    /// Services that must run first, with the accepted versions.
    pub needs: BTreeMap<ServiceId, Need>,
    /// How to start it; absent for services that Tidegate only records.
    pub run: Option<Run>,
    /// Health check.
    pub health: Health,
    /// Environment variables, kept apart from the package.
    pub values: BTreeMap<String, String>,
    /// Differences per environment.
    pub environments: BTreeMap<EnvId, Override>,
    /// Limits of the way back.
    pub rollback: Rollback,
    /// Known issues, for support.
    pub known_issues: Vec<KnownIssue>,
    /// Shared resources it needs for itself while it is deployed to an environment of tier production.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub uses: BTreeSet<Name>,
    /// How long the steps of a deployment take, while too few are known to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<Millis>,
    /// Teams that must be on duty while it is deployed to production; the owner and the owners of what it needs when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cover_by: Vec<TeamId>,
    /// It goes into production only in the quiet hours of each environment.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub needs_quiet: bool,
    /// Class of the data it handles; not known when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_class: Option<DataClass>,
    /// Who uses it; not known when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audience: Option<Audience>,
    /// Regulatory tags of every release of it.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub tags: BTreeSet<Name>,
    /// Teams that see it beside its owner; everybody when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visible_to: Option<BTreeSet<TeamId>>,
}

/// Class of data, the least sensitive first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DataClass {
    /// Everybody may see it.
    Public,
    /// For the company's own people.
    Internal,
    /// For those who need it.
    Confidential,
    /// Under rules of law or contract: payment cards, health, secrets.
    Restricted,
}

/// Who uses a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Audience {
    /// The company's own people.
    Staff,
    /// Customers.
    Customers,
}

impl DataClass {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Public,
        Self::Internal,
        Self::Confidential,
        Self::Restricted,
    ];

    /// As shown and written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Internal => "internal",
            Self::Confidential => "confidential",
            Self::Restricted => "restricted",
        }
    }

    /// By its name.
    #[must_use]
    pub fn named(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.as_str() == text)
    }
}

impl Audience {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Staff, Self::Customers];

    /// As shown and written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Staff => "staff",
            Self::Customers => "customers",
        }
    }

    /// By its name.
    #[must_use]
    pub fn named(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|a| a.as_str() == text)
    }
}

/// A needed service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Need(pub semver::VersionReq);

/// How instances are started on a process target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// Program and arguments; `$PORT` and `${NAME}` of the values are filled in, no shell is involved.
    pub command: Vec<String>,
    /// Run once per unpacked release before the first start.
    pub prepare: Option<Vec<String>>,
    /// Public port the router listens on; absent for a program that takes no requests.
    pub port: Option<u16>,
    /// Instances, at least 1.
    pub instances: u32,
    /// Time between the request to stop and the kill.
    pub grace: Millis,
}

/// Health check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Health {
    /// Path asked with GET; absent checks that the port accepts connections.
    pub path: Option<String>,
    /// Between two checks.
    pub every: Millis,
    /// One check may take.
    pub timeout: Millis,
    /// From start to the first healthy answer.
    pub deadline: Millis,
}

/// Differences of a service in one environment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Override {
    /// Values here; they win over the service's.
    pub values: BTreeMap<String, String>,
    /// Instances here.
    pub instances: Option<u32>,
    /// Strategy here.
    pub strategy: Option<Name>,
    /// Public port here; the environment's offset is not added.
    pub port: Option<u16>,
}

/// Limits of the way back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rollback {
    /// The way back must be finished in this time, else a person is called.
    pub within: Millis,
    /// Who decides when it does not begin by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decides: Option<RollbackAuthority>,
}

/// Who decides whether a bad version goes back, and what happens without an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RollbackAuthority {
    /// Team that is asked first.
    pub owner: TeamId,
    /// Team that is asked when that one does not answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deputy: Option<TeamId>,
    /// Teams that are asked after that, one after the other.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub escalate: Vec<TeamId>,
    /// Team that may let it stay against its criteria; nobody may when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub executive: Option<TeamId>,
    /// How long each of them has for an answer.
    pub answer_within: Millis,
    /// What happens when nobody answered.
    pub otherwise: Otherwise,
    /// When it goes back, in words, as agreed before the release.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub criteria: Vec<String>,
    /// Somebody must have confirmed that they decide, and be on duty, before a deployment starts in production.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub confirm: bool,
}

/// What happens when nobody decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Otherwise {
    /// The way back begins.
    RollBack,
    /// It stays, and what its strategy says goes on.
    Stay,
}

impl Otherwise {
    /// As shown and written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RollBack => "roll-back",
            Self::Stay => "stay",
        }
    }
}
