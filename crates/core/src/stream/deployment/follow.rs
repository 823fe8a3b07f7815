//! What a fact of a deployment means for other streams: the commands that follow in the same transaction.

use super::{Cause, Command, Deployment, Event, Facts, Phase, effect};
use crate::actor::Role;
use crate::analysis::Judgement;
use crate::command::Command as Any;
use crate::decider::Ctx;
use crate::spec::OnRegression;
use crate::spec::Tier;
use crate::stream::release::{self, HoldScope, Release};
use crate::stream::{artifact, change, decision, exception};

/// Commands for other streams after `event`, which led from `before` to `after`.
pub(super) fn commands(
    before: &Deployment,
    after: &Deployment,
    event: &Event,
    cx: &Ctx<'_>,
) -> Vec<Any> {
    let Some(facts) = after.facts.as_deref() else {
        return Vec::new();
    };
    let mut all = used(facts, event);
    all.extend(asks_people(before, facts, event, cx));
    let one = match event {
        Event::Proposed { .. } => asked_for(facts, cx),
        Event::GatesPassed { .. } => {
            let deployment = facts.id.clone();
            all.extend(of_change(facts, change::Command::Start { deployment }, cx));
            ends_watch(facts, cx)
        }
        Event::Confirmed {} => ended(facts, change::Outcome::Successful, cx),
        Event::Succeeded { .. } => Some(release(facts, |environment, deployment| {
            release::Command::StageDone {
                environment,
                deployment,
            }
        })),
        // Nothing is wrong with it: once it is back, its promotion goes on with a new plan.
        Event::RollbackStarted {
            cause: Cause::Freeze { .. },
            ..
        } => None,
        Event::RolledBack { .. } => {
            all.extend(ended(facts, change::Outcome::BackedOut, cx));
            back_from_freeze(facts, &before.phase)
        }
        Event::RollbackStarted { cause, .. }
            if !matches!(before.phase, Phase::NeedsHuman { .. }) =>
        {
            Some(stage_failed(facts, cause.to_string(), held(facts)))
        }
        Event::Cancelled {
            reason: because, ..
        }
        | Event::Superseded { because } => {
            all.extend(given_up(facts, because.clone(), cx));
            Some(stage_failed(facts, because.clone(), HoldScope::Nothing))
        }
        Event::BaseMoved { because } => Some(stage_dropped(facts, because.clone())),
        Event::Expired {} => {
            let because = "waited at its gates too long".to_owned();
            all.extend(given_up(facts, because.clone(), cx));
            Some(stage_failed(facts, because, HoldScope::Nothing))
        }
        _ => None,
    };
    all.extend(one);
    all
}

/// A production deployment has a change record; a return to what ran needs none.
fn asked_for(facts: &Facts, cx: &Ctx<'_>) -> Option<Any> {
    let body = &facts.plan.body;
    let env = cx.spec.environments.get(&body.environment)?;
    if env.tier != Tier::Production || facts.purpose.is_return() {
        return None;
    }
    let release: Option<Release> = cx.view.load(&body.to.release.to_string()).ok();
    // A promotion that goes on by itself was asked for by whoever asked for the promotion.
    let asked_by = release.map(|r| r.asked_by.into_iter().chain(r.answers));
    let system = cx.actor.role == Role::System;
    let by = asked_by.into_iter().flatten().chain(
        (!system)
            .then(|| crate::people::asking(cx.view, cx.actor))
            .into_iter()
            .flatten(),
    );
    let mut requesters: Vec<String> = Vec::new();
    for one in by {
        if !requesters.contains(&one) {
            requesters.push(one);
        }
    }
    Some(Any::Change {
        id: None,
        command: change::Command::Plan(change::Opening {
            planned: change::Planned {
                deployment: facts.id.clone(),
                subject: facts.plan.digest.clone(),
                body: Box::new(body.clone()),
                purpose: facts.purpose,
            },
            requesters,
        }),
    })
}

/// The change that this very deployment carries out learns of it. Which one that is, is looked up when the command is carried
/// out: the plan of the change may stand before it in the same transaction.
fn of_change(facts: &Facts, command: change::Command, cx: &Ctx<'_>) -> Option<Any> {
    let env = cx.spec.environments.get(&facts.plan.body.environment);
    let asked = env.is_some_and(|e| e.tier == Tier::Production) && !facts.purpose.is_return();
    // An environment may have left production since.
    let known = || crate::model::change::of_deployment(cx.view, &facts.id).is_some();
    (asked || known()).then_some(Any::Change { id: None, command })
}

fn ended(facts: &Facts, result: change::Outcome, cx: &Ctx<'_>) -> Option<Any> {
    let deployment = facts.id.clone();
    of_change(facts, change::Command::End { deployment, result }, cx)
}

/// Another deployment of the same release goes on with the change, and with what people said when it would do the same.
fn given_up(facts: &Facts, because: String, cx: &Ctx<'_>) -> Option<Any> {
    let body = &facts.plan.body;
    let lane = cx.view.lane(&body.environment, &body.service);
    let same = |live: &crate::model::lane::Live| {
        live.release == body.to.release && live.deployment != facts.id
    };
    if lane.live.as_ref().is_some_and(same) {
        return None;
    }
    let deployment = facts.id.clone();
    let command = change::Command::Withdraw {
        deployment,
        because,
    };
    of_change(facts, command, cx)
}

