//! Is a release ready for an environment: everything that is asked of it on one page.

use super::{Change, CriterionReading, Decision, Timestamp};
use serde::{Deserialize, Serialize};

/// `GET /releases/{reference}/readiness`: the decision, and everything behind it with age and owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Readiness {
    /// Every gate.
    #[serde(flatten)]
    pub decision: Decision,
    /// May it start, and can it: every gate passes and the environment takes work.
    pub ready: bool,
    /// How risky it is.
    pub risk: RiskSummary,
    /// Class, approvals, sign-offs and documents; absent where nothing is asked of people, or before it is deployed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<Box<Change>>,
    /// Boards that decide about it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub boards: Vec<ReadyBoard>,
    /// The environments on the way there, in order.
    pub places: Vec<ReadyPlace>,
    /// What is missing, who can bring it, and how.
    pub supply: Vec<Supply>,
}

/// A score without its factors.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct RiskSummary {
    /// 0 to 100.
    pub value: u8,
    /// Name of the band.
    pub band: String,
    /// The factor that gives the most points, with its points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most: Option<String>,
}

/// A board that decides about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ReadyBoard {
    /// Board.
    pub board: String,
    /// The sitting that decides.
    pub meeting: String,
    /// When that is.
    pub begins: Timestamp,
    /// `undecided`, `go` or `no-go`.
    pub state: String,
    /// How that came, or what is still missing.
    pub note: String,
    /// When a no-go is looked at again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Timestamp>,
    /// How its criteria stand.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub criteria: Vec<CriterionReading>,
}

/// An environment on the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ReadyPlace {
    /// Environment.
    pub environment: String,
    /// Does it take work: open, trusted, and its agent answers?
    pub ready: bool,
    /// Why not, or what runs there.
    pub note: String,
    /// When its agent was heard of last; absent when it never was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<Timestamp>,
    /// Who holds it, else the team that owns the service.
    pub owner: String,
}

/// Something that is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Supply {
    /// What.
    pub what: String,
    /// Who can bring it.
    pub who: Vec<String>,
    /// How; empty when the line of its gate says it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub how: String,
}
