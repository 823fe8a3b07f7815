//! What happens, as CloudEvents 1.0.

use super::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One event of the stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Event {
    /// `1.0`.
    pub specversion: String,
    /// Position in the ledger.
    pub id: String,
    /// Which server.
    pub source: String,
    /// For example `dev.tidegate.deployment.step-finished.v1`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What it is about, for example `web@1.1.0/prod`.
    pub subject: String,
    /// Ledger time.
    pub time: Timestamp,
    /// `application/json`.
    pub datacontenttype: String,
    /// The entry.
    pub data: EventData,
}

/// What an event tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct EventData {
    /// Stream, for example `deployment/dep_01J...`.
    pub stream: String,
    /// Position in the stream.
    pub rev: u64,
    /// Who.
    pub actor: String,
    /// Service it concerns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// Environment it concerns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// Release it concerns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release: Option<String>,
    /// The event as in the ledger; absent when it was erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
}

impl Event {
    /// Position in the ledger; to be sent as the place to go on from.
    #[must_use]
    pub fn seq(&self) -> Option<u64> {
        self.id.parse().ok()
    }

    /// The part of the type between product and version, for example `deployment.step-finished`.
    #[must_use]
    pub fn name(&self) -> &str {
        let name = self
            .kind
            .strip_prefix("dev.tidegate.")
            .unwrap_or(&self.kind);
        name.rsplit_once(".v").map_or(name, |(name, _)| name)
    }
}
