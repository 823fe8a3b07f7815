//! What deciders see of a transaction. A read error is kept for the caller, which then fails the whole turn: to a decider
//! a row that could not be read looks absent, so nothing it decided on may be kept.

use crate::error::StoreError;
use crate::states::States;
use crate::store::Rows;
use std::cell::RefCell;
use tidegate_core::id::{ActionId, StreamId};
use tidegate_core::view::{Lease, Parsed, StateRow, View};

/// [`View`] over the rows of one transaction or snapshot.
pub struct TxView<'a> {
    rows: &'a dyn Rows,
    states: Option<&'a States>,
    error: RefCell<Option<StoreError>>,
}

impl<'a> TxView<'a> {
    /// A view of these rows.
    #[must_use]
    pub fn new(rows: &'a dyn Rows) -> Self {
        Self {
            rows,
            states: None,
            error: RefCell::new(None),
        }
    }

    /// The same, with states that were read before; what is read now is kept there.
    #[must_use]
    pub fn keeping(rows: &'a dyn Rows, states: &'a States) -> Self {
        Self {
            states: Some(states),
            ..Self::new(rows)
        }
    }

    /// To be asked when deciding is over: the first read that failed, if any.
    ///
    /// # Errors
    /// That read's error. What was decided must be thrown away.
    pub fn finish(self) -> Result<(), StoreError> {
        self.error.into_inner().map_or(Ok(()), Err)
    }

    fn keep<T: Default>(&self, read: Result<T, StoreError>) -> T {
        read.unwrap_or_else(|error| {
            self.error.borrow_mut().get_or_insert(error);
            T::default()
        })
    }
}

impl View for TxView<'_> {
    fn state(&self, stream: &StreamId) -> Option<StateRow> {
        self.keep(self.rows.state(stream))
    }

    fn parsed(&self, stream: &StreamId) -> Option<Parsed> {
        self.states?.get(stream)
    }

    fn keep(&self, stream: &StreamId, parsed: Parsed) {
        if let Some(states) = self.states {
            states.put(stream, parsed);
        }
    }

    fn model(&self, model: &str, key: &str) -> Option<String> {
        self.keep(self.rows.model(model, key))
    }

    fn scan(&self, model: &str, prefix: &str, limit: usize) -> Vec<(String, String)> {
        self.scan_after(model, prefix, None, limit)
    }

    fn scan_after(
        &self,
        model: &str,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Vec<(String, String)> {
        self.keep(self.rows.scan(model, prefix, after, limit, false))
    }

    fn lease(&self, action: &ActionId) -> Option<Lease> {
        self.keep(self.rows.action(action)).map(|row| row.lease)
    }
}