/// Each exception from a freeze learns what it was used for.
fn used(facts: &Facts, event: &Event) -> Vec<Any> {
    let ids = match event {
        Event::GatesPassed { reports } => crate::gate::exceptions(reports),
        Event::FreezeReleased { exceptions, .. } => exceptions.clone(),
        _ => Vec::new(),
    };
    let use_of = |id| Any::Exception {
        id: Some(id),
        command: exception::Command::Use {
            deployment: facts.id.clone(),
            environment: facts.plan.body.environment.clone(),
        },
    };
    ids.into_iter().map(use_of).collect()
}

/// What a freeze took back did not fail.
fn back_from_freeze(facts: &Facts, before: &Phase) -> Option<Any> {
    let (Phase::RollingBack { cause, .. } | Phase::NeedsHuman { cause, .. }) = before else {
        return None;
    };
    matches!(cause, Cause::Freeze { .. }).then(|| stage_dropped(facts, cause.to_string()))
}

fn stage_dropped(facts: &Facts, because: String) -> Any {
    release(facts, |environment, deployment| {
        release::Command::StageDropped {
            environment,
            deployment,
            because,
        }
    })
}

/// The agent that prepared the artifact found its digest right.
pub(super) fn verified(facts: &Facts, cx: &Ctx<'_>) -> Any {
    Any::Artifact {
        id: facts.plan.body.to.release.clone(),
        command: artifact::Command::Verify {
            by: cx.actor.name.clone(),
        },
    }
}

/// An earlier deployment still being watched ends its watch here: this one takes over what it kept.
fn ends_watch(facts: &Facts, cx: &Ctx<'_>) -> Option<Any> {
    let body = &facts.plan.body;
    let lane = cx.view.lane(&body.environment, &body.service);
    let running = lane.running.filter(|r| r.deployment != facts.id)?;
    let earlier: Deployment = cx.view.load(running.deployment.as_str()).ok()?;
    matches!(earlier.phase, Phase::Succeeded { .. }).then(|| Any::Deployment {
        id: running.deployment,
        command: Command::Supersede {
            because: format!("{} follows", body.to.release),
        },
    })
}

/// What a way back holds: nothing when nothing was touched, else the release, or only its configuration.
fn held(facts: &Facts) -> HoldScope {
    let body = &facts.plan.body;
    match (&body.from, facts.touched()) {
        (_, false) => HoldScope::Nothing,
        // The same revision in another number: what runs is right.
        (Some(from), true) if from.key == body.to.key => HoldScope::Nothing,
        (Some(from), true) if from.artifact == body.to.artifact => HoldScope::Revision {
            key: body.to.key.clone(),
        },
        (_, true) => HoldScope::Release,
    }
}

fn stage_failed(facts: &Facts, because: String, hold: HoldScope) -> Any {
    release(facts, |environment, deployment| {
        release::Command::StageFailed {
            environment,
            deployment,
            because,
            hold,
        }
    })
}

fn release(
    facts: &Facts,
    command: impl FnOnce(crate::id::EnvId, crate::id::DeploymentId) -> release::Command,
) -> Any {
    let body = &facts.plan.body;
    Any::Release {
        id: body.to.release.clone(),
        command: command(body.environment.clone(), facts.id.clone()),
    }
}

/// Bad figures without a way back of their own ask those who decide; when the trial is over, nothing is left to decide.
fn asks_people(before: &Deployment, facts: &Facts, event: &Event, cx: &Ctx<'_>) -> Option<Any> {
    let service = cx.spec.services.get(&facts.plan.body.service);
    let decides = service.is_some_and(|s| s.rollback.decides.is_some());
    let deployment = facts.id.clone();
    let command = match event {
        Event::AwaitsPerson { because, .. } if decides => decision::Command::Open {
            deployment,
            because: because.clone(),
            effect: facts
                .verdicts
                .last()
                .map(|verdict| effect::told(before, facts, verdict, cx.now)),
        },
        // Where figures take it back, or stop it, other facts follow.
        Event::Judged { verdict, .. }
            if decides
                && verdict.judgement == Judgement::Regressed
                && facts.plan.body.regression != OnRegression::RollBack =>
        {
            decision::Command::Open {
                deployment,
                because: verdict.sentence(),
                effect: Some(effect::told(before, facts, verdict, cx.now)),
            }
        }
        Event::RollbackStarted { cause, .. } => close(deployment, cause.to_string(), cx)?,
        Event::Confirmed {} => close(deployment, "the deployment is confirmed".to_owned(), cx)?,
        _ => return None,
    };
    Some(Any::Decision { id: None, command })
}

fn close(
    deployment: crate::id::DeploymentId,
    because: String,
    cx: &Ctx<'_>,
) -> Option<decision::Command> {
    let open = crate::model::decision::open_about(cx.view, &deployment);
    open.map(|_| decision::Command::Close {
        deployment,
        because,
    })
}
