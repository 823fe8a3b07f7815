//! Between columns and typed values. What does not fit is an error that names the row, never a default.

use crate::error::StoreError;
use crate::store::Result;
use tidegate_core::digest::Digest;
use tidegate_core::id::{ActionId, EnvId, StreamId};
use tidegate_core::time::Timestamp;

/// A value for a place in a statement. Its kind is also its type for databases that want to know.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Value<'a> {
    Int(Option<i64>),
    Text(Option<&'a str>),
    Bytes(&'a [u8]),
}

macro_rules! kinds {
    ($($from:ty => |$value:ident| $into:expr;)*) => {$(
        impl<'a> From<$from> for Value<'a> {
            fn from($value: $from) -> Self { $into }
        }
    )*};
}

kinds! {
    &i64 => |value| Self::Int(Some(*value));
    &u32 => |value| Self::Int(Some(i64::from(*value)));
    &Option<i64> => |value| Self::Int(*value);
    &&'a str => |value| Self::Text(Some(value));
    &Option<&'a str> => |value| Self::Text(*value);
    &'a String => |value| Self::Text(Some(value));
    &'a Option<String> => |value| Self::Text(value.as_deref());
    &&'a [u8] => |value| Self::Bytes(value);
    &&'a [u8; 32] => |value| Self::Bytes(*value);
    &&'a String => |value| Self::Text(Some(value));
}

/// The values of a statement, in order.
macro_rules! values {
    ($($value:expr),* $(,)?) => { &[$($crate::sql::value::Value::from(&$value)),*] };
}
pub(crate) use values;

/// The columns of one row, as any database gives them. An error is what the database said.
pub(crate) trait Cells {
    fn int(&self, column: usize) -> std::result::Result<Option<i64>, String>;
    /// Where it lies, without a copy.
    fn text(&self, column: usize) -> std::result::Result<Option<&str>, String>;
    /// As `text`.
    fn bytes(&self, column: usize) -> std::result::Result<Option<&[u8]>, String>;
}

/// A type that a column can have.
pub(crate) trait Field: Sized {
    fn of(row: &dyn Cells, column: usize) -> std::result::Result<Self, String>;
}

fn there<T>(value: Option<T>) -> std::result::Result<T, String> {
    value.ok_or_else(|| "a value is missing".to_owned())
}

impl Field for i64 {
    fn of(row: &dyn Cells, column: usize) -> std::result::Result<Self, String> {
        row.int(column).and_then(there)
    }
}

impl Field for u32 {
    fn of(row: &dyn Cells, column: usize) -> std::result::Result<Self, String> {
        let value = i64::of(row, column)?;
        Self::try_from(value).map_err(|_| format!("{value} is out of range"))
    }
}

impl Field for Option<i64> {
    fn of(row: &dyn Cells, column: usize) -> std::result::Result<Self, String> {
        row.int(column)
    }
}

impl Field for String {
    fn of(row: &dyn Cells, column: usize) -> std::result::Result<Self, String> {
        row.text(column).and_then(there).map(str::to_owned)
    }
}

impl Field for Option<String> {
    fn of(row: &dyn Cells, column: usize) -> std::result::Result<Self, String> {
        Ok(row.text(column)?.map(str::to_owned))
    }
}

impl Field for Vec<u8> {
    fn of(row: &dyn Cells, column: usize) -> std::result::Result<Self, String> {
        row.bytes(column).and_then(there).map(<[u8]>::to_vec)
    }
}

/// Sequence numbers, revisions and epochs fit a signed column for some hundred million years.
pub(crate) fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// A limit as SQL takes it.
pub(crate) fn limit(value: usize) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

pub(crate) fn micros(at: Timestamp) -> i64 {
    at.as_microsecond()
}

/// Understands the columns of one row; says which row when one makes no sense.
pub(crate) struct Columns<'a, F: Fn(String) -> StoreError> {
    pub(crate) row: &'a dyn Cells,
    pub(crate) bad: F,
}

impl<F: Fn(String) -> StoreError> Columns<'_, F> {
    pub(crate) fn get<T: Field>(&self, column: usize) -> Result<T> {
        T::of(self.row, column).map_err(|e| (self.bad)(e))
    }

    pub(crate) fn number(&self, column: usize) -> Result<u64> {
        let value: i64 = self.get(column)?;
        u64::try_from(value).map_err(|_| (self.bad)(format!("{value} is not a count")))
    }

    pub(crate) fn at(&self, column: usize) -> Result<Timestamp> {
        let value: i64 = self.get(column)?;
        Timestamp::from_microsecond(value).map_err(|_| (self.bad)(format!("{value} is not a time")))
    }

    pub(crate) fn at_or_none(&self, column: usize) -> Result<Option<Timestamp>> {
        let value: Option<i64> = self.get(column)?;
        value.map(|_| self.at(column)).transpose()
    }

    pub(crate) fn digest(&self, column: usize) -> Result<Digest> {
        let bytes = self.row.bytes(column).and_then(there).map_err(&self.bad)?;
        let bytes = <[u8; 32]>::try_from(bytes);
        bytes
            .map(Digest::from_bytes)
            .map_err(|_| (self.bad)("a digest has not 32 bytes".to_owned()))
    }

    pub(crate) fn stream(&self, column: usize) -> Result<StreamId> {
        let text = self.row.text(column).and_then(there).map_err(&self.bad)?;
        StreamId::parse(text).ok_or_else(|| {
            (self.bad)(format!(
                "`{text}` is not a kind of stream this version knows"
            ))
        })
    }

    pub(crate) fn action(&self, column: usize) -> Result<ActionId> {
        let text: String = self.get(column)?;
        ActionId::parse(&text).map_err(|e| (self.bad)(e.to_string()))
    }

    pub(crate) fn environment(&self, column: usize) -> Result<EnvId> {
        let text: String = self.get(column)?;
        EnvId::new(text).map_err(|e| (self.bad)(e.to_string()))
    }
}
