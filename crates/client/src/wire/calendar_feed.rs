//! Calendar feeds. The address of a feed holds its secret and travels once, in the answer that makes it.

use super::Timestamp;
use serde::{Deserialize, Serialize};

/// `POST /calendar/feeds`: make an address at which programs read the calendar.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CalendarFeedRequest {
    /// Name, unique among tokens; shown in the calendar program.
    pub name: String,
    /// Only what concerns one of these environments; all without it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub environments: Vec<String>,
    /// Only these kinds, for example `freeze`, `train`; what people plan by without it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<String>,
    /// Titles and scopes only: no reasons and no names of persons.
    #[serde(default)]
    pub public: bool,
    /// Seconds until it ends by itself; absent for never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in_s: Option<u64>,
}

/// A feed without its address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CalendarFeed {
    /// Name.
    pub name: String,
    /// Only what concerns one of these environments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub environments: Vec<String>,
    /// Only these kinds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<String>,
    /// Titles and scopes only.
    pub public: bool,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when; absent for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

/// A new feed with its address, which is shown only here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct NewCalendarFeed {
    /// Name.
    pub name: String,
    /// The address: a secret.
    pub url: String,
    /// Until when; absent for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}
