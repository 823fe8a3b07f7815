//! What happened to a feed.

use super::Facts;
use crate::decider::{EventBody, Trigger};
use crate::id::StreamId;
use crate::time::{Millis, Timestamp};
use serde::{Deserialize, Serialize};

/// What happened to a feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body")]
pub enum Event {
    /// Its calendar was read.
    #[serde(rename = "feed.read/1")]
    Read {
        /// What is known of it now.
        facts: Box<Facts>,
    },
    /// It was not read for too long: what it said counts as no data.
    #[serde(rename = "feed.went_stale/1")]
    WentStale {
        /// When it was read last.
        read: Timestamp,
        /// How long that counted.
        fresh_for: Millis,
    },
    /// It is not read any more.
    #[serde(rename = "feed.ended/1")]
    Ended {
        /// Who.
        by: String,
        /// Why.
        because: String,
    },
}

impl EventBody for Event {
    fn triggers(&self, stream: &StreamId) -> Vec<Trigger> {
        vec![stream.to_string(), super::TRIGGER.to_owned()]
    }
}
