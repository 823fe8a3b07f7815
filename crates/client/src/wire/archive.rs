//! What is kept beside the log, how long, and what keeps it longer.

use super::Timestamp;
use serde::{Deserialize, Serialize};

/// A body beside the log: what a program wrote, or the figures behind a verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct KeptBody {
    /// `output` or `verdict-evidence`.
    pub class: String,
    /// When the entry was written that refers to it.
    pub at: Timestamp,
    /// Deployment whose stream that is.
    pub deployment: String,
    /// Which entry of the stream.
    pub rev: u64,
    /// Release that the deployment brought.
    pub release: String,
    /// Where.
    pub environment: String,
    /// SHA-256 of its bytes.
    pub digest: String,
    /// Number of them.
    pub bytes: u64,
    /// The rule that keeps it longest; absent when it is kept for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// Until when that is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Holds that keep it longer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holds: Vec<String>,
    /// Why it is needed, whatever rules say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needed: Option<String>,
    /// `kept for good`, `kept`, `held`, `needed`, or `goes` when the server removes it at its next look.
    pub state: String,
}

/// `POST /audit/holds`: remove nothing of this until the hold is released.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LegalHoldRequest {
    /// Why.
    pub reason: String,
    /// Cover everything; required where nothing is named, so that it is never meant by accident.
    #[serde(default)]
    pub everything: bool,
    /// Only these releases.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub releases: Vec<String>,
    /// Only these services.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<String>,
    /// Only these environments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub environments: Vec<String>,
    /// Only releases with one of these regulatory tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
}

/// A legal hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct LegalHold {
    /// Name: `HLD-1`.
    pub id: String,
    /// `stands` or `released`.
    pub state: String,
    /// What it covers, in words.
    pub covers: String,
    /// Releases it names.
    pub releases: Vec<String>,
    /// Services it names.
    pub services: Vec<String>,
    /// Environments it names.
    pub environments: Vec<String>,
    /// Tags it names.
    pub tags: Vec<String>,
    /// Why it was placed.
    pub reason: String,
    /// Person who placed it.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// How it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub released: Option<LegalHoldReleased>,
}

/// How a hold ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct LegalHoldReleased {
    /// Person.
    pub by: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}
