//! Words that are taken out of an entry of the ledger.

use super::Timestamp;
use serde::{Deserialize, Serialize};

/// `POST /audit/erasures`: take what people wrote freely out of one entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ErasureRequest {
    /// Position of the entry.
    pub seq: u64,
    /// Why; it stays in the ledger, so it repeats none of the words.
    pub reason: String,
}

/// An erasure, asked for, done or refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Erasure {
    /// Name: `ERS-1`.
    pub id: String,
    /// Position of the entry.
    pub seq: u64,
    /// Stream of the entry.
    pub stream: String,
    /// Name and version of its event.
    pub kind: String,
    /// SHA-256 of its body as it was written: what the log covers.
    pub digest: String,
    /// SHA-256 of its body without the words.
    pub redacted: String,
    /// Where the words stand in it.
    pub fields: Vec<String>,
    /// `asked`, `done` or `refused`.
    pub state: String,
    /// Why it was asked for.
    pub reason: String,
    /// Person who asked.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// When it is refused for want of somebody else's yes.
    pub until: Timestamp,
    /// How it was decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided: Option<ErasureDecided>,
    /// Other entries of its stream or around it in which the same words stand; told when it is asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub copies: Vec<u64>,
}

/// Who decided about an erasure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ErasureDecided {
    /// Person.
    pub by: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}
