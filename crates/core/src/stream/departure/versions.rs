//! One version of a service travels with a departure: two would overtake each other at the same gates. Several may be aboard
//! until it leaves, so that the older one still travels when the newer one is not green in time.

use super::Event;
use super::decide::Turn;
use crate::id::ReleaseId;
use std::collections::BTreeSet;

impl Turn<'_, '_> {
    /// Is there no room for this release? Versions of one service share a place, and a newer one never needs a further one.
    pub(super) fn is_full_for(&self, release: &ReleaseId) -> bool {
        let Some(facts) = self.facts() else {
            return false;
        };
        let aboard = facts.passengers.keys();
        if aboard.clone().any(|other| release.is_newer(other)) {
            return false;
        }
        let services: BTreeSet<_> = aboard.map(|id| &id.service).collect();
        services.len() >= self.room()
    }

    /// Only the newest version of each service travels; whoever asked for another is told.
    pub(super) fn keep_newest(&mut self) {
        let Some(facts) = self.facts() else { return };
        let aboard = || facts.passengers.iter();
        let replaced: Vec<Event> = aboard()
            .filter_map(|(release, passenger)| {
                let newer = aboard().map(|(id, _)| id).filter(|id| id.is_newer(release));
                let with = newer.reduce(|a, b| if a.is_newer(b) { a } else { b })?;
                Some(Event::Replaced {
                    release: release.clone(),
                    by: passenger.by.clone(),
                    with: with.clone(),
                })
            })
            .collect();
        replaced.into_iter().for_each(|event| self.happen(event));
    }
}
