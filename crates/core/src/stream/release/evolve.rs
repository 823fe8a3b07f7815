//! The state of a release after a fact.

use super::scope::{Excluded, Lock, Scope};
use super::{Answer, Event, Hold, Phase, Release, Stage, Success};
use crate::id::{DeploymentId, EnvId};
use crate::time::Timestamp;

pub(super) fn evolve(state: &mut Release, at: Timestamp, event: &Event) {
    match event {
        Event::Locked { artifact, .. } => {
            state.phase = Phase::Locked;
            state.artifact = Some(artifact.clone());
        }
        Event::PromotionStopped {
            environment,
            because,
        } => {
            state.wanted = None;
            state.stopped = format!("{environment}: {because}");
        }
        Event::PromotionAsked {
            to,
            by,
            answers,
            reason,
            request,
        } => {
            state.stopped = String::new();
            state.request = request.clone();
            state.wanted = Some(to.clone());
            state.asked_by = Some(by.clone());
            state.answers.clone_from(answers);
            state.asked = match reason.as_str() {
                "" => format!("promotion to {to} asked for by {by}"),
                reason => format!("promotion to {to} asked for by {by}: {reason}"),
            };
            state
                .stages
                .retain(|_, stage| !matches!(stage, Stage::Failed { .. }));
        }
        Event::StageStarted {
            environment,
            deployment,
        } => {
            // A deployment again of what arrived everywhere does not undo that it did.
            if state.phase == Phase::Locked {
                state.phase = Phase::Rolling;
            }
            let started = Stage::Started {
                deployment: deployment.clone(),
                earlier: state.stages.get(environment).and_then(earlier),
            };
            state.stages.insert(environment.clone(), started);
        }
        Event::StageDone {
            environment,
            deployment,
        } => {
            if state.wanted.as_ref() == Some(environment) {
                state.wanted = None;
            }
            state.stages.insert(
                environment.clone(),
                Stage::Done {
                    deployment: deployment.clone(),
                    at,
                },
            );
        }
        Event::StageFailed {
            environment,
            deployment,
            because,
        } => {
            state.wanted = None;
            let stage = state
                .stages
                .get(environment)
                .and_then(stands)
                .unwrap_or_else(|| failed(deployment, because));
            state.stages.insert(environment.clone(), stage);
        }
        Event::StageDropped { environment, .. } => {
            match state.stages.get(environment).and_then(stands) {
                Some(stage) => state.stages.insert(environment.clone(), stage),
                None => state.stages.remove(environment),
            };
        }
        Event::Held {
            environment,
            deployment,
            because,
        } => {
            state.phase = Phase::Held {
                hold: hold(because, environment, deployment, at),
            };
            state
                .stages
                .insert(environment.clone(), failed(deployment, because));
        }
        Event::RevisionHeld {
            key,
            environment,
            deployment,
            because,
        } => {
            let hold = hold(because, environment, deployment, at);
            state.held_revisions.insert(key.clone(), hold);
            state
                .stages
                .insert(environment.clone(), failed(deployment, because));
        }
        Event::Answered {
            question,
            answer,
            by,
            ..
        } => {
            let answer = Answer {
                answer: answer.clone(),
                by: by.clone(),
                at,
            };
            state.told.insert(question.clone(), answer);
        }
        Event::Unheld { .. } => {
            state.held_revisions.clear();
            state
                .stages
                .retain(|_, stage| !matches!(stage, Stage::Failed { .. }));
            if matches!(state.phase, Phase::Held { .. }) {
                state.phase = Phase::Rolling;
            }
        }
        Event::ItemAdded { .. }
        | Event::ItemCompleted { .. }
        | Event::ItemRemoved { .. }
        | Event::Excluded { .. }
        | Event::Included { .. }
        | Event::Tagged { .. }
        | Event::Untagged { .. }
        | Event::ScopeLocked { .. }
        | Event::ScopeUnlocked { .. } => scope(&mut state.scope, at, event),
        Event::Released {} => state.phase = Phase::Released { at },
        Event::Cancelled { reason, .. } => {
            state.phase = Phase::Cancelled {
                because: reason.clone(),
            }
        }
    }
}

fn scope(scope: &mut Scope, at: Timestamp, event: &Event) {
    match event {
        Event::ItemAdded { item, .. } => {
            scope.items.insert(item.key(), item.clone());
        }
        Event::ItemCompleted { item, .. } => {
            if let Some(item) = scope.items.get_mut(item) {
                item.missing = None;
            }
        }
        Event::ItemRemoved { item, .. } => {
            scope.items.remove(item);
        }
        Event::Excluded { what, by, reason } => {
            let excluded = Excluded {
                reason: reason.clone(),
                by: by.clone(),
                at,
            };
            scope.excluded.insert(what.clone(), excluded);
        }
        Event::Included { what, .. } => {
            scope.excluded.remove(what);
        }
        Event::Tagged { tag, .. } => {
            scope.tags.insert(tag.clone());
        }
        Event::Untagged { tag, .. } => {
            scope.tags.remove(tag);
        }
        Event::ScopeLocked {
            digest, by, person, ..
        } => {
            scope.lock = Lock::Locked {
                digest: digest.clone(),
                by: by.clone(),
                person: person.clone(),
                at,
            };
        }
        Event::ScopeUnlocked {
            digest, by, reason, ..
        } => {
            scope.lock = Lock::Reopened {
                digest: digest.clone(),
                by: by.clone(),
                reason: reason.clone(),
                at,
            };
        }
        _ => {}
    }
}

fn hold(because: &str, environment: &EnvId, deployment: &DeploymentId, at: Timestamp) -> Hold {
    Hold {
        because: because.to_owned(),
        environment: environment.clone(),
        deployment: deployment.clone(),
        at,
    }
}

fn failed(deployment: &DeploymentId, because: &str) -> Stage {
    Stage::Failed {
        deployment: deployment.clone(),
        because: because.to_owned(),
    }
}

/// The success that a stage already had.
fn earlier(stage: &Stage) -> Option<Success> {
    match stage {
        Stage::Started { earlier, .. } => earlier.clone(),
        Stage::Done { deployment, at } => Some(Success {
            deployment: deployment.clone(),
            at: *at,
        }),
        Stage::Failed { .. } => None,
    }
}

/// What stands when the deployment under way ends before it touched anything.
fn stands(stage: &Stage) -> Option<Stage> {
    earlier(stage).map(|Success { deployment, at }| Stage::Done { deployment, at })
}
