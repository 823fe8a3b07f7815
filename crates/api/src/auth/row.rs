//! Tokens at rest: the hash of the text and what it may do.

use super::AccessToken;
use tidegate_core::actor::Role;
use tidegate_core::time::Timestamp;
use tidegate_ledger::{StoreError, TokenRow};

/// The row of a token.
pub(crate) fn row_of(
    token: &AccessToken,
    name: &str,
    role: &Role,
    created: Timestamp,
    expires: Option<Timestamp>,
) -> Result<TokenRow, StoreError> {
    let body = serde_json::to_string(role).map_err(|e| bad(name, &e))?;
    Ok(TokenRow {
        hash: token.hash(),
        name: name.to_owned(),
        body,
        created,
        expires,
    })
}

/// What a token may do.
pub(crate) fn role_of(row: &TokenRow) -> Result<Role, StoreError> {
    serde_json::from_str(&row.body).map_err(|e| bad(&row.name, &e))
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
