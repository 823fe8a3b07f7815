//! Trains as configured: which services leave together, when, and up to when what must be settled. Phrases are kept as they
//! are written (checked by `tidegate-config`); the instants they mean are in `timetable`.

use super::Share;
use crate::id::{EnvId, Name, ReleaseId, ServiceId, TeamId};
use crate::time::Millis;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// A recurring departure that releases of some services wait for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Train {
    /// Services that travel on it and in no other way. Never empty.
    pub carries: Vec<ServiceId>,
    /// Phrase of points in time, such as `every 2 weeks on Tue at 10:00`.
    pub departs: String,
    /// IANA zone of its phrases; the company's when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// First day on which it may leave, and from which repetitions count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<jiff::civil::Date>,
    /// Offset before a departure at which nobody may board any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope_closes: Option<String>,
    /// Offset before a departure at which passengers must be green; at the departure itself when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code_closes: Option<String>,
    /// Offset before a departure from which on somebody must say go; nobody need when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub go_no_go: Option<String>,
    /// Team whose members decide about departures; the owners of what it carries when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<TeamId>,
    /// What happens to releases that miss a cut-off.
    pub missed: Missed,
    /// Most passengers of one departure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<u32>,
    /// Environments that its passengers enter only with it; those of tier production on their paths when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<EnvId>,
    /// How long after its instant a departure may still leave; then it is postponed.
    pub patience: Millis,
    /// What makes it leave.
    pub trigger: Trigger,
    /// Features promised for its next departure, with the releases that each needs.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub features: BTreeMap<Name, Vec<ReleaseId>>,
    /// How it slows down after failures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cadence: Option<Cadence>,
    /// People of each team that must be on duty and not busy with another departure when it leaves.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub hands: BTreeMap<TeamId, u32>,
    /// Which releases may board after the scope closed; all that come late do what `missed` says when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hotfixes: Option<Hotfixes>,
}

/// Who may board after the scope closed. Everybody else who comes late is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hotfixes {
    /// How long before the departure nobody may board any more.
    pub until: Millis,
    /// Tags of a release, or of its service, of which it needs one.
    pub tags: BTreeSet<Name>,
}

/// What happens to releases that miss a cut-off.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Missed {
    /// They move to the next departure with room.
    #[default]
    NextTrain,
    /// A person decides; without an answer by the departure they move to the next.
    Ask,
}

/// What makes a departure leave.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trigger {
    /// Its date.
    #[default]
    Date,
    /// All its promised features are complete; its date plus `patience` at the latest.
    Features,
}

/// How the rhythm of a train follows its failures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cadence {
    /// More failures than this share: one step slower.
    pub slow_after: Quota,
    /// At most this share over that many departures: one step quicker. Longer than `slow_after`, and stricter.
    pub recover_after: Quota,
    /// Phrases that replace `departs`, slower and slower. Never empty.
    pub steps: Vec<String>,
    /// Between the proposal of a step and its effect; meanwhile a person may refuse it.
    pub notice: Millis,
}

/// A share of failed passengers over the newest departures that carried any.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quota {
    /// Failed passengers of all passengers.
    pub share: Share,
    /// Over so many departures.
    pub departures: u32,
}

impl Quota {
    /// Are more of them failed than the share allows?
    #[must_use]
    pub fn is_passed(&self, failed: u32, carried: u32) -> bool {
        u64::from(failed) * 10_000 > u64::from(self.share.0) * u64::from(carried)
    }
}

impl fmt::Display for Quota {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { share, departures } = self;
        write!(f, "{share} failed over {departures} departures")
    }
}

impl Missed {
    /// As written in configuration.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NextTrain => "next-train",
            Self::Ask => "ask",
        }
    }
}

impl Trigger {
    /// As written in configuration.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Date => "date",
            Self::Features => "features",
        }
    }
}

/// How releases of a service come to its users.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReleaseModel {
    /// With a train.
    Train(Name),
    /// When somebody asks.
    OnDemand,
    /// As soon as the environment before is green.
    Continuous,
}

impl ReleaseModel {
    /// As shown.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Train(_) => "train",
            Self::OnDemand => "on-demand",
            Self::Continuous => "continuous",
        }
    }
}
