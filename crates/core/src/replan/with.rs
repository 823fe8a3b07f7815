//! The ledger as it would be with one more entry on the calendar. Nothing is changed by looking at it.

use crate::batch::ModelChange;
use crate::digest::canonical;
use crate::id::{ActionId, Name, StreamId};
use crate::stream::entry::{self, Entry, Facts};
use crate::view::{Lease, StateRow, View};

/// The ledger as it would be with one entry.
pub(super) struct With<'a> {
    base: &'a dyn View,
    row: ModelChange,
}

impl<'a> With<'a> {
    pub(super) fn new(base: &'a dyn View, id: &Name, facts: &Facts) -> Result<Self, String> {
        let facts = Box::new(facts.clone());
        let phase = entry::Phase::Declared { facts };
        let body = canonical(&Entry { phase }).map_err(|e| e.to_string())?;
        let row = ModelChange {
            model: entry::ACTIVE,
            key: id.to_string(),
            body: Some(body),
        };
        Ok(Self { base, row })
    }
}

impl View for With<'_> {
    fn state(&self, stream: &StreamId) -> Option<StateRow> {
        self.base.state(stream)
    }
    fn model(&self, model: &str, key: &str) -> Option<String> {
        if (model, key) == (self.row.model, self.row.key.as_str()) {
            return self.row.body.clone();
        }
        self.base.model(model, key)
    }
    fn scan(&self, model: &str, prefix: &str, limit: usize) -> Vec<(String, String)> {
        let mut rows = self.base.scan(model, prefix, limit);
        if model == self.row.model && self.row.key.starts_with(prefix) {
            rows.retain(|(key, _)| *key != self.row.key);
            rows.extend(
                self.row
                    .body
                    .clone()
                    .map(|body| (self.row.key.clone(), body)),
            );
        }
        rows
    }
    fn lease(&self, action: &ActionId) -> Option<Lease> {
        self.base.lease(action)
    }
}
