//! What the two SQL stores share: every statement once, and what its rows mean.
//!
//! A store brings a [`Link`] (a connection within a transaction) and its schema; this module knows no database. Statements
//! have the places `?1, ?2, ...`, and a database that wants another spelling rewrites them.

mod action;
mod beside;
mod entry;
mod log;
mod model;
mod reply;
mod session;
mod state;
pub(crate) mod steps;
pub(crate) mod value;
mod wake;

use crate::store::Result;
use value::{Cells, Value};

pub(crate) use action::action as action_of;
pub(crate) use entry::begin;
pub(crate) use session::Session;
pub(crate) use state::state as state_of;
pub(crate) use wake::{DUE, due_of, kind_of};

/// A connection within a transaction.
pub(crate) trait Link {
    /// Give every row to `row`.
    fn query(
        &self,
        sql: &'static str,
        values: &[Value<'_>],
        doing: &str,
        row: &mut dyn FnMut(&dyn Cells),
    ) -> Result<()>;

    /// Change rows; gives their number.
    fn execute(&self, sql: &'static str, values: &[Value<'_>], doing: &str) -> Result<usize>;
}
