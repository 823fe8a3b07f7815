//! The server about itself.

use super::{Agent, Timestamp};
use serde::{Deserialize, Serialize};

/// `GET /health`: it answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Health {
    /// `ok`.
    pub status: String,
    /// Version of the server.
    pub version: String,
    /// Clock of the server.
    pub time: Timestamp,
    /// Newest entry of the ledger.
    pub ledger: LedgerHead,
    /// People may sign in at an identity provider: `POST /sign-ins`.
    #[serde(default)]
    pub sign_in: bool,
}

/// Newest entry of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct LedgerHead {
    /// Position.
    pub seq: u64,
    /// Chain hash; names the whole history. Left out of the public answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
}

/// `GET /status`: how the server does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// Version of the server.
    pub version: String,
    /// Clock of the server.
    pub time: Timestamp,
    /// Newest entry.
    pub ledger: LedgerHead,
    /// The writer.
    pub writer: Writer,
    /// Search for streams that nobody would look at again.
    pub sweep: Sweep,
    /// Timers.
    pub due: DueLag,
    /// Agents seen.
    pub agents: Vec<Agent>,
    /// Streams kept aside.
    pub quarantines: Vec<Quarantine>,
    /// Room for the ledger; absent where the server cannot tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub store: Option<StoreSpace>,
    /// Places that the server hands its checkpoints to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checkpoints: Vec<CheckpointPlace>,
    /// Configuration in force; absent while nothing was applied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub config: Option<ConfigHead>,
}

/// The writer's counters since the start of the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Writer {
    /// Transactions.
    pub turns: u64,
    /// Commands.
    pub commands: u64,
    /// Median time of a command in microseconds.
    pub p50_us: u64,
    /// 99th percentile in microseconds.
    pub p99_us: u64,
}

/// Search for streams that nobody would look at again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Sweep {
    /// Runs.
    pub runs: u64,
    /// Streams found; expected 0.
    pub found: u64,
}

/// How late timers are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct DueLag {
    /// Milliseconds the most overdue stream waits.
    pub lag_ms: u64,
}

/// A stream kept aside until a person looks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Quarantine {
    /// Stream.
    pub stream: String,
    /// Why.
    pub because: String,
}

/// Room for the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct StoreSpace {
    /// Bytes of the ledger and what lies beside it.
    pub used_bytes: u64,
    /// Bytes that its disk still takes.
    pub free_bytes: u64,
    /// Bytes of the disk.
    pub total_bytes: u64,
    /// How much it grew a day, over at most 30 days; absent in the first hour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub growth_per_day_bytes: Option<u64>,
    /// Days until the disk is full if it goes on like that; absent while it does not grow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days_left: Option<u64>,
}

/// A place that the server hands its newest checkpoint to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CheckpointPlace {
    /// Where: `file witness.note`, `git witness`, `webhook witness.acme.example`.
    pub to: String,
    /// Entries of the newest checkpoint that it has; 0 while it has none.
    pub size: u64,
    /// When it got it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// Attempts since then that failed.
    pub failures: u32,
    /// Why the last one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// When it is tried next; absent while it has everything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Timestamp>,
}

/// Configuration in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ConfigHead {
    /// Revision number.
    pub revision: u64,
    /// Digest.
    pub digest: String,
}

/// `GET /doctor`: one thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Check {
    /// What.
    pub check: String,
    /// How it stands.
    pub state: CheckState,
    /// One line.
    pub detail: String,
    /// The way out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum CheckState {
    /// Fine.
    Ok,
    /// Works, but look at it.
    Warn,
    /// Does not work.
    Fail,
}
