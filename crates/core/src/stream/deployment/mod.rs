//! Deployment: one plan for one service in one environment, from proposal to proof or return.
//!
//! `Gated → Running → Succeeded → Closing → Confirmed`; from any of the middle three `→ RollingBack → RolledBack |
//! NeedsHuman`; `NeedsHuman → RolledBack` when a person settled it by hand; `Gated → Superseded | Cancelled | Expired`. One executor carries out every strategy: it knows steps, not
//! strategies, and every phase that waits says for what and until when.

mod command;
mod decide;
mod drive;
mod effect;
mod ends;
mod event;
mod evolve;
mod follow;
mod frozen;
mod in_time;
mod issues;
mod observe;
mod person;
mod propose;
mod sign;
mod turns;

pub use command::{Command, Seen};
pub use event::{Cause, Event};
pub use in_time::judge;
pub use issues::Issues;
pub(crate) use propose::expires;
pub use sign::{Signed, could_sign};
pub use turns::{Left, leave_line};

use crate::analysis::Verdict;
use crate::decider::{Ctx, Decider, Decision};
use crate::freeze::{ExceptionId, FreezeRef};
use crate::gate::{GateReport, Purpose};
use crate::id::{ActionId, DeploymentId, StreamKind, TeamId};
use crate::plan::{Plan, Step};
use crate::queue::{Request, Slot};
use crate::refusal::Refusal;
use crate::time::{Millis, Timestamp};
use serde::{Deserialize, Serialize};

/// A deployment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deployment {
    /// What it is about; present in every phase but `Absent`.
    pub facts: Option<Box<Facts>>,
    /// Phase.
    pub phase: Phase,
}

/// What does not change while a deployment runs, and what was learned on the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// Id.
    pub id: DeploymentId,
    /// The plan.
    pub plan: Plan,
    /// Why.
    pub purpose: Purpose,
    /// Who asked.
    pub by: String,
    /// Reason given.
    pub reason: String,
    /// When it was proposed.
    pub proposed_at: Timestamp,
    /// When its gates passed.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Index of the furthest forward step that was started.
    pub reached: Option<usize>,
    /// Newest verdicts, oldest first.
    pub verdicts: Vec<Verdict>,
    /// Last log lines of the revision that the way back retired.
    #[serde(default)]
    pub log: Vec<String>,
    /// Exceptions from freezes because of which it started or went on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exceptions: Vec<ExceptionId>,
    /// What was asked for beside the release.
    #[serde(default, skip_serializing_if = "Request::is_plain")]
    pub request: Request,
    /// Team that owned the service when it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<TeamId>,
    /// Known issues that come and go with it.
    #[serde(default, skip_serializing_if = "Issues::is_none")]
    pub issues: Issues,
}

/// Phase of a deployment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "phase", rename_all = "kebab-case")]
pub enum Phase {
    /// Does not exist.
    #[default]
    Absent,
    /// Waits at its gates; nothing was touched.
    Gated {
        /// Newest answers.
        reports: Vec<GateReport>,
        /// When it gives up waiting.
        expires: Timestamp,
        /// Reserved time, when the calendar holds it and one is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        slot: Option<Slot>,
    },
    /// Carries out its steps.
    Running {
        /// Where it is.
        at: Cursor,
    },
    /// All steps are done; it is watched until the stabilisation period ends.
    Succeeded {
        /// End of the period.
        until: Timestamp,
    },
    /// The period is over; what was kept for the way back is retired.
    Closing {
        /// Where it is.
        at: Cursor,
    },
    /// Proven.
    Confirmed {
        /// When.
        at: Timestamp,
    },
    /// Carries out its undo steps.
    RollingBack {
        /// Why.
        cause: Cause,
        /// Where it is.
        at: Cursor,
        /// When the way back must be finished.
        deadline: Timestamp,
    },
    /// What ran before runs again.
    RolledBack {
        /// Why.
        cause: Cause,
        /// Whether anything at the target was touched at all.
        touched: bool,
    },
    /// The way back failed; the environment stays locked until a person acts.
    NeedsHuman {
        /// Why the rollback began.
        cause: Cause,
        /// Why it did not end.
        because: String,
        /// Next reminder.
        remind_at: Timestamp,
    },
    /// Given up at the gates by a person.
    Cancelled {
        /// Who.
        by: String,
        /// Why.
        reason: String,
    },
    /// Overtaken at the gates.
    Superseded {
        /// By what.
        because: String,
    },
    /// Waited at the gates too long.
    Expired,
}

/// Where in a list of steps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cursor {
    /// Index of the step.
    pub n: usize,
    /// Tries of this step before the present one.
    pub attempt: u32,
    /// What is going on.
    pub sub: Sub,
}

