//! Release: a version on its way through the environments of its pipeline.
//!
//! `Locked → Rolling ⇄ Held → Released`, `→ Cancelled` before anything was deployed. A rolled-back version is held until a
//! person releases it, with the reason; a rollback of a mere configuration change holds that revision only.

mod agree;
mod answers;
mod command;
mod decide;
mod event;
mod evolve;
pub mod scope;

pub use command::{Command, Edit, HoldScope, NewItem};
pub use event::Event;
pub use scope::{Agreed, Item, ItemKind, Lock, Scope};

use crate::decider::{Ctx, Decider, Decision};
use crate::digest::Digest;
use crate::id::{DeploymentId, EnvId, Name, StreamKind};
use crate::queue::Request;
use crate::refusal::Refusal;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A release.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// Phase.
    pub phase: Phase,
    /// The bill of materials: the artifact that travels, by digest.
    pub artifact: Option<Digest>,
    /// How far it came, by environment.
    pub stages: BTreeMap<EnvId, Stage>,
    /// Promotion under way, until it arrives or is stopped.
    pub wanted: Option<EnvId>,
    /// Who asked for the newest promotion and why, for people; empty before the first.
    #[serde(default)]
    pub asked: String,
    /// How urgent the newest promotion is, when and until when it is worth waiting.
    #[serde(default, skip_serializing_if = "Request::is_plain")]
    pub request: Request,
    /// Why the newest promotion ended before it arrived, when the calendar did not let it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub stopped: String,
    /// Who asked for the newest promotion.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_by: Option<String>,
    /// The person who answers for that, when it is not the account's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answers: Option<String>,
    /// Answers to questions about its risk.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub told: BTreeMap<Name, Answer>,
    /// Revisions of this release that are held while the release itself is not.
    pub held_revisions: BTreeMap<String, Hold>,
    /// What ships with it and what does not, as people said.
    #[serde(default, skip_serializing_if = "Scope::is_untouched")]
    pub scope: Scope,
}

/// Phase of a release.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "phase", rename_all = "kebab-case")]
pub enum Phase {
    /// Does not exist.
    #[default]
    Absent,
    /// Its bill of materials is fixed; nothing was deployed.
    Locked,
    /// Deployed somewhere, not everywhere.
    Rolling,
    /// Rolled back; goes nowhere until a person releases it.
    Held {
        /// Why and where.
        hold: Hold,
    },
    /// Arrived in every environment of its path.
    Released {
        /// When.
        at: Timestamp,
    },
    /// Given up before anything was deployed.
    Cancelled {
        /// Why.
        because: String,
    },
}

/// An answer to a question about its risk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The answer.
    pub answer: Name,
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// Why something is held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hold {
    /// For people.
    pub because: String,
    /// Where it was rolled back.
    pub environment: EnvId,
    /// Deployment that was rolled back.
    pub deployment: DeploymentId,
    /// When.
    pub at: Timestamp,
}

/// How far a release came in one environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "kebab-case")]
pub enum Stage {
    /// Under way.
    Started {
        /// By.
        deployment: DeploymentId,
        /// An earlier success there, which stands when this one ends before it touched anything.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        earlier: Option<Success>,
    },
    /// Succeeded.
    Done {
        /// By.
        deployment: DeploymentId,
        /// When.
        at: Timestamp,
    },
    /// Did not succeed or was taken back.
    Failed {
        /// By.
        deployment: DeploymentId,
        /// Why.
        because: String,
    },
}

/// When and by what a release succeeded in an environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Success {
    /// By.
    pub deployment: DeploymentId,
    /// When.
    pub at: Timestamp,
}

impl Phase {
    /// As shown to people.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Locked => "locked",
            Self::Rolling => "rolling",
            Self::Held { .. } => "held",
            Self::Released { .. } => "released",
            Self::Cancelled { .. } => "cancelled",
        }
    }
}

impl Release {
    /// Why this revision may not go anywhere, when it may not.
    #[must_use]
    pub fn held(&self, key: &str) -> Option<&Hold> {
        match &self.phase {
            Phase::Held { hold } => Some(hold),
            _ => self.held_revisions.get(key),
        }
    }

    /// The next environment a promotion under way should enter, when there is one and nothing runs or failed there.
    #[must_use]
    pub fn next_stop(&self, path: &[EnvId]) -> Option<EnvId> {
        if !self.may_move() {
            return None;
        }
        let wanted = self.wanted.as_ref()?;
        let last = path.iter().position(|e| e == wanted)?;
        let next = path[..=last].iter().find(|e| !self.is_done(e))?;
        match self.stages.get(next) {
            None => Some(next.clone()),
            Some(_) => None,
        }
    }

    /// The scope as a plan of it names it; nothing where nobody said anything.
    #[must_use]
    pub fn agreed(&self) -> Option<Agreed> {
        self.scope.agreed(self.artifact.as_ref())
    }

    /// Is a promotion under way that may enter a further environment?
    #[must_use]
    pub fn is_moving(&self) -> bool {
        self.wanted.is_some() && self.may_move()
    }

    fn may_move(&self) -> bool {
        matches!(
            self.phase,
            Phase::Locked | Phase::Rolling | Phase::Released { .. }
        )
    }

    fn is_done(&self, env: &EnvId) -> bool {
        matches!(self.stages.get(env), Some(Stage::Done { .. }))
    }
}

impl Decider for Release {
    const KIND: StreamKind = StreamKind::Release;
    const FOLD: u32 = 6;
    type Command = Command;
    type Event = Event;

    fn decide(&self, command: Command, cx: &Ctx<'_>) -> Result<Decision<Event>, Refusal> {
        Ok(Decision::resting(decide::decide(self, command, cx)?))
    }

    fn evolve(&mut self, at: Timestamp, event: &Event) {
        evolve::evolve(self, at, event);
    }
}
