//! I9 inside a rollout: no step after a sign-off begins, and nothing is done, unless somebody of the team signed this very plan there
//! who did not ask for it. What was refused or taken up again is signed anew.

use super::{Checked, wrong};
use crate::trial::company::QA;
use std::collections::{BTreeMap, BTreeSet};
use tidegate_core::digest::Digest;
use tidegate_core::plan::{Intent, Plan};
use tidegate_core::stream::deployment::{Event, Way};

/// Sign-offs of the rollouts there are.
#[derive(Default)]
pub(super) struct Signatures {
    rollouts: BTreeMap<String, Rollout>,
    /// Signatures that were given.
    pub given: u64,
}

struct Rollout {
    plan: Digest,
    by: String,
    /// Steps that are sign-offs.
    asked: Vec<usize>,
    signed: BTreeSet<usize>,
}

impl Signatures {
    pub(super) fn proposed(&mut self, id: &str, plan: &Plan, by: &str) {
        let steps = plan.body.steps.iter().enumerate();
        let asked = steps.filter(|(_, step)| matches!(step.intent, Intent::SignOff(_)));
        let rollout = Rollout {
            plan: plan.digest.clone(),
            by: by.to_owned(),
            asked: asked.map(|(n, _)| n).collect(),
            signed: BTreeSet::new(),
        };
        self.rollouts.insert(id.to_owned(), rollout);
    }

    /// Its next entry; `requesters` asked for this plan.
    pub(super) fn entry(
        &mut self,
        id: &str,
        event: &Event,
        requesters: Option<&BTreeSet<String>>,
    ) -> Checked {
        let Some(rollout) = self.rollouts.get_mut(id) else {
            return Ok(());
        };
        let before = match event {
            Event::SignOffAsked { n, .. } | Event::SignOffRefused { n, .. } => {
                rollout.signed.remove(n);
                return Ok(());
            }
            Event::SignedOff { n, signed } => {
                let who = &signed.person;
                let asked = *who == rollout.by || requesters.is_some_and(|all| all.contains(who));
                if asked || signed.plan != rollout.plan || !QA.contains(&who.as_str()) {
                    let how = format!("{who} signed {id}, who may not, or another plan");
                    return Err(wrong("I9", how));
                }
                rollout.signed.insert(*n);
                self.given += 1;
                return Ok(());
            }
            Event::StepStarted {
                way: Way::Forward,
                n,
                ..
            }
            | Event::Soaking { n, .. } => *n,
            Event::Succeeded { .. } => usize::MAX,
            _ => return Ok(()),
        };
        let missing = |n: &&usize| **n < before && !rollout.signed.contains(*n);
        match rollout.asked.iter().find(missing) {
            Some(n) => Err(wrong("I9", format!("{id} went on past step {n} unsigned"))),
            None => Ok(()),
        }
    }
}
