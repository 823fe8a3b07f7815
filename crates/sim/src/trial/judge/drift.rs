//! What somebody changed at a target past the ledger: until it is put right by a deployment of the same, or somebody answers for it,
//! nothing else of the service starts there.

use std::collections::{BTreeMap, BTreeSet};
use tidegate_core::stream::environment::{Difference, Event};

/// What the ledger said about changes by hand.
#[derive(Default)]
pub(super) struct Drifts {
    held: BTreeMap<String, BTreeSet<Difference>>,
    /// Times that something was found.
    pub found: u64,
}

impl Drifts {
    pub(super) fn entry(&mut self, env: &str, event: &Event) {
        match event {
            Event::DriftFound {
                service,
                differences,
                ..
            } => {
                self.found += 1;
                let held = self.held.entry(format!("{env}/{service}")).or_default();
                held.extend(differences.iter().cloned());
            }
            Event::DriftRepaired {
                service,
                differences,
                ..
            }
            | Event::DriftAccepted {
                service,
                differences,
                ..
            } => {
                let held = self.held.entry(format!("{env}/{service}")).or_default();
                held.retain(|one| !differences.contains(one));
            }
            _ => {}
        }
    }

    /// What holds the service there.
    pub(super) fn holds(&self, lane: &str) -> Option<&Difference> {
        self.held.get(lane)?.first()
    }
}
