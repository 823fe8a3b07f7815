//! Where is my commit, version or artifact?

use super::{StageState, Timestamp};
use serde::{Deserialize, Serialize};

/// A release that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Found {
    /// Release, or the artifact's name when there is no release of it yet.
    pub release: String,
    /// Commit it was built from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// Environments of its path in order.
    pub stages: Vec<Stop>,
}

/// How far a found release is in one environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Stop {
    /// Environment.
    pub environment: String,
    /// How far.
    pub state: StageState,
    /// Since when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// Share of traffic in basis points, while it is under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<u32>,
    /// Why it is not there, in one line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}
