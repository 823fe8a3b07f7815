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
    /// The event; where words were erased, without them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
    /// SHA-256 of the body as stored.
    pub body_hash: String,
    /// Chain hash up to and including this entry.
    pub hash: String,
    /// The entry that says which words were taken out of the body, so that the body is not what its digest says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erased: Option<u64>,
}

/// What computing the whole chain again found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Verification {
    /// Entries looked at.
    pub entries: u64,
    /// Chain hash of the newest good entry.
    pub head: String,
    /// Root of the Merkle tree over these entries, when all are good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root: Option<String>,
    /// Is every entry as it was written?
    pub ok: bool,
    /// The first entry that is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_bad: Option<FirstBad>,
}

/// A line of the answer to `GET /audit/verification`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct VerificationLine {
    /// Entries that were checked so far.
    pub checked: u64,
    /// Entries of the ledger; it may grow meanwhile.
    pub of: u64,
    /// What was found: in the last line, and only there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<Verification>,
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

/// `GET /audit/checkpoint`: the newest signed state of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Checkpoint {
    /// Number of entries.
    pub size: u64,
    /// Root of the RFC 6962 tree over their records.
    pub root: String,
    /// When it was signed.
    pub at: Timestamp,
    /// The signed note in the form of C2SP (tlog-checkpoint), exactly as signed.
    pub note: String,
    /// Public keys of the log, in the form `name+id+key` of C2SP.
    pub keys: Vec<String>,
}

/// `GET /audit/proof`: that one entry stands in the log, to be checked without a server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EntryProof {
    /// `tidegate-proof/1`.
    pub format: String,
    /// The entry.
    pub entry: ExactEntry,
    /// RFC 6962 inclusion proof of its leaf in the checkpoint's tree, from the leaf up.
    pub inclusion: Vec<String>,
    /// Signed note over that tree.
    pub checkpoint: String,
    /// Public keys of the log.
    pub keys: Vec<String>,
}

/// An entry with the exact stored text of its body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExactEntry {
    /// Position in the ledger, from 1.
    pub seq: u64,
    /// Ledger time, whole microseconds.
    pub at: Timestamp,
    /// Stream.
    pub stream: String,
    /// Position in the stream, from 1.
    pub rev: u64,
    /// Name and version of the event.
    pub kind: String,
    /// Who.
    pub actor: String,
    /// Command that caused it.
    pub cause: String,
    /// The event as stored; absent when words of it were erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// SHA-256 of the body.
    pub body_hash: String,
    /// Chain hash up to and including this entry.
    pub hash: String,
    /// The entry that says which words were taken out of the body, so that the body is not what its digest says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erased: Option<u64>,
}

/// `GET /audit/consistency`: that an earlier state of the log is the beginning of the newest one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct GrowthProof {
    /// Number of entries then.
    pub from: u64,
    /// Root of the tree then, as the log has it now.
    pub from_root: String,
    /// RFC 6962 consistency proof.
    pub consistency: Vec<String>,
    /// The newest state.
    pub newest: Checkpoint,
}
