//! Change: the governance record of one release in one production environment, from asking to closing.
//!
//! `Open → Authorised → Implementing → Reviewing → Closed`, `→ Rejected | Withdrawn` before it starts. It keeps what people
//! said and what was made of it; what is needed is worked out in `crate::change` each time. A plan with other effects leaves
//! every yes behind.

mod boards;
mod command;
mod decide;
mod emergency;
mod event;
mod evolve;
mod own;
mod settle;
mod signature;
mod vote;

pub use command::{Command, Opening, Presented};
pub use event::{Event, Result as Outcome};
pub use signature::statement;

use crate::change::{ChangeId, Vote};
use crate::decider::{Ctx, Decider, Decision};
use crate::digest::Digest;
use crate::gate::Purpose;
use crate::id::{DeploymentId, EnvId, ReleaseId, StreamKind, TeamId};
use crate::plan::PlanBody;
use crate::refusal::Refusal;
use crate::spec::condition::Value;
use crate::spec::{ChangeClass, Document, RiskFactor};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A change.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// What it is about; present in every phase but `Absent`.
    pub facts: Option<Box<Facts>>,
    /// Phase.
    pub phase: Phase,
}

/// What it is about and what was said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// Its name.
    pub id: ChangeId,
    /// Release.
    pub release: ReleaseId,
    /// Where.
    pub environment: EnvId,
    /// What would be done, once there is a plan.
    pub planned: Option<Planned>,
    /// Accounts that asked for it, the first one first.
    pub requesters: Vec<String>,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// The emergency that was declared, the newest one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declared: Option<Declared>,
    /// Class that a person raised it to. An emergency does not take it away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raised: Option<Declared>,
    /// A no that nobody took back, for the plan it was said of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<No>,
    /// Since when people are asked about the present plan; when it was opened, where that was not recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_at: Option<Timestamp>,
    /// Newest assessment, as recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assessed: Option<Assessed>,
    /// Every yes for the present plan, and those given after an emergency.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub votes: Vec<Vote>,
    /// The newest ones that ended because another plan took the place of theirs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub void: Option<Void>,
    /// The document pack.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub documents: BTreeMap<Document, Written>,
    /// Who confirmed that they decide about the way back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollback_owner: Option<RollbackOwner>,
    /// When the next reminder is due; absent once there was one, or where none is wanted.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reminded: bool,
    /// Went to those who decide in the place of others.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub escalated: bool,
}

/// Every yes that ended with the plan it was given for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Void {
    /// Who said yes.
    pub people: Vec<String>,
    /// What the plan that took its place does otherwise, each one line.
    pub differs: Vec<String>,
    /// When it did.
    pub at: Timestamp,
}

impl std::fmt::Display for Void {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let people = self.people.join(", ");
        write!(f, "{people} said yes to another plan; this one differs in ")?;
        match self.differs.as_slice() {
            [] => f.write_str("what it does"),
            differs => f.write_str(&differs.join(", ")),
        }
    }
}

/// Who decides about the way back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RollbackOwner {
    /// Who.
    pub person: String,
    /// For which team.
    pub team: TeamId,
    /// Since when.
    pub at: Timestamp,
}

/// A no.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct No {
    /// Who.
    pub by: String,
    /// Why.
    pub reason: String,
    /// Plan.
    pub subject: Digest,
}

/// The plan that a change is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Planned {
    /// The deployment that carries it out.
    pub deployment: DeploymentId,
    /// Digest of the plan: what a yes is given for.
    pub subject: Digest,
    /// The plan.
    pub body: Box<PlanBody>,
    /// Why it is made.
    pub purpose: Purpose,
}

