//! Emergencies: which hold, and what they owe. Until its review is closed by somebody who neither declared it nor asked for it, no other
//! release of the service starts in production unless it is an emergency itself.

use super::{Checked, wrong};
use std::collections::{BTreeMap, BTreeSet};
use tidegate_core::id::ReleaseId;
use tidegate_core::stream::change::{Declared, Event};
use tidegate_core::time::Timestamp;

/// What the ledger said about emergencies.
#[derive(Default)]
pub(super) struct Urgent {
    /// Release of each change.
    releases: BTreeMap<String, ReleaseId>,
    /// Newest plan's requesters, by change.
    requesters: BTreeMap<String, BTreeSet<String>>,
    /// Who declared it, and until when it holds, by change.
    declared: BTreeMap<String, (String, Timestamp)>,
    /// Changes whose review is owed.
    owed: BTreeSet<String>,
    /// Emergencies that started.
    pub started: u64,
}

impl Urgent {
    pub(super) fn entry(&mut self, id: &str, event: &Event) -> Checked {
        match event {
            Event::Opened {
                release,
                requesters,
                ..
            } => {
                self.releases.insert(id.to_owned(), release.clone());
                let asked = requesters.iter().cloned().collect();
                self.requesters.insert(id.to_owned(), asked);
            }
            Event::Planned { requesters, .. } => {
                let asked = self.requesters.entry(id.to_owned()).or_default();
                asked.extend(requesters.iter().cloned());
            }
            Event::Declared {
                declared: Declared::Emergency { by, until, .. },
            } => {
                self.declared.insert(id.to_owned(), (by.clone(), *until));
            }
            Event::Started { owed } if !owed.is_empty() => {
                if !self.declared.contains_key(id) {
                    let how = format!("{id} owes approvals and is no emergency");
                    return Err(wrong("I9", how));
                }
                self.started += 1;
                self.owed.insert(id.to_owned());
            }
            Event::Reviewed { by, .. } => {
                let declarer = self.declared.get(id).map(|(by, _)| by);
                let asked = self.requesters.get(id).is_some_and(|all| all.contains(by));
                if declarer == Some(by) || asked || !self.owed.remove(id) {
                    let how = format!("{by} closed the review of {id}, and had a part in it");
                    return Err(wrong("I9", how));
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Is it an emergency at this instant?
    pub(super) fn is(&self, release: &ReleaseId, at: Timestamp) -> bool {
        let mut declared = self.declared.iter();
        declared.any(|(id, (_, until))| self.releases.get(id) == Some(release) && at < *until)
    }

    /// The emergency because of which this release must wait.
    pub(super) fn holds(&self, release: &ReleaseId, at: Timestamp) -> Option<&String> {
        if self.is(release, at) {
            return None;
        }
        self.owed.iter().find(|id| {
            let other = self.releases.get(*id);
            other.is_some_and(|o| o != release && o.service == release.service)
        })
    }
}
