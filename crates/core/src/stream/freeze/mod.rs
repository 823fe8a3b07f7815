//! Freeze that a person declares: from now on nothing starts in its scope, until it ends or somebody lifts it.
//!
//! `Active → Lifted | Expired`, extended any number of times in between; afterwards the name may be used again. One without an
//! end is reviewed: a reminder is recorded every day.

mod decide;
mod event;

pub use event::Event;

use crate::calendar::Span;
use crate::decider::{Ctx, Decider, Decision};
use crate::freeze::{FreezeId, FreezeRef, Known};
use crate::id::StreamKind;
use crate::refusal::Refusal;
use crate::spec::{FreezePolicy, Scope};
use crate::time::{Millis, Timestamp};
use serde::{Deserialize, Serialize};

/// A freeze that a person declares.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Freeze {
    /// What it is about; present in every phase but `Absent`.
    pub facts: Option<Box<Facts>>,
    /// Phase.
    pub phase: Phase,
}

/// What was declared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// Its name.
    pub id: FreezeId,
    /// What it concerns.
    pub scope: Scope,
    /// Why, for those who wait.
    pub why: String,
    /// What may go all the same.
    pub policy: FreezePolicy,
    /// Who declared it.
    pub by: String,
    /// When; it holds from then on.
    pub at: Timestamp,
}

/// Phase of a freeze.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "phase", rename_all = "kebab-case")]
pub enum Phase {
    /// Does not exist.
    #[default]
    Absent,
    /// Holds.
    Active {
        /// How long.
        ends: Ends,
        /// The newest change of that.
        extended: Option<Extended>,
    },
    /// Lifted by a person.
    Lifted {
        /// Who.
        by: String,
        /// Why.
        reason: String,
        /// When.
        at: Timestamp,
    },
    /// Its time is over.
    Expired {
        /// When it ended.
        at: Timestamp,
    },
}

/// How long a freeze holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ends", rename_all = "kebab-case")]
pub enum Ends {
    /// Up to this instant, which is not part of it.
    At {
        /// The end.
        until: Timestamp,
    },
    /// Until somebody lifts it.
    Open {
        /// Next reminder to look whether it is still needed.
        review_at: Timestamp,
    },
}

/// A change of the end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extended {
    /// Who.
    pub by: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

/// What can be asked of a freeze.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "kebab-case")]
pub enum Command {
    /// Let nothing start in `scope` from now on.
    Declare {
        /// What it concerns.
        scope: Scope,
        /// Why, for those who wait.
        why: String,
        /// First instant at which work may start again; open-ended when neither this nor `lasting` is there.
        until: Option<Timestamp>,
        /// The same as a length from now.
        lasting: Option<Millis>,
        /// What may go all the same.
        policy: FreezePolicy,
    },
    /// Another end.
    Extend {
        /// Later than the present one; open-ended when neither this nor `lasting` is there.
        until: Option<Timestamp>,
        /// The same as a length from now.
        lasting: Option<Millis>,
        /// Why.
        reason: String,
    },
    /// End it now.
    Lift {
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
            Self::Declare { .. } => "declare",
            Self::Extend { .. } => "extend",
            Self::Lift { .. } => "lift",
            Self::Wake => "wake",
        }
    }

    /// What a person wrote with it.
    #[must_use]
    pub fn note(&self) -> Option<&str> {
        match self {
            Self::Declare { why: text, .. }
            | Self::Extend { reason: text, .. }
            | Self::Lift { reason: text } => Some(text),
            Self::Wake => None,
        }
    }
}

impl Phase {
    /// As shown to people.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Active { .. } => "active",
            Self::Lifted { .. } => "lifted",
            Self::Expired { .. } => "expired",
        }
    }
}

impl Ends {
    /// Its end, [`Timestamp::MAX`] without one.
    #[must_use]
    pub fn instant(self) -> Timestamp {
        match self {
            Self::At { until } => until,
            Self::Open { .. } => Timestamp::MAX,
        }
    }
}

impl Freeze {
    /// When it holds, as far as that is known now.
    #[must_use]
    pub fn span(&self) -> Option<Span> {
        let facts = self.facts.as_deref()?;
        match &self.phase {
            Phase::Active { ends, .. } => Span::new(facts.at, ends.instant()),
            _ => None,
        }
    }

    /// What it says, unless it was lifted or ended.
    #[must_use]
    pub fn in_force(&self) -> Option<Known> {
        let facts = self.facts.as_deref()?;
        matches!(self.phase, Phase::Active { .. }).then(|| Known {
            which: facts.which(),
            why: facts.why.clone(),
            scope: facts.scope.clone(),
            policy: facts.policy.clone(),
        })
    }

    /// Who declared it and when.
    #[must_use]
    pub fn declared(&self) -> Option<(String, Timestamp)> {
        self.facts.as_deref().map(|f| (f.by.clone(), f.at))
    }
}

impl Facts {
    /// This certain freeze.
    #[must_use]
    pub fn which(&self) -> FreezeRef {
        FreezeRef::Declared {
            id: self.id.clone(),
            declared: self.at,
        }
    }
}

impl Decider for Freeze {
    const KIND: StreamKind = StreamKind::Freeze;
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
