//! The calendar: what is on it, how environments stand, and the next slots.

use super::{Condition, Rule, Timestamp};
use serde::{Deserialize, Serialize};

/// `GET /calendar`: what is on it between two instants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Calendar {
    /// First instant.
    pub from: Timestamp,
    /// First instant after it.
    pub until: Timestamp,
    /// When it was looked at.
    pub now: Timestamp,
    /// IANA zone of the company.
    pub zone: String,
    /// The environments asked about, in the order of their paths.
    pub lanes: Vec<CalendarLane>,
    /// By beginning.
    pub items: Vec<CalendarItem>,
    /// How many later ones were left out.
    pub left_out: u64,
    /// Rules that could not be read; what they concern is not open.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<CalendarUnknown>,
    /// Calendars of others that were not read lately: what they would say is not known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stale: Vec<StaleCalendar>,
}

/// An environment with its clocks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CalendarLane {
    /// Name.
    pub environment: String,
    /// IANA zone.
    pub zone: String,
    /// Its window; open at any time without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<String>,
}

/// One thing on the calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CalendarItem {
    /// What it is, for example `window`, `freeze`, `departure`, `slot`, `deployment`, `maintenance`, `holiday`, `quarter-end`.
    pub kind: String,
    /// The same thing has the same id whenever it is looked at.
    pub id: String,
    /// Name, as people say it.
    pub name: String,
    /// One line.
    pub title: String,
    /// More, may be empty.
    #[serde(default)]
    pub detail: String,
    /// First instant.
    pub from: Timestamp,
    /// First instant after it; absent for an instant and for what has no end yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Whether it is an instant.
    pub instant: bool,
    /// IANA zone in which it was said.
    pub zone: String,
    /// Environments that it concerns; all when empty.
    #[serde(default)]
    pub environments: Vec<String>,
    /// Services that it concerns; all when empty.
    #[serde(default)]
    pub services: Vec<String>,
    /// What it does to work that wants to start.
    pub effect: CalendarEffect,
    /// How it stands to the present.
    pub state: CalendarState,
    /// Configuration it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<Rule>,
    /// Who declared it, when it does not come from the configuration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declared_by: Option<String>,
    /// When it was declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declared_at: Option<Timestamp>,
}

/// What something on the calendar does to work that wants to start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum CalendarEffect {
    /// Work may start in it.
    Opens,
    /// Work may not start in it.
    Blocks,
    /// Work in it needs somebody's consent.
    Asks,
    /// It is only shown.
    Informs,
}

/// How something on the calendar stands to the present.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum CalendarState {
    /// It is to come.
    Ahead,
    /// It is now.
    Now,
    /// It is over.
    Over,
    /// It was called off.
    Cancelled,
}

/// A rule that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CalendarUnknown {
    /// The rule.
    pub rule: Rule,
    /// Why.
    pub because: String,
    /// Environments that it concerns; all when empty.
    #[serde(default)]
    pub environments: Vec<String>,
}

/// A calendar of others that was not read lately: its events count as no data, not as none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct StaleCalendar {
    /// Id of the imported calendar; absent for one that was never imported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its name, or that of the vendor.
    pub calendar: String,
    /// What its events are.
    pub kind: String,
    /// The third party whose calendar it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor: Option<String>,
    /// Team that answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// When it was read last; absent for never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_at: Option<Timestamp>,
    /// How long that counts, in milliseconds.
    pub fresh_for_ms: u64,
    /// Whether production waits for it.
    pub blocks: bool,
    /// Environments that it concerns.
    #[serde(default)]
    pub environments: Vec<String>,
    /// Services that it concerns; all when empty.
    #[serde(default)]
    pub services: Vec<String>,
    /// The command that reads it again.
    pub again: String,
}

/// From an instant up to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct TimeSpan {
    /// First instant.
    pub from: Timestamp,
    /// First instant after it.
    pub until: Timestamp,
}

