//! Windows as configured. Phrases are kept as they are written (checked by `tidegate-config`); what they mean is in
//! [`crate::calendar`].

use serde::{Deserialize, Serialize};

/// Times at which work may start, for the environments that name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// Phrases or RFC 5545 rules of spans, such as `Mon-Thu 09:00-16:00`; any of them opens it. Never empty.
    pub allow: Vec<String>,
    /// Phrases of spans in which it is closed all the same. They close nothing but their own hours.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deny: Vec<String>,
    /// IANA zone of the phrases; the environment's when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// Deployments that may be under way at a time in all environments that name it; any number when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<u32>,
}
