//! What became of planned work, told to whoever asked for it and whoever answers for the service.

use super::Timestamp;
use serde::{Deserialize, Serialize};

/// What was told to whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Notice {
    /// When.
    pub at: Timestamp,
    /// The stream whose entry says so, for `tidegate audit log --stream`.
    pub stream: String,
    /// Which entry of the stream.
    pub rev: u64,
    /// What happened: `moved`, `without a time`, `paused by a freeze`, `goes on`, `waits for a person`, `cancelled`, `replaced`,
    /// `expired`, `taken back`, `needs a person`, `missed its train`, `postponed`, `exception asked for`, `exception granted`,
    /// `exception refused`, `exception expired`, `exception revoked`, `review overdue`.
    pub what: String,
    /// Releases it is about.
    pub releases: Vec<String>,
    /// Where, when it is one place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// The departure it is about: `retail#4`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub departure: Option<String>,
    /// Why.
    pub because: String,
    /// The time that was planned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Timestamp>,
    /// The time that is planned now, or until when something holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<Timestamp>,
    /// People it is for.
    pub to: Vec<String>,
    /// Teams it is for: owners of the services.
    pub teams: Vec<String>,
    /// Who did it, when it was a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}
