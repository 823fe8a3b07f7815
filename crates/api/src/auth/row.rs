//! Tokens at rest: the hash of the text, what it may do, and who answers for it.

use super::AccessToken;
use serde::{Deserialize, Serialize};
use tidegate_core::actor::{Reach, Role};
use tidegate_core::time::{Millis, Timestamp};
use tidegate_ledger::{StoreError, TokenRow};

/// Who answers for a token, and what it touches at most.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Grant {
    /// The account it is used in place of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// The person who answers for what a program does with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Narrower than its role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reach: Option<Reach>,
    /// The former token of an agent: void from this instant although its own end is later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub void: Option<Timestamp>,
    /// Public key that the agent made itself: whoever sends the token signs each request with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// For how long the credential that follows this one is good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renewed_for: Option<Millis>,
}

/// What stands in the body of a row beside the role.
#[derive(Deserialize)]
struct Beside {
    #[serde(default)]
    grant: Option<Grant>,
}

/// The row of a token.
pub(crate) fn row_of(
    token: &AccessToken,
    name: &str,
    (role, grant): (&Role, Option<&Grant>),
    created: Timestamp,
    expires: Option<Timestamp>,
) -> Result<TokenRow, StoreError> {
    Ok(TokenRow {
        hash: token.hash(),
        name: name.to_owned(),
        body: body_of(name, role, grant)?,
        created,
        expires,
    })
}

/// The body of a row.
pub(crate) fn body_of(
    name: &str,
    role: &Role,
    grant: Option<&Grant>,
) -> Result<String, StoreError> {
    let mut body = serde_json::to_value(role).map_err(|e| bad(name, &e))?;
    if let (Some(grant), Some(members)) = (grant, body.as_object_mut()) {
        let grant = serde_json::to_value(grant).map_err(|e| bad(name, &e))?;
        members.insert("grant".to_owned(), grant);
    }
    Ok(body.to_string())
}

/// What a token may do.
pub(crate) fn role_of(row: &TokenRow) -> Result<Role, StoreError> {
    serde_json::from_str(&row.body).map_err(|e| bad(&row.name, &e))
}

/// Who answers for it; nothing was said of tokens that the server made for itself.
pub(crate) fn grant_of(row: &TokenRow) -> Result<Option<Grant>, StoreError> {
    let beside: Beside = serde_json::from_str(&row.body).map_err(|e| bad(&row.name, &e))?;
    Ok(beside.grant)
}

/// Has it not ended by itself?
pub(crate) fn is_live(row: &TokenRow, now: Timestamp) -> bool {
    row.expires.is_none_or(|end| now < end)
}

pub(super) fn bad(name: &str, error: &serde_json::Error) -> StoreError {
    StoreError::BadRow {
        what: format!("token `{name}`"),
        because: error.to_string(),
    }
}
