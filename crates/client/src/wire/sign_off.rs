//! Signatures that rollouts wait for.

use super::Timestamp;
use serde::{Deserialize, Serialize};

/// A signature that a rollout waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SignOff {
    /// Deployment.
    pub deployment: String,
    /// Release.
    pub release: String,
    /// Environment.
    pub environment: String,
    /// Stated meaning.
    pub sign: String,
    /// Whose members sign.
    pub team: String,
    /// Digest of the plan: what is signed.
    pub plan: String,
    /// Since when it is waited for.
    pub since: Timestamp,
    /// When the rollout is taken back.
    pub until: Timestamp,
    /// Persons who could sign.
    pub could: Vec<String>,
}

/// A signature under what a rollout waits for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignatureRequest {
    /// Stated meaning; what is waited for without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sign: Option<String>,
    /// Person whose delegated right is used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead_of: Option<String>,
    /// Why, may be empty.
    #[serde(default)]
    pub reason: String,
}
