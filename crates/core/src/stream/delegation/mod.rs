//! Delegation: one person lends another the right to decide for a team, from one instant to another.
//!
//! `Absent → Lent → Revoked | Ended`. It lends what the lender has and nothing more, to one person, never on to a third, and
//! ends by itself. Who counts for what with it is worked out by `crate::change` each time; here stands only what was lent.

mod decide;
mod event;
mod name;

pub use event::Event;
pub use name::DelegationId;

use crate::decider::{Ctx, Decider, Decision};
use crate::id::{StreamKind, TeamId};
use crate::refusal::Refusal;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// A delegation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delegation {
    /// What was lent; present in every phase but `Absent`.
    pub facts: Option<Box<Facts>>,
    /// Phase.
    pub phase: Phase,
}

/// What was lent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// Its name.
    pub id: DelegationId,
    /// The team for which is decided.
    pub team: TeamId,
    /// Person who lends.
    pub from: String,
    /// Person who has the right meanwhile.
    pub to: String,
    /// From.
    pub since: Timestamp,
    /// To, not part of it.
    pub until: Timestamp,
    /// Why.
    pub reason: String,
    /// When it was lent.
    pub at: Timestamp,
}

/// Phase of a delegation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "phase", rename_all = "kebab-case")]
pub enum Phase {
    /// Does not exist.
    #[default]
    Absent,
    /// Lent; in force from its beginning to its end.
    Lent,
    /// Taken back, or given back.
    Revoked {
        /// Who.
        by: String,
        /// Why.
        reason: String,
        /// When.
        at: Timestamp,
    },
    /// Its time is over.
    Ended {
        /// When.
        at: Timestamp,
    },
}

impl Phase {
    /// As shown to people.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Lent => "lent",
            Self::Revoked { .. } => "revoked",
            Self::Ended { .. } => "ended",
        }
    }
}

/// What can be asked of a delegation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "kebab-case")]
pub enum Command {
    /// Lend the right to decide for a team.
    Lend {
        /// Team.
        team: TeamId,
        /// To whom: a person or an account of one.
        to: String,
        /// From when; now when absent.
        since: Option<Timestamp>,
        /// To when.
        until: Timestamp,
        /// Why.
        reason: String,
    },
    /// No longer.
    Revoke {
        /// Why.
        reason: String,
    },
    /// A timer fired.
    Wake,
}

impl Command {
    /// As shown to people.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Lend { .. } => "lend",
            Self::Revoke { .. } => "revoke",
            Self::Wake => "wake",
        }
    }

    /// What a person wrote with it.
    #[must_use]
    pub fn note(&self) -> Option<&str> {
        match self {
            Self::Lend { reason, .. } | Self::Revoke { reason } => Some(reason),
            Self::Wake => None,
        }
    }
}

impl Decider for Delegation {
    const KIND: StreamKind = StreamKind::Delegation;
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
