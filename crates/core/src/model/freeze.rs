//! Declared freezes: those that hold, and those that ended.

use super::{Happened, Models, Rows};
use crate::batch::ModelChange;
use crate::decider::Trigger;
use crate::digest::canonical;
use crate::stream::freeze::{Freeze, Phase};

/// Freezes that hold, by id.
pub const ACTIVE: &str = "freeze";
/// Freezes that ended, by id; the newest of that name.
pub const ENDED: &str = "freeze-ended";
/// Highest number of a freeze that nobody named, under the empty key.
pub const NUMBER: &str = "freeze-number";

impl Models for Freeze {
    fn project(h: &Happened<'_, Self, Self::Event>, rows: &mut dyn Rows) -> Vec<Trigger> {
        let key = h.stream.key().to_owned();
        let holds = matches!(h.state.phase, Phase::Active { .. });
        // A freeze always serialises.
        let body = canonical(h.state).ok();
        for (model, here) in [(ACTIVE, holds), (ENDED, !holds)] {
            let body = body.clone().filter(|_| here);
            rows.put(ModelChange {
                model,
                key: key.clone(),
                body,
            });
        }
        let number = h.state.facts.as_ref().and_then(|f| f.id.number());
        super::count(rows, NUMBER, number);
        Vec::new()
    }
}