/// What a person declared about a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "declared", rename_all = "kebab-case")]
pub enum Declared {
    /// A stricter class than the rules give it.
    Raised {
        /// Class.
        class: ChangeClass,
        /// Who.
        by: String,
        /// Why.
        reason: String,
    },
    /// It repairs an incident.
    Emergency {
        /// The incident.
        incident: String,
        /// Why it cannot wait.
        reason: String,
        /// The root cause, as far as it is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        root_cause: Option<String>,
        /// Who.
        by: String,
        /// When.
        since: Timestamp,
        /// When the permission ends by itself.
        until: Timestamp,
        /// When the review must be closed.
        review_due: Timestamp,
        /// Who is told of it: whoever is asked, and the owners of the service.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        whom: Vec<String>,
    },
}

/// An assessment, as recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assessed {
    /// Class.
    pub class: ChangeClass,
    /// Why.
    pub because: Vec<String>,
    /// Risk score, 0 to 100.
    pub risk: u8,
    /// Its band.
    pub band: String,
    /// Who must say yes: `payments 1`, `privacy by risk-compliance`.
    pub needs: Vec<String>,
    /// What an emergency leaves for afterwards.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub owed: Vec<String>,
    /// Does the record of the service let its changes be standard? Absent where no rule looks at the record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub earned: Option<Earned>,
    /// What it was worked out from, to judge it anew by other rules; absent where that was not recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<Box<Told>>,
}

/// Whether changes of a service may be standard, as far as that depends on how earlier ones went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Earned {
    /// Team that owns the service.
    pub team: TeamId,
    /// The rule.
    pub rule: String,
    /// The record is good enough.
    pub holds: bool,
}

/// Facts behind an assessment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Told {
    /// Level of each factor of the risk score that was looked at, 0 to 100.
    pub levels: BTreeMap<RiskFactor, u8>,
    /// Facts that conditions may name; what is not in it was not known.
    pub facts: BTreeMap<String, Value>,
}

impl Assessed {
    /// Is it the same answer, from whatever facts?
    #[must_use]
    pub fn says_the_same_as(&self, other: &Self) -> bool {
        let bare = |a: &Self| Self {
            told: None,
            ..a.clone()
        };
        bare(self) == bare(other)
    }
}

/// A part of the document pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Written {
    /// Text.
    pub text: String,
    /// Digest of the text.
    pub digest: Digest,
    /// How often this part was written, this time among them.
    #[serde(default)]
    pub version: u32,
    /// The plan it was written for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Digest>,
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// Phase of a change.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "phase", rename_all = "kebab-case")]
pub enum Phase {
    /// Does not exist.
    #[default]
    Absent,
    /// Waits for what is asked of it.
    Open,
    /// Everybody who is asked said yes.
    Authorised {
        /// Since.
        at: Timestamp,
    },
    /// Somebody who is asked said no.
    Rejected {
        /// Who.
        by: String,
        /// Why.
        reason: String,
        /// When.
        at: Timestamp,
    },
    /// Given up, or overtaken.
    Withdrawn {
        /// Why.
        because: String,
        /// When.
        at: Timestamp,
    },
    /// Under way.
    Implementing {
        /// Since.
        at: Timestamp,
    },
    /// Over; what an emergency owes is open.
    Reviewing {
        /// How it went.
        result: Outcome,
        /// When it was over.
        at: Timestamp,
        /// When the review must be closed; moves on with each reminder.
        due: Timestamp,
        /// Reminders that nobody followed.
        overdue: u32,
    },
    /// Done with.
    Closed {
        /// How it went.
        result: Outcome,
        /// When.
        at: Timestamp,
        /// Who reviewed it, and what was found.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        review: Option<Review>,
    },
}

/// What came out of a review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Review {
    /// Who.
    pub by: String,
    /// What was found.
    pub findings: String,
    /// The root cause.
    pub root_cause: String,
}

impl Phase {
    /// As shown to people.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Open => "open",
            Self::Authorised { .. } => "authorised",
            Self::Rejected { .. } => "rejected",
            Self::Withdrawn { .. } => "withdrawn",
            Self::Implementing { .. } => "implementing",
            Self::Reviewing { .. } => "reviewing",
            Self::Closed { .. } => "closed",
        }
    }

    /// Has it not started and not ended?
    #[must_use]
    pub fn is_pending(&self) -> bool {
        matches!(self, Self::Open | Self::Authorised { .. })
    }
}

