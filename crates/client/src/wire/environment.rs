//! Environments and what runs in them.

use super::{Agent, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An environment: its rules and what runs there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Environment {
    /// Name.
    pub name: String,
    /// `dev`, `test` or `production`.
    pub tier: String,
    /// Environments a release must have succeeded in first.
    pub after: Vec<String>,
    /// When a release enters by itself: `manual`, `on-arrival` or `when-green`.
    pub deploy: String,
    /// How long it must be healthy in each of `after` first, in milliseconds.
    pub soak_ms: u64,
    /// IANA zone of its rules.
    pub zone: String,
    /// Region, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Window in which it may change; absent when any time will do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<String>,
    /// At most one deployment of any service at a time.
    pub one_at_a_time: bool,
    /// Does it take deployments?
    pub phase: EnvironmentPhase,
    /// Why it takes none, when it is held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<Posture>,
    /// Services whose path leads here.
    pub services: Vec<Lane>,
    /// Who works for it; absent when no agent was ever seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<Agent>,
}

/// Does an environment take deployments?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum EnvironmentPhase {
    /// Takes deployments.
    Open,
    /// Takes none but returns to earlier revisions.
    Held,
    /// The ledger does not know all that happened there; nothing is done until an admin fenced it.
    Behind,
}

/// Why an environment takes no deployments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Posture {
    /// For people.
    pub because: String,
    /// Who.
    pub by: String,
    /// Since when.
    pub since: Timestamp,
    /// It ends by itself then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// Lock an environment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LockRequest {
    /// Why, for people and the audit trail; at most 2 000 characters.
    pub reason: String,
    /// End it by itself at this instant; without an end when neither this nor `lastingMs` is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// The same as a length of time from now, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lasting_ms: Option<u64>,
}

/// One service in one environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Lane {
    /// Service.
    pub service: String,
    /// What runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub running: Option<Running>,
    /// Revision kept warm beside it until the stabilisation period ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warm: Option<String>,
    /// The deployment under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub live: Option<Live>,
    /// What a rollback returns to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<Running>,
    /// What its agent sees of the running revision; absent when it was not seen lately.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed: Option<Observed>,
    /// Address of the service on this host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// What is otherwise at the target than it was deployed, with no plan that explains it; what nobody answers for holds the
    /// service here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub drift: Vec<Drift>,
}

/// One thing that is otherwise at a target than it was deployed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Drift {
    /// `version`, `instances`, `traffic`, or `file` with the path inside the artifact.
    pub what: String,
    /// Revision that it is about.
    pub revision: String,
    /// As it was deployed.
    pub declared: String,
    /// As it is.
    pub seen: String,
    /// When it was first seen; absent when somebody answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// Agent that saw it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// Since when it is as deployed again, though nothing was deployed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gone: Option<Timestamp>,
    /// Who answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted: Option<Posture>,
}

/// Answer for what was changed at a target past the ledger.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DriftAnswer {
    /// Service.
    pub service: String,
    /// Why, for people and the audit trail; at most 2 000 characters.
    pub reason: String,
    /// It counts as found again from this instant; never when neither this nor `lastingMs` is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// The same as a length of time from now, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lasting_ms: Option<u64>,
}

/// A revision that runs or ran.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Running {
    /// Release.
    pub release: String,
    /// Revision key: version and configuration.
    pub revision: String,
    /// Digest of its artifact.
    pub artifact: String,
    /// Deployment that brought it.
    pub deployment: String,
    /// Since when.
    pub since: Timestamp,
    /// Fence it was brought under.
    pub generation: u64,
}

/// A deployment under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Live {
    /// Deployment.
    pub deployment: String,
    /// Release it brings.
    pub release: String,
    /// How far.
    pub stage: LiveStage,
    /// Since when it is there.
    pub since: Timestamp,
    /// Share of traffic of the new side now, in basis points.
    pub share: u32,
}

/// How far a live deployment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum LiveStage {
    /// Waits at its gates; nothing was touched.
    Gated,
    /// Changes the environment.
    Changing,
    /// Done and watched.
    Watched,
    /// Stopped and needs a person.
    NeedsHuman,
}

/// What an agent sees of a running revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Observed {
    /// Instances that passed their newest health check.
    pub healthy: u32,
    /// Instances wanted.
    pub wanted: u32,
    /// Why restarts were given up, when they were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crash_loop: Option<String>,
    /// Share of traffic by revision key, in basis points, as the router has it.
    #[serde(default)]
    pub weights: BTreeMap<String, u32>,
    /// Digest of the artifact that really runs.
    pub digest: String,
}
