//! A new plan: accepted only when it is the next one of its service and environment, whole and safe.

use super::decide::Turn;
use super::{Command, Event, Issues, in_time};
use crate::command::Command as Any;
use crate::decider::Ctx;
use crate::gate::Purpose;
use crate::id::DeploymentId;
use crate::model::lane::{Lane, LiveStage};
use crate::model::queue::Row;
use crate::plan::{Plan, Revision, check};
use crate::queue::Request;
use crate::refusal::Refusal;
use crate::stream::environment;
use crate::stream::release::{self, HoldScope, Release};
use crate::time::{Millis, Timestamp};

/// How long a deployment waits at its gates before it gives up.
const EXPIRES: Millis = Millis::minutes(14 * 24 * 60);

/// When it gives up: some time after its reserved start, or after asking, but never later than the longest wait there is.
pub(crate) fn expires(request: &Request, proposed: Timestamp, start: Timestamp) -> Timestamp {
    let latest = crate::limits::PATIENCE.after(proposed);
    request.expires.unwrap_or(EXPIRES).after(start).min(latest)
}

impl Turn {
    pub(super) fn propose(
        &mut self,
        plan: Plan,
        purpose: Purpose,
        (reason, request): (String, Request),
        cx: &Ctx<'_>,
    ) -> Result<(), Refusal> {
        let id = DeploymentId::parse(cx.stream.key())?;
        let lane = cx.view.lane(&plan.body.environment, &plan.body.service);
        made(&plan, cx)?;
        known(&plan, purpose, cx)?;
        free(&plan, &lane)?;
        newest(&plan, &lane)?;
        sound(&plan, purpose)?;
        request.justified(&reason)?;
        in_time::check(&plan, purpose, &request, cx)?;
        room(&plan, purpose, cx)?;
        if let Some(live) = lane.live.filter(|l| l.stage == LiveStage::Gated) {
            let mut because = format!(
                "{} took its place at the gates, asked for by {}",
                plan.body.to.release,
                cx.actor.who()
            );
            if !reason.trim().is_empty() {
                because += &format!(": {reason}");
            }
            self.then.push(Any::Deployment {
                id: live.deployment,
                command: Command::Supersede { because },
            });
        }
        if let (Purpose::Rollback, Some(from)) = (purpose, &plan.body.from) {
            // Held before the way back begins, so that no automation brings it again.
            self.then.push(hold_left(&plan, from, &id, &reason));
        }
        self.then.push(stage_started(&plan, &id));
        let service = &plan.body.service.clone();
        let issues = Issues::of(&plan.body, cx.spec);
        let proposed = Event::Proposed {
            id,
            issues,
            plan: Box::new(plan),
            purpose,
            by: cx.actor.who().to_owned(),
            reason,
            expires: expires(&request, cx.now, cx.now),
            team: cx.spec.services.get(service).map(|s| s.owner.clone()),
            request,
        };
        self.happen(proposed, cx);
        Ok(())
    }
}

/// The queue of the environment is not full. A return is always taken.
fn room(plan: &Plan, purpose: Purpose, cx: &Ctx<'_>) -> Result<(), Refusal> {
    let env = &plan.body.environment;
    let limit = crate::limits::QUEUE;
    let there = cx.view.scan(Row::MODEL, &format!("{env}/"), limit);
    if there.len() >= limit && !purpose.is_return() {
        return Err(Refusal::OverLimit {
            what: format!("the number of deployments that wait in {env}"),
            limit: limit as u64,
        });
    }
    Ok(())
}

/// The release was made and not given up.
fn made(plan: &Plan, cx: &Ctx<'_>) -> Result<(), Refusal> {
    let id = &plan.body.to.release;
    let (_, release) = cx.view.shared::<Release>(&id.to_string())?;
    match &release.phase {
        release::Phase::Absent => Err(Refusal::NotFound {
            what: "release".to_owned(),
            name: id.to_string(),
        }),
        release::Phase::Cancelled { because } => Err(Refusal::Invalid {
            because: format!("release {id} was cancelled: {because}"),
            help: "register the change as a new version and deploy that".to_owned(),
        }),
        _ => Ok(()),
    }
}

/// A return goes at once, so it needs a ledger that knows what runs there; everything else waits at its gates.
fn known(plan: &Plan, purpose: Purpose, cx: &Ctx<'_>) -> Result<(), Refusal> {
    let env = &plan.body.environment;
    if !purpose.is_return() || !environment::is_behind(cx.view, env) {
        return Ok(());
    }
    Err(Refusal::Locked {
        because: format!("the ledger does not know all that happened in {env}"),
        help: environment::way_out(env),
    })
}

/// Nothing else of this service is in the middle of a change there.
fn free(plan: &Plan, lane: &Lane) -> Result<(), Refusal> {
    let Some(live) = &lane.live else {
        return Ok(());
    };
    let phase = match live.stage {
        LiveStage::Changing => "under way",
        LiveStage::NeedsHuman => "needs a person",
        LiveStage::Gated | LiveStage::Watched => return Ok(()),
    };
    Err(Refusal::Busy {
        service: plan.body.service.to_string(),
        environment: plan.body.environment.to_string(),
        deployment: live.deployment.clone(),
        phase: phase.to_owned(),
    })
}

/// The plan follows the newest accepted one and starts from exactly what runs.
fn newest(plan: &Plan, lane: &Lane) -> Result<(), Refusal> {
    let newest = lane.newest.as_ref();
    let follows = plan.envelope.parent.as_ref() == newest.map(|n| &n.plan)
        && plan.envelope.generation == lane.generation() + 1;
    let starts = plan.body.from.as_ref() == lane.running.as_ref().map(|r| &r.revision);
    if follows && starts {
        return Ok(());
    }
    Err(Refusal::ParentMoved {
        service: plan.body.service.to_string(),
        environment: plan.body.environment.to_string(),
    })
}

/// The plan asks every gate and breaks nothing.
fn sound(plan: &Plan, purpose: Purpose) -> Result<(), Refusal> {
    if plan.body.gates != crate::gate::required(purpose) {
        return Err(Refusal::Invalid {
            because: "the plan does not ask every gate of its purpose".to_owned(),
            help: "plans come from the planner; send the command again".to_owned(),
        });
    }
    match check::check(plan).first() {
        None => Ok(()),
        Some(note) => Err(Refusal::Invalid {
            because: format!("the plan is not safe: {note}"),
            help: "please report this: a plan that the checker refuses is a defect of the planner"
                .to_owned(),
        }),
    }
}

fn stage_started(plan: &Plan, id: &DeploymentId) -> Any {
    Any::Release {
        id: plan.body.to.release.clone(),
        command: release::Command::StageStarted {
            environment: plan.body.environment.clone(),
            deployment: id.clone(),
        },
    }
}

/// The release that a return leaves behind is held: whole, or only the revision when the bits stay the same.
fn hold_left(plan: &Plan, from: &Revision, id: &DeploymentId, reason: &str) -> Any {
    let hold = if from.artifact == plan.body.to.artifact {
        HoldScope::Revision {
            key: from.key.clone(),
        }
    } else {
        HoldScope::Release
    };
    Any::Release {
        id: from.release.clone(),
        command: release::Command::StageFailed {
            environment: plan.body.environment.clone(),
            deployment: id.clone(),
            because: reason.to_owned(),
            hold,
        },
    }
}
