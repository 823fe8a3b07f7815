//! A refusal as RFC 9457 describes it.

use super::{Change, Decision, Diagnostic};
use serde::{Deserialize, Serialize};

/// `application/problem+json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ProblemDocument {
    /// Page of this server that explains this kind of problem.
    #[serde(rename = "type")]
    pub kind: String,
    /// Short name of the kind.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// Stable code, for example `TG2001`.
    pub code: String,
    /// What happened in this case.
    pub detail: String,
    /// Resource it is about.
    pub instance: String,
    /// The way out.
    pub help: String,
    /// Names this exchange in the server's log.
    #[serde(default)]
    pub request_id: String,
    /// All gates, when gates said no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
    /// The change as it is now, when what was looked at is no longer it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<Change>,
    /// What is wrong with configuration files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub diagnostics: Vec<Diagnostic>,
}
