//! Entries of the calendar, what they would do to planned work, vendors and constraints.

use super::{ImportedCalendar, Rule, Scope, Timestamp};
use serde::{Deserialize, Serialize};

/// When an entry is: once (`from`, `until`), or again and again (`phrase`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EntryTime {
    /// First instant; with `phrase`, not before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// First instant after it; with `phrase`, not after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// When it repeats: `Sun 02:00-06:00`, or points in time with `lastingMs`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phrase: Option<String>,
    /// How long each lasts, in milliseconds; without a phrase, from `from` on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lasting_ms: Option<u64>,
}

/// `POST /calendar/entries`: put something on the calendar.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EntryRequest {
    /// Its id; the kind and the next number without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// `maintenance`, `outage`, `audit`, `patch`, `campaign`, `peak`, `vendor`, `board` or `booking`.
    pub kind: String,
    /// What happens, for people.
    pub title: String,
    /// When.
    pub time: EntryTime,
    /// IANA zone of the phrase, and in which it is told; the vendor's or the company's without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// What it concerns.
    #[serde(default)]
    pub scope: Scope,
    /// `blocks`, `asks` or `informs`; that of its kind without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<String>,
    /// Team that answers for it and consents.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Releases that go all the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lets: Vec<String>,
    /// The third party whose work it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor: Option<String>,
    /// Why.
    pub reason: String,
    /// Digest of the proposal that is accepted; needed when planned work is hit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accept: Option<String>,
    /// Record breaches of a vendor's terms instead of refusing them.
    #[serde(default)]
    pub despite_terms: bool,
}

/// `POST /calendar/entries/{entry}/moves`: another time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EntryMove {
    /// When.
    pub time: EntryTime,
    /// Another title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Why.
    pub reason: String,
    /// As for a new entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accept: Option<String>,
    /// As for a new entry.
    #[serde(default)]
    pub despite_terms: bool,
}

/// `POST /calendar/entries/{entry}/consents`: a release may go all the same, or no longer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConsentRequest {
    /// `service@version`.
    pub release: String,
    /// Why.
    pub reason: String,
}

/// A stretch of time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Stretch {
    /// First instant.
    pub from: Timestamp,
    /// First instant after it.
    pub until: Timestamp,
}

/// Somebody let a release go all the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Consent {
    /// Release.
    pub release: String,
    /// Who.
    pub by: String,
    /// Why.
    pub because: String,
    /// When.
    pub at: Timestamp,
}

/// Something that people declared on the calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CalendarEntry {
    /// Id.
    pub id: String,
    /// Kind.
    pub kind: String,
    /// For people.
    pub title: String,
    /// `declared`, `cancelled` or `over`.
    pub state: String,
    /// `blocks`, `asks` or `informs`.
    pub effect: String,
    /// When, as it was said.
    pub time: EntryTime,
    /// IANA zone in which it was said.
    pub zone: String,
    /// The next stretches of it, at most three.
    pub next: Vec<Stretch>,
    /// What it concerns, for people.
    pub concerns: String,
    /// What it concerns.
    pub scope: Scope,
    /// Team that answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Releases that go all the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lets: Vec<String>,
    /// The third party whose work it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor: Option<String>,
    /// Terms of its contract that it breaks, with the evidence.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub breaches: Vec<String>,
    /// Who let which release go all the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub consents: Vec<Consent>,
    /// How often it was moved.
    pub moved: u32,
    /// Why it was declared.
    pub reason: String,
    /// Who declared it.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// How it ended, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// What an entry would do to planned work; accepting its digest accepts exactly this.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct EntryProposal {
    /// Id that the entry has or would have.
    pub entry: String,
    /// Over everything here.
    pub digest: String,
    /// How much is hit.
    pub hits: usize,
    /// One line for people.
    pub summary: String,
    /// Everything in its scope.
    pub items: Vec<EntryProposalItem>,
}

/// What becomes of one piece of planned work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct EntryProposalItem {
    /// Deployment; absent for a departure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployment: Option<String>,
    /// Departure, as `train#number`; absent for a deployment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub departure: Option<String>,
    /// What is deployed, or is aboard the departure and stays aboard.
    pub releases: Vec<String>,
    /// Environment; the first one of a departure that is concerned.
    pub environment: String,
    /// When it would go as the calendar is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slot: Option<Timestamp>,
    /// `stays`, `goes-on`, `moves`, `waits`, `needs-consent` or `is-cancelled`; a departure that `waits` leaves at its date, and
    /// whoever is aboard waits.
    pub outcome: String,
    /// When it goes instead, or until when it waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Timestamp>,
    /// Why.
    pub because: String,
    /// Who is to be told.
    pub tell: Vec<String>,
}

/// A third party.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Vendor {
    /// Name.
    pub name: String,
    /// Team of ours that speaks with it.
    pub owner: String,
    /// Hours of its contract, as phrases; at any time when empty.
    pub maintenance: Vec<String>,
    /// How long before it must announce work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<String>,
    /// IANA zone of these.
    pub zone: String,
    /// Services that depend on it.
    pub services: Vec<String>,
    /// How long its calendar counts after it was imported, in milliseconds; absent when nothing waits for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar_fresh_for_ms: Option<u64>,
    /// Its imported calendar, the one that was read last; absent when none was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<ImportedCalendar>,
    /// Its work on the calendar.
    pub entries: Vec<CalendarEntry>,
    /// Planned work of ours that meets it, within 90 days.
    pub clashes: Vec<VendorClash>,
    /// Where it is configured.
    pub rule: Rule,
}

/// Work of ours and work of a vendor at the same time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct VendorClash {
    /// Entry of the vendor.
    pub entry: String,
    /// Deployment of ours.
    pub deployment: String,
    /// Release.
    pub release: String,
    /// Environment.
    pub environment: String,
    /// First instant of both.
    pub from: Timestamp,
    /// First instant after both.
    pub until: Timestamp,
    /// Both owners, who are to be told.
    pub tell: Vec<String>,
}

/// Runs of a system that cannot be moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Legacy {
    /// Name.
    pub name: String,
    /// What runs, and why it cannot be moved.
    pub why: String,
    /// When it runs, as phrases.
    pub runs: Vec<String>,
    /// How long a run lasts, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lasting_ms: Option<u64>,
    /// Time kept free after it, in milliseconds.
    pub restart_margin_ms: u64,
    /// IANA zone.
    pub zone: String,
    /// What it concerns, for people.
    pub concerns: String,
    /// Team that owns it.
    pub owner: String,
    /// Until when somebody must have looked whether it is still needed, as a date.
    pub review_by: String,
    /// Whether that day has passed.
    pub overdue: bool,
    /// Days of the next 90 on which it takes time in which work might have gone.
    pub days: usize,
    /// How much it takes on them, in milliseconds.
    pub taken_ms: u64,
    /// The next run with its margin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Stretch>,
    /// Where it is configured.
    pub rule: Rule,
}
