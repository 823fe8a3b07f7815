//! What can have happened to a deployment. Events carry their evidence; folding them needs nothing else.

use super::{Issues, Signed, Way};
use crate::analysis::Verdict;
use crate::archive::Body;
use crate::decider::{Ask, EventBody, Trigger};
use crate::freeze::{ExceptionId, FreezeRef};
use crate::gate::{GateReport, Purpose};
use crate::id::{ActionId, DeploymentId, StreamId, TeamId};
use crate::plan::{Plan, SignOff};
use crate::queue::{Request, Slot};
use crate::time::Timestamp;
use crate::work::Work;
use serde::{Deserialize, Serialize};

/// Why a deployment is taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "cause", rename_all = "kebab-case")]
pub enum Cause {
    /// The figures say so.
    Regressed {
        /// The deciding verdict.
        verdict: Verdict,
    },
    /// The data for a verdict did not come.
    NoData {
        /// The last verdict.
        verdict: Verdict,
    },
    /// The program keeps ending.
    CrashLoop {
        /// How.
        because: String,
        /// Last log lines.
        log: Vec<String>,
    },
    /// A step failed.
    StepFailed {
        /// Index.
        n: usize,
        /// Step, for people.
        step: String,
        /// Why.
        because: String,
        /// Last log lines.
        log: Vec<String>,
    },
    /// A person.
    Person {
        /// Who.
        by: String,
        /// Why.
        reason: String,
    },
    /// A freeze that takes rollouts back began.
    Freeze {
        /// Which.
        freeze: FreezeRef,
        /// Why it is there.
        why: String,
    },
    /// Nobody decided in time.
    NobodyDecided {
        /// What was waited for.
        because: String,
    },
}

impl std::fmt::Display for Cause {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Regressed { verdict } | Self::NoData { verdict } => {
                f.write_str(&verdict.sentence())
            }
            Self::CrashLoop { because, .. } => write!(f, "crash loop: {because}"),
            Self::StepFailed { step, because, .. } => write!(f, "{step}: {because}"),
            Self::Person { by, reason } => write!(f, "{by}: {reason}"),
            Self::Freeze { freeze, why } => write!(f, "freeze {freeze} takes rollouts back: {why}"),
            Self::NobodyDecided { because } => write!(f, "nobody decided in time ({because})"),
        }
    }
}

