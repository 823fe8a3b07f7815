//! What happened to an entry.

use super::{Facts, When};
use crate::decider::{EventBody, Trigger};
use crate::id::{ReleaseId, StreamId};
use serde::{Deserialize, Serialize};

/// What happened to an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body")]
pub enum Event {
    /// It stands on the calendar.
    #[serde(rename = "entry.declared/1")]
    Declared {
        /// What it is.
        facts: Box<Facts>,
    },
    /// It has another time; consents given before are void.
    #[serde(rename = "entry.moved/1")]
    Moved {
        /// When it was to be.
        from: When,
        /// When it is.
        to: When,
        /// Its new title, when that changed too.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        title: Option<String>,
        /// Revision at its source.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sequence: Option<u32>,
        /// Terms of a vendor that it breaks now, with the evidence.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        breaches: Vec<String>,
        /// Who.
        by: String,
        /// Why.
        because: String,
    },
    /// A release may go all the same.
    #[serde(rename = "entry.consented/1")]
    Consented {
        /// Which.
        release: ReleaseId,
        /// Who.
        by: String,
        /// Why.
        because: String,
    },
    /// It may no longer.
    #[serde(rename = "entry.consent_withdrawn/1")]
    Withdrawn {
        /// Which.
        release: ReleaseId,
        /// Who.
        by: String,
        /// Why.
        because: String,
    },
    /// It was taken from the calendar.
    #[serde(rename = "entry.cancelled/1")]
    Cancelled {
        /// Who.
        by: String,
        /// Why.
        because: String,
    },
    /// Its time has passed.
    #[serde(rename = "entry.over/1")]
    Over {},
}

impl EventBody for Event {
    fn triggers(&self, stream: &StreamId) -> Vec<Trigger> {
        vec![stream.to_string(), super::TRIGGER.to_owned()]
    }
}
