//! Rules that somebody set aside.

use super::Timestamp;
use serde::{Deserialize, Serialize};

/// `GET /audit/overrides`: one time that somebody set a rule aside.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Override {
    /// The entry of the ledger that says so.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// What was set aside, for people: `emergency`, `freeze lifted for a release`.
    pub what: String,
    /// What it happened to: `CHG-7`, `EXC-1`, an environment, a release or a deployment.
    pub name: String,
    /// Who did it.
    pub by: String,
    /// Who asked for it, when that was another account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_by: Option<String>,
    /// Why; absent when the text was erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Incident that it repairs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<String>,
    /// Release.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release: Option<String>,
    /// Where.
    #[serde(default)]
    pub environments: Vec<String>,
    /// When it ends, or ended, by itself; absent for what happened at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// People of the teams that answer for what became weaker, who said yes to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub agreed_by: Vec<String>,
    /// Deployments that went because of it.
    #[serde(default)]
    pub used_by: Vec<String>,
    /// When it must have been reviewed; absent when no review is owed any more, or none was ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review_due: Option<Timestamp>,
    /// Who reviewed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reviewed_by: Option<String>,
    /// What the review found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub findings: Option<String>,
}
