//! Windows and freezes as configured. Phrases are kept as they are written (checked by `tidegate-config`); what they mean
//! is in [`crate::calendar`].

use crate::id::{EnvId, ServiceId};
use serde::{Deserialize, Serialize};

/// Times at which work may start, for the environments that name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// Phrases or RFC 5545 rules of spans, such as `Mon-Thu 09:00-16:00`; any of them opens it. Never empty.
    pub allow: Vec<String>,
    /// IANA zone of the phrases; the environment's when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
}

/// A planned time in which nothing may start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Freeze {
    /// Why, for people.
    pub why: String,
    /// What it lies around, such as `fiscal-quarter-end`; `from` and `until` are then offsets from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub around: Option<String>,
    /// First instant, or an offset such as `3 working days before`.
    pub from: String,
    /// End, not part of it; open-ended when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// IANA zone; that of each environment when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// Services; all when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<ServiceId>,
    /// Environments; all of tier production when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub environments: Vec<EnvId>,
}
