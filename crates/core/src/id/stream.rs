//! Streams of the ledger: their kinds, and the id of one.

use super::as_text;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// The kinds of stream in the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StreamKind {
    /// Bits registered under a service and version.
    Artifact,
    /// A version on its way through environments.
    Release,
    /// Posture of an environment.
    Environment,
    /// One plan for one service in one environment.
    Deployment,
    /// Revisions of the configuration.
    Config,
    /// A freeze that a person declared.
    Freeze,
    /// An exception from a freeze.
    Exception,
    /// Something declared on the calendar.
    Entry,
    /// A calendar of others that is read again and again.
    Feed,
    /// Refused attempts.
    Access,
    /// Timetable and rhythm of a train.
    Train,
    /// One run of a train.
    Departure,
    /// Governance record of a release in a production environment.
    Change,
    /// A human being.
    Person,
    /// A right that one person lends another.
    Delegation,
    /// One sitting of a board.
    Meeting,
    /// Back or stay, decided by named people.
    Decision,
    /// Words that are taken out of an entry.
    Erasure,
    /// A legal hold, or the bodies of a deployment that are gone.
    Archive,
}

impl StreamKind {
    /// Every kind, for matrices and checks.
    pub const ALL: [Self; 19] = [
        Self::Artifact,
        Self::Release,
        Self::Environment,
        Self::Deployment,
        Self::Config,
        Self::Freeze,
        Self::Exception,
        Self::Entry,
        Self::Feed,
        Self::Access,
        Self::Train,
        Self::Departure,
        Self::Change,
        Self::Person,
        Self::Delegation,
        Self::Meeting,
        Self::Decision,
        Self::Erasure,
        Self::Archive,
    ];

    /// First part of a stream id.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Artifact => "artifact",
            Self::Release => "release",
            Self::Environment => "environment",
            Self::Deployment => "deployment",
            Self::Config => "config",
            Self::Freeze => "freeze",
            Self::Exception => "exception",
            Self::Entry => "entry",
            Self::Feed => "feed",
            Self::Access => "access",
            Self::Train => "train",
            Self::Departure => "departure",
            Self::Change => "change",
            Self::Person => "person",
            Self::Delegation => "delegation",
            Self::Meeting => "meeting",
            Self::Decision => "decision",
            Self::Erasure => "erasure",
            Self::Archive => "archive",
        }
    }
}

/// `kind/key`, for example `deployment/dep_01J…` or `release/web@1.1.0`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamId(Arc<str>);
as_text!(StreamId);

impl StreamId {
    /// Id of a stream.
    #[must_use]
    pub fn new(kind: StreamKind, key: &str) -> Self {
        Self(format!("{}/{key}", kind.as_str()).into())
    }
    /// From stored text; `None` when the kind is unknown to this version.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, _) = text.split_once('/')?;
        StreamKind::ALL
            .iter()
            .any(|k| k.as_str() == kind)
            .then(|| Self(text.into()))
    }
    /// Kind of the stream.
    #[must_use]
    pub fn kind(&self) -> Option<StreamKind> {
        let (kind, _) = self.0.split_once('/')?;
        StreamKind::ALL.into_iter().find(|k| k.as_str() == kind)
    }
    /// What stands after the kind.
    #[must_use]
    pub fn key(&self) -> &str {
        self.0.split_once('/').map_or("", |(_, key)| key)
    }
    /// The whole id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
