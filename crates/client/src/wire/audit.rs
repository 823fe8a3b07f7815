//! The ledger as auditors read it.

use super::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One entry of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// Position in the ledger, from 1, without gaps.
    pub seq: u64,
    /// Ledger time.
    pub at: Timestamp,
    /// Stream, for example `deployment/dep_01J...`.
    pub stream: String,
    /// Position in the stream, from 1, without gaps.
    pub rev: u64,
    /// Name and version of the event, for example `deployment.proposed/1`.
    pub kind: String,
    /// Who.
    pub actor: String,
    /// Command that caused it.
    pub cause: String,
    /// The event; absent when it was erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
    /// SHA-256 of the body as stored.
    pub body_hash: String,
    /// Chain hash up to and including this entry.
    pub hash: String,
}

/// `GET /audit/verification`: the whole chain computed again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Verification {
    /// Entries looked at.
    pub entries: u64,
    /// Chain hash of the newest good entry.
    pub head: String,
    /// Is every entry as it was written?
    pub ok: bool,
    /// The first entry that is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_bad: Option<FirstBad>,
}

/// The first entry that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct FirstBad {
    /// Its position.
    pub seq: u64,
    /// What is wrong.
    pub because: String,
}
