//! I9 of the rules themselves: a weaker rule comes into force by somebody who answers for it, or after one of those said yes to exactly
//! this configuration, which another person proposed to replace exactly the one that was in force.

use super::{Checked, wrong};
use crate::trial::company::RISK;
use std::collections::{BTreeMap, BTreeSet};
use tidegate_core::digest::Digest;
use tidegate_core::stream::config::Event;

/// What the ledger said about the configuration.
#[derive(Default)]
pub(super) struct Rules {
    /// For how many hours a yes is good, by configuration.
    hours: BTreeMap<Digest, u64>,
    in_force: Option<(u64, u64)>,
    /// Who proposed what was proposed to replace the one in force.
    proposed: BTreeMap<Digest, String>,
    agreed: BTreeSet<Digest>,
    /// Weaker rules that came into force by a yes of others.
    pub handed_in: u64,
}

impl Rules {
    pub(super) fn new(hours: impl Iterator<Item = (Digest, u64)>) -> Self {
        Self {
            hours: hours.collect(),
            ..Self::default()
        }
    }

    pub(super) fn entry(&mut self, event: &Event) -> Checked {
        let revision = self.in_force.map_or(0, |(revision, _)| revision);
        match event {
            Event::Proposed { proposal } => {
                // Each person has one: the next takes its place.
                let gone: Vec<Digest> = self
                    .proposed
                    .iter()
                    .filter(|(_, by)| **by == proposal.by)
                    .map(|(digest, _)| digest.clone())
                    .collect();
                for digest in gone.iter().chain([&proposal.digest]) {
                    self.proposed.remove(digest);
                    self.agreed.remove(digest);
                }
                let (digest, by) = (proposal.digest.clone(), proposal.by.clone());
                self.proposed.insert(digest, by);
            }
            Event::Approved {
                digest,
                replaces,
                by,
                ..
            } => {
                let proposer = self.proposed.get(digest);
                let may = RISK.contains(&by.as_str()) && *replaces == revision;
                if !may || proposer.is_none_or(|proposer| proposer == by) {
                    let how = format!("{by} said yes to {digest}, proposed by {proposer:?}");
                    return Err(wrong("I9", how));
                }
                self.agreed.insert(digest.clone());
            }
            Event::Rejected { digest, .. } => {
                self.agreed.remove(digest);
            }
            Event::Applied {
                revision: new,
                digest,
                by,
                ..
            } => return self.applied((revision, *new), digest, by),
        }
        Ok(())
    }

    fn applied(&mut self, (before, new): (u64, u64), digest: &Digest, by: &str) -> Checked {
        let hours = self.hours.get(digest).copied();
        let hours = hours.ok_or_else(|| wrong("I7", format!("nobody asked for {digest}")))?;
        if new != before + 1 {
            let how = format!("revision {new} of the configuration came after {before}");
            return Err(wrong("I7", how));
        }
        let weaker = self.in_force.is_some_and(|(_, had)| hours > had);
        if weaker && !RISK.contains(&by) {
            if !self.agreed.contains(digest) {
                let how = format!("{by} weakened a rule that others answer for, without their yes");
                return Err(wrong("I9", how));
            }
            self.handed_in += 1;
        }
        self.in_force = Some((new, hours));
        // Another configuration in force ends all that was proposed.
        self.proposed.clear();
        self.agreed.clear();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOURS: [u64; 2] = [12, 48];

    fn rules() -> Rules {
        let mut rules = Rules::new(HOURS.into_iter().map(|hours| (digest(hours), hours)));
        rules.entry(&applied(1, 12, "rita")).expect("the first");
        rules
    }

    fn digest(hours: u64) -> Digest {
        Digest::of(&hours.to_be_bytes())
    }

    fn applied(revision: u64, hours: u64, by: &str) -> Event {
        Event::Applied {
            revision,
            digest: digest(hours),
            blob: digest(hours),
            commit: None,
            by: by.to_owned(),
            changes: Vec::new(),
            weakens: Vec::new(),
            zone_data: None,
            because: None,
            agreed: Vec::new(),
        }
    }

    #[test]
    fn a_weaker_rule_without_a_yes_of_those_who_answer_for_it_is_noticed() {
        assert_eq!(rules().entry(&applied(2, 48, "rita")), Ok(()));
        let noticed = rules().entry(&applied(2, 48, "ana"));
        assert!(noticed.is_err_and(|violation| violation.invariant == "I9"));
        let yes = Event::Approved {
            digest: digest(48),
            replaces: 1,
            by: "rita".to_owned(),
            teams: BTreeSet::new(),
            reason: String::new(),
        };
        let unproposed = rules().entry(&yes);
        assert!(unproposed.is_err_and(|violation| violation.invariant == "I9"));
    }
}
