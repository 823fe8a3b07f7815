//! What can have happened to a decision.

use super::{Choice, Decision, Facts, Order, Phase};
use crate::decider::{EventBody, Trigger};
use crate::id::{StreamId, TeamId};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// What happened to a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body")]
pub enum Event {
    /// Those who decide were asked.
    #[serde(rename = "decision.opened/1")]
    Opened {
        /// About what, and who decides.
        facts: Box<Facts>,
        /// Who is asked first.
        whom: Vec<String>,
        /// Until when.
        due: Timestamp,
    },
    /// Nobody answered in time: the next are asked.
    #[serde(rename = "decision.escalated/1")]
    Escalated {
        /// Team that did not answer.
        from: TeamId,
        /// Team that is asked now.
        to: TeamId,
        /// Its members.
        whom: Vec<String>,
        /// Place on the path, from 0.
        level: usize,
        /// Until when.
        due: Timestamp,
    },
    /// Somebody decided.
    #[serde(rename = "decision.ordered/1")]
    Ordered {
        /// What.
        order: Order,
    },
    /// Nobody decided in time, or the time for which it stayed is over.
    #[serde(rename = "decision.lapsed/1")]
    Lapsed {
        /// Does the way back begin?
        back: bool,
        /// Why, for people.
        because: String,
    },
    /// Nothing is left to decide.
    #[serde(rename = "decision.closed/1")]
    Closed {
        /// Why.
        because: String,
    },
}

impl EventBody for Event {
    fn triggers(&self, stream: &StreamId) -> Vec<Trigger> {
        vec![stream.to_string()]
    }
}

pub(super) fn evolve(state: &mut Decision, at: Timestamp, event: &Event) {
    match event {
        Event::Opened { facts, due, .. } => {
            state.facts = Some(facts.clone());
            state.phase = Phase::Open {
                level: 0,
                due: *due,
            };
        }
        Event::Escalated { level, due, .. } => {
            state.phase = Phase::Open {
                level: *level,
                due: *due,
            };
        }
        Event::Ordered { order } => {
            state.orders.push(order.clone());
            match (&order.choice, order.carried_out) {
                (Choice::RollBack, true) => state.phase = Phase::Settled { at },
                (Choice::Stay { until }, true) => state.phase = Phase::Staying { until: *until },
                (_, false) => {}
            }
        }
        Event::Lapsed { back, .. } => state.phase = Phase::Lapsed { back: *back, at },
        Event::Closed { because } => {
            state.phase = Phase::Closed {
                because: because.clone(),
                at,
            };
        }
    }
}
