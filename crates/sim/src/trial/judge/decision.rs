//! Decisions about the way back: an order or a silence that takes a deployment back does so in the same transaction, and while somebody is
//! asked nobody lets it go on around them. None stays open for ever.

use super::{Checked, wrong};
use std::collections::BTreeMap;
use tidegate_core::stream::decision::{Choice, Event};
use tidegate_core::stream::deployment::Event as Rollout;

/// What the ledger said about decisions.
#[derive(Default)]
pub(super) struct Decisions {
    /// Deployment of each decision.
    about: BTreeMap<String, String>,
    /// Deployments about which somebody is asked, with the decision.
    open: BTreeMap<String, String>,
    /// Deployments that an order takes back, with the command that said so.
    backwards: BTreeMap<String, String>,
    /// Orders and silences that took something back.
    pub carried_out: u64,
}

impl Decisions {
    pub(super) fn entry(&mut self, id: &str, cause: &str, event: &Event) -> Checked {
        if let Event::Opened { facts, .. } = event {
            let deployment = facts.deployment.to_string();
            self.about.insert(id.to_owned(), deployment.clone());
            if let Some(other) = self.open.insert(deployment, id.to_owned()) {
                let how = format!("{id} was opened beside {other} about the same deployment");
                return Err(wrong("I9", how));
            }
            return Ok(());
        }
        let Some(deployment) = self.about.get(id) else {
            return Err(wrong("I7", format!("{id} was never opened")));
        };
        let (ends, back) = match event {
            Event::Ordered { order } if order.carried_out => (
                matches!(order.choice, Choice::RollBack),
                matches!(order.choice, Choice::RollBack),
            ),
            Event::Lapsed { back, .. } => (true, *back),
            Event::Closed { .. } => (true, false),
            _ => (false, false),
        };
        if ends {
            self.open.remove(deployment);
        }
        if back {
            self.carried_out += 1;
            let cause = cause.to_owned();
            self.backwards.insert(deployment.clone(), cause);
        }
        Ok(())
    }

    /// An entry of a deployment.
    pub(super) fn rollout(&mut self, id: &str, event: &Rollout) -> Checked {
        match event {
            Rollout::RollbackStarted { .. }
            | Rollout::Cancelled { .. }
            | Rollout::RolledBack { .. } => {
                self.backwards.remove(id);
            }
            Rollout::Resumed { .. } | Rollout::Advanced { .. } => {
                if let Some(decision) = self.open.get(id) {
                    let how = format!("{id} went on although {decision} is open");
                    return Err(wrong("I9", how));
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// At an entry of another command: what was ordered has begun.
    pub(super) fn settled(&mut self, cause: &str) -> Checked {
        let late = self.backwards.iter().find(|(_, by)| *by != cause);
        match late {
            Some((id, by)) => Err(wrong("I9", format!("{by} took {id} back, and it stayed"))),
            None => Ok(()),
        }
    }

    /// Those that nobody ended.
    pub(super) fn open(&self) -> impl Iterator<Item = &String> {
        self.open.values()
    }
}
