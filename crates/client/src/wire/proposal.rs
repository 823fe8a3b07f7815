//! Configurations that weaken controls, before those who answer for them.

use super::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// `POST /config/proposals`: put these files before those who answer for the controls that they weaken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProposalRequest {
    /// Text by path relative to the configuration root.
    pub files: BTreeMap<String, String>,
    /// Why.
    pub reason: String,
    /// Digest the plan was compared with (`parent` of the plan); refused when that is no longer in force. Absent: whatever
    /// is in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
}

/// A configuration that was proposed. It is over when another one comes into force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Proposal {
    /// Digest of the resolved configuration; its name.
    pub digest: String,
    /// Revision it would replace.
    pub replaces: u64,
    /// `waiting`, `agreed` or `rejected`.
    pub state: String,
    /// Person who wants it.
    pub by: String,
    /// When it was proposed.
    pub at: Timestamp,
    /// Why.
    pub reason: String,
    /// What changes, one line each.
    pub changes: Vec<String>,
    /// Controls it weakens, one line each.
    pub weakens: Vec<String>,
    /// Teams whose yes it needs.
    pub needs: Vec<ProposalNeed>,
    /// Who said no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rejected: Option<ProposalAnswer>,
}

/// A team that answers for something that a proposal weakens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ProposalNeed {
    /// The team.
    pub team: String,
    /// People of it who may say yes; whoever proposes it is not among them.
    pub members: Vec<String>,
    /// What the team answers for, as dotted paths.
    pub rules: Vec<String>,
    /// Its yes, once somebody said it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreed: Option<ProposalAnswer>,
}

/// A yes or a no.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ProposalAnswer {
    /// Person.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: String,
}
