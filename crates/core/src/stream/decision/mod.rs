//! Decision: back or stay, when figures are bad and nothing goes back by itself. A clock runs, and named people decide.
//!
//! `Open → Staying → Settled | Lapsed | Closed`. Who is asked, in which order and for how long was declared before and is kept
//! with it. Nobody's silence keeps a bad version live: at the end the declared default happens. Of two contrary orders the way
//! back is carried out and both are kept.

mod decide;
mod event;
mod name;

pub use event::Event;
pub use name::DecisionId;

use crate::decider::{Ctx, Decider, Decision as Decided};
use crate::id::{DeploymentId, EnvId, ReleaseId, StreamKind, TeamId};
use crate::refusal::Refusal;
use crate::spec::RollbackAuthority;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};

/// A decision about the way back of one deployment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// What it is about; present in every phase but `Absent`.
    pub facts: Option<Box<Facts>>,
    /// Every order, the first one first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub orders: Vec<Order>,
    /// Phase.
    pub phase: Phase,
}

/// What it is about, as it was when it was opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// Its name.
    pub id: DecisionId,
    /// The deployment that would be taken back.
    pub deployment: DeploymentId,
    /// Its release.
    pub release: ReleaseId,
    /// Where.
    pub environment: EnvId,
    /// What was seen.
    pub because: String,
    /// What it costs, where somebody says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<String>,
    /// Who opened it; absent when figures did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Who confirmed before the start that they decide.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed: Option<String>,
    /// Who decides, in which order, and what happens without an answer.
    pub authority: RollbackAuthority,
    /// When it was opened.
    pub at: Timestamp,
}

/// What may be decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "choice", rename_all = "kebab-case")]
pub enum Choice {
    /// The way back.
    RollBack,
    /// It stays as it is, until an instant.
    Stay {
        /// The way back begins then, if nothing else was decided.
        until: Timestamp,
    },
}

/// What somebody decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// What.
    pub choice: Choice,
    /// Who.
    pub by: String,
    /// For which team.
    pub team: TeamId,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
    /// Was it carried out? Of two contrary orders only the way back is.
    pub carried_out: bool,
}

/// Phase of a decision.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "phase", rename_all = "kebab-case")]
pub enum Phase {
    /// Does not exist.
    #[default]
    Absent,
    /// Somebody is asked.
    Open {
        /// Place on the path of those who are asked, from 0.
        level: usize,
        /// When the next one is asked; at the last one, when the default happens.
        due: Timestamp,
    },
    /// It stays for a time.
    Staying {
        /// When the way back begins.
        until: Timestamp,
    },
    /// The way back was ordered.
    Settled {
        /// When.
        at: Timestamp,
    },
    /// Nobody decided: what was declared for that happened.
    Lapsed {
        /// Did the way back begin?
        back: bool,
        /// When.
        at: Timestamp,
    },
    /// Nothing is left to decide: the deployment ended, or was taken back otherwise.
    Closed {
        /// Why.
        because: String,
        /// When.
        at: Timestamp,
    },
}

/// What can be asked of a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "kebab-case")]
pub enum Command {
    /// Ask those who decide (from the deployment, or by a person).
    Open {
        /// About which deployment.
        deployment: DeploymentId,
        /// What was seen.
        because: String,
        /// What it costs.
        effect: Option<String>,
    },
    /// Decide.
    Order {
        /// What.
        choice: Choice,
        /// Why.
        reason: String,
    },
    /// Nothing is left to decide (from the deployment).
    Close {
        /// About which deployment.
        deployment: DeploymentId,
        /// Why.
        because: String,
    },
    /// A timer fired.
    Wake,
}

impl Command {
    /// As shown to people.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Open { .. } => "open",
            Self::Order { .. } => "order",
            Self::Close { .. } => "close",
            Self::Wake => "wake",
        }
    }

    /// What a person wrote with it.
    #[must_use]
    pub fn note(&self) -> Option<&str> {
        match self {
            Self::Open { because, .. } => Some(because),
            Self::Order { reason, .. } => Some(reason),
            Self::Close { .. } | Self::Wake => None,
        }
    }

    /// Does a person send it?
    #[must_use]
    pub fn is_by_person(&self) -> bool {
        matches!(self, Self::Open { .. } | Self::Order { .. })
    }
}

impl Choice {
    /// As shown to people.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::RollBack => "roll-back",
            Self::Stay { .. } => "stay",
        }
    }
}

impl Phase {
    /// As shown to people.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Open { .. } => "open",
            Self::Staying { .. } => "staying",
            Self::Settled { .. } => "settled",
            Self::Lapsed { .. } => "lapsed",
            Self::Closed { .. } => "closed",
        }
    }

    /// Is something still to be decided?
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Open { .. } | Self::Staying { .. })
    }
}

impl Decider for Decision {
    const KIND: StreamKind = StreamKind::Decision;
    const FOLD: u32 = 1;
    type Command = Command;
    type Event = Event;

    fn decide(&self, command: Command, cx: &Ctx<'_>) -> Result<Decided<Event>, Refusal> {
        decide::decide(self, command, cx)
    }

    fn evolve(&mut self, at: Timestamp, event: &Event) {
        event::evolve(self, at, event);
    }
}

/// The decision that a command is for when it names none: the open one about the deployment, or the next number.
#[must_use]
pub fn addressed(command: &Command, view: &dyn crate::view::View) -> DecisionId {
    let deployment = match command {
        Command::Open { deployment, .. } | Command::Close { deployment, .. } => deployment,
        Command::Order { .. } | Command::Wake => return DecisionId::next(view),
    };
    crate::model::decision::open_about(view, deployment).unwrap_or_else(|| DecisionId::next(view))
}
