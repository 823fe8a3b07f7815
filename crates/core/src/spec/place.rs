//! Teams, environments and the path between them.

use crate::id::{EnvId, Name};
use crate::time::Millis;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A team. Members come from the identity provider's group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Team {
    /// Group at the identity provider.
    pub group: Option<String>,
    /// Chat channel.
    pub chat: Option<String>,
    /// On-call schedule reference.
    pub on_call: Option<String>,
    /// Accounts of its members, as `tidegate token create` names them; who decides for the team.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<String>,
    /// When somebody of the team is on duty, as phrases of spans. A team without any restricts nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cover: Vec<String>,
    /// IANA zone of `cover`; the company's when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
}

/// What an environment is for; decides which strategy and gates a pipeline gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tier {
    /// Developers' own.
    Dev,
    /// Tests and rehearsals.
    Test,
    /// Users.
    Production,
}

impl Tier {
    /// As written in configuration.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Test => "test",
            Self::Production => "production",
        }
    }
}

/// When a release enters an environment without being asked to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Arrival {
    /// A person asks (`deploy`, `promote`).
    #[default]
    Manual,
    /// Every new release.
    OnArrival,
    /// As soon as the environment before it on the path is healthy.
    WhenGreen,
}

/// What becomes of a deployment that the calendar does not let start now and that was given no time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unscheduled {
    /// It waits for the next time in which it fits.
    #[default]
    Queue,
    /// It is refused.
    Refuse,
}

impl Unscheduled {
    /// As written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queue => "queue",
            Self::Refuse => "refuse",
        }
    }

    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "serde passes a reference"
    )]
    fn is_queue(&self) -> bool {
        *self == Self::Queue
    }
}

/// A place where services run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Environment {
    /// Tier.
    pub tier: Tier,
    /// Environments a release must have succeeded in first.
    pub after: Vec<EnvId>,
    /// When a release enters by itself.
    pub deploy: Arrival,
    /// How long it must be healthy in each of `after` first.
    pub soak: Millis,
    /// IANA zone of this environment's rules.
    pub zone: String,
    /// Window in which work may start; any time when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<Name>,
    /// Hours of little traffic, as phrases of spans: what needs quiet goes only in them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quiet: Vec<String>,
    /// Environments that must never change while this one does; it holds both ways.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub never_with: Vec<EnvId>,
    /// Region, for people.
    pub region: Option<String>,
    /// Deployment lock: at most one deployment of any service at a time.
    pub one_at_a_time: bool,
    /// Deployments that may be under way here at a time; any number when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<u32>,
    /// What becomes of a deployment that may not start now and was given no time.
    #[serde(default, skip_serializing_if = "Unscheduled::is_queue")]
    pub unscheduled: Unscheduled,
    /// Environment variables given to every service here; a service's own value wins.
    pub values: BTreeMap<String, String>,
    /// Added to the public port of every service here, so that several environments fit on one host.
    pub port_offset: u16,
}

/// The way of a release and how it moves at each stop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pipeline {
    /// Environments in order.
    pub path: Vec<EnvId>,
    /// Strategy by tier or environment, with a default.
    pub strategy: StrategyRule,
    /// Stabilisation period after the last step; a regression in it still rolls back.
    pub watch: Millis,
}

/// Which strategy where. The most specific entry wins: environment, tier, default.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StrategyRule {
    /// By environment.
    pub environments: BTreeMap<EnvId, Name>,
    /// By tier, as written (`dev`, `test`, `production`).
    pub tiers: BTreeMap<String, Name>,
    /// Otherwise.
    pub default: Option<Name>,
}
