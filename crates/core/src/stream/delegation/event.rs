//! What can have happened to a delegation.

use super::{Delegation, Facts, Phase};
use crate::decider::{EventBody, Trigger};
use crate::id::StreamId;
use crate::stream::person;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// What happened to a delegation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body")]
pub enum Event {
    /// A right was lent.
    #[serde(rename = "delegation.lent/1")]
    Lent {
        /// What, by whom, to whom, from when to when.
        facts: Box<Facts>,
    },
    /// It was taken back or given back.
    #[serde(rename = "delegation.revoked/1")]
    Revoked {
        /// Who.
        by: String,
        /// Why.
        reason: String,
    },
    /// Its time is over.
    #[serde(rename = "delegation.ended/1")]
    Ended {},
}

impl EventBody for Event {
    fn triggers(&self, stream: &StreamId) -> Vec<Trigger> {
        // Whoever waits for people looks again: a yes in the place of somebody counts no more.
        vec![stream.to_string(), person::TRIGGER.to_owned()]
    }
}

pub(super) fn evolve(state: &mut Delegation, at: Timestamp, event: &Event) {
    match event {
        Event::Lent { facts } => {
            state.facts = Some(facts.clone());
            state.phase = Phase::Lent;
        }
        Event::Revoked { by, reason } => {
            state.phase = Phase::Revoked {
                by: by.clone(),
                reason: reason.clone(),
                at,
            };
        }
        Event::Ended {} => state.phase = Phase::Ended { at },
    }
}