/// What happened to a deployment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body")]
pub enum Event {
    /// Accepted; waits at its gates.
    #[serde(rename = "deployment.proposed/1")]
    Proposed {
        /// Id.
        id: DeploymentId,
        /// Plan.
        plan: Box<Plan>,
        /// Why.
        purpose: Purpose,
        /// Who asked.
        by: String,
        /// Reason given.
        reason: String,
        /// When it gives up waiting.
        expires: Timestamp,
        /// What was asked for beside the release.
        #[serde(default, skip_serializing_if = "Request::is_plain")]
        request: Request,
        /// Team that owns the service.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        team: Option<TeamId>,
        /// What is known to be wrong with what it brings and was not with what runs, and what it mends.
        #[serde(default, skip_serializing_if = "Issues::is_none")]
        issues: Issues,
    },
    /// A time was reserved for it, or another one than before.
    #[serde(rename = "deployment.slot_reserved/1")]
    SlotReserved {
        /// From when to when.
        slot: Slot,
        /// The time it had.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<Slot>,
        /// Why there, or why it moved.
        because: String,
        /// When it gives up waiting.
        expires: Timestamp,
    },
    /// No time is known any more at which it may go.
    #[serde(rename = "deployment.slot_lost/1")]
    SlotLost {
        /// The time it had.
        before: Slot,
        /// Why.
        because: String,
    },
    /// Its gates were asked and not all pass.
    #[serde(rename = "deployment.waiting/1")]
    Waiting {
        /// All answers.
        reports: Vec<GateReport>,
        /// Why they were worked out anew, when nothing that people can change did it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        anew: Option<String>,
    },
    /// All gates pass; it starts.
    #[serde(rename = "deployment.gates_passed/1")]
    GatesPassed {
        /// All answers.
        reports: Vec<GateReport>,
    },
    /// An agent is asked to carry out a step.
    #[serde(rename = "deployment.step_started/1")]
    StepStarted {
        /// List.
        way: Way,
        /// Index.
        n: usize,
        /// Step, for people.
        step: String,
        /// Action.
        action: ActionId,
        /// The work, complete.
        work: Box<Work>,
        /// When it is given up.
        deadline: Timestamp,
    },
    /// A step is done.
    #[serde(rename = "deployment.step_finished/1")]
    StepFinished {
        /// List.
        way: Way,
        /// Index.
        n: usize,
        /// Step, for people.
        step: String,
        /// Result, for people.
        detail: String,
        /// The action that did it, when there was one.
        action: Option<ActionId>,
        /// Last log lines of the revision that the way back retired.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        log: Vec<String>,
        /// What a revision that was retired wrote, kept beside the log.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        output: Option<Body>,
    },
    /// A try of a step failed.
    #[serde(rename = "deployment.step_failed/1")]
    StepFailed {
        /// List.
        way: Way,
        /// Index.
        n: usize,
        /// Step, for people.
        step: String,
        /// Why.
        because: String,
        /// Last log lines.
        log: Vec<String>,
        /// The action, when there was one.
        action: Option<ActionId>,
        /// When it is tried again; absent when it is not.
        retry_at: Option<Timestamp>,
        /// What the program wrote, kept beside the log.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        output: Option<Body>,
    },
    /// A hold began or was prolonged.
    #[serde(rename = "deployment.soaking/1")]
    Soaking {
        /// Index.
        n: usize,
        /// Step, for people.
        step: String,
        /// End.
        until: Timestamp,
        /// End of any prolonging.
        deadline: Timestamp,
    },
    /// The hold is over; figures were asked for.
    #[serde(rename = "deployment.figures_asked/1")]
    FiguresAsked {
        /// Index.
        n: usize,
        /// How long the answer may take.
        answer_by: Timestamp,
    },
    /// A verdict on the figures.
    #[serde(rename = "deployment.judged/1")]
    Judged {
        /// Index of the forward step it belongs to; absent in the stabilisation period.
        n: Option<usize>,
        /// The verdict, with its arithmetic.
        verdict: Verdict,
        /// The figures moment by moment, kept beside the log.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        evidence: Option<Body>,
    },
    /// A person asked to stop before the next step, while an agent works.
    #[serde(rename = "deployment.pause_asked/1")]
    PauseAsked {
        /// Who.
        by: String,
        /// Why.
        reason: String,
    },
    /// Stopped by a person.
    #[serde(rename = "deployment.paused/1")]
    Paused {
        /// Who.
        by: String,
        /// Why.
        reason: String,
        /// When it rolls back by itself.
        until: Timestamp,
    },
    /// A freeze lets no further step start.
    #[serde(rename = "deployment.freeze_paused/1")]
    FreezePaused {
        /// Which.
        freezes: Vec<FreezeRef>,
        /// Why, for people.
        because: String,
        /// When it rolls back by itself.
        until: Timestamp,
    },
    /// No freeze holds it any more; it goes on.
    #[serde(rename = "deployment.freeze_released/1")]
    FreezeReleased {
        /// Those that held it.
        freezes: Vec<FreezeRef>,
        /// Exceptions because of which it goes on.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        exceptions: Vec<ExceptionId>,
    },
    /// Waits for a person's decision.
    #[serde(rename = "deployment.awaits_person/1")]
    AwaitsPerson {
        /// Why.
        because: String,
        /// When it rolls back by itself.
        until: Timestamp,
    },
    /// Waits for a signature.
    #[serde(rename = "deployment.sign_off_asked/1")]
    SignOffAsked {
        /// Index.
        n: usize,
        /// What is signed, by whom.
        asked: SignOff,
        /// Who could.
        whom: Vec<String>,
        /// When it rolls back by itself.
        until: Timestamp,
        /// Next reminder.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        remind_at: Option<Timestamp>,
        /// When another team is told as well.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        escalate_at: Option<Timestamp>,
    },
    /// Those who could sign were reminded.
    #[serde(rename = "deployment.sign_off_reminded/1")]
    SignOffReminded {
        /// What is signed, by whom.
        asked: SignOff,
        /// Who could.
        whom: Vec<String>,
        /// Next reminder.
        remind_at: Timestamp,
    },
    /// Another team was told that nobody signed.
    #[serde(rename = "deployment.sign_off_escalated/1")]
    SignOffEscalated {
        /// What is signed, by whom.
        asked: SignOff,
        /// Who was told.
        whom: Vec<String>,
    },
    /// Somebody signed.
    #[serde(rename = "deployment.signed_off/1")]
    SignedOff {
        /// Index.
        n: usize,
        /// Who, for whom, with which meaning.
        signed: Box<Signed>,
    },
    /// Somebody who could sign refuses to.
    #[serde(rename = "deployment.sign_off_refused/1")]
    SignOffRefused {
        /// Index.
        n: usize,
        /// What was not signed, by whom it would be.
        asked: SignOff,
        /// Who.
        by: String,
        /// Why.
        reason: String,
    },
    /// Goes on.
    #[serde(rename = "deployment.resumed/1")]
    Resumed {
        /// Who.
        by: String,
    },
    /// A person ended a hold.
    #[serde(rename = "deployment.advanced/1")]
    Advanced {
        /// Who.
        by: String,
        /// Why.
        reason: String,
    },
    /// All steps are done.
    #[serde(rename = "deployment.succeeded/1")]
    Succeeded {
        /// End of the stabilisation period.
        until: Timestamp,
    },
    /// The stabilisation period is over; what was kept is retired.
    #[serde(rename = "deployment.closing/1")]
    Closing {
        /// Why now.
        because: String,
    },
    /// Proven.
    #[serde(rename = "deployment.confirmed/1")]
    Confirmed {},
    /// The way back began.
    #[serde(rename = "deployment.rollback_started/1")]
    RollbackStarted {
        /// Why.
        cause: Cause,
        /// Action that is no longer wanted.
        withdraws: Option<ActionId>,
        /// When the way back must be finished.
        deadline: Timestamp,
    },
    /// What ran before runs again.
    #[serde(rename = "deployment.rolled_back/1")]
    RolledBack {
        /// Whether anything at the target had been touched.
        touched: bool,
    },
    /// The way back failed.
    #[serde(rename = "deployment.needs_human/1")]
    NeedsHuman {
        /// Why.
        because: String,
        /// Action that is no longer wanted.
        withdraws: Option<ActionId>,
        /// Next reminder.
        remind_at: Timestamp,
    },
    /// A person brought back by hand what ran before.
    #[serde(rename = "deployment.settled/1")]
    Settled {
        /// Who.
        by: String,
        /// What was done.
        reason: String,
    },
    /// Given up at the gates.
    #[serde(rename = "deployment.cancelled/1")]
    Cancelled {
        /// Who.
        by: String,
        /// Why.
        reason: String,
    },
    /// Overtaken.
    #[serde(rename = "deployment.superseded/1")]
    Superseded {
        /// By what.
        because: String,
    },
    /// What runs there is no longer what the plan was made for; the promotion goes on with a new plan.
    #[serde(rename = "deployment.base_moved/1")]
    BaseMoved {
        /// What changed.
        because: String,
    },
    /// Waited too long.
    #[serde(rename = "deployment.expired/1")]
    Expired {},
}

impl EventBody for Event {
    /// A deployment wakes whoever waits for itself; that its environment changed is fired by the lane model, which knows it.
    fn triggers(&self, stream: &StreamId) -> Vec<Trigger> {
        vec![stream.to_string()]
    }

    fn asks(&self) -> Vec<Ask> {
        match self {
            Self::StepStarted { action, work, .. } => vec![Ask::Start {
                id: action.clone(),
                work: work.clone(),
            }],
            Self::StepFinished {
                action: Some(id), ..
            }
            | Self::StepFailed {
                action: Some(id), ..
            }
            | Self::RollbackStarted {
                withdraws: Some(id),
                ..
            }
            | Self::NeedsHuman {
                withdraws: Some(id),
                ..
            } => vec![Ask::End { id: id.clone() }],
            _ => Vec::new(),
        }
    }
}
