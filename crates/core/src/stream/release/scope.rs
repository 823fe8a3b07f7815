//! What ships with a release beside its artifact, what stays out, and the lock on it.
//!
//! What the ledger knows by itself (the artifact, the configuration, whether a database changes) is worked out in `crate::scope`;
//! here is what people said. Its lines and their digest are part of each plan, so that no yes covers another scope. Whether an
//! item is complete is no part of the digest: work goes on after the lock.

use crate::digest::{Digest, canonical};
use crate::id::{Name, TeamId};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// What people said about the scope of a release.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// What ships beside the artifact, by its key (`infrastructure:new subnet`).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub items: BTreeMap<String, Item>,
    /// What stays out, in words.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub excluded: BTreeMap<String, Excluded>,
    /// Regulatory tags of the release itself.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub tags: BTreeSet<Name>,
    /// May it change?
    #[serde(default, skip_serializing_if = "Lock::is_open")]
    pub lock: Lock,
}

/// Something that ships.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Kind.
    pub kind: ItemKind,
    /// Name, as people call it.
    pub name: String,
    /// Team that answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<TeamId>,
    /// What it is not complete without; complete when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<String>,
    /// Commit, ticket or file it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Who added it.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// Kind of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ItemKind {
    /// A program.
    Application,
    /// Values of a service.
    Configuration,
    /// Networks, hosts, queues.
    Infrastructure,
    /// A change of a database.
    Database,
    /// Work of a third party.
    ThirdParty,
    /// A feature flag.
    Flag,
}

/// Something that stays out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Excluded {
    /// Why.
    pub reason: String,
    /// Who said so.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// May the scope change?
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "lock", rename_all = "kebab-case")]
pub enum Lock {
    /// It was never locked.
    #[default]
    Open,
    /// It stays as it is.
    Locked {
        /// Digest of artifact and lines.
        digest: Digest,
        /// Who locked it.
        by: String,
        /// The person behind that account.
        person: String,
        /// When.
        at: Timestamp,
    },
    /// Somebody decided that it may change again.
    Reopened {
        /// Digest it was locked with.
        digest: Digest,
        /// Who.
        by: String,
        /// Why.
        reason: String,
        /// When.
        at: Timestamp,
    },
}

/// A scope as it stands in a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agreed {
    /// Digest of artifact and lines.
    pub digest: Digest,
    /// What people said, each one line.
    pub lines: Vec<String>,
}

impl ItemKind {
    /// All of them, in the order people read them.
    pub const ALL: [Self; 6] = [
        Self::Application,
        Self::Configuration,
        Self::Infrastructure,
        Self::Database,
        Self::ThirdParty,
        Self::Flag,
    ];

    /// As shown and written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Application => "application",
            Self::Configuration => "configuration",
            Self::Infrastructure => "infrastructure",
            Self::Database => "database",
            Self::ThirdParty => "third-party",
            Self::Flag => "flag",
        }
    }

    /// By its name.
    #[must_use]
    pub fn named(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

impl Lock {
    fn is_open(&self) -> bool {
        *self == Self::Open
    }

    /// Must the scope stay as it is?
    #[must_use]
    pub fn is_locked(&self) -> bool {
        matches!(self, Self::Locked { .. })
    }
}

impl Item {
    /// Its key.
    #[must_use]
    pub fn key(&self) -> String {
        key(self.kind, &self.name)
    }
}

/// Key of an item: `infrastructure:new subnet`.
#[must_use]
pub fn key(kind: ItemKind, name: &str) -> String {
    format!("{}:{name}", kind.as_str())
}

impl Scope {
    /// Was nothing ever said about it, and was it never locked?
    #[must_use]
    pub fn is_untouched(&self) -> bool {
        self.is_silent() && self.lock.is_open()
    }

    /// Did people say nothing about it?
    #[must_use]
    pub fn is_silent(&self) -> bool {
        self.items.is_empty() && self.excluded.is_empty() && self.tags.is_empty()
    }

    /// What people said, each one line, always in the same order.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let items = self.items.values().map(ToString::to_string);
        let excluded = self
            .excluded
            .iter()
            .map(|(what, why)| format!("stays out: {what} ({})", why.reason));
        let tags = self.tags.iter().map(|tag| format!("tag {tag}"));
        items.chain(excluded).chain(tags).collect()
    }

    /// Digest of artifact and lines.
    #[must_use]
    pub fn digest(&self, artifact: Option<&Digest>) -> Digest {
        // Texts always serialise.
        let text = canonical(&(artifact, self.lines())).unwrap_or_default();
        Digest::of(text.as_bytes())
    }

    /// As it stands in a plan; nothing where nobody said anything.
    #[must_use]
    pub fn agreed(&self, artifact: Option<&Digest>) -> Option<Agreed> {
        (!self.is_silent()).then(|| Agreed {
            digest: self.digest(artifact),
            lines: self.lines(),
        })
    }
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind.as_str(), self.name)?;
        match &self.owner {
            Some(owner) => write!(f, " ({owner})")?,
            None => f.write_str(" (no owner)")?,
        }
        match &self.source {
            Some(source) => write!(f, ", from {source}"),
            None => Ok(()),
        }
    }
}

/// What differs between two scopes, each one line.
#[must_use]
pub fn differences(before: Option<&Agreed>, after: Option<&Agreed>) -> Vec<String> {
    let lines = |agreed: Option<&Agreed>| -> BTreeSet<String> {
        agreed.map_or_else(BTreeSet::new, |a| a.lines.iter().cloned().collect())
    };
    let (before, after) = (lines(before), lines(after));
    let gone = before
        .difference(&after)
        .map(|l| format!("scope without {l}"));
    let new = after.difference(&before).map(|l| format!("scope with {l}"));
    gone.chain(new).collect()
}
