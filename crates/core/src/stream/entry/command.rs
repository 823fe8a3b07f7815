//! What can be asked of an entry.

use super::{Effect, Kind, Source, When};
use crate::digest::Digest;
use crate::id::{Name, ReleaseId, TeamId};
use crate::spec::Scope;
use serde::{Deserialize, Serialize};

/// What somebody wants on the calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Declared {
    /// Kind.
    pub kind: Kind,
    /// For people.
    pub title: String,
    /// When.
    pub when: When,
    /// IANA zone; the company's when absent.
    pub zone: Option<String>,
    /// What it concerns.
    pub scope: Scope,
    /// What it does; that of its kind when absent.
    pub effect: Option<Effect>,
    /// Team that answers for it.
    pub owner: Option<TeamId>,
    /// Releases that go all the same.
    pub lets: Vec<ReleaseId>,
    /// The third party whose work it is.
    pub vendor: Option<Name>,
    /// Where it was imported from.
    pub source: Option<Source>,
}

/// What can be asked of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "kebab-case")]
pub enum Command {
    /// Put it on the calendar.
    Declare {
        /// What.
        what: Box<Declared>,
        /// Why.
        reason: String,
        /// Digest of the proposal that was accepted; needed when planned work is hit.
        accepting: Option<Digest>,
        /// Record breaches of a vendor's terms instead of refusing them.
        despite_terms: bool,
    },
    /// Give it another time.
    Move {
        /// When.
        to: When,
        /// Another title.
        title: Option<String>,
        /// Revision at its source.
        sequence: Option<u32>,
        /// Why.
        because: String,
        /// As for `Declare`.
        accepting: Option<Digest>,
        /// As for `Declare`.
        despite_terms: bool,
    },
    /// Take it from the calendar.
    Cancel {
        /// Why.
        because: String,
    },
    /// Let a release go all the same.
    Consent {
        /// Which.
        release: ReleaseId,
        /// Why.
        because: String,
    },
    /// Take a consent back.
    Withdraw {
        /// Of which release.
        release: ReleaseId,
        /// Why.
        because: String,
    },
    /// Look at the clock.
    Wake,
}

impl Command {
    /// As shown to people.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Declare { .. } => "declare",
            Self::Move { .. } => "move",
            Self::Cancel { .. } => "cancel",
            Self::Consent { .. } => "consent",
            Self::Withdraw { .. } => "withdraw",
            Self::Wake => "wake",
        }
    }
    /// What a person wrote as the reason.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Declare { reason, .. } => Some(reason),
            Self::Move { because, .. }
            | Self::Cancel { because }
            | Self::Consent { because, .. }
            | Self::Withdraw { because, .. } => Some(because),
            Self::Wake => None,
        }
    }
}
