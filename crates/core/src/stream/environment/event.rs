//! What happened to an environment, as the ledger keeps it.

use super::Generations;
use crate::decider::{EventBody, Trigger};
use crate::id::StreamId;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// What happened to an environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body")]
pub enum Event {
    /// Takes no more deployments.
    #[serde(rename = "environment.held/1")]
    Held {
        /// Why.
        because: String,
        /// Who.
        by: String,
        /// It ends by itself then.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
    },
    /// Takes deployments again.
    #[serde(rename = "environment.opened/1")]
    Opened {
        /// Why.
        because: String,
        /// Who.
        by: String,
    },
    /// The end of a lock came; takes deployments again.
    #[serde(rename = "environment.lock_ended/1")]
    LockEnded {
        /// Whose it was.
        holder: String,
        /// Its end.
        until: Timestamp,
    },
    /// Somebody else ended a lock; takes deployments again.
    #[serde(rename = "environment.lock_broken/1")]
    LockBroken {
        /// Whose it was.
        holder: String,
        /// Since when.
        since: Timestamp,
        /// Why it was set.
        locked_because: String,
        /// Who broke it.
        by: String,
        /// Why.
        because: String,
    },
    /// The ledger does not know all that happened at its targets; nothing is done there.
    #[serde(rename = "environment.ledger_behind/1")]
    LedgerBehind {
        /// How that is known.
        because: String,
        /// Highest generations that its targets have seen, as far as they said.
        #[serde(default, skip_serializing_if = "Generations::is_empty")]
        seen: Generations,
    },
    /// It goes on from what its targets have seen.
    #[serde(rename = "environment.fenced/1")]
    Fenced {
        /// Why it may go on.
        because: String,
        /// Who.
        by: String,
        /// Every later plan of these services has a higher generation.
        generations: Generations,
    },
}

impl EventBody for Event {
    fn triggers(&self, stream: &StreamId) -> Vec<Trigger> {
        vec![stream.to_string(), format!("posture/{}", stream.key())]
    }
}
