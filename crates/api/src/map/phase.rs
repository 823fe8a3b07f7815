//! Phases of deployments: their names, places, waits and what a person can do in them.

use tidegate_client::wire::{self, DeploymentPhase, StepState, Verb};
use tidegate_core::stream::deployment::{Cause, Cursor, Deployment, Phase, Sub, Way};
use tidegate_core::time::Timestamp;

/// The name of a phase.
pub(crate) fn name(phase: &Phase) -> DeploymentPhase {
    match phase {
        // Nothing that exists is absent.
        Phase::Absent => DeploymentPhase::Unknown,
        Phase::Gated { .. } => DeploymentPhase::Waiting,
        Phase::Running { at } => match at.sub {
            Sub::Paused { .. } | Sub::PausedByFreeze { .. } => DeploymentPhase::Paused,
            Sub::AwaitingPerson { .. } => DeploymentPhase::AwaitingPerson,
            Sub::AwaitingSignOff { .. } => DeploymentPhase::AwaitingSignOff,
            _ => DeploymentPhase::Running,
        },
        Phase::Succeeded { .. } => DeploymentPhase::Succeeded,
        Phase::Closing { .. } => DeploymentPhase::Closing,
        Phase::Confirmed { .. } => DeploymentPhase::Confirmed,
        Phase::RollingBack { .. } => DeploymentPhase::RollingBack,
        Phase::RolledBack { touched: true, .. } => DeploymentPhase::RolledBack,
        Phase::RolledBack { touched: false, .. } => DeploymentPhase::Stopped,
        Phase::NeedsHuman { .. } => DeploymentPhase::NeedsPerson,
        Phase::Cancelled { .. } => DeploymentPhase::Cancelled,
        Phase::Superseded { .. } => DeploymentPhase::Superseded,
        Phase::Expired => DeploymentPhase::Expired,
    }
}

/// What a person can do in a phase; mirrors what the decider accepts.
pub(crate) fn verbs(state: &Deployment) -> Vec<Verb> {
    let facts = state.facts.as_deref();
    match &state.phase {
        Phase::Gated { .. } | Phase::Succeeded { .. } => vec![Verb::Abort],
        Phase::NeedsHuman { .. } => vec![Verb::Abort, Verb::Settle],
        Phase::Running { at } => match at.sub {
            Sub::Ready { .. } | Sub::Acting { .. } | Sub::PausedByFreeze { .. } => {
                vec![Verb::Pause, Verb::Abort]
            }
            Sub::Pausing { .. } => vec![Verb::Resume, Verb::Abort],
            Sub::Soaking { .. } | Sub::Judging { .. } => {
                vec![Verb::Pause, Verb::Advance, Verb::Abort]
            }
            Sub::AwaitingSignOff { .. } => vec![Verb::Sign, Verb::Abort],
            // A signature is not gone around.
            Sub::Paused { .. } | Sub::AwaitingPerson { .. }
                if facts.is_some_and(|f| f.sign_off_at(at.n).is_some()) =>
            {
                vec![Verb::Resume, Verb::Abort]
            }
            Sub::Paused { .. } | Sub::AwaitingPerson { .. } => {
                vec![Verb::Resume, Verb::Advance, Verb::Abort]
            }
        },
        _ => Vec::new(),
    }
}

/// Where it is in its steps.
pub(crate) fn step(state: &Deployment) -> Option<wire::Step> {
    let (way, cursor) = state.cursor()?;
    let steps = state.facts.as_ref()?.steps(way);
    let (sub, until, deadline) = sub(&cursor.sub);
    let deadline = match &state.phase {
        Phase::RollingBack { deadline, .. } => Some(*deadline),
        _ => deadline,
    };
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Some(wire::Step {
        way: match way {
            Way::Forward => wire::Way::Forward,
            Way::Back => wire::Way::Back,
            Way::Closing => wire::Way::Closing,
        },
        n: number(cursor.n.saturating_add(1).min(steps.len())),
        of: number(steps.len()),
        name: steps
            .get(cursor.n)
            .map_or_else(String::new, |step| step.intent.to_string()),
        sub,
        until,
        deadline,
    })
}

fn sub(sub: &Sub) -> (StepState, Option<Timestamp>, Option<Timestamp>) {
    match sub {
        Sub::Ready { not_before } => (StepState::Ready, *not_before, None),
        Sub::Acting { deadline, .. } | Sub::Pausing { deadline, .. } => {
            (StepState::Acting, None, Some(*deadline))
        }
        Sub::Soaking { until, deadline } => (StepState::Soaking, Some(*until), Some(*deadline)),
        Sub::Judging {
            answer_by,
            deadline,
        } => (StepState::Judging, Some(*answer_by), Some(*deadline)),
        Sub::Paused { until, .. } | Sub::PausedByFreeze { until, .. } => {
            (StepState::Paused, Some(*until), None)
        }
        Sub::AwaitingSignOff { until, .. } => (StepState::AwaitingSignOff, Some(*until), None),
        Sub::AwaitingPerson { until, .. } => (StepState::AwaitingPerson, Some(*until), None),
    }
}

/// What the program at a step waits for, in one line.
pub(crate) fn waits_in(cursor: &Cursor, acting: impl FnOnce(&str) -> String) -> Option<String> {
    Some(match &cursor.sub {
        Sub::Ready { not_before: None } => return None,
        Sub::Ready {
            not_before: Some(_),
        } => format!("the next try; {} failed", tries(cursor.attempt)),
        Sub::Acting { action, .. } => acting(action.as_str()),
        Sub::Pausing {
            action, by, reason, ..
        } => format!("{}; then paused by {by}: {reason}", acting(action.as_str())),
        Sub::Soaking { .. } => "the end of the hold".to_owned(),
        Sub::Judging { .. } => "figures for a verdict".to_owned(),
        Sub::Paused { by, reason, .. } => format!("a person: paused by {by}: {reason}"),
        Sub::PausedByFreeze { because, .. } => format!("the end of {because}"),
        // What it is stands in the name of the step.
        Sub::AwaitingSignOff { .. } => "a signature".to_owned(),
        Sub::AwaitingPerson { because, .. } => format!("a person: {because}"),
    })
}

fn tries(n: u32) -> String {
    if n == 1 {
        "1 try".to_owned()
    } else {
        format!("{n} tries")
    }
}

/// Why it was taken back, given up or overtaken, and the log that goes with it.
pub(crate) fn cause(phase: &Phase) -> (Option<String>, Vec<String>) {
    match phase {
        Phase::RollingBack { cause, .. }
        | Phase::RolledBack { cause, .. }
        | Phase::NeedsHuman { cause, .. } => {
            let log = match cause {
                Cause::CrashLoop { log, .. } | Cause::StepFailed { log, .. } => log.clone(),
                _ => Vec::new(),
            };
            (Some(cause.to_string()), log)
        }
        Phase::Cancelled { by, reason } => (Some(format!("{by}: {reason}")), Vec::new()),
        Phase::Superseded { because } => (Some(because.clone()), Vec::new()),
        Phase::Expired => (
            Some("it waited at its gates for too long".to_owned()),
            Vec::new(),
        ),
        _ => (None, Vec::new()),
    }
}
