//! Go/no-go criteria: what must hold before a board's go lets a change start, and how each stands.

use super::Timestamp;
use serde::{Deserialize, Serialize};

/// The criteria of one sitting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct BoardCriteria {
    /// Digest over them: what a vote is for beside the plan.
    pub digest: String,
    /// From when on they stay as they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub freeze_at: Option<Timestamp>,
    /// Since when they do; absent while they follow the configuration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frozen_at: Option<Timestamp>,
    /// Who took over others after that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_by: Option<String>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_because: Option<String>,
    /// They, by name.
    pub list: Vec<BoardCriterion>,
    /// What the configuration says otherwise by now, one line each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub differs: Vec<String>,
}

/// A criterion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct BoardCriterion {
    /// Name.
    pub id: String,
    /// What must hold.
    pub text: String,
    /// Team that sees to it.
    pub owner: String,
    /// What shows it.
    pub proof: String,
}

/// How a criterion stands for one change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CriterionReading {
    /// Name.
    pub id: String,
    /// What must hold.
    pub text: String,
    /// Team that sees to it.
    pub owner: String,
    /// `met`, `unmet` or `unknown`, which is as good as unmet.
    pub state: String,
    /// What shows that.
    pub evidence: String,
    /// As of when.
    pub seen: Timestamp,
    /// When it is known no longer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// `POST /boards/{board}/items/{change}/attestations`: whether a criterion holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BoardAttestationRequest {
    /// Which.
    pub criterion: String,
    /// Digest of the plan that was looked at.
    pub plan: String,
    /// Does it hold?
    pub met: bool,
    /// What shows it, or why it does not.
    pub evidence: String,
}
