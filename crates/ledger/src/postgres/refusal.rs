//! From what Postgres says to what callers can act on. No text holds the address or a secret.

use crate::error::StoreError;
use tokio_postgres::Error;
use tokio_postgres::error::{Severity, SqlState};

/// The error as callers know it.
pub(super) fn named(error: &Error, doing: &str) -> StoreError {
    let doing = doing.to_owned();
    let because = text(error);
    if ends_the_connection(error) {
        return StoreError::Unreachable { doing, because };
    }
    match error.code() {
        Some(code) if *code == SqlState::DISK_FULL => StoreError::NoSpace,
        Some(code) if BUSY.contains(code) => StoreError::Busy { doing },
        Some(code) if FAULTS.contains(code) => StoreError::Io { doing, because },
        _ => StoreError::Database { doing, because },
    }
}

const BUSY: &[SqlState] = &[
    SqlState::LOCK_NOT_AVAILABLE,
    SqlState::QUERY_CANCELED,
    SqlState::T_R_SERIALIZATION_FAILURE,
    SqlState::T_R_DEADLOCK_DETECTED,
    SqlState::TOO_MANY_CONNECTIONS,
];
const FAULTS: &[SqlState] = &[
    SqlState::IO_ERROR,
    SqlState::DATA_CORRUPTED,
    SqlState::INDEX_CORRUPTED,
];

/// Whether nothing more can be said over this connection. One to a server that takes no writes any more is of no use: a new one
/// finds the server that does.
pub(super) fn ends_the_connection(error: &Error) -> bool {
    match error.as_db_error() {
        Some(said) if *said.code() == SqlState::READ_ONLY_SQL_TRANSACTION => true,
        Some(said) => {
            let state = said.code();
            matches!(
                said.parsed_severity(),
                Some(Severity::Fatal | Severity::Panic)
            ) && *state != SqlState::INVALID_PASSWORD
                && *state != SqlState::INVALID_AUTHORIZATION_SPECIFICATION
                && *state != SqlState::UNDEFINED_DATABASE
        }
        None => true,
    }
}

/// What the database or the system said, with what lies behind it.
fn text(error: &Error) -> String {
    if let Some(said) = error.as_db_error() {
        return said.message().to_owned();
    }
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(behind) = source {
        let more = behind.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        source = behind.source();
    }
    text
}
