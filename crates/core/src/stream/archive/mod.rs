//! Archive: what keeps bodies beside the log, and which of them are gone.
//!
//! Two kinds of streams, told by their key. `HLD-1` is a legal hold, `Absent → Held → Released`: while it stands, nothing that it covers is
//! removed, whatever retention says. The id of a deployment is the list of its bodies that were removed, `Absent → Cleared`: only
//! the server writes it, when a body is past its retention, under no hold and needed by nothing. Bodies themselves are the store's.

mod decide;
mod event;
mod name;

pub use event::{Event, Removed};
pub use name::HoldId;

use crate::decider::{Ctx, Decider, Decision};
use crate::id::{EnvId, Name, ReleaseId, ServiceId, StreamKind};
use crate::refusal::Refusal;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A hold, or what is gone of a deployment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "phase", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Archive {
    /// Does not exist.
    #[default]
    Absent,
    /// A hold that stands.
    Held {
        /// What was said.
        facts: Box<Facts>,
    },
    /// A hold that is over.
    Released {
        /// What was said.
        facts: Box<Facts>,
        /// Who ended it.
        by: String,
        /// Why.
        reason: String,
        /// When.
        at: Timestamp,
    },
    /// Bodies of a deployment were removed.
    Cleared {
        /// How many.
        bodies: u64,
    },
}

/// A hold as it was placed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// Its name.
    pub id: HoldId,
    /// What it covers.
    pub scope: Scope,
    /// Why.
    pub reason: String,
    /// Person who placed it.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// What a hold covers: everything that is in each list that is not empty; with all of them empty, everything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Scope {
    /// Releases.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub releases: BTreeSet<ReleaseId>,
    /// Services.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub services: BTreeSet<ServiceId>,
    /// Environments.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub environments: BTreeSet<EnvId>,
    /// Regulatory tags of releases.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub tags: BTreeSet<Name>,
}

/// What can be asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "kebab-case")]
pub enum Command {
    /// Remove nothing of this until the hold is released.
    Hold {
        /// What it covers.
        scope: Box<Scope>,
        /// Why.
        reason: String,
    },
    /// End a hold.
    Release {
        /// Why.
        reason: String,
    },
    /// Remove bodies of a deployment (from the server itself).
    Remove {
        /// Keys of their rows.
        keys: Vec<String>,
    },
}

impl Command {
    /// As shown to people.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Hold { .. } => "hold",
            Self::Release { .. } => "release",
            Self::Remove { .. } => "remove",
        }
    }

    /// What a person wrote with it.
    #[must_use]
    pub fn note(&self) -> Option<&str> {
        match self {
            Self::Hold { reason, .. } | Self::Release { reason } => Some(reason),
            Self::Remove { .. } => None,
        }
    }
}

impl Decider for Archive {
    const KIND: StreamKind = StreamKind::Archive;
    const FOLD: u32 = 1;
    type Command = Command;
    type Event = Event;

    fn decide(&self, command: Command, cx: &Ctx<'_>) -> Result<Decision<Event>, Refusal> {
        decide::decide(self, command, cx)
    }

    fn evolve(&mut self, at: Timestamp, event: &Event) {
        event::evolve(self, at, event);
    }
}
