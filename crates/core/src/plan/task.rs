//! What an agent is asked to do for each step of a plan. The executor asks for it, and an agent that believes nobody compares it
//! with what it is asked.

use super::{Intent, PlanBody, Side};
use crate::work::Task;
use std::collections::BTreeMap;

impl PlanBody {
    /// What the agent is asked to do for an intent; nothing for a hold or a sign-off.
    #[must_use]
    pub fn task(&self, intent: &Intent) -> Option<Task> {
        let body = self;
        Some(match intent {
            Intent::Prepare => Task::Prepare {
                revision: Box::new(body.to.clone()),
            },
            Intent::Scale { side, count } => Task::Scale {
                revision: Box::new(body.side(*side)?.clone()),
                to: *count,
            },
            Intent::Shift { new } => {
                let mut weights = BTreeMap::new();
                if let Some(new) = new {
                    let old = 10_000 - (*new).min(10_000);
                    match body.side(Side::Old) {
                        Some(from) if from.key != body.to.key => {
                            weights.insert(from.key.clone(), old);
                            weights.insert(body.to.key.clone(), *new);
                        }
                        _ => {
                            weights.insert(body.to.key.clone(), 10_000);
                        }
                    }
                    weights.retain(|_, w| *w > 0);
                }
                Task::Shift { weights }
            }
            Intent::Hold { .. } | Intent::SignOff(_) => return None,
        })
    }

    /// Everything an agent can be asked to do for this plan, on the way there, back and afterwards.
    pub fn tasks(&self) -> impl Iterator<Item = Task> {
        let steps = self.steps.iter().chain(&self.undo).chain(&self.closing);
        steps.filter_map(|step| self.task(&step.intent))
    }
}
