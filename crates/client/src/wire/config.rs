//! Configuration: what is in force, what a change would do, what is wrong with it.

use super::{Proposal, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// `POST /config/plans`: what would these files change?
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PlanRequest {
    /// Text by path relative to the configuration root.
    pub files: BTreeMap<String, String>,
}

/// `POST /config/applications`: bring these files into force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ApplyRequest {
    /// Text by path relative to the configuration root.
    pub files: BTreeMap<String, String>,
    /// Commit they were read from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// Why; kept with the revision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Digest the plan was compared with (`parent` of the plan); refused when that is no longer in force. Absent: whatever
    /// is in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
}

/// What files would change. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PlanAnswer {
    /// Everything that is wrong with the files; errors keep them from coming into force.
    pub diagnostics: Vec<Diagnostic>,
    /// What changes, one line each.
    pub changes: Vec<String>,
    /// Controls it weakens, one line each.
    pub weakens: Vec<String>,
    /// Documents that stay as they are, by kind and name.
    #[serde(default)]
    pub unchanged: Vec<String>,
    /// What changes as people read it.
    pub text: String,
    /// Departures of trains that it would lay, move, keep or give up, one line each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub departures: Vec<String>,
    /// Deployments that wait and whose time it would change, one line each with the reason.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deployments: Vec<String>,
    /// Teams that answer for a control it weakens, and how far their yes is, one line each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<String>,
    /// Digest of the resolved configuration; absent when there are errors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// What it was compared with; absent when nothing is in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
}

/// What came into force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Applied {
    /// Revision number, from 1.
    pub revision: u64,
    /// Digest of the resolved configuration.
    pub digest: String,
    /// What changed, one line each.
    pub changes: Vec<String>,
    /// Controls it weakened, one line each.
    pub weakens: Vec<String>,
}

/// The configuration in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Config {
    /// Revision number; 0 while nothing was applied.
    pub revision: u64,
    /// Digest of the resolved configuration.
    pub digest: String,
    /// Commit it was read from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// Since when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// By whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// What is proposed to come after it, the newest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub proposals: Vec<Proposal>,
    /// The resolved configuration.
    pub spec: Value,
    /// Where each value was written, by dotted path.
    pub origins: BTreeMap<String, Place>,
}

/// A revision that was applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Revision {
    /// Revision number, from 1.
    pub revision: u64,
    /// Digest of the resolved configuration.
    pub digest: String,
    /// Commit it was read from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: String,
    /// Why, as they wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What changed, one line each.
    pub changes: Vec<String>,
    /// Controls it weakened, one line each.
    pub weakens: Vec<String>,
}

/// A place in a configuration file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Place {
    /// File, `built-in` for a default.
    pub file: String,
    /// Line from 1, 0 for a default.
    pub line: u32,
}

/// `GET /config/effective`: one value as it holds, and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Effective {
    /// Dotted path.
    pub path: String,
    /// Value.
    pub value: Value,
    /// File, `built-in` for a default.
    pub file: String,
    /// Line from 1, 0 for a default.
    pub line: u32,
}

/// One problem of configuration files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Diagnostic {
    /// Stable code, for example `TG0012`.
    pub code: String,
    /// How bad it is.
    pub severity: Severity,
    /// File, empty when the problem is in no file.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// Byte range in the file.
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// What stands at the place; may be empty.
    pub label: String,
    /// Reasons and consequences.
    pub notes: Vec<String>,
    /// The way out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// Other places that belong to it.
    pub secondary: Vec<Secondary>,
}

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// The configuration cannot come into force.
    Error,
    /// It can, but probably not as meant.
    Warning,
}

/// Another place that belongs to a problem.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Secondary {
    /// File.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// Byte range in the file.
    pub span: Span,
    /// What stands there.
    pub label: String,
}

/// A byte range.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// Byte after the last one.
    pub end: usize,
}
