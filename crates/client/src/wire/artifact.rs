//! Artifacts: bits registered under a service and version.

use super::Timestamp;
use serde::{Deserialize, Serialize};

/// `POST /artifacts`: make bits known under a service and version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ArtifactRequest {
    /// Service.
    pub service: String,
    /// Version; names these bits for ever.
    pub version: String,
    /// `sha256:` and 64 hex digits of the file, or of the sorted listing of a folder.
    pub digest: String,
    /// Size in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// Where agents fetch it: absolute path, `file:///` or `http(s)://` URL without credentials.
    pub location: String,
    /// What it was built from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// Where it was built.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub build: Option<Build>,
}

/// What an artifact was built from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Source {
    /// Repository, for example `acme/web`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
    /// Commit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// Branch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// Who wrote what is new in it: addresses of commit authors, or names of people.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authors: Vec<String>,
    /// Commits since the version before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commits: Option<u32>,
    /// Whether it changes a database.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub migrates: Option<bool>,
}

/// Where an artifact was built.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Build {
    /// Page of the build.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// A registered artifact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Artifact {
    /// `service@version`.
    pub id: String,
    /// Service.
    pub service: String,
    /// Version.
    pub version: String,
    /// Digest of the bits.
    pub digest: String,
    /// Size in bytes, when known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// Where agents fetch it.
    pub location: String,
    /// How far it is trusted.
    pub phase: ArtifactPhase,
    /// Commit it was built from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// Repository of that commit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
    /// Page of the build.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub build: Option<String>,
    /// Who wrote what is new in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authors: Vec<String>,
    /// Which build registered it, as its CI proved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub built_by: Option<BuiltBy>,
    /// When it was registered.
    pub registered_at: Timestamp,
}

/// How far an artifact is trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ArtifactPhase {
    /// Known; nobody fetched it yet.
    Registered,
    /// An agent fetched it and its digest was right.
    Verified,
    /// No longer offered; what runs keeps running.
    Retired,
    /// Must not run anywhere.
    Recalled,
    /// Of a kind this program does not know.
    #[serde(other)]
    Unknown,
}

/// A build that showed who it is with the token of its own CI.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct BuiltBy {
    /// Which CI, as the configuration calls it.
    pub ci: String,
    /// Repository or project.
    pub repository: String,
    /// Full ref, for example `refs/heads/main`.
    pub reference: String,
    /// Commit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// Id of the run or pipeline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// Account at the CI that began it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
}
