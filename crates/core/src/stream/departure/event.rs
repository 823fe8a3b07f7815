//! What can have happened to a departure.

use crate::decider::{EventBody, Trigger};
use crate::id::{DepartureId, EnvId, Name, ReleaseId, StreamId, TeamId};
use crate::spec::Timetable;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How a release got aboard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "way", rename_all = "kebab-case")]
pub enum Way {
    /// In time.
    Asked,
    /// From an earlier departure.
    Moved {
        /// That departure.
        from: DepartureId,
        /// Why it did not travel with that one.
        because: String,
    },
    /// After a cut-off, let in by a person.
    Admitted {
        /// Who let it in.
        by: String,
    },
    /// After a cut-off, by the train's rule for hotfixes.
    Hotfix,
}

/// What happened to a departure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body")]
pub enum Event {
    /// Laid.
    #[serde(rename = "departure.laid/1")]
    Laid {
        /// Which.
        id: DepartureId,
        /// Its instants.
        timetable: Timetable,
    },
    /// Laid anew; nobody counted on the former date.
    #[serde(rename = "departure.relaid/1")]
    Relaid {
        /// Its instants.
        timetable: Timetable,
        /// Why.
        because: String,
    },
    /// Keeps its date although the timetable changed.
    #[serde(rename = "departure.date_kept/1")]
    DateKept {
        /// Why.
        because: String,
    },
    /// A release is aboard.
    #[serde(rename = "departure.boarded/1")]
    Boarded {
        /// Which.
        release: ReleaseId,
        /// Who asked for it.
        by: String,
        /// How it got there.
        way: Way,
        /// Why, may be empty.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        reason: String,
    },
    /// A release asked too late or missed a cut-off; a person decides.
    #[serde(rename = "departure.late_asked/1")]
    LateAsked {
        /// Which.
        release: ReleaseId,
        /// Who asked for it.
        by: String,
        /// Why it is late.
        because: String,
    },
    /// A release does not travel with it; it was to move to a later one.
    #[serde(rename = "departure.missed/1")]
    Missed {
        /// Which.
        release: ReleaseId,
        /// Who had asked for it.
        by: String,
        /// Why.
        because: String,
    },
    /// A person took a release off.
    #[serde(rename = "departure.left/1")]
    Left {
        /// Which.
        release: ReleaseId,
        /// Who.
        by: String,
        /// Why.
        because: String,
    },
    /// A release does not travel: another version of its service does.
    #[serde(rename = "departure.replaced/1")]
    Replaced {
        /// Which.
        release: ReleaseId,
        /// Who had asked for it, and is told.
        by: String,
        /// The version that travels.
        with: ReleaseId,
    },
    /// A feature was promised for it.
    #[serde(rename = "departure.feature_promised/1")]
    FeaturePromised {
        /// Name.
        feature: Name,
        /// Releases it needs.
        requires: Vec<ReleaseId>,
        /// Who.
        by: String,
        /// Why, may be empty.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        reason: String,
    },
    /// Nobody may board any more.
    #[serde(rename = "departure.scope_closed/1")]
    ScopeClosed {},
    /// Passengers were asked to be green; those that were not follow as `late_asked` or `missed`.
    #[serde(rename = "departure.code_closed/1")]
    CodeClosed {},
    /// A go is waited for.
    #[serde(rename = "departure.decision_due/1")]
    DecisionDue {},
    /// Go or no-go.
    #[serde(rename = "departure.decided/1")]
    Decided {
        /// Go, or no-go.
        go: bool,
        /// Who.
        by: String,
        /// Why.
        reason: String,
        /// When a no-go is looked at again, where that was said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<Timestamp>,
    },
    /// Left.
    #[serde(rename = "departure.departed/1")]
    Departed {
        /// Who travels and the last environment it is to enter; each is promoted in the same transaction.
        passengers: BTreeMap<ReleaseId, EnvId>,
        /// What made it leave at this instant.
        because: String,
        /// Features it brings whole.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        features: Vec<Name>,
        /// How many people of each team it keeps busy until all have arrived.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        hands: BTreeMap<TeamId, u32>,
    },
    /// A passenger succeeded in the last environment of the train.
    #[serde(rename = "departure.passenger_arrived/1")]
    PassengerArrived {
        /// Which.
        release: ReleaseId,
    },
    /// A passenger did not.
    #[serde(rename = "departure.passenger_failed/1")]
    PassengerFailed {
        /// Which.
        release: ReleaseId,
        /// Why.
        because: String,
    },
    /// A passenger ended its journey although nothing of it failed: it was overtaken, cancelled, or nothing was touched.
    #[serde(rename = "departure.passenger_dropped/1")]
    PassengerDropped {
        /// Which.
        release: ReleaseId,
        /// Why.
        because: String,
    },
    /// Every passenger arrived, failed or was dropped.
    #[serde(rename = "departure.arrived/1")]
    Arrived {
        /// Passengers that arrived or failed.
        carried: u32,
        /// Those that failed.
        failed: u32,
    },
    /// Got another date.
    #[serde(rename = "departure.postponed/1")]
    Postponed {
        /// Its new instants.
        timetable: Timetable,
        /// Why.
        because: String,
        /// Who.
        by: String,
    },
    /// Given up.
    #[serde(rename = "departure.cancelled/1")]
    Cancelled {
        /// Why.
        because: String,
        /// Who.
        by: String,
    },
}

impl EventBody for Event {
    fn triggers(&self, stream: &StreamId) -> Vec<Trigger> {
        let mut triggers = vec![stream.to_string()];
        match self {
            Self::Boarded { release, .. }
            | Self::LateAsked { release, .. }
            | Self::Missed { release, .. }
            | Self::Replaced { release, .. }
            | Self::Left { release, .. } => triggers.push(aboard(release)),
            Self::Departed { passengers, .. } => triggers.extend(passengers.keys().map(aboard)),
            _ => {}
        }
        triggers
    }
}

/// Fires when a release boards a departure or leaves it.
#[must_use]
pub fn aboard(release: &ReleaseId) -> Trigger {
    format!("aboard/{release}")
}