/// `GET /windows`: the hours of a window in one zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Window {
    /// Name.
    pub name: String,
    /// Phrases; any of them opens it.
    pub allow: Vec<String>,
    /// IANA zone in which they are read.
    pub zone: String,
    /// Environments that follow it.
    pub environments: Vec<String>,
    /// Where it is written.
    pub rule: Rule,
    /// Whether it is open now.
    pub open: bool,
    /// When that changes; absent when it does not within 400 days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// The next openings that begin after now, at most five.
    pub next: Vec<TimeSpan>,
    /// Why it cannot be told; nothing is open then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub broken: Option<String>,
}

/// `GET /environments/{environment}/standing`: whether work may start there at an instant, as far as the calendar goes for all
/// services.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Standing {
    /// Environment.
    pub environment: String,
    /// IANA zone of its rules.
    pub zone: String,
    /// The instant asked about.
    pub at: Timestamp,
    /// Whether work may start then.
    pub open: bool,
    /// When that changes; absent when it does not within 400 days, and when it cannot be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// The next openings that begin after it, at most five.
    pub next: Vec<TimeSpan>,
    /// What makes it so: windows that are open, and everything that blocks, also for some services only.
    pub because: Vec<CalendarItem>,
    /// Rules that could not be read; while there is one, nothing is open.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<CalendarUnknown>,
    /// Calendars of others that were not read lately; while one holds every service back, nothing is open.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stale: Vec<StaleCalendar>,
}

/// `GET /calendar/next-slots`: when whole operations fit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct NextSlots {
    /// Not before this instant.
    pub from: Timestamp,
    /// The first slots, in order.
    pub slots: Vec<PlannedSlot>,
    /// What nothing but a change ends, when there are fewer slots than were wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub never: Option<SlotObstacle>,
}

/// One way to place all operations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PlannedSlot {
    /// The operations, by beginning.
    pub stages: Vec<SlotStage>,
    /// What lay before them.
    pub before: Vec<SlotObstacle>,
}

/// One operation with its time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SlotStage {
    /// Service.
    pub service: String,
    /// Environment.
    pub environment: String,
    /// IANA zone of the environment.
    pub zone: String,
    /// First instant.
    pub from: Timestamp,
    /// When it is over as a whole.
    pub until: Timestamp,
    /// The last instant at which it may start; absent when nothing ends that within 400 days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latest: Option<Timestamp>,
}

/// Why an operation does not start when it could.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SlotObstacle {
    /// Service.
    pub service: String,
    /// Environment.
    pub environment: String,
    /// The instant at which it could have started but for the calendar.
    pub at: Timestamp,
    /// The gates that did not pass then.
    pub conditions: Vec<Condition>,
}

/// `GET /calendar/conflicts`: what collides before it hurts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Conflicts {
    /// First instant.
    pub from: Timestamp,
    /// First instant after it.
    pub until: Timestamp,
    /// By beginning.
    pub conflicts: Vec<Conflict>,
    /// How many later ones were left out.
    pub left_out: u64,
    /// How much work was looked at: one for each service in each environment.
    pub looked_at: u64,
    /// Rules that could not be read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<CalendarUnknown>,
}

/// Two things that should not be at the same time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Conflict {
    /// Why, from a closed list: `same-service`, `shared-resource`, `dependency-order`, `freeze`, `window`, `maintenance`,
    /// `cover`, `vendor`, `peak`, `booking`, `batch-run`, `too-many`.
    pub reason: String,
    /// The one that may be moved.
    pub work: CalendarItem,
    /// Service of it that collides.
    pub service: String,
    /// Where.
    pub environment: String,
    /// What it collides with; absent for a window that does not open any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with: Option<CalendarItem>,
    /// The time they share; for a window the time outside it.
    pub overlap: TimeSpan,
    /// What may be done, the least first.
    pub proposals: Vec<ConflictProposal>,
}

/// What may be done about a conflict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ConflictProposal {
    /// What.
    pub does: ProposalKind,
    /// When it would begin.
    pub from: Timestamp,
    /// When it would be over, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// Kinds of proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ProposalKind {
    /// Begin when the other is over.
    After,
    /// Move it to the next time at which the whole of it fits.
    Move,
    /// Let it wait: it begins by itself then.
    Wait,
}
