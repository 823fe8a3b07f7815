//! Meeting: one sitting of a board, with its agenda, the votes on each item and what was decided.
//!
//! `Called → Set → Open → Closed`: the agenda takes items, takes no more, the sitting is held, it is over. Votes are taken all
//! the time before that. What is undecided moves to the next sitting. Which changes need a board is worked out in
//! `crate::change`, who may vote is counted as for approvals; here stands what was put, said and decided.

mod agenda;
mod command;
mod criteria;
mod decide;
mod event;
mod evolve;
mod name;
mod panel;
mod tick;
mod vote;

pub use command::{Ballot, Command};
pub(crate) use criteria::keep;
pub use criteria::{Kept, Taken, read};
pub use event::Event;
pub use name::MeetingId;
pub use panel::{Panel, Tally};

use crate::change::criteria::{Answer, Reading};
use crate::change::{ChangeId, Vote};
use crate::decider::{Ctx, Decider, Decision as Decided};
use crate::digest::Digest;
use crate::id::{EnvId, Name, ReleaseId, StreamKind};
use crate::refusal::Refusal;
use crate::spec::{ChangeClass, Sitting};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A meeting.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Meeting {
    /// What it is about; present in every phase but `Absent`.
    pub facts: Option<Box<Facts>>,
    /// Phase.
    pub phase: Phase,
}

/// What it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// Board and day.
    pub id: MeetingId,
    /// When it is.
    pub sitting: Sitting,
    /// The agenda, by change.
    pub items: BTreeMap<ChangeId, Item>,
    /// Changes that came after the agenda had closed, and where they are decided instead.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub late: BTreeMap<ChangeId, MeetingId>,
    /// What must hold before a go lets anything start.
    #[serde(default, skip_serializing_if = "Kept::is_following")]
    pub criteria: Kept,
}

/// One item of an agenda.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// What is decided.
    pub topic: Topic,
    /// The newest vote of each voter.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub votes: Vec<Cast>,
    /// What an expert is asked, while the answer is awaited or after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<Context>,
    /// What people say of the criteria.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub answers: BTreeMap<Name, Answer>,
    /// How it stands.
    pub outcome: Outcome,
}

/// What is decided, as it was when it was put on the agenda.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Topic {
    /// The change.
    pub change: ChangeId,
    /// Its release.
    pub release: ReleaseId,
    /// Where it goes.
    pub environment: EnvId,
    /// Digest of its plan: what a vote is for.
    pub subject: Digest,
    /// Class.
    pub class: ChangeClass,
    /// Risk score, 0 to 100.
    pub risk: u8,
    /// Its band.
    pub band: String,
    /// Why the board decides about it.
    pub because: String,
    /// The sitting that did not decide it, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Earlier>,
}

/// A sitting that did not decide an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Earlier {
    /// Which.
    pub meeting: MeetingId,
    /// Why.
    pub because: String,
}

/// A vote with what it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cast {
    /// Who, for which team, for which plan, why.
    pub vote: Vote,
    /// What it says.
    pub choice: Choice,
}

/// What a vote says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "choice", rename_all = "kebab-case")]
pub enum Choice {
    /// Go.
    Go,
    /// No-go.
    NoGo {
        /// When it is looked at again; not said in votes of earlier versions.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<Timestamp>,
    },
    /// Go, once something is done.
    GoIf {
        /// What must be done before it starts.
        text: String,
        /// Who does it.
        owner: String,
        /// The latest instant.
        until: Timestamp,
    },
}

/// An expert who is asked before the board decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Context {
    /// Who is asked.
    pub expert: String,
    /// Who asks.
    pub by: String,
    /// What for.
    pub question: String,
    /// Until when.
    pub due: Timestamp,
    /// How far that is.
    pub state: Asking,
}

/// How far the question to an expert is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Asking {
    /// Not answered yet.
    Awaited,
    /// Not answered in time: those who lead the board answer as well.
    Overdue,
    /// Answered.
    Given {
        /// By whom.
        by: String,
        /// What.
        text: String,
        /// When.
        at: Timestamp,
    },
}

/// How an item stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum Outcome {
    /// Not decided.
    Undecided,
    /// Decided.
    Decided {
        /// What.
        decision: Box<Decision>,
    },
    /// Another sitting decides it.
    Moved {
        /// Which.
        to: MeetingId,
        /// Why.
        because: String,
    },
    /// Nobody need decide it any more.
    Dropped {
        /// Why.
        because: String,
    },
}

