//! How environments were used.

use super::Timestamp;
use serde::{Deserialize, Serialize};

/// `GET /usage`: how environments were used between two instants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct UsageReport {
    /// First instant.
    pub from: Timestamp,
    /// First instant after it.
    pub until: Timestamp,
    /// In the order of their paths.
    pub environments: Vec<EnvironmentUsage>,
    /// There were more deployments than are counted: the oldest are missing.
    pub cut: bool,
}

/// How one environment was used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct EnvironmentUsage {
    /// Name.
    pub environment: String,
    /// Deployments that began in the time.
    pub deployments: usize,
    /// How many of them were returns to an earlier revision.
    pub returns: usize,
    /// Time in which something was being changed, in milliseconds.
    pub busy_ms: u64,
    /// How long deployments waited before they began, all together, in milliseconds.
    pub waited_ms: u64,
    /// The longest wait of one, in milliseconds.
    pub longest_wait_ms: u64,
    /// The deployment that waited longest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub longest_wait: Option<String>,
    /// Time in which somebody waited while something else was being changed, in milliseconds.
    pub contended_ms: u64,
    /// Most that waited at once.
    pub most_waiting: usize,
    /// Time booked, by team.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub booked: Vec<TeamUsage>,
    /// Deployments and the time they changed something, by the team that owns the service.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub teams: Vec<TeamUsage>,
}

/// What a team used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct TeamUsage {
    /// Team.
    pub team: String,
    /// Deployments; absent for bookings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployments: Option<usize>,
    /// How long, in milliseconds.
    pub lasted_ms: u64,
}
