//! Freezes and exceptions from them.

use super::{Rule, Timestamp};
use serde::{Deserialize, Serialize};

/// What a freeze concerns. Kinds of selector narrow each other; without any, all services in production.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Scope {
    /// Services by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<String>,
    /// Services by owning team.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub teams: Vec<String>,
    /// Services by business unit, with those of the units below it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub units: Vec<String>,
    /// Services by importance, 1 to 4.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub service_tiers: Vec<u8>,
    /// Environments by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub environments: Vec<String>,
    /// Environments by tier: `dev`, `test`, `production`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tiers: Vec<String>,
    /// Kinds of work: `install`, `update`, `configuration`, `redeploy`, `rollback`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub operations: Vec<String>,
}

/// What a freeze means for work.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FreezePolicy {
    /// Rollouts that it finds under way: `finish` (the default), `pause` or `return`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_flight: Option<String>,
    /// Returns to an earlier version: `go` (the default) or `wait`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollbacks: Option<String>,
    /// First installs: `go` or `wait` (the default).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_installs: Option<String>,
    /// Change classes whose exceptions nobody has to grant.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub let_through: Vec<String>,
    /// Teams whose members grant exceptions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exception_by: Vec<String>,
}

/// `POST /freezes`: let nothing start from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FreezeRequest {
    /// Its name, `FRZ-` before it or not; the next number without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it concerns.
    #[serde(default)]
    pub scope: Scope,
    /// Why, for those who wait.
    pub reason: String,
    /// First instant at which work may start again; open-ended without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// The same as a length of time from now, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lasting_ms: Option<u64>,
    /// What may go all the same.
    #[serde(default)]
    pub policy: FreezePolicy,
}

/// `POST /freezes/{freeze}/extensions`: another end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExtendRequest {
    /// Later than the present end; open-ended without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// The same as a length of time from now, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lasting_ms: Option<u64>,
    /// Why.
    pub reason: String,
}

/// A freeze of the configuration, or one that a person declared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Freeze {
    /// Name: `quarter-close` of the configuration, `FRZ-outage` when it was declared.
    pub id: String,
    /// `configured` or `declared`.
    pub kind: String,
    /// `holds`, `ahead`, `none ahead`, `unreadable`, `lifted` or `expired`.
    pub state: String,
    /// Why, for those who wait.
    pub why: String,
    /// What it concerns, for people.
    pub concerns: String,
    /// What it concerns.
    pub scope: Scope,
    /// What may go all the same; every value filled in.
    pub policy: FreezePolicy,
    /// When it holds in each environment that it concerns: now, or the next time.
    pub spans: Vec<FreezeSpan>,
    /// Who declared it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// When it was declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// When an open-ended one is to be looked at again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review_at: Option<Timestamp>,
    /// How it ended, or why its end was changed, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Configuration behind it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<Rule>,
    /// Who grants exceptions, for people; absent when nobody does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exceptions_by: Option<String>,
    /// Exceptions from it that were not refused, by name.
    #[serde(default)]
    pub exceptions: Vec<String>,
}

/// When a freeze holds in an environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct FreezeSpan {
    /// Environment.
    pub environment: String,
    /// IANA zone in which its times are meant.
    pub zone: String,
    /// First instant.
    pub from: Timestamp,
    /// First instant after it; open-ended without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// Answer to a dry run of `POST /freezes`: what it would do. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct FreezePreview {
    /// What it would concern, for people.
    pub concerns: String,
    /// First instant after it; open-ended without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// How many days ahead were looked at.
    pub days: u32,
    /// Environments that it would concern, each with its zone.
    pub environments: Vec<FreezeSpan>,
    /// Deployments that it would find.
    pub affected: Vec<FreezeEffect>,
}

/// What a freeze does to a deployment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct FreezeEffect {
    /// Environment.
    pub environment: String,
    /// IANA zone of its rules.
    pub zone: String,
    /// Deployment, departure or promotion, as its noun and name.
    pub what: String,
    /// Release that it brings; absent for what brings several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release: Option<String>,
    /// Its phase, for people.
    pub phase: String,
    /// `waits`, `pauses`, `returns`, `finishes` or `goes`.
    pub effect: String,
    /// When it would start without the freeze, as far as time alone decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub without: Option<Timestamp>,
}

/// `POST /freezes/{freeze}/exceptions`: let a release go inside a freeze.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExceptionRequest {
    /// `service@version`.
    pub release: String,
    /// Where; everywhere the freeze holds it without one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub environments: Vec<String>,
    /// Why.
    pub reason: String,
    /// Incident that it repairs; makes it an emergency where the freeze lets those through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<String>,
    /// For how long, in milliseconds; 24 hours, or 4 for an emergency, without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lasting_ms: Option<u64>,
}

/// `POST /exceptions/{exception}/grants`: yes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GrantRequest {
    /// Why.
    pub reason: String,
    /// When it must have been reviewed; two working days after its end without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review_due: Option<Timestamp>,
}

/// An exception from a freeze.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Exception {
    /// Name: `EXC-1`.
    pub id: String,
    /// The freeze that it lifts.
    pub freeze: String,
    /// For this release.
    pub release: String,
    /// In these environments.
    pub environments: Vec<String>,
    /// `asked`, `active`, `expired`, `revoked`, `reviewed` or `refused`.
    pub phase: String,
    /// Why it was asked for.
    pub reason: String,
    /// Incident that it repairs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<String>,
    /// Change class that lets it through; absent when people decide.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// Who asked.
    pub by: String,
    /// When.
    pub asked_at: Timestamp,
    /// How long it is to be in force, in milliseconds.
    pub lasting_ms: u64,
    /// Who may decide, for people; absent when nobody may, or the freeze is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<String>,
    /// Who granted, refused, revoked or reviewed it last, and why, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// End of the present phase: of the request, of the exception, or when the review is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// When it must have been reviewed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review_due: Option<Timestamp>,
    /// Whether it ended, should have been reviewed by now, and was not.
    #[serde(default)]
    pub review_overdue: bool,
    /// Deployments that went because of it, oldest first.
    #[serde(default)]
    pub uses: Vec<ExceptionUse>,
}

/// A deployment that went because of an exception.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ExceptionUse {
    /// Which.
    pub deployment: String,
    /// Where.
    pub environment: String,
    /// When.
    pub at: Timestamp,
}