/// A decision with its evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// What it says.
    pub ruling: Ruling,
    /// How many seats had to vote.
    pub quorum: u32,
    /// The votes that were counted, each another person.
    pub counted: Vec<Cast>,
    /// Who voted otherwise, counted or not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dissent: Vec<String>,
    /// What must be done before it starts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
    /// How the criteria stood then.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub criteria: Vec<Reading>,
    /// When.
    pub at: Timestamp,
}

/// What a decision says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ruling {
    /// It may go.
    Go,
    /// It may not.
    NoGo,
}

/// Something that must be done before a change starts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// From 1.
    pub number: u32,
    /// What.
    pub text: String,
    /// Who does it.
    pub owner: String,
    /// Who wants it.
    pub by: String,
    /// The latest instant.
    pub until: Timestamp,
    /// Who saw that it is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub met: Option<Met>,
}

/// A condition that is met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Met {
    /// Who saw it.
    pub by: String,
    /// What shows it.
    pub evidence: String,
    /// When.
    pub at: Timestamp,
}

/// Phase of a meeting.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "phase", rename_all = "kebab-case")]
pub enum Phase {
    /// Nothing is on its agenda.
    #[default]
    Absent,
    /// Its agenda takes items.
    Called,
    /// Its agenda takes no more.
    Set {
        /// Since.
        at: Timestamp,
    },
    /// It is held.
    Open {
        /// Since.
        at: Timestamp,
        /// Who opened it before its time.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<String>,
        /// Its end at the latest.
        until: Timestamp,
    },
    /// It is over.
    Closed {
        /// Since.
        at: Timestamp,
    },
}

impl Phase {
    /// As shown to people.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Called => "called",
            Self::Set { .. } => "agenda closed",
            Self::Open { .. } => "open",
            Self::Closed { .. } => "closed",
        }
    }
}

impl Item {
    /// Is something still to be done about it: a decision, or a condition?
    #[must_use]
    pub fn is_open(&self) -> bool {
        match &self.outcome {
            Outcome::Undecided => true,
            Outcome::Decided { decision } => decision.unmet().next().is_some(),
            Outcome::Moved { .. } | Outcome::Dropped { .. } => false,
        }
    }

    /// Is the answer of an expert still awaited?
    #[must_use]
    pub fn awaits(&self) -> Option<&Context> {
        let context = self.context.as_ref();
        context.filter(|c| !matches!(c.state, Asking::Given { .. }))
    }
}

impl Decision {
    /// Conditions that are not met yet; those of a no-go bind nobody.
    pub fn unmet(&self) -> impl Iterator<Item = &Condition> {
        let go = self.ruling == Ruling::Go;
        let all = self.conditions.iter();
        all.filter(move |condition| go && condition.met.is_none())
    }
}

impl Decision {
    /// When a no-go is looked at again: the latest of the dates that were named.
    #[must_use]
    pub fn next(&self) -> Option<Timestamp> {
        let named = self.counted.iter().filter_map(|cast| match &cast.choice {
            Choice::NoGo { next } => *next,
            Choice::Go | Choice::GoIf { .. } => None,
        });
        named.max().filter(|_| self.ruling == Ruling::NoGo)
    }
}

impl Choice {
    /// As shown to people.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Go => "go",
            Self::NoGo { .. } => "no-go",
            Self::GoIf { .. } => "go-if",
        }
    }

    /// Does it speak for it?
    #[must_use]
    pub fn is_go(&self) -> bool {
        !matches!(self, Self::NoGo { .. })
    }
}

impl Ruling {
    /// As shown to people.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Go => "go",
            Self::NoGo => "no-go",
        }
    }
}

impl Decider for Meeting {
    const KIND: StreamKind = StreamKind::Meeting;
    const FOLD: u32 = 1;
    type Command = Command;
    type Event = Event;

    fn decide(&self, command: Command, cx: &Ctx<'_>) -> Result<Decided<Event>, Refusal> {
        decide::decide(self, command, cx)
    }

    fn evolve(&mut self, at: Timestamp, event: &Event) {
        evolve::evolve(self, at, event);
    }
}
