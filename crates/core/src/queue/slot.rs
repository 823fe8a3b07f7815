//! Reserved times: from when to when a deployment that may not go yet is expected to go, and why that moved.

use crate::gate::{self, Asked, GateReport};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// A reserved time, half-open. It is the time in which the whole operation fits as far as the calendar says; how many others want the
/// same time is told by the place in the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slot {
    /// It starts here when it has a place.
    pub start: Timestamp,
    /// Steps, stabilisation and the way back are over here.
    pub end: Timestamp,
}

/// What became of a reserved time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// As before.
    Same,
    /// There is another one.
    Moved {
        /// Which.
        slot: Slot,
        /// Why.
        because: String,
    },
    /// No time is known any more.
    Lost {
        /// Why.
        because: String,
    },
}

/// The reserved time given the answers of all gates; `known` is the one it had.
pub(crate) fn reserve(asked: &Asked<'_>, reports: &[GateReport], known: Option<Slot>) -> Why {
    let blocking: Vec<&GateReport> = reports
        .iter()
        .filter(|r| r.gate.is_timed() && !r.outcome.passes())
        .collect();
    let missed = known.filter(|slot| slot.start < asked.now);
    if blocking.is_empty() {
        return match known {
            // Earlier than planned: it may go at once.
            Some(slot) if slot.start > asked.now => Why::Moved {
                slot: slot_at(asked, asked.now),
                because: "nothing in the calendar holds it any more".to_owned(),
            },
            _ => Why::Same,
        };
    }
    let titles: Vec<&str> = blocking.iter().map(|r| r.title.as_str()).collect();
    let mut because = titles.join("; ");
    if let Some(slot) = missed {
        because = format!(
            "it could not go from {} on; {because}",
            asked.moment(slot.start)
        );
    }
    match gate::earliest_in_time(asked, reports) {
        Some(start) if known.is_some_and(|slot| slot.start == start) => Why::Same,
        Some(start) => Why::Moved {
            slot: slot_at(asked, start),
            because,
        },
        None if known.is_some() => Why::Lost { because },
        None => Why::Same,
    }
}

fn slot_at(asked: &Asked<'_>, start: Timestamp) -> Slot {
    Slot {
        start,
        end: asked.needs().after(start),
    }
}
