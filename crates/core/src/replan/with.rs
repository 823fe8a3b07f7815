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
        self.scan_after(model, prefix, None, limit)
    }
    fn scan_after(
        &self,
        model: &str,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Vec<(String, String)> {
        let mut rows = self.base.scan_after(model, prefix, after, limit);
        let ModelChange { key, body, .. } = &self.row;
        let beyond = after.is_none_or(|after| key.as_str() > after);
        if model == self.row.model && key.starts_with(prefix) && beyond {
            rows.retain(|(other, _)| other != key);
            let place = rows.partition_point(|(other, _)| other < key);
            rows.splice(place..place, body.clone().map(|body| (key.clone(), body)));
            rows.truncate(limit);
        }
        rows
    }
    fn lease(&self, action: &ActionId) -> Option<Lease> {
        self.base.lease(action)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One row of the model of entries, `b`; how many rows were asked for is not hidden from it.
    struct One(std::cell::Cell<usize>);

    impl View for One {
        fn state(&self, _: &StreamId) -> Option<StateRow> {
            None
        }
        fn model(&self, _: &str, _: &str) -> Option<String> {
            None
        }
        fn scan(&self, model: &str, prefix: &str, limit: usize) -> Vec<(String, String)> {
            self.scan_after(model, prefix, None, limit)
        }
        fn scan_after(
            &self,
            _: &str,
            _: &str,
            after: Option<&str>,
            limit: usize,
        ) -> Vec<(String, String)> {
            self.0.set(self.0.get().max(limit));
            let rows = [("b".to_owned(), "old".to_owned())].into_iter();
            rows.filter(|(key, _)| after.is_none_or(|after| key.as_str() > after))
                .take(limit)
                .collect()
        }
        fn lease(&self, _: &ActionId) -> Option<Lease> {
            None
        }
    }

    #[test]
    fn a_scan_sees_the_planned_entry_in_its_place_and_reads_no_more_than_was_asked_for() {
        let base = One(std::cell::Cell::new(0));
        let with = |key: &str| With {
            base: &base,
            row: ModelChange {
                model: entry::ACTIVE,
                key: key.to_owned(),
                body: Some("new".to_owned()),
            },
        };
        let keys = |with: &With<'_>, after, limit| -> Vec<String> {
            let rows = with.scan_after(entry::ACTIVE, "", after, limit);
            rows.into_iter().map(|(key, _)| key).collect()
        };
        assert_eq!(keys(&with("a"), None, 9), ["a", "b"]);
        assert_eq!(keys(&with("c"), None, 9), ["b", "c"]);
        assert_eq!(keys(&with("c"), None, 1), ["b"]);
        assert_eq!(keys(&with("a"), Some("a"), 9), ["b"]);
        let replaced = with("b").scan(entry::ACTIVE, "", 9);
        assert_eq!(replaced, [("b".to_owned(), "new".to_owned())]);
        assert_eq!(base.0.get(), 9);
    }
}
