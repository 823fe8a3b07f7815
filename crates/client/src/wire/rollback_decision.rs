//! Back or stay: decisions of named people about a bad version that does not go back by itself.

use super::Timestamp;
use serde::{Deserialize, Serialize};

/// `POST /rollback-decisions`: ask those who decide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RollbackDecisionRequest {
    /// The deployment that would be taken back.
    pub deployment: String,
    /// What was seen.
    pub reason: String,
    /// What it costs, such as `120 EUR a minute`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<String>,
}

/// `POST /rollback-decisions/{decision}/orders`: decide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RollbackOrderRequest {
    /// What.
    pub choice: RollbackChoice,
    /// How long it stays; needed with `stay`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Why.
    pub reason: String,
}

/// What may be decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum RollbackChoice {
    /// The way back.
    RollBack,
    /// It stays for a time.
    Stay,
}

/// A decision about the way back of one deployment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct RollbackDecision {
    /// Name: `DEC-1`.
    pub id: String,
    /// The deployment.
    pub deployment: String,
    /// Its release.
    pub release: String,
    /// Where.
    pub environment: String,
    /// `open`, `staying`, `settled`, `lapsed` or `closed`.
    pub phase: String,
    /// What was seen.
    pub because: String,
    /// What it costs, where somebody said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<String>,
    /// Who opened it; absent when figures did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened_by: Option<String>,
    /// When.
    pub opened_at: Timestamp,
    /// Who confirmed before the start that they decide.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed: Option<String>,
    /// What can be decided, with what it takes.
    #[serde(default)]
    pub options: Vec<String>,
    /// When it goes back, as agreed before the release.
    pub criteria: Vec<String>,
    /// Those who are asked, one after the other.
    pub path: Vec<RollbackAsked>,
    /// Team that may let it stay against its criteria.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub executive: Option<String>,
    /// Until when the one who is asked has time, or it stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
    /// When the default happens, if nobody answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Timestamp>,
    /// What happens then: `roll-back` or `stay`.
    pub otherwise: String,
    /// Every order, the first one first.
    pub orders: Vec<RollbackOrder>,
    /// How it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A team that is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct RollbackAsked {
    /// Team.
    pub team: String,
    /// Its members.
    pub people: Vec<String>,
    /// Is it asked now?
    pub now: bool,
}

/// What somebody decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct RollbackOrder {
    /// What.
    pub choice: RollbackChoice,
    /// How long it stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Who.
    pub by: String,
    /// For which team.
    pub team: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
    /// Was it carried out? Of two contrary orders only the way back is.
    pub carried_out: bool,
}
