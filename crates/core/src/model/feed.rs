//! Calendars of others: a row for each that is read, which the gates read too.

use super::{Happened, Models, Rows};
use crate::batch::ModelChange;
use crate::decider::Trigger;
use crate::digest::canonical;
use crate::stream::feed::{ACTIVE, Feed, Phase};

impl Models for Feed {
    fn project(h: &Happened<'_, Self, Self::Event>, rows: &mut dyn Rows) -> Vec<Trigger> {
        let read = matches!(h.state.phase, Phase::Fresh { .. } | Phase::Stale { .. });
        rows.put(ModelChange {
            model: ACTIVE,
            key: h.stream.key().to_owned(),
            body: canonical(h.state).ok().filter(|_| read),
        });
        Vec::new()
    }
}
