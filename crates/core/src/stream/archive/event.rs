//! What can have happened to what is kept.

use super::{Archive, Facts};
use crate::decider::{EventBody, Trigger};
use crate::digest::Digest;
use crate::id::{Name, StreamId};
use crate::spec::Class;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body")]
pub enum Event {
    /// Somebody placed a hold.
    #[serde(rename = "archive.held/1")]
    Held {
        /// What, by whom and why.
        facts: Box<Facts>,
    },
    /// Somebody ended it.
    #[serde(rename = "archive.released/1")]
    Released {
        /// Who.
        by: String,
        /// Why.
        reason: String,
    },
    /// Bodies of a deployment are gone, each past its retention.
    #[serde(rename = "archive.removed/1")]
    Removed {
        /// Which.
        bodies: Vec<Removed>,
    },
}

/// A body that is gone, in full: whoever checks a bundle needs nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Removed {
    /// Key of the row that spoke of it.
    pub key: String,
    /// SHA-256 of its bytes.
    pub digest: Digest,
    /// Number of them.
    pub bytes: u64,
    /// What it was.
    pub class: Class,
    /// The rule that kept it longest.
    pub rule: Name,
    /// Until when.
    pub until: Timestamp,
}

impl EventBody for Event {
    fn triggers(&self, stream: &StreamId) -> Vec<Trigger> {
        vec![stream.to_string()]
    }
}

pub(super) fn evolve(state: &mut Archive, at: Timestamp, event: &Event) {
    match event {
        Event::Held { facts } => {
            *state = Archive::Held {
                facts: facts.clone(),
            };
        }
        Event::Released { by, reason } => {
            if let Archive::Held { facts } = state {
                *state = Archive::Released {
                    facts: facts.clone(),
                    by: by.clone(),
                    reason: reason.clone(),
                    at,
                };
            }
        }
        Event::Removed { bodies } => {
            let before = match state {
                Archive::Cleared { bodies } => *bodies,
                _ => 0,
            };
            *state = Archive::Cleared {
                bodies: before + bodies.len() as u64,
            };
        }
    }
}
