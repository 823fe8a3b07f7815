//! What can be asked of a train, what can have happened to it, and what that leads to.

use super::{Counted, Figures, Paced, Phase, Proposal, Train};
use crate::decider::{EventBody, Trigger};
use crate::digest::Digest;
use crate::id::StreamId;
use crate::stream::departure::Moved;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Results that are kept; `cadence` looks back no further.
const RESULTS: usize = 100;

/// What can be asked of a train.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "kebab-case")]
pub enum Command {
    /// Look at configuration and time; lay what is missing.
    Wake,
    /// What happened to a departure that matters to the others (from the departure).
    Report {
        /// Which.
        number: u64,
        /// It left or was given up: the instant of the timetable that it stood for.
        closed: Option<Timestamp>,
        /// Every passenger arrived or failed.
        counted: Option<Counted>,
        /// Who missed it and needs room on another, in order.
        passengers: Vec<Moved>,
    },
    /// Refuse the proposed rhythm.
    Keep {
        /// Why.
        reason: String,
    },
}

/// What happened to a train.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body")]
pub enum Event {
    /// The configuration has it, or has it again.
    #[serde(rename = "train.started/1")]
    Started {},
    /// Departures are laid by this configuration from now on.
    #[serde(rename = "train.timetabled/1")]
    Timetabled {
        /// Digest of what decides its dates.
        digest: Digest,
        /// Phrase it leaves by.
        phrase: String,
    },
    /// A departure was laid.
    #[serde(rename = "train.departure_added/1")]
    DepartureAdded {
        /// Number.
        number: u64,
    },
    /// A departure left or was given up.
    #[serde(rename = "train.departure_closed/1")]
    DepartureClosed {
        /// Number.
        number: u64,
        /// The instant of the timetable that it stood for.
        slot: Timestamp,
    },
    /// The result of a departure counts.
    #[serde(rename = "train.result_counted/1")]
    ResultCounted {
        /// The result.
        result: Counted,
    },
    /// Another rhythm was proposed.
    #[serde(rename = "train.pace_proposed/1")]
    PaceProposed {
        /// The proposal.
        pace: Proposal,
    },
    /// The proposed rhythm was refused, or its reason went away.
    #[serde(rename = "train.pace_kept/1")]
    PaceKept {
        /// Who.
        by: String,
        /// Why.
        reason: String,
        /// The figures it was proposed with.
        figures: Figures,
    },
    /// It goes at another rhythm.
    #[serde(rename = "train.pace_changed/1")]
    PaceChanged {
        /// Step.
        step: usize,
        /// Phrase it leaves by.
        phrase: String,
        /// Why.
        because: String,
    },
    /// The configuration no longer has it.
    #[serde(rename = "train.retired/1")]
    Retired {},
}

impl EventBody for Event {
    fn triggers(&self, stream: &StreamId) -> Vec<Trigger> {
        vec![stream.to_string()]
    }
}

impl Command {
    /// As shown to people.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Wake => "wake",
            Self::Report { .. } => "report",
            Self::Keep { .. } => "keep",
        }
    }
}

pub(super) fn evolve(state: &mut Train, at: Timestamp, event: &Event) {
    match event {
        Event::Started {} => state.phase = Phase::Running,
        Event::Timetabled { digest, .. } => state.laid_by = Some(digest.clone()),
        Event::DepartureAdded { number } => {
            state.last = state.last.max(*number);
            state.open.insert(*number);
        }
        Event::DepartureClosed { number, slot } => {
            state.open.remove(number);
            state.used = state.used.max(Some(*slot));
        }
        Event::ResultCounted { result } => {
            state.results.push(*result);
            if state.results.len() > RESULTS {
                state.results.remove(0);
            }
        }
        Event::PaceProposed { pace } => {
            let pace = Box::new(pace.clone());
            state.phase = Phase::Proposed { pace };
        }
        Event::PaceKept { by, reason, .. } => {
            state.phase = Phase::Running;
            // What was weighed once does not count twice.
            state.results.clear();
            let what = format!("kept by {by}: {reason}");
            state.paced = Some(Paced { what, at });
        }
        Event::PaceChanged {
            step,
            phrase,
            because,
        } => {
            state.phase = Phase::Running;
            state.step = *step;
            state.results.clear();
            let what = format!("leaves {phrase}: {because}");
            state.paced = Some(Paced { what, at });
        }
        Event::Retired {} => {
            state.phase = Phase::Retired;
            state.step = 0;
            state.results.clear();
            state.laid_by = None;
        }
    }
}
