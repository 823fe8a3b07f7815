//! The line of an environment: who changes it, who waits for it, and in which order they go.

use super::Timestamp;
use serde::{Deserialize, Serialize};

/// How urgent a deployment is among those that wait for a place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Priority {
    /// After the others.
    Low,
    /// As usual.
    #[default]
    Normal,
    /// Before the others; needs a reason.
    High,
    /// Of a kind this program does not know.
    #[serde(other)]
    Unknown,
}

impl Priority {
    /// For people.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
            Self::Unknown => "unknown",
        }
    }
}

/// A reserved time, its end not included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Slot {
    /// It starts here when it has a place.
    pub start: Timestamp,
    /// Steps, stabilisation and the way back are over here.
    pub end: Timestamp,
}

/// Where a deployment stands in the line of its environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct LinePlace {
    /// From 1.
    pub place: u32,
    /// How many wait, itself included.
    pub of: u32,
    /// The first releases before it.
    #[serde(default)]
    pub before: Vec<String>,
}

/// What has a limited number of places.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Limit {
    /// `prod-eu`, `window office-hours`, or the name of a shared resource.
    pub name: String,
    /// Places.
    pub places: u32,
    /// Deployments that have them.
    pub holders: Vec<String>,
    /// Dotted path of the configuration value.
    pub rule: String,
}

/// A deployment under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct UnderWay {
    /// Deployment.
    pub deployment: String,
    /// Release it brings.
    pub release: String,
    /// Who asked for it.
    pub by: String,
    /// Since when it has its place.
    pub since: Timestamp,
    /// When its steps are expected to be done.
    pub until: Timestamp,
}

/// A deployment that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct InLine {
    /// From 1.
    pub place: u32,
    /// Deployment.
    pub deployment: String,
    /// Release it brings.
    pub release: String,
    /// Team that owned the service when it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    /// How urgent.
    pub priority: Priority,
    /// Who asked for it.
    pub by: String,
    /// When it was asked for.
    pub since: Timestamp,
    /// How long it could have gone but for a place, in milliseconds.
    pub waited_ms: u64,
    /// Gates it waits for beside its place.
    #[serde(default)]
    pub waits_for: Vec<String>,
    /// Reserved time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slot: Option<Slot>,
}

/// The line of an environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Queue {
    /// Environment.
    pub environment: String,
    /// What is limited, as far as somebody here needs it.
    pub limits: Vec<Limit>,
    /// Those that change it.
    pub running: Vec<UnderWay>,
    /// Those that wait, the next one first.
    pub waiting: Vec<InLine>,
}
