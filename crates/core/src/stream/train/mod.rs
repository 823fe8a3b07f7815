//! Train: which departures are laid, and how fast they follow each other.
//!
//! `Absent → Running ⇄ Proposed → Running`, `→ Retired` when the configuration no longer has it. It lays departures ahead,
//! finds room for releases that missed one, and counts failures; a change of rhythm is proposed first, takes effect at a stated
//! instant, and may be refused by a person. It moves no release.

mod decide;
mod event;
mod lay;
mod pace;

pub use event::{Command, Event};

use crate::decider::{Ctx, Decider, Decision};
use crate::digest::Digest;
use crate::id::StreamKind;
use crate::refusal::Refusal;
use crate::spec::Quota;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A train.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Train {
    /// Phase.
    pub phase: Phase,
    /// How much slower than declared it goes: 0 is `departs`, 1 the first of the steps of its `cadence`.
    pub step: usize,
    /// Number of the newest departure.
    pub last: u64,
    /// The latest instant of the timetable that was used up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used: Option<Timestamp>,
    /// Departures that have not left and were not given up.
    pub open: BTreeSet<u64>,
    /// What became of departures with passengers since the rhythm last changed or was kept, the newest last.
    pub results: Vec<Counted>,
    /// Configuration that the departures were laid by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub laid_by: Option<Digest>,
    /// The newest change or refusal of the rhythm, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paced: Option<Paced>,
}

/// Phase of a train.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "phase", rename_all = "kebab-case")]
pub enum Phase {
    /// Does not exist.
    #[default]
    Absent,
    /// Goes at its present rhythm.
    Running,
    /// Another rhythm was proposed and takes effect unless somebody refuses.
    Proposed {
        /// The proposal.
        pace: Box<Proposal>,
    },
    /// The configuration no longer has it.
    Retired,
}

/// A proposed rhythm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proposal {
    /// The step it leads to.
    pub to: usize,
    /// Phrase it leaves by then.
    pub phrase: String,
    /// The figures behind it.
    pub figures: Figures,
    /// When it takes effect.
    pub effective: Timestamp,
}

/// What became of the passengers of one departure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counted {
    /// Departure.
    pub number: u64,
    /// Passengers.
    pub carried: u32,
    /// Those that failed.
    pub failed: u32,
}

/// The figures behind a rhythm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figures {
    /// Departures that were counted.
    pub departures: Vec<Counted>,
    /// Passengers of them.
    pub carried: u32,
    /// Failed ones.
    pub failed: u32,
    /// The limit that was passed or kept.
    pub limit: Quota,
}

/// A change of the rhythm, or its refusal, for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paced {
    /// In words.
    pub what: String,
    /// When.
    pub at: Timestamp,
}

impl Phase {
    /// As shown to people.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Running => "running",
            Self::Proposed { .. } => "rhythm proposed",
            Self::Retired => "retired",
        }
    }
}

impl std::fmt::Display for Figures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let numbers: Vec<String> = self
            .departures
            .iter()
            .map(|c| format!("#{}", c.number))
            .collect();
        write!(
            f,
            "{} of {} failed on {}; limit {}",
            self.failed,
            self.carried,
            numbers.join(", "),
            self.limit
        )
    }
}

impl Decider for Train {
    const KIND: StreamKind = StreamKind::Train;
    const FOLD: u32 = 1;
    type Command = Command;
    type Event = Event;

    fn decide(&self, command: Command, cx: &Ctx<'_>) -> Result<Decision<Event>, Refusal> {
        decide::decide(self, command, cx)
    }

    fn evolve(&mut self, at: Timestamp, event: &Event) {
        event::evolve(self, at, event);
    }
}
