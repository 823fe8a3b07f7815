//! The two plug-in traits.

use crate::action::{Action, Outcome};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Where long work can be asked about again; meaningful only to the actuator that made it.
pub type Handle = String;

/// State of started work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// Still at it; ask again after this many milliseconds.
    Running {
        /// For [`Actuator::poll`].
        handle: Handle,
        /// Milliseconds.
        poll_after_ms: u64,
        /// One line for people.
        note: String,
    },
    /// Ended.
    Done(Outcome),
}

/// Work that could not be started or asked about.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The request itself is not acceptable (older generation, unknown kind).
    #[error("refused: {0}")]
    Refused(String),
    /// Outside trouble; may be tried again.
    #[error("could not be done: {0}")]
    Broken(String),
    /// It is not known whether the work took effect and it must not be repeated blindly.
    #[error("fate unknown: {0}")]
    Unknown(String),
}

/// Changes the outside world. Long work is polled; no future is held across days.
#[async_trait]
pub trait Actuator: Send + Sync {
    /// Idempotent by `action.id`. Refuses a generation older than the newest seen for the (environment, service).
    async fn start(&self, action: &Action) -> Result<Progress, Fault>;
    /// State of work started earlier, also by a former process of this agent.
    async fn poll(&self, action: &Action, handle: &Handle) -> Result<Progress, Fault>;
    /// Ends work under way as early as is safe.
    async fn cancel(&self, action: &Action, handle: &Handle) -> Result<Progress, Fault>;
}

/// Looks and changes nothing.
#[async_trait]
pub trait Sensor: Send + Sync {
    /// What is true at the target now.
    async fn observe(&self) -> Result<Observation, Fault>;
}

/// What an agent sees at its targets: sent to the server on change and at least every two seconds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Observation {
    /// Router counters by `environment/service`; absent routes were not reachable (never zeros in their place).
    #[serde(default)]
    pub routes: BTreeMap<String, RouteObservation>,
    /// Instances by `environment/service`, then by revision key.
    #[serde(default)]
    pub running: BTreeMap<String, BTreeMap<String, RevisionObservation>>,
}

/// One route as its router reports it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RouteObservation {
    /// Identity of the router process; counters restart when it changes.
    pub router: String,
    /// Weights in force, basis points by revision key.
    pub weights: BTreeMap<String, u32>,
    /// Counters by revision key.
    pub groups: BTreeMap<String, crate::router::GroupStats>,
}

/// Instances of one revision at a target.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RevisionObservation {
    /// Digest of the artifact that really runs.
    pub digest: String,
    /// Instances wanted.
    pub wanted: u32,
    /// Instances that passed their newest health check.
    pub healthy: u32,
    /// Unexpected exits since the revision was started here.
    pub exits: u32,
    /// Set when restarts were given up: too many exits in a short time. With the last log lines.
    #[serde(default)]
    pub crash_loop: Option<CrashLoop>,
    /// What of the artifact somebody changed here since it was made ready, as last seen; at most 50. Also what the agent put
    /// back in the last seconds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<FileChange>,
}

/// A file of an artifact that is another one at the target. What stands in it is not told.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileChange {
    /// Path inside the artifact.
    pub path: String,
    /// What was made ready: `sha256:…`, with ` executable` behind it, or `link to sha256:…`.
    pub declared: String,
    /// What stands there, the same way, or `gone`.
    pub seen: String,
}

/// Why restarts were given up.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CrashLoop {
    /// For people, for example `exited 3 times in 12 s, last with code 1`.
    pub because: String,
    /// Last lines of the log, secrets removed; at most 40.
    pub log: Vec<String>,
}
