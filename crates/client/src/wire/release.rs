//! Releases: a version on its way through the environments of its pipeline.

use super::{Condition, LinePlace, Priority, Slot, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// `POST /releases`: make a release from a registered artifact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReleaseRequest {
    /// `service@version`.
    pub release: String,
    /// Digest that is expected, when the caller wants it checked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifact: Option<String>,
}

/// `POST /releases/{ref}/promotions`: move along the path as far as an environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PromoteRequest {
    /// Last environment to enter.
    pub to: String,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How urgent; `high` needs a reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
    /// Not before this instant into that environment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// Milliseconds after its reserved start (after asking, without one) at which it is given up; two weeks by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_ms: Option<u64>,
}

/// A release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Release {
    /// `service@version`.
    pub id: String,
    /// Service.
    pub service: String,
    /// Version.
    pub version: String,
    /// Phase.
    pub phase: ReleasePhase,
    /// Digest of its artifact.
    pub artifact: String,
    /// Environment a promotion under way leads to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wanted: Option<String>,
    /// Why it goes nowhere, when it is held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<Hold>,
    /// Why single revisions of it go nowhere, by revision key.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub held_revisions: BTreeMap<String, Hold>,
    /// Environments of its path in order, with how far it came in each.
    pub stages: Vec<Stage>,
    /// How releases of its service come to users: `train`, `on-demand` or `continuous`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The newest departure it is aboard, as `train#number`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub departure: Option<String>,
    /// That departure with the dates near it; only when a single release is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub travels: Option<Box<super::Departure>>,
    /// Regulatory tags, of the release and of its service.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// What stays out of it, explicitly.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub excluded: Vec<super::ScopeExclusion>,
    /// When it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
}

/// Phase of a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ReleasePhase {
    /// Fixed; nothing was deployed.
    Locked,
    /// Deployed somewhere, not everywhere.
    Rolling,
    /// Rolled back; goes nowhere until a person releases it.
    Held,
    /// Arrived in every environment of its path.
    Released,
    /// Given up before anything was deployed.
    Cancelled,
    /// Of a kind this program does not know.
    #[serde(other)]
    Unknown,
}

/// Why something is held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Hold {
    /// For people.
    pub because: String,
    /// Where it was rolled back.
    pub environment: String,
    /// Deployment that was rolled back.
    pub deployment: String,
    /// When.
    pub at: Timestamp,
}

/// How far a release came in one environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Stage {
    /// Environment.
    pub environment: String,
    /// How far.
    pub state: StageState,
    /// Deployment that brought it so far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployment: Option<String>,
    /// When it was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
    /// What stands before the entry, when it was not there yet; only when a single release is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conditions: Option<Vec<Condition>>,
    /// Reserved time of the deployment that waits there; only when a single release is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slot: Option<Slot>,
    /// Its place in the line; only when a single release is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<LinePlace>,
}

/// How far a release came in one environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum StageState {
    /// Was not there yet.
    None,
    /// Under way.
    Started,
    /// Succeeded.
    Done,
    /// Did not succeed or was taken back.
    Failed,
    /// Of a kind this program does not know.
    #[serde(other)]
    Unknown,
}
