//! Access tokens. The text of a token travels once, in the answer that makes it.

use super::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// `POST /tokens`: make a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TokenRequest {
    /// Name, unique; shown as the actor of what is done with it.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// Environments it may touch; all when empty. An agent needs at least one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub environments: Vec<String>,
    /// Services it may touch; all when empty. Not for agents.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<String>,
    /// The account it is used in place of: what is done with it is done by that person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// The person who answers for what a program does with it; whoever makes it when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Seconds until it ends by itself; absent for never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in_s: Option<u64>,
}

/// What the bearer of a token may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Everything a person may do.
    Admin,
    /// Register artifacts, make releases, deploy, roll back; not configuration and tokens.
    Operator,
    /// Register artifacts and create releases; for CI.
    Publisher,
    /// Read, and decide where a team of theirs is asked.
    Approver,
    /// Read.
    Viewer,
    /// Carry out work for its environments.
    Agent,
    /// Read one calendar feed; made by `POST /calendar/feeds` only.
    Feed,
}

/// A token without its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Token {
    /// Name.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// What it lets in with now, everywhere: no more than its person may do. Absent when it lets nobody in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gives: Option<Role>,
    /// What it lets in with now in business units.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub within: BTreeMap<String, String>,
    /// Environments it may touch; all when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub environments: Vec<String>,
    /// Services it may touch; all when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<String>,
    /// The account it is used in place of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// The person who answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Newest use, to the minute; absent when it was never used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<Timestamp>,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when; absent for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

/// A new token with its text, which is shown only here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct NewToken {
    /// Name.
    pub name: String,
    /// The text: a secret.
    pub token: String,
    /// What it may do.
    pub role: Role,
    /// Environments it may touch; all when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub environments: Vec<String>,
    /// Until when; absent for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}
