//! Between columns and typed values. What does not fit is an error that names the row, never a default.

use crate::error::StoreError;
use crate::store::Result;
use rusqlite::Row;
use tidegate_core::digest::Digest;
use tidegate_core::id::{ActionId, EnvId, StreamId};
use tidegate_core::time::Timestamp;

/// Sequence numbers, revisions and epochs fit a signed column for some hundred million years.
pub(super) fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// A limit as SQL takes it.
pub(super) fn limit(value: usize) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

pub(super) fn micros(at: Timestamp) -> i64 {
    at.as_microsecond()
}

/// Understands the columns of one row; says which row when one makes no sense.
pub(super) struct Columns<'a, F: Fn(String) -> StoreError> {
    pub(super) row: &'a Row<'a>,
    pub(super) bad: F,
}

impl<F: Fn(String) -> StoreError> Columns<'_, F> {
    pub(super) fn get<T: rusqlite::types::FromSql>(&self, column: usize) -> Result<T> {
        self.row.get(column).map_err(|e| (self.bad)(e.to_string()))
    }

    pub(super) fn number(&self, column: usize) -> Result<u64> {
        let value: i64 = self.get(column)?;
        u64::try_from(value).map_err(|_| (self.bad)(format!("{value} is not a count")))
    }

    pub(super) fn at(&self, column: usize) -> Result<Timestamp> {
        let value: i64 = self.get(column)?;
        Timestamp::from_microsecond(value).map_err(|_| (self.bad)(format!("{value} is not a time")))
    }

    pub(super) fn at_or_none(&self, column: usize) -> Result<Option<Timestamp>> {
        let value: Option<i64> = self.get(column)?;
        value.map(|_| self.at(column)).transpose()
    }

    pub(super) fn digest(&self, column: usize) -> Result<Digest> {
        let bytes: Vec<u8> = self.get(column)?;
        let bytes = <[u8; 32]>::try_from(bytes.as_slice());
        bytes
            .map(Digest::from_bytes)
            .map_err(|_| (self.bad)("a digest has not 32 bytes".to_owned()))
    }

    pub(super) fn stream(&self, column: usize) -> Result<StreamId> {
        let text: String = self.get(column)?;
        StreamId::parse(&text).ok_or_else(|| {
            (self.bad)(format!(
                "`{text}` is not a kind of stream this version knows"
            ))
        })
    }

    pub(super) fn action(&self, column: usize) -> Result<ActionId> {
        let text: String = self.get(column)?;
        ActionId::parse(&text).map_err(|e| (self.bad)(e.to_string()))
    }

    pub(super) fn environment(&self, column: usize) -> Result<EnvId> {
        let text: String = self.get(column)?;
        EnvId::new(text).map_err(|e| (self.bad)(e.to_string()))
    }
}
