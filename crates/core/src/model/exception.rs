//! Exceptions: all of them, and by release those that are in force.

use super::{Happened, Models, Rows};
use crate::batch::ModelChange;
use crate::decider::Trigger;
use crate::digest::canonical;
use crate::stream::exception::{Event, Exception, Phase};

/// All, by id.
pub const ALL: &str = "exception";
/// Those in force, by `release/id`.
pub const IN_FORCE: &str = "exception-in-force";
/// Highest number, under the empty key.
pub const NUMBER: &str = "exception-number";

impl Models for Exception {
    fn project(h: &Happened<'_, Self, Self::Event>, rows: &mut dyn Rows) -> Vec<Trigger> {
        let Some(facts) = &h.state.facts else {
            return Vec::new();
        };
        // An exception always serialises.
        let body = canonical(h.state).ok();
        let active = matches!(h.state.phase, Phase::Active { .. });
        rows.put(ModelChange {
            model: IN_FORCE,
            key: format!("{}/{}", facts.release, facts.id),
            body: body.clone().filter(|_| active),
        });
        rows.put(ModelChange {
            model: ALL,
            key: h.stream.key().to_owned(),
            body,
        });
        super::count(rows, NUMBER, facts.id.number());
        super::notice::of_exception(h, rows);
        match h.event {
            Event::Granted { .. } | Event::Expired { .. } | Event::Revoked { .. } => {
                vec![format!("exception/{}", facts.release)]
            }
            _ => Vec::new(),
        }
    }
}
