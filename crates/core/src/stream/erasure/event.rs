//! What can have happened to an erasure.

use super::{Erasure, Facts, Phase, Target};
use crate::decider::{EventBody, Trigger};
use crate::id::StreamId;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// What happened to an erasure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body")]
pub enum Event {
    /// Somebody asked for it.
    #[serde(rename = "erasure.asked/1")]
    Asked {
        /// What, by whom and why.
        facts: Box<Facts>,
    },
    /// Somebody else confirmed it, and the words are gone.
    #[serde(rename = "erasure.done/1")]
    Done(Box<Done>),
    /// The words stay.
    #[serde(rename = "erasure.refused/1")]
    Refused {
        /// Who.
        by: String,
        /// Why.
        reason: String,
    },
}

/// That words are gone, in full: whoever checks the log needs nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Done {
    /// The entry.
    pub target: Target,
    /// Person who asked.
    pub asked_by: String,
    /// Person who confirmed it.
    pub by: String,
    /// Why.
    pub reason: String,
}

impl EventBody for Event {
    fn triggers(&self, stream: &StreamId) -> Vec<Trigger> {
        vec![stream.to_string()]
    }
}

pub(super) fn evolve(state: &mut Erasure, at: Timestamp, event: &Event) {
    match event {
        Event::Asked { facts } => {
            state.facts = Some(facts.clone());
            state.phase = Phase::Asked;
        }
        Event::Done(done) => {
            state.phase = Phase::Done {
                by: done.by.clone(),
                reason: done.reason.clone(),
                at,
            };
        }
        Event::Refused { by, reason } => {
            state.phase = Phase::Refused {
                by: by.clone(),
                reason: reason.clone(),
                at,
            };
        }
    }
}
