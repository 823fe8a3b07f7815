//! What can be asked of a departure.

use crate::id::{DepartureId, Name, ReleaseId};
use crate::spec::Timetable;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// What can be asked of a departure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "kebab-case")]
pub enum Command {
    /// Lay it, or lay it anew while nobody counts on it (from its train).
    Lay {
        /// Its instants.
        timetable: Timetable,
        /// Why it is laid anew.
        because: String,
    },
    /// It keeps its date although the timetable changed (from its train).
    KeepDate {
        /// Why.
        because: String,
    },
    /// Take releases over from an earlier departure (from its train).
    Take {
        /// Who, in order.
        passengers: Vec<Moved>,
    },
    /// Put a release aboard.
    Join {
        /// Which.
        release: ReleaseId,
        /// Why, may be empty.
        reason: String,
    },
    /// Take a release off, or withdraw a late request.
    Leave {
        /// Which.
        release: ReleaseId,
        /// Why.
        reason: String,
    },
    /// Let somebody aboard who asked too late.
    Admit {
        /// Which.
        release: ReleaseId,
        /// Why.
        reason: String,
    },
    /// Promise a feature for it.
    Promise {
        /// Name of the feature.
        feature: Name,
        /// Releases it needs.
        requires: Vec<ReleaseId>,
        /// Why, may be empty.
        reason: String,
    },
    /// It may leave.
    Go {
        /// Why.
        reason: String,
    },
    /// It may not leave.
    NoGo {
        /// Why.
        reason: String,
        /// When it is looked at again and leaves at the earliest; its next free date when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<Timestamp>,
    },
    /// Leave at another instant.
    Postpone {
        /// When; the next free date of the timetable when absent.
        to: Option<Timestamp>,
        /// Why.
        reason: String,
    },
    /// Never leave.
    Cancel {
        /// Why.
        reason: String,
        /// Whether its passengers move to the next departure; else they must board again.
        moves: bool,
    },
    /// Leave now.
    Depart {
        /// Why.
        reason: String,
    },
    /// A timer or trigger: look again.
    Wake,
}

/// A release that comes from an earlier departure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Moved {
    /// Which.
    pub release: ReleaseId,
    /// Who asked for it to travel.
    pub by: String,
    /// Departure it comes from.
    pub from: DepartureId,
    /// Why it did not travel with that one.
    pub because: String,
}

impl Command {
    /// As shown to people.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Lay { .. } => "lay",
            Self::KeepDate { .. } => "keep-date",
            Self::Take { .. } => "take",
            Self::Join { .. } => "join",
            Self::Leave { .. } => "leave",
            Self::Admit { .. } => "admit",
            Self::Promise { .. } => "promise",
            Self::Go { .. } => "go",
            Self::NoGo { .. } => "no-go",
            Self::Postpone { .. } => "postpone",
            Self::Cancel { .. } => "cancel",
            Self::Depart { .. } => "depart",
            Self::Wake => "wake",
        }
    }
}
