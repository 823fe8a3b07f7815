//! Entries of the calendar: a row for each that is declared, which the gates read, and one for each that is past.

use super::{Happened, Models, Rows};
use crate::batch::ModelChange;
use crate::decider::Trigger;
use crate::digest::canonical;
use crate::stream::entry::{ACTIVE, COUNT, Entry, Event, PAST, Phase};

impl Models for Entry {
    fn project(h: &Happened<'_, Self, Self::Event>, rows: &mut dyn Rows) -> Vec<Trigger> {
        let key = h.stream.key();
        let declared = matches!(h.state.phase, Phase::Declared { .. });
        let body = canonical(h.state).ok();
        let mut put = |model, body: Option<String>| {
            let key = key.to_owned();
            rows.put(ModelChange { model, key, body });
        };
        put(ACTIVE, body.clone().filter(|_| declared));
        put(PAST, body.filter(|_| !declared));
        if matches!(h.event, Event::Declared { .. }) {
            let count = rows
                .row(COUNT, "")
                .and_then(|text| text.parse::<u64>().ok());
            let body = Some((count.unwrap_or(0) + 1).to_string());
            let (model, key) = (COUNT, String::new());
            rows.put(ModelChange { model, key, body });
        }
        Vec::new()
    }
}
