//! What can be asked of a meeting.

use super::{Cast, Context, Topic};
use crate::change::ChangeId;
use crate::change::criteria::{Answer, Criteria};
use crate::digest::Digest;
use crate::id::{Name, TeamId};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What can be asked of a meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "kebab-case")]
pub enum Command {
    /// A change needs the board (from the change or from an earlier meeting).
    Put {
        /// What is decided.
        topic: Box<Topic>,
        /// Votes that an earlier sitting did not decide with.
        votes: Vec<Cast>,
        /// What an expert was asked there.
        context: Option<Context>,
        /// What people said of the criteria there.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        answers: BTreeMap<Name, Answer>,
    },
    /// A change needs the board no longer (from the change).
    Drop {
        /// Which.
        change: ChangeId,
        /// Why.
        because: String,
    },
    /// Hold it now.
    Open {
        /// Why, may be empty.
        reason: String,
    },
    /// A vote on an item.
    Vote {
        /// Which.
        change: ChangeId,
        /// The plan that was looked at.
        subject: Digest,
        /// Digest of the criteria that were looked at; absent where there are none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        criteria: Option<Digest>,
        /// What it says.
        ballot: Ballot,
        /// Team to vote for; the only one possible when absent.
        team: Option<TeamId>,
        /// Person whose right is used, when it was delegated.
        instead_of: Option<String>,
        /// Why.
        reason: String,
    },
    /// What an expert has to say.
    Answer {
        /// To which item.
        change: ChangeId,
        /// What.
        text: String,
    },
    /// A condition is met.
    Confirm {
        /// Of which item.
        change: ChangeId,
        /// Its number.
        condition: u32,
        /// What shows it.
        evidence: String,
    },
    /// Whether a criterion holds.
    Attest {
        /// About which item.
        change: ChangeId,
        /// The plan that was looked at.
        subject: Digest,
        /// Which criterion.
        criterion: Name,
        /// Does it hold?
        met: bool,
        /// What shows it, or why it does not.
        evidence: String,
    },
    /// Take over the criteria that the configuration has by now.
    Adopt {
        /// Why.
        reason: String,
    },
    /// Another configuration comes into force after the criteria were frozen (from the configuration).
    Keep {
        /// The criteria before.
        criteria: Criteria,
    },
    /// A timer fired or something it depends on changed.
    Wake,
}

/// What a member says about an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "says", rename_all = "kebab-case")]
pub enum Ballot {
    /// Go.
    Go,
    /// No-go.
    NoGo {
        /// When it is looked at again.
        next: Timestamp,
    },
    /// Go, once something is done.
    GoIf {
        /// What.
        text: String,
        /// Who does it.
        owner: String,
        /// The latest instant.
        until: Timestamp,
    },
    /// Nobody here knows enough: somebody else is asked first.
    NeedsContext {
        /// Who.
        expert: String,
        /// Until when.
        due: Timestamp,
    },
}

impl Command {
    /// As shown to people.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Put { .. } => "put",
            Self::Drop { .. } => "drop",
            Self::Open { .. } => "open",
            Self::Vote { .. } => "vote",
            Self::Answer { .. } => "answer",
            Self::Confirm { .. } => "confirm",
            Self::Attest { .. } => "attest",
            Self::Adopt { .. } => "adopt",
            Self::Keep { .. } => "keep",
            Self::Wake => "wake",
        }
    }

    /// What a person wrote with it, and whether it may be left empty.
    #[must_use]
    pub fn note(&self) -> Option<(&str, bool)> {
        match self {
            Self::Open { reason } => Some((reason, true)),
            Self::Vote { reason, ballot, .. } => {
                let free = matches!(ballot, Ballot::Go | Ballot::GoIf { .. });
                Some((reason, free))
            }
            Self::Answer { text, .. } => Some((text, false)),
            Self::Confirm { evidence, .. } | Self::Attest { evidence, .. } => {
                Some((evidence, false))
            }
            Self::Adopt { reason } => Some((reason, false)),
            Self::Put { .. } | Self::Drop { .. } | Self::Keep { .. } | Self::Wake => None,
        }
    }

    /// Does a person send it?
    #[must_use]
    pub fn is_by_person(&self) -> bool {
        !matches!(
            self,
            Self::Put { .. } | Self::Drop { .. } | Self::Keep { .. } | Self::Wake
        )
    }
}
