//! Erasures: all of them by name, and the one of each entry.

use super::{Happened, Models, Rows};
use crate::batch::ModelChange;
use crate::decider::Trigger;
use crate::digest::canonical;
use crate::stream::erasure::{Erasure, Phase};
use crate::view::View;

/// All, by name.
pub const ALL: &str = "erasure";
/// The name of the one that is asked for or done, by entry.
pub const OF_ENTRY: &str = "erasure-of";
/// Highest number, under the empty key.
pub const NUMBER: &str = "erasure-number";

/// The erasure of an entry that is asked for or done.
#[must_use]
pub fn of_entry(view: &dyn View, seq: u64) -> Option<String> {
    serde_json::from_str(&view.model(OF_ENTRY, &seq.to_string())?).ok()
}

impl Models for Erasure {
    fn project(h: &Happened<'_, Self, Self::Event>, rows: &mut dyn Rows) -> Vec<Trigger> {
        let Some(facts) = h.state.facts.as_deref() else {
            return Vec::new();
        };
        let stands = !matches!(h.state.phase, Phase::Refused { .. });
        rows.put(ModelChange {
            model: OF_ENTRY,
            key: facts.target.seq.to_string(),
            body: canonical(&facts.id).ok().filter(|_| stands),
        });
        rows.put(ModelChange {
            model: ALL,
            key: h.stream.key().to_owned(),
            body: canonical(h.state).ok(),
        });
        super::count(rows, NUMBER, facts.id.number());
        Vec::new()
    }
}
