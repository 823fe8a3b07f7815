//! Import of iCalendar files that others wrote.

use super::{EntryProposal, Timestamp};
use serde::{Deserialize, Serialize};

/// `POST /calendar/imports`: bring the events of an iCalendar file onto the calendar.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CalendarImportRequest {
    /// What the events are: `vendor`, `maintenance`, `campaign`, `outage`, `audit`, `peak` or `board`.
    pub kind: String,
    /// Name of the calendar they come from; importing under the same name again updates what it brought before.
    pub calendar: String,
    /// The file.
    pub text: String,
    /// Zone of times that name none; the company's without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// Team that answers for the entries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The third party whose work it is; needed for kind `vendor`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor: Option<String>,
    /// Environments that it concerns; production without it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub environments: Vec<String>,
    /// Services that it concerns; all without it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<String>,
    /// `blocks`, `asks` or `informs`; that of the kind without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<String>,
    /// Days ahead that are taken, at most and unless said 400.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u32>,
    /// How long the calendar counts after this, in milliseconds: older, it is shown as stale, and what it could hold back waits.
    /// What was said before without it; the configuration of its vendor goes before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fresh_for_ms: Option<u64>,
    /// Whether the file is the whole calendar: what it brought before and does not name any more is called off.
    #[serde(default)]
    pub whole: bool,
    /// Why.
    pub reason: String,
    /// Digest of what it does to planned work (`digest` of a dry run) that is accepted; without it, entries that hit planned work
    /// are refused and the others are brought in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accept: Option<String>,
}

/// What an import did, or would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CalendarImport {
    /// Name the file gives itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Whether anything was changed; false for a dry run.
    pub applied: bool,
    /// Each occurrence, in the order of the file.
    pub items: Vec<ImportedItem>,
    /// What entries do to planned work, for each that hits some; of a dry run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub proposals: Vec<EntryProposal>,
    /// Over all of these; accepting it accepts exactly them. Absent when no planned work is hit, and when it was carried out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// Parts of the file that are no events, by kind with their number.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passed_over: Vec<String>,
    /// Events that could not be read: they were left out, and what they brought before stays as it was.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub broken: Vec<BrokenEvent>,
    /// The calendar as it is known from now on; absent for a dry run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feed: Option<ImportedCalendar>,
}

/// `GET /calendar/imports`: a calendar of others that is imported, and when that happened last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ImportedCalendar {
    /// Id.
    pub id: String,
    /// Name, as it was given.
    pub calendar: String,
    /// What its events are.
    pub kind: String,
    /// `fresh`, `stale` or `ended`.
    pub state: String,
    /// What its events do.
    pub effect: String,
    /// What it concerns, for people.
    pub concerns: String,
    /// Team that answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The third party whose calendar it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor: Option<String>,
    /// When it was read last.
    pub read_at: Timestamp,
    /// Who read it.
    pub by: String,
    /// Since when it has said the same.
    pub changed_at: Timestamp,
    /// How long a reading counts, in milliseconds; absent for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fresh_for_ms: Option<u64>,
    /// From when on it counts as no data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stale_from: Option<Timestamp>,
    /// How many events were read.
    pub events: u32,
    /// How many could not be.
    pub broken: u32,
    /// The command that reads it again.
    pub again: String,
    /// Who ended it, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// An event of an imported file that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct BrokenEvent {
    /// Its UID, when that can be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uid: Option<String>,
    /// Line of the file.
    pub line: u64,
    /// What is wrong.
    pub because: String,
    /// The way out.
    pub help: String,
}

/// One occurrence of an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ImportedItem {
    /// What is done with it.
    pub action: ImportAction,
    /// Entry of the calendar; absent for one that does not exist.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<String>,
    /// Title.
    pub title: String,
    /// First instant.
    pub from: Timestamp,
    /// First instant after it.
    pub until: Timestamp,
    /// IANA zone in which it was planned.
    pub zone: String,
    /// Line of the file; absent for what the file does not name any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// Why it is passed over or refused, and the way out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
}

/// What an import does with an occurrence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ImportAction {
    /// It is new.
    Declare,
    /// Its time or title changed.
    Move,
    /// It was called off.
    Cancel,
    /// It is there already.
    Unchanged,
    /// It is passed over.
    Skip,
    /// It should have been brought in and was refused.
    Refused,
}
