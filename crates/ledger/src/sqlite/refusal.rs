//! From what SQLite says to what callers can act on.

use crate::error::StoreError;
use crate::store::Result;
use rusqlite::{Error, ErrorCode};

/// Names what was being done when it failed.
pub(super) trait Doing<T> {
    /// The value, or an error that says what was being done.
    fn doing(self, what: &str) -> Result<T>;
}

impl<T> Doing<T> for rusqlite::Result<T> {
    fn doing(self, what: &str) -> Result<T> {
        self.map_err(|error| named(&error, what))
    }
}

/// The error as callers know it.
pub(super) fn named(error: &Error, doing: &str) -> StoreError {
    let doing = doing.to_owned();
    let because = error.to_string();
    match error {
        Error::SqliteFailure(inner, _) => match inner.code {
            ErrorCode::DiskFull => StoreError::NoSpace,
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => StoreError::Busy { doing },
            ErrorCode::SystemIoFailure
            | ErrorCode::CannotOpen
            | ErrorCode::ReadOnly
            | ErrorCode::DatabaseCorrupt
            | ErrorCode::NotADatabase => StoreError::Io { doing, because },
            _ => StoreError::Database { doing, because },
        },
        Error::InvalidColumnType(..)
        | Error::FromSqlConversionFailure(..)
        | Error::IntegralValueOutOfRange(..) => StoreError::BadRow {
            what: format!("a row met while {doing}"),
            because,
        },
        _ => StoreError::Database { doing, because },
    }
}
