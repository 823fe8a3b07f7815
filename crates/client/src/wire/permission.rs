//! What somebody may do.

use serde::{Deserialize, Serialize};

/// An action, and whether the caller may.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Permission {
    /// Name of the action, as policies call it.
    pub action: String,
    /// By role, token and policies. Gates, votes and locks are asked besides.
    pub allowed: bool,
    /// Why not; what lets them otherwise.
    pub because: String,
    /// The policies behind it, with file and line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<String>,
    /// Roles that have the right, those that may do least first.
    pub roles: Vec<String>,
}
