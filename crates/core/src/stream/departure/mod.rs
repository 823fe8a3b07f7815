//! Departure: one run of a train, from the day it is laid until its last passenger arrived or failed.
//!
//! `Scheduled → Boarding → Closed → GoNoGo → Departed → Arrived`; a postponement leads back to the beginning with another
//! date; `→ Cancelled` before it left. Cut-offs are timers. It moves releases only by asking for their promotion.

mod checks;
mod command;
mod dates;
mod decide;
mod event;
mod evolve;
mod features;
mod hands;
mod people;
mod tick;
mod versions;

pub use checks::environments_before;
pub(crate) use checks::room_of;
pub use command::{Command, Moved};
pub use dates::free_dates;
pub use event::{Event, Way, aboard};
pub use features::{Feature, features};
pub use hands::{Hands, freed_by, hands};

use crate::decider::{Ctx, Decider, Decision};
use crate::id::{DepartureId, EnvId, Name, ReleaseId, StreamKind, TeamId};
use crate::refusal::Refusal;
use crate::spec::Timetable;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A departure.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Departure {
    /// Phase.
    pub phase: Phase,
    /// What is known in every phase; absent before it is laid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facts: Option<Box<Facts>>,
}

/// Phase of a departure.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "phase", rename_all = "kebab-case")]
pub enum Phase {
    /// Does not exist.
    #[default]
    Absent,
    /// Laid, nobody aboard yet.
    Scheduled,
    /// Somebody is aboard and others may board.
    Boarding,
    /// Nobody may board any more.
    Closed {
        /// Whether passengers were already asked to be green.
        code: bool,
    },
    /// A go is waited for, or was given and the instant is not there yet.
    GoNoGo,
    /// Left; its passengers are on their way.
    Departed {
        /// When.
        at: Timestamp,
    },
    /// Every passenger arrived or failed.
    Arrived {
        /// When.
        at: Timestamp,
    },
    /// Never left.
    Cancelled {
        /// Why.
        because: String,
    },
}

/// What is known of a departure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// Which.
    pub id: DepartureId,
    /// Its instants.
    pub timetable: Timetable,
    /// Who is aboard.
    pub passengers: BTreeMap<ReleaseId, Passenger>,
    /// Who asked too late, where a person decides.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub late: BTreeMap<ReleaseId, Asked>,
    /// Who is no longer aboard and why, the newest last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gone: Vec<Gone>,
    /// Features that people promised for it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub features: BTreeMap<Name, Vec<ReleaseId>>,
    /// Go or no-go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decided>,
    /// What was said about this date before that, the newest last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overruled: Vec<Decided>,
    /// Earlier dates and why they were given up, the newest last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub postponed: Vec<Postponed>,
    /// Why it keeps a date that the timetable no longer has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept: Option<String>,
    /// How many people of each team it keeps busy since it left.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub hands: BTreeMap<TeamId, u32>,
}

/// A release aboard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Passenger {
    /// Who asked for it.
    pub by: String,
    /// Since when.
    pub since: Timestamp,
    /// How it got aboard, for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub how: String,
    /// The last environment it is to enter, once it left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<EnvId>,
    /// How its journey stands.
    pub journey: Journey,
}

/// How the journey of a passenger stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "journey", rename_all = "kebab-case")]
pub enum Journey {
    /// Not left, or under way.
    Open,
    /// Succeeded in the last environment of the train.
    Arrived {
        /// When.
        at: Timestamp,
    },
    /// Failed in an environment: it was taken back, or never arrived in time.
    Failed {
        /// Why.
        because: String,
    },
    /// Did not travel to the end although nothing of it failed. Says nothing about the train.
    Dropped {
        /// Why.
        because: String,
    },
}

/// Somebody who asked too late.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// Who asked.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Why it is late.
    pub because: String,
}

/// Somebody who is no longer aboard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gone {
    /// Release.
    pub release: ReleaseId,
    /// Why.
    pub because: String,
    /// Whether it was to move to a later departure.
    pub moved: bool,
    /// When.
    pub at: Timestamp,
}

/// Go or no-go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decided {
    /// Go, or no-go.
    pub go: bool,
    /// Who.
    pub by: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
    /// When a no-go is looked at again, where that was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Timestamp>,
}

/// A date that was given up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Postponed {
    /// The date.
    pub from: Timestamp,
    /// Why.
    pub because: String,
    /// Who.
    pub by: String,
    /// When that was decided.
    pub at: Timestamp,
}

impl Phase {
    /// As shown to people.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Scheduled => "scheduled",
            Self::Boarding => "boarding",
            Self::Closed { .. } => "closed",
            Self::GoNoGo => "go/no-go",
            Self::Departed { .. } => "departed",
            Self::Arrived { .. } => "arrived",
            Self::Cancelled { .. } => "cancelled",
        }
    }

    /// Has it not left and not been given up?
    #[must_use]
    pub fn is_ahead(&self) -> bool {
        matches!(
            self,
            Self::Scheduled | Self::Boarding | Self::Closed { .. } | Self::GoNoGo
        )
    }

    /// Did it leave?
    #[must_use]
    pub fn has_left(&self) -> bool {
        matches!(self, Self::Departed { .. } | Self::Arrived { .. })
    }
}

impl Departure {
    /// May its date be laid anew because nobody counts on it?
    #[must_use]
    pub fn is_movable(&self) -> bool {
        let untouched = |f: &Facts| {
            f.passengers.is_empty()
                && f.late.is_empty()
                && f.features.is_empty()
                && f.decision.is_none()
                && f.postponed.is_empty()
        };
        self.phase.is_ahead() && self.facts.as_deref().is_some_and(untouched)
    }
}

impl Facts {
    /// Passengers that arrived nowhere and failed nowhere yet.
    pub fn under_way(&self) -> impl Iterator<Item = &ReleaseId> {
        self.passengers
            .iter()
            .filter(|(_, p)| p.journey == Journey::Open)
            .map(|(id, _)| id)
    }
}

impl Decider for Departure {
    const KIND: StreamKind = StreamKind::Departure;
    const FOLD: u32 = 1;
    type Command = Command;
    type Event = Event;

    fn decide(&self, command: Command, cx: &Ctx<'_>) -> Result<Decision<Event>, Refusal> {
        decide::decide(self, command, cx)
    }

    fn evolve(&mut self, at: Timestamp, event: &Event) {
        evolve::evolve(self, at, event);
    }
}

/// What is possible in a phase instead of what was asked, for people.
#[must_use]
pub(crate) fn possible(id: &DepartureId, phase: &str) -> String {
    match phase {
        "scheduled" | "boarding" => {
            format!(
                "somebody may say go once boarding is closed; `tidegate train show {id}` shows when"
            )
        }
        "departed" => {
            format!("it has left; `tidegate train show {id}` shows how its passengers get on")
        }
        _ => format!(
            "it is over; `tidegate train show {}` shows the next",
            id.train
        ),
    }
}