/// What is going on in a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "sub", rename_all = "kebab-case")]
pub enum Sub {
    /// About to start, not before this instant.
    Ready {
        /// Earliest start; absent for at once.
        not_before: Option<Timestamp>,
    },
    /// An agent works on it.
    Acting {
        /// The action.
        action: ActionId,
        /// When it is given up.
        deadline: Timestamp,
    },
    /// An agent works on it; a person asked to stop before the next step.
    Pausing {
        /// The action.
        action: ActionId,
        /// When it is given up.
        deadline: Timestamp,
        /// Who.
        by: String,
        /// Why.
        reason: String,
    },
    /// Holds, watched.
    Soaking {
        /// End of the hold.
        until: Timestamp,
        /// How long it may be prolonged for want of data.
        deadline: Timestamp,
    },
    /// The hold is over; figures were asked for.
    Judging {
        /// How long the answer may take.
        answer_by: Timestamp,
        /// How long the hold may be prolonged for want of data.
        deadline: Timestamp,
    },
    /// Stopped by a person; goes on where it was.
    Paused {
        /// Who.
        by: String,
        /// Why.
        reason: String,
        /// When it rolls back by itself.
        until: Timestamp,
        /// Rest of the hold, when it was in one.
        left: Option<Millis>,
    },
    /// A freeze lets no further step start; goes on by itself when none does any more.
    PausedByFreeze {
        /// Which.
        freezes: Vec<FreezeRef>,
        /// Why, for people.
        because: String,
        /// Since when.
        since: Timestamp,
        /// When it rolls back by itself.
        until: Timestamp,
    },
    /// Waits for a signature.
    AwaitingSignOff {
        /// Since when.
        since: Timestamp,
        /// When it rolls back by itself.
        until: Timestamp,
        /// Next reminder.
        remind_at: Option<Timestamp>,
        /// When another team is told as well; absent once it was, or where none is.
        escalate_at: Option<Timestamp>,
    },
    /// Waits for a person to decide.
    AwaitingPerson {
        /// Why.
        because: String,
        /// When it rolls back by itself.
        until: Timestamp,
    },
}

/// Which list of steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// The way there.
    Forward,
    /// The way back.
    Back,
    /// After the stabilisation period.
    Closing,
}

impl Cursor {
    pub(crate) fn at(n: usize) -> Self {
        Self {
            n,
            attempt: 0,
            sub: Sub::Ready { not_before: None },
        }
    }

    /// The action an agent works on here.
    #[must_use]
    pub fn action(&self) -> Option<&ActionId> {
        match &self.sub {
            Sub::Acting { action, .. } | Sub::Pausing { action, .. } => Some(action),
            _ => None,
        }
    }
}

impl Phase {
    /// As shown to people.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Gated { .. } => "waiting",
            Self::Running { at } => match at.sub {
                Sub::Pausing { .. } => "pausing",
                Sub::Paused { .. } => "paused",
                Sub::PausedByFreeze { .. } => "paused by a freeze",
                Sub::AwaitingPerson { .. } => "waiting for a person",
                Sub::AwaitingSignOff { .. } => "waiting for a sign-off",
                _ => "running",
            },
            Self::Succeeded { .. } => "succeeded",
            Self::Closing { .. } => "closing",
            Self::Confirmed { .. } => "confirmed",
            Self::RollingBack { .. } => "rolling back",
            Self::RolledBack { touched: true, .. } => "rolled back",
            Self::RolledBack { touched: false, .. } => "stopped",
            Self::NeedsHuman { .. } => "needs a person",
            Self::Cancelled { .. } => "cancelled",
            Self::Superseded { .. } => "superseded",
            Self::Expired => "expired",
        }
    }

    /// Has it ended?
    #[must_use]
    pub fn is_terminal(&self) -> bool {
        matches!(
            self,
            Self::Confirmed { .. }
                | Self::RolledBack { .. }
                | Self::Cancelled { .. }
                | Self::Superseded { .. }
                | Self::Expired
        )
    }
}

impl Facts {
    /// The steps of a way.
    #[must_use]
    pub fn steps(&self, way: Way) -> &[Step] {
        match way {
            Way::Forward => &self.plan.body.steps,
            Way::Back => &self.plan.body.undo,
            Way::Closing => &self.plan.body.closing,
        }
    }

    /// A step as people read it; empty past the last one.
    #[must_use]
    pub fn step_name(&self, way: Way, n: usize) -> String {
        self.steps(way)
            .get(n)
            .map_or_else(String::new, |s| s.intent.to_string())
    }

    /// Was anything at the target changed (fetching and preparing change nothing that runs)?
    #[must_use]
    pub fn touched(&self) -> bool {
        let reached = self.reached.map_or(0, |n| n + 1);
        self.plan
            .body
            .steps
            .iter()
            .take(reached)
            .any(|s| s.intent != crate::plan::Intent::Prepare)
    }

    /// Share of traffic the new side has at a forward step, in basis points.
    #[must_use]
    pub fn share_at(&self, n: usize) -> u32 {
        let mut share = 0;
        for step in self.plan.body.steps.iter().take(n + 1) {
            if let crate::plan::Intent::Shift { new } = step.intent {
                share = new.unwrap_or(0);
            }
        }
        share
    }
}

impl Deployment {
    /// The way and place it is at, when it carries out steps.
    #[must_use]
    pub fn cursor(&self) -> Option<(Way, &Cursor)> {
        match &self.phase {
            Phase::Running { at } => Some((Way::Forward, at)),
            Phase::RollingBack { at, .. } => Some((Way::Back, at)),
            Phase::Closing { at } => Some((Way::Closing, at)),
            _ => None,
        }
    }

    /// The action an agent works on for it.
    #[must_use]
    pub fn action(&self) -> Option<&ActionId> {
        self.cursor().and_then(|(_, cursor)| cursor.action())
    }
}

impl Decider for Deployment {
    const KIND: StreamKind = StreamKind::Deployment;
    const FOLD: u32 = 2;
    type Command = Command;
    type Event = Event;

    fn decide(&self, command: Command, cx: &Ctx<'_>) -> Result<Decision<Event>, Refusal> {
        decide::decide(self, command, cx)
    }

    fn evolve(&mut self, at: Timestamp, event: &Event) {
        evolve::evolve(self, at, event);
    }
}
