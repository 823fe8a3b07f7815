//! Trains and their departures.

use super::Timestamp;
use serde::{Deserialize, Serialize};

/// A train: when it leaves and what is ahead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Train {
    /// Name.
    pub name: String,
    /// Services that travel with it.
    pub carries: Vec<String>,
    /// Phrase it leaves by now.
    pub departs: String,
    /// Phrase that the configuration declares.
    pub declared: String,
    /// IANA zone of its phrases.
    pub zone: String,
    /// `date` or `features`.
    pub trigger: String,
    /// `absent`, `running`, `rhythm proposed` or `retired`.
    pub phase: String,
    /// Another rhythm that takes effect unless somebody refuses it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposal: Option<PaceProposal>,
    /// The newest change or refusal of the rhythm.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paced: Option<String>,
    /// Results since the rhythm last changed, `no data` without any; absent without a cadence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub results: Option<String>,
    /// Departures that have not left, the next first.
    pub ahead: Vec<Departure>,
    /// Departures whose passengers are on their way.
    pub under_way: Vec<Departure>,
    /// Departures that arrived or were cancelled, the newest first; as many as were asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub past: Vec<Departure>,
}

/// A rhythm that was proposed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PaceProposal {
    /// Phrase it would leave by.
    pub departs: String,
    /// The figures behind it.
    pub figures: String,
    /// When it takes effect.
    pub effective: Timestamp,
}

/// One departure of a train.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Departure {
    /// `train#number`.
    pub id: String,
    /// Train.
    pub train: String,
    /// Number, from 1.
    pub number: u64,
    /// `scheduled`, `boarding`, `closed`, `go/no-go`, `departed`, `arrived` or `cancelled`.
    pub phase: String,
    /// When it leaves.
    pub departs: Timestamp,
    /// From when on nobody may board.
    pub scope_closes: Timestamp,
    /// From when on passengers must be green.
    pub code_closes: Timestamp,
    /// From when on a go is waited for; absent when none is needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decides: Option<Timestamp>,
    /// The latest instant at which it may leave; then it is postponed.
    pub latest: Timestamp,
    /// IANA zone in which it was laid.
    pub zone: String,
    /// People that it needs to leave, or keeps busy since it left; empty when it needs nobody.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hands: Vec<DepartureHands>,
    /// What its passengers would wait for when it leaves; absent when nothing is in the way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits: Option<DepartureWait>,
    /// Who is aboard.
    pub passengers: Vec<Passenger>,
    /// Who is no longer aboard, the newest last.
    pub gone: Vec<GonePassenger>,
    /// Features promised for it.
    pub features: Vec<Feature>,
    /// Go or no-go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<DepartureDecision>,
    /// What was said about this date before that, the newest last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overruled: Vec<DepartureDecision>,
    /// Whose members say go, admit who is late, postpone and cancel; anybody who may operate when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<String>,
    /// Dates that were given up, the newest last.
    pub postponed: Vec<Postponement>,
    /// Why it keeps a date that the timetable no longer has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept: Option<String>,
    /// Why it was cancelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
    /// Freezes and entries of the calendar of its environments in the two weeks around it.
    pub near: Vec<NearDate>,
}

/// People of a team that a departure needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct DepartureHands {
    /// Team.
    pub team: String,
    /// How many it needs when it leaves, or keeps busy since.
    pub needs: u32,
    /// Of those, how many would be free when it leaves, as far as is known now; absent once it left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub free: Option<u32>,
    /// Why nobody else would be; absent when there are enough.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
}

/// What holds the passengers of a departure when it leaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct DepartureWait {
    /// Name of the freeze or window, or id of the entry.
    pub by: String,
    /// Until when; absent when no end is in sight.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Where.
    pub environment: String,
}

/// A date of the business near a departure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct NearDate {
    /// `freeze`, or the kind of the entry, such as `outage` or `campaign`.
    pub kind: String,
    /// Name of the freeze, or id of the entry.
    pub name: String,
    /// What it is, for people.
    pub title: String,
    /// From.
    pub from: Timestamp,
    /// Until; absent without an end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// A release that travels, or wants to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Passenger {
    /// `service@version`.
    pub release: String,
    /// `on board`, `late`, `under way`, `arrived` or `failed`.
    pub state: String,
    /// Who asked for it.
    pub by: String,
    /// Since when.
    pub since: Timestamp,
    /// How it stands, for people.
    pub detail: String,
}

/// A release that is no longer aboard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct GonePassenger {
    /// `service@version`.
    pub release: String,
    /// Why.
    pub because: String,
    /// Whether it was to move to a later departure.
    pub moved: bool,
    /// When.
    pub at: Timestamp,
}

/// A feature promised for a departure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Feature {
    /// Name.
    pub name: String,
    /// Releases it needs.
    pub requires: Vec<String>,
    /// What it lacks; empty when it is complete.
    pub missing: Vec<String>,
}

/// Go or no-go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct DepartureDecision {
    /// Go, or no-go.
    pub go: bool,
    /// Who.
    pub by: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
    /// When a no-go is looked at again: as was said, else the next free date as it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Timestamp>,
}

/// A date that was given up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Postponement {
    /// The date.
    pub from: Timestamp,
    /// Why.
    pub because: String,
    /// Who.
    pub by: String,
    /// When that was decided.
    pub at: Timestamp,
}

/// `POST …/boardings`: put a release aboard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BoardRequest {
    /// `service@version`.
    pub release: String,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// `POST …/leavings`, `…/admissions`: about one release, with a reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PassengerRequest {
    /// `service@version`.
    pub release: String,
    /// Why.
    pub reason: String,
}

/// `POST …/features`: promise a feature for a departure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FeatureRequest {
    /// Name.
    pub feature: String,
    /// Releases it needs.
    pub requires: Vec<String>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// `POST …/decisions`: go or no-go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GoRequest {
    /// Go, or no-go.
    pub go: bool,
    /// Why.
    pub reason: String,
    /// For a no-go: when it is looked at again and leaves at the earliest; its next free date when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Timestamp>,
}

/// `POST …/postponements`: another date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PostponeRequest {
    /// When it leaves then; the next free date of the timetable when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Timestamp>,
    /// Why.
    pub reason: String,
}

/// `POST …/cancellations`: give a departure up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CancelDepartureRequest {
    /// Why.
    pub reason: String,
    /// Whether its passengers must board again; else they move to the next departure.
    #[serde(default)]
    pub drop: bool,
}