impl Facts {
    /// Since when people are asked about the present plan.
    #[must_use]
    pub fn asked_since(&self) -> Timestamp {
        self.asked_at.unwrap_or(self.opened_at)
    }
}

impl Change {
    /// The emergency that was declared for it, whether it is still in time or not.
    #[must_use]
    pub fn emergency(&self) -> Option<&Declared> {
        let declared = self.facts.as_deref()?.declared.as_ref()?;
        matches!(declared, Declared::Emergency { .. }).then_some(declared)
    }

    /// The emergency it went as, when it did: one that was declared and not used in time owes nothing.
    #[must_use]
    pub fn went_as_emergency(&self) -> Option<&Declared> {
        let class = self.facts.as_deref()?.assessed.as_ref()?.class;
        self.emergency().filter(|_| class == ChangeClass::Emergency)
    }

    /// The instant as of which its class is judged. An emergency that started as one stays one until its review is closed,
    /// however long that takes: what it skipped is owed all the same.
    #[must_use]
    pub fn judged_at(&self, now: Timestamp) -> Timestamp {
        let started = matches!(
            self.phase,
            Phase::Implementing { .. } | Phase::Reviewing { .. }
        );
        let assessed = self.facts.as_deref().and_then(|f| f.assessed.as_ref());
        match self.emergency() {
            Some(Declared::Emergency { since, .. })
                if started && assessed.is_some_and(|a| a.class == ChangeClass::Emergency) =>
            {
                *since
            }
            _ => now,
        }
    }
}

impl Decider for Change {
    const KIND: StreamKind = StreamKind::Change;
    const FOLD: u32 = 4;
    type Command = Command;
    type Event = Event;

    fn decide(
        &self,
        command: Command,
        cx: &Ctx<'_>,
    ) -> std::result::Result<Decision<Event>, Refusal> {
        decide::decide(self, command, cx)
    }

    fn evolve(&mut self, at: Timestamp, event: &Event) {
        evolve::evolve(self, at, event);
    }
}

/// The change that a command is for when it names none: of what a deployment reports, the one that it carries out; else the one
/// of its release and environment that has not started, or the next number. A no stays in force for the plan it was said of.
///
/// # Errors
/// A stored state that cannot be read.
pub fn addressed(
    command: &Command,
    view: &dyn crate::view::View,
) -> std::result::Result<ChangeId, Refusal> {
    let (release, env) = match command {
        Command::Plan(opening) => (
            &opening.planned.body.to.release,
            &opening.planned.body.environment,
        ),
        Command::Emergency {
            release,
            environment,
            ..
        } => (release, environment),
        Command::Start { deployment }
        | Command::End { deployment, .. }
        | Command::Withdraw { deployment, .. } => {
            let carried_out = crate::model::change::of_deployment(view, deployment);
            return Ok(carried_out.unwrap_or_else(|| ChangeId::next(view)));
        }
        _ => return Ok(ChangeId::next(view)),
    };
    let newest = crate::change::of(view, release, env)?;
    let goes_on = |change: &Change| match (&change.phase, command) {
        (phase, _) if phase.is_pending() => true,
        (Phase::Rejected { .. }, Command::Plan(opening)) => {
            let planned = change.facts.as_deref().and_then(|f| f.planned.as_ref());
            planned.is_some_and(|p| p.subject == opening.planned.subject)
        }
        // Whoever declares one while it is under way is told so, and a no is answered by its own approvals.
        (Phase::Rejected { .. } | Phase::Implementing { .. }, Command::Emergency { .. }) => true,
        _ => false,
    };
    let found = newest.filter(|(_, change)| goes_on(change));
    Ok(found.map_or_else(|| ChangeId::next(view), |(id, _)| id))
}
