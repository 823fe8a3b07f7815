//! Trains: a departure leaves once, after somebody of those who decide said go to this date, with those aboard and nobody else; and what
//! goes by train starts in production as a passenger of a departure that has left.

use super::{Checked, wrong};
use crate::trial::company::RISK;
use std::collections::{BTreeMap, BTreeSet};
use tidegate_core::id::ReleaseId;
use tidegate_core::stream::departure::Event;

/// What the ledger said about departures.
#[derive(Default)]
pub(super) struct Trains {
    departures: BTreeMap<String, Ahead>,
    travelled: BTreeSet<ReleaseId>,
    /// Departures that left.
    pub left: u64,
}

#[derive(Default)]
struct Ahead {
    go: bool,
    left: bool,
    aboard: BTreeSet<ReleaseId>,
}

impl Trains {
    pub(super) fn entry(&mut self, id: &str, event: &Event) -> Checked {
        let ahead = self.departures.entry(id.to_owned()).or_default();
        match event {
            Event::Boarded { release, .. } => {
                ahead.aboard.insert(release.clone());
            }
            Event::Missed { release, .. }
            | Event::Left { release, .. }
            | Event::Replaced { release, .. } => {
                ahead.aboard.remove(release);
            }
            Event::Decided { go, by, .. } => {
                if *go && !RISK.contains(&by.as_str()) {
                    return Err(wrong("I9", format!("{by} said go to {id}, who may not")));
                }
                ahead.go = *go;
            }
            // What was said, was said about the former date.
            Event::Postponed { .. } => ahead.go = false,
            Event::Departed { passengers, .. } => {
                let stranger = passengers.keys().find(|one| !ahead.aboard.contains(*one));
                // Nobody need say go to nobody.
                let unsaid = !ahead.go && !passengers.is_empty();
                if ahead.left || unsaid || stranger.is_some() {
                    let how = format!(
                        "{id} left: go {}, left before {}, not aboard {stranger:?}",
                        ahead.go, ahead.left
                    );
                    return Err(wrong("I9", how));
                }
                ahead.left = true;
                self.left += 1;
                self.travelled.extend(passengers.keys().cloned());
            }
            _ => {}
        }
        Ok(())
    }

    /// Did a departure leave with it?
    pub(super) fn has_travelled(&self, release: &ReleaseId) -> bool {
        self.travelled.contains(release)
    }
}
