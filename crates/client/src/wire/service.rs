//! Services, where which version of them runs, and their known issues; and the notes of a release.

use super::{ChangeDocument, RiskSummary, ScopeExclusion, ScopeItem, Timestamp};
use serde::{Deserialize, Serialize};

/// A service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Service {
    /// Name.
    pub service: String,
    /// Team that answers for it.
    pub owner: String,
    /// Importance, 1 (highest) to 4.
    pub tier: u8,
    /// Pipeline it travels on.
    pub pipeline: String,
    /// Class of the data it handles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_class: Option<String>,
    /// Who uses it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audience: Option<String>,
    /// Services it needs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<String>,
    /// The environments of its path, in order.
    pub places: Vec<ServicePlace>,
    /// Known issues that are in a version that runs somewhere or is on its way.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub issues: Vec<KnownIssue>,
}

/// A service in an environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ServicePlace {
    /// Environment.
    pub environment: String,
    /// Version that runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Since when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// Version that is being brought, once anything of it may be there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arriving: Option<String>,
    /// Known issues that are in one of these versions, as they are called.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub issues: Vec<String>,
}

/// A known issue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct KnownIssue {
    /// Service.
    pub service: String,
    /// What it is called: its own name, or its number among those of the service.
    pub id: String,
    /// What is wrong.
    pub text: String,
    /// What to do meanwhile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workaround: Option<String>,
    /// First version that has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// First version that has it no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixed_in: Option<String>,
    /// May customers read it?
    pub public: bool,
    /// Do customers meet it: is a version with it in production?
    pub live: bool,
    /// Environments with a version that has it; never of the public list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub environments: Vec<String>,
}

/// `GET /releases/{reference}/notes`: what somebody must know of a release, from the record and from people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ReleaseNotes {
    /// `service@version`.
    pub release: String,
    /// Environment they are for.
    pub environment: String,
    /// What it replaces there; absent at a first install.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<String>,
    /// When these were put together.
    pub at: Timestamp,
    /// Versions that come with it, the newest first.
    pub versions: Vec<NotedVersion>,
    /// Commits in all of them; not known when one does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commits: Option<u32>,
    /// Does it change a database? Not known when one does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub migrates: Option<bool>,
    /// What ships, with the tickets it comes from.
    pub scope: Vec<ScopeItem>,
    /// What stays out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub excluded: Vec<ScopeExclusion>,
    /// How risky it is; absent where that cannot be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub risk: Option<RiskSummary>,
    /// The way back, step by step; absent where no plan can be made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollback: Option<Vec<String>>,
    /// Parts that people wrote, and those that are asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub documents: Vec<ChangeDocument>,
    /// Known issues of this version.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub issues: Vec<KnownIssue>,
    /// Known issues of the version it replaces that it has no more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fixed: Vec<KnownIssue>,
}

/// A version that comes with a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct NotedVersion {
    /// Version.
    pub version: String,
    /// Commit it was built from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// Repository of that commit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
    /// Commits since the version before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commits: Option<u32>,
    /// Does it change a database?
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub migrates: Option<bool>,
    /// Who wrote what is new in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authors: Vec<String>,
}

/// A known issue as customers read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PublicIssue {
    /// Service.
    pub service: String,
    /// Name that stays.
    pub id: String,
    /// What is wrong.
    pub text: String,
    /// What to do meanwhile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workaround: Option<String>,
    /// First version without it, when that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fixed_in: Option<String>,
}
