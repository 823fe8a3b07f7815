//! Rights to decide that one person lends another.

use super::Timestamp;
use serde::{Deserialize, Serialize};

/// `POST /delegations`: lend the right to decide for a team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DelegationRequest {
    /// Team for which is decided.
    pub team: String,
    /// The person, or an account of theirs.
    pub to: String,
    /// From when; now without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// To when, not part of it; at most 90 days after its beginning.
    pub until: Timestamp,
    /// Why.
    pub reason: String,
}

/// A right to decide that one person lends another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Delegation {
    /// Name: `DLG-1`.
    pub id: String,
    /// Team for which is decided.
    pub team: String,
    /// Person who lends.
    pub from: String,
    /// Person who decides meanwhile.
    pub to: String,
    /// From when.
    pub since: Timestamp,
    /// To when, not part of it.
    pub until: Timestamp,
    /// `to-come`, `in-force`, `revoked` or `ended`.
    pub state: String,
    /// Why.
    pub reason: String,
    /// When it was lent.
    pub at: Timestamp,
    /// Who took it back or gave it back and why, or why it is worth nothing although it is in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}
