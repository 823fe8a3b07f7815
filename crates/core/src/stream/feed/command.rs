//! What can be asked of a feed.

use crate::digest::Digest;
use crate::id::{Name, TeamId};
use crate::spec::Scope;
use crate::stream::entry::{Effect, Kind};
use crate::time::Millis;
use serde::{Deserialize, Serialize};

/// One reading of a calendar of others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    /// Name of the calendar, as people give it.
    pub calendar: String,
    /// What its events are.
    pub kind: Kind,
    /// What they do; that of the kind when absent.
    pub effect: Option<Effect>,
    /// What they concern.
    pub scope: Scope,
    /// Team that answers for it; its vendor's when absent.
    pub owner: Option<TeamId>,
    /// The third party whose calendar it is.
    pub vendor: Option<Name>,
    /// How long it counts; what was declared before when absent. The configuration of its vendor goes before.
    pub fresh_for: Option<Millis>,
    /// How many events were read.
    pub events: u32,
    /// How many could not be.
    pub broken: u32,
    /// Digest of what was read.
    pub text: Digest,
}

/// What can be asked of a feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "kebab-case")]
pub enum Command {
    /// It was read.
    Read {
        /// What.
        what: Box<Reading>,
    },
    /// It is not read any more; its entries stay as they are.
    End {
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
            Self::Read { .. } => "read",
            Self::End { .. } => "end",
            Self::Wake => "wake",
        }
    }
    /// What a person wrote as the reason.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::End { because } => Some(because),
            Self::Read { .. } | Self::Wake => None,
        }
    }
}
