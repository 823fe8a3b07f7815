//! Erasure: what people wrote into one entry is taken out of it for good, because two people say so.
//!
//! `Absent → Asked → Done | Refused`. The entry keeps its place and the hash of its body; in the place of the words stands
//! [`ERASED`](redact::ERASED). The entry of the erasure names both digests, so that anybody can tell an erased text from one that was
//! changed. Nothing here touches a body: the store does, in the transaction that writes [`Event::Done`].

mod decide;
mod event;
mod name;
pub mod redact;

pub use event::{Done, Event};
pub use name::ErasureId;

use crate::decider::{Ctx, Decider, Decision};
use crate::digest::Digest;
use crate::id::{StreamId, StreamKind};
use crate::refusal::Refusal;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// An erasure.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Erasure {
    /// What was asked; present in every phase but `Absent`.
    pub facts: Option<Box<Facts>>,
    /// Phase.
    pub phase: Phase,
}

/// The entry as it stands, and what would stand in its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// Position of the entry.
    pub seq: u64,
    /// Its stream.
    pub stream: StreamId,
    /// Name and version of its event.
    pub kind: String,
    /// Digest of its body as it was written.
    pub digest: Digest,
    /// Digest of the body without the words.
    pub redacted: Digest,
    /// Where the words stand in it.
    pub fields: Vec<String>,
}

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// Its name.
    pub id: ErasureId,
    /// The entry.
    pub target: Target,
    /// Why.
    pub reason: String,
    /// Person who asked.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// When it is refused for want of somebody else's yes.
    pub until: Timestamp,
}

/// Phase of an erasure.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "phase", rename_all = "kebab-case")]
pub enum Phase {
    /// Does not exist.
    #[default]
    Absent,
    /// Waits for somebody else's yes.
    Asked,
    /// The words are gone.
    Done {
        /// Person who confirmed it.
        by: String,
        /// Why.
        reason: String,
        /// When.
        at: Timestamp,
    },
    /// The words stay.
    Refused {
        /// Who.
        by: String,
        /// Why.
        reason: String,
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
            Self::Asked => "asked",
            Self::Done { .. } => "done",
            Self::Refused { .. } => "refused",
        }
    }
}

/// What can be asked of an erasure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "kebab-case")]
pub enum Command {
    /// Take the words out of this entry.
    Ask {
        /// Which entry; digests and fields are compared with it again when it is carried out.
        target: Box<Target>,
        /// Why.
        reason: String,
    },
    /// Yes, by somebody else.
    Confirm {
        /// Why.
        reason: String,
    },
    /// No.
    Refuse {
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
            Self::Ask { .. } => "ask",
            Self::Confirm { .. } => "confirm",
            Self::Refuse { .. } => "refuse",
            Self::Wake => "wake",
        }
    }

    /// What a person wrote with it.
    #[must_use]
    pub fn note(&self) -> Option<&str> {
        match self {
            Self::Ask { reason, .. } | Self::Confirm { reason } | Self::Refuse { reason } => {
                Some(reason)
            }
            Self::Wake => None,
        }
    }
}

impl Decider for Erasure {
    const KIND: StreamKind = StreamKind::Erasure;
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
