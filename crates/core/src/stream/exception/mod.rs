//! Exception: one release may start inside one freeze, in some environments, for a while, because named people say so.
//!
//! `Asked → Active → Expired | Revoked → Reviewed`, or `Refused`. It lifts that freeze and nothing else; every use is recorded;
//! it ends by itself; somebody else looks at it afterwards.

mod decide;
mod event;

pub use event::Event;

use crate::decider::{Ctx, Decider, Decision};
use crate::freeze::{ExceptionId, FreezeRef};
use crate::id::{DeploymentId, EnvId, ReleaseId, StreamKind};
use crate::refusal::Refusal;
use crate::spec::ChangeClass;
use crate::time::{Millis, Timestamp};
use serde::{Deserialize, Serialize};

/// An exception from a freeze.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    /// What it is about; present in every phase but `Absent`.
    pub facts: Option<Box<Facts>>,
    /// Phase.
    pub phase: Phase,
}

/// What was asked, and what it was used for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// Its name.
    pub id: ExceptionId,
    /// The freeze that it lifts.
    pub freeze: FreezeRef,
    /// For this release.
    pub release: ReleaseId,
    /// In these environments.
    pub environments: Vec<EnvId>,
    /// Why.
    pub reason: String,
    /// The incident that it repairs.
    pub incident: Option<String>,
    /// The change class that lets it through; absent when people decide.
    pub class: Option<ChangeClass>,
    /// How long it is to be in force.
    pub lasting: Millis,
    /// Who asked.
    pub by: String,
    /// When.
    pub asked_at: Timestamp,
    /// Newest uses, oldest first.
    pub uses: Vec<Use>,
}

/// A deployment that went because of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Use {
    /// Which.
    pub deployment: DeploymentId,
    /// Where.
    pub environment: EnvId,
    /// When.
    pub at: Timestamp,
}

/// Phase of an exception.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "phase", rename_all = "kebab-case")]
pub enum Phase {
    /// Does not exist.
    #[default]
    Absent,
    /// Waits for somebody to decide.
    Asked {
        /// When it is refused for want of a decision.
        until: Timestamp,
    },
    /// Lifts the freeze.
    Active {
        /// Who granted it; absent when a change class lets it through.
        by: Option<String>,
        /// Since when.
        since: Timestamp,
        /// When it ends by itself.
        expires: Timestamp,
        /// When it must have been reviewed.
        review_due: Timestamp,
    },
    /// Its time is over; a review is owed.
    Expired {
        /// When it ended.
        at: Timestamp,
        /// When it must have been reviewed.
        review_due: Timestamp,
        /// It was not, and when that is said again.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        remind_at: Option<Timestamp>,
    },
    /// Taken back; a review is owed.
    Revoked {
        /// Who.
        by: String,
        /// Why.
        reason: String,
        /// When.
        at: Timestamp,
        /// When it must have been reviewed.
        review_due: Timestamp,
        /// It was not, and when that is said again.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        remind_at: Option<Timestamp>,
    },
    /// Somebody else looked at it.
    Reviewed {
        /// Who.
        by: String,
        /// What was found.
        findings: String,
        /// When.
        at: Timestamp,
    },
    /// Not granted.
    Refused {
        /// Who.
        by: String,
        /// Why.
        reason: String,
        /// When.
        at: Timestamp,
    },
}

/// What can be asked of an exception.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "kebab-case")]
pub enum Command {
    /// Let this release go inside this freeze.
    Ask {
        /// Name of the freeze.
        freeze: String,
        /// For this release.
        release: ReleaseId,
        /// Where; everywhere the freeze holds it when empty.
        environments: Vec<EnvId>,
        /// Why.
        reason: String,
        /// The incident that it repairs.
        incident: Option<String>,
        /// For how long; 24 hours, or 4 for an emergency, when absent.
        lasting: Option<Millis>,
    },
    /// Yes.
    Grant {
        /// Why.
        reason: String,
        /// When it must have been reviewed; two working days after its end when absent.
        review_due: Option<Timestamp>,
    },
    /// No.
    Refuse {
        /// Why.
        reason: String,
    },
    /// No longer.
    Revoke {
        /// Why.
        reason: String,
    },
    /// It was looked at afterwards.
    Review {
        /// What was found.
        findings: String,
    },
    /// A deployment goes because of it (from that deployment).
    Use {
        /// Which.
        deployment: DeploymentId,
        /// Where.
        environment: EnvId,
    },
    /// A timer fired.
    Wake,
}

impl Command {
    /// As shown to people.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Ask { .. } => "ask",
            Self::Grant { .. } => "grant",
            Self::Refuse { .. } => "refuse",
            Self::Revoke { .. } => "revoke",
            Self::Review { .. } => "review",
            Self::Use { .. } => "use",
            Self::Wake => "wake",
        }
    }

    /// What a person wrote with it.
    #[must_use]
    pub fn note(&self) -> Option<&str> {
        match self {
            Self::Ask { reason: text, .. }
            | Self::Grant { reason: text, .. }
            | Self::Refuse { reason: text }
            | Self::Revoke { reason: text }
            | Self::Review { findings: text } => Some(text),
            Self::Use { .. } | Self::Wake => None,
        }
    }
}

impl Phase {
    /// As shown to people.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Asked { .. } => "asked",
            Self::Active { .. } => "active",
            Self::Expired { .. } => "expired",
            Self::Revoked { .. } => "revoked",
            Self::Reviewed { .. } => "reviewed",
            Self::Refused { .. } => "refused",
        }
    }
}

impl Exception {
    /// What it lifts at an instant, and until when.
    #[must_use]
    pub fn in_force(&self, at: Timestamp) -> Option<(&Facts, Timestamp)> {
        match &self.phase {
            Phase::Active { since, expires, .. } if *since <= at && at < *expires => {
                Some((self.facts.as_deref()?, *expires))
            }
            _ => None,
        }
    }
}

impl Decider for Exception {
    const KIND: StreamKind = StreamKind::Exception;
    const FOLD: u32 = 2;
    type Command = Command;
    type Event = Event;

    fn decide(&self, command: Command, cx: &Ctx<'_>) -> Result<Decision<Event>, Refusal> {
        decide::decide(self, command, cx)
    }

    fn evolve(&mut self, at: Timestamp, event: &Event) {
        event::evolve(self, at, event);
    }
}
