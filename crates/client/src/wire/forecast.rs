//! What the coming weeks would bring, as the real engine carries them out ahead of time.

use super::{Conflict, Diagnostic, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// `POST /simulations/calendar`: what would the coming weeks bring, under this calendar and under another one?
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CalendarSimulationRequest {
    /// Another configuration: text by path relative to its root. Without one only that in force is looked at.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub files: BTreeMap<String, String>,
    /// Files with proposed documents, each in the place of the one of the same kind and name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub over: BTreeMap<String, String>,
    /// Until when; 13 weeks ahead without it, at most 400 days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Only what is open is carried on; what was asked for in the quarter before does not come again.
    #[serde(default)]
    pub only_open: bool,
    /// How long people take to say yes, in milliseconds; as long as in the quarter before without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_after_ms: Option<u64>,
    /// Nobody says yes to anything.
    #[serde(default)]
    pub nobody_answers: bool,
}

/// What the coming weeks would bring. Nothing of it happened.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CalendarSimulation {
    /// What is wrong with the files; with an error among them nothing was carried out.
    pub diagnostics: Vec<Diagnostic>,
    /// The ledger's newest entry when it began.
    pub seq: u64,
    /// From when.
    pub from: Option<Timestamp>,
    /// Until when.
    pub until: Option<Timestamp>,
    /// What it rests on.
    pub before: SimulatedDemandBefore,
    /// Under the configuration in force.
    pub in_force: SimulatedCourse,
    /// Under the proposed one, where one was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposed: Option<SimulatedCourse>,
    /// Deployments that go at another time or end otherwise, by the instant at which they are asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub differs: Vec<SimulatedShift>,
}

/// What the quarter before showed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SimulatedDemandBefore {
    /// From when; the ledger may be younger than a quarter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// Requests for production that come again.
    pub requests: u32,
    /// Emergencies, which do not.
    pub emergencies: u32,
    /// More was asked for than is repeated; these are the newest.
    pub cut: bool,
    /// Median time until a yes, in milliseconds; absent when nobody said yes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_after_ms: Option<u64>,
    /// How many yeses that is of.
    pub answers: u32,
    /// How long people take here, in milliseconds; absent when they never answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken_ms: Option<u64>,
}

/// One run.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SimulatedCourse {
    /// Week by week.
    pub weeks: Vec<SimulatedWeek>,
    /// What deployments waited for before they started, what held them longest first.
    pub waits: Vec<SimulatedWait>,
    /// Most deployments under way at the same time, by environment.
    pub at_once: BTreeMap<String, u32>,
    /// Departures of trains.
    pub departures: Vec<SimulatedDeparture>,
    /// What collides on the calendar as it is planned now.
    pub conflicts: Vec<Conflict>,
    /// How many more conflicts there are.
    pub conflicts_left_out: u64,
    /// Deployments to production, by the instant at which they are asked for.
    pub journeys: Vec<SimulatedJourney>,
    /// Requests that were refused at once.
    pub refused: Vec<SimulatedRefusal>,
    /// Requests whose release never came to production: `release environment`.
    pub short: Vec<String>,
    /// Entries that were written on the way.
    pub entries: u64,
    /// It was given up at this instant because it took too long; what comes later is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut: Option<Timestamp>,
}

/// A week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SimulatedWeek {
    /// Its Monday, at midnight in the company's zone; earlier than the first instant in the first week.
    pub begins: Timestamp,
    /// Deployments that are asked for.
    pub asked: u32,
    /// Deployments that start.
    pub started: u32,
    /// Deployments that arrive.
    pub done: u32,
    /// Deployments that are taken back.
    pub taken_back: u32,
    /// Deployments that are given up at their gates.
    pub given_up: u32,
}

/// What several deployments wait for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SimulatedWait {
    /// Gate.
    pub gate: String,
    /// Dotted path of the configuration value that asks for it, when there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// How many deployments.
    pub deployments: u32,
    /// How long all together, in milliseconds.
    pub lasted_ms: u64,
    /// The longest wait, in milliseconds.
    pub longest_ms: u64,
    /// Whose that was: `release environment`.
    pub longest: String,
}

/// A departure of a train.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SimulatedDeparture {
    /// Which.
    pub departure: String,
    /// When the timetable has it.
    pub planned: Timestamp,
    /// When it leaves.
    pub departs: Timestamp,
    /// How it stands in the end.
    pub phase: String,
    /// Who is aboard.
    pub passengers: Vec<String>,
}

/// A release on its way to an environment of production.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SimulatedJourney {
    /// Which. One that repeats a request has the weeks between behind its version: `web@8.9.2+13w`.
    pub release: String,
    /// The release whose request it repeats.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub like: Option<String>,
    /// Where.
    pub environment: String,
    /// When it is asked for.
    pub asked: Timestamp,
    /// When it passes its gates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started: Option<Timestamp>,
    /// When it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Timestamp>,
    /// `done`, `taken back`, `given up`, `waiting` or `under way`.
    pub outcome: String,
    /// Why it is taken back or given up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
    /// What it waits for before it starts, the longest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waits: Vec<SimulatedJourneyWait>,
    /// What holds it in the end: what is said, and who can change it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub held: Vec<SimulatedHold>,
}

/// How long a gate holds one deployment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SimulatedJourneyWait {
    /// Gate.
    pub gate: String,
    /// Dotted path of the configuration value that asks for it, when there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// What it says, for people.
    pub title: String,
    /// How long, in milliseconds.
    pub lasted_ms: u64,
}

/// A gate that holds a deployment in the end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SimulatedHold {
    /// Gate.
    pub gate: String,
    /// What it says, for people.
    pub title: String,
    /// Who can change it.
    pub who: Vec<String>,
}

/// A request that was refused at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SimulatedRefusal {
    /// The release whose request would come again.
    pub like: String,
    /// As far as.
    pub environment: String,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub because: String,
}

/// A deployment that goes otherwise under the other configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SimulatedShift {
    /// Release.
    pub release: String,
    /// Where.
    pub environment: String,
    /// Under the configuration in force; absent where it is not asked for at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_force: Option<SimulatedEnd>,
    /// Under the proposed one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposed: Option<SimulatedEnd>,
}

/// When a deployment starts and how it ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SimulatedEnd {
    /// When it passes its gates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started: Option<Timestamp>,
    /// As in a journey.
    pub outcome: String,
    /// What it waits for longest, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}
