//! What ships with a release, what stays out, and the lock on it.

use super::Timestamp;
use serde::{Deserialize, Serialize};

/// `GET /releases/{ref}/scope`: what the ledger knows to ship and what people added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ReleaseScope {
    /// `service@version`.
    pub release: String,
    /// Digest of artifact, added items, exclusions and own tags; what a lock and a yes bind to.
    pub digest: String,
    /// Everything that ships.
    pub items: Vec<ScopeItem>,
    /// What stays out, explicitly.
    pub excluded: Vec<ScopeExclusion>,
    /// Regulatory tags, of the release and of its service.
    pub tags: Vec<String>,
    /// Teams whose work it is.
    pub teams: Vec<String>,
    /// May it change?
    pub lock: ScopeLock,
}

/// Something that ships.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ScopeItem {
    /// Key by which it is named in edits; absent for what the ledger knows by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// `application`, `configuration`, `infrastructure`, `database`, `third-party` or `flag`.
    pub kind: String,
    /// Name.
    pub name: String,
    /// Team that answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Is it complete?
    pub complete: bool,
    /// What it is not complete without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<String>,
    /// Commit, ticket or file it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// What it drags along.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub drags: Vec<ScopeDrag>,
}

/// What an item drags along, and whom to ask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ScopeDrag {
    /// What.
    pub what: String,
    /// Team to ask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
}

/// Something that stays out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ScopeExclusion {
    /// What.
    pub what: String,
    /// Why.
    pub reason: String,
    /// Who said so.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// May a scope change?
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ScopeLock {
    /// `open`, `locked` or `reopened`.
    pub state: String,
    /// Who locked or reopened it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// Digest it was locked with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// Why it was reopened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// `POST /releases/{ref}/scope-edits`: change what ships; all edits or none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ScopeRequest {
    /// What, in this order.
    pub edits: Vec<ScopeEdit>,
    /// Why.
    pub reason: String,
}

/// One change of a scope. Items are named by key, or by name alone where only one has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(
    tag = "edit",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
pub enum ScopeEdit {
    /// It ships as well; what was said of the same item before stays where nothing else is said.
    Add {
        /// Name.
        name: String,
        /// Kind; told by the name when absent, where that is possible.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        kind: Option<String>,
        /// Team that answers for it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        owner: Option<String>,
        /// What it is not complete without.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        missing: Option<String>,
        /// Commit, ticket or file it comes from.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        source: Option<String>,
    },
    /// Nothing is missing from it any more.
    Complete {
        /// Which.
        item: String,
    },
    /// It does not ship.
    Remove {
        /// Which.
        item: String,
    },
    /// It stays out, explicitly.
    Exclude {
        /// What, in words.
        what: String,
    },
    /// It does not stay out any more.
    Include {
        /// What, in the same words.
        what: String,
    },
    /// It touches this regulation.
    Tag {
        /// Which.
        tag: String,
    },
    /// It does not.
    Untag {
        /// Which.
        tag: String,
    },
}
