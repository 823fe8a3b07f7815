//! Commands: what each phase of a release answers.

use super::{Command, Event, HoldScope, Phase, Release, Stage, agree};
use crate::actor::SYSTEM;
use crate::decider::Ctx;
use crate::digest::Digest;
use crate::id::{DeploymentId, EnvId, ReleaseId};
use crate::people;
use crate::queue::Request;
use crate::refusal::Refusal;
use crate::spec::Arrival;
use crate::stream::artifact::{self, Artifact};

pub(super) fn decide(
    state: &Release,
    command: Command,
    cx: &Ctx<'_>,
) -> Result<Vec<Event>, Refusal> {
    let id: ReleaseId = cx.stream.key().parse()?;
    let by = cx.actor.who().to_owned();
    let exists = !matches!(state.phase, Phase::Absent | Phase::Cancelled { .. });
    Ok(match (&state.phase, command) {
        (Phase::Absent, Command::Create { artifact }) => create(&id, artifact, cx)?,
        (_, Command::Create { artifact }) if exists => {
            same(state, &id, artifact)?;
            Vec::new()
        }
        (Phase::Cancelled { because }, Command::Create { .. } | Command::Promote { .. }) => {
            return Err(Refusal::Invalid {
                because: format!("release {id} was cancelled: {because}"),
                help: "register the change as a new version".to_owned(),
            });
        }
        (Phase::Held { hold }, Command::Promote { .. }) => {
            return Err(Refusal::Invalid {
                because: format!(
                    "{id} is held since it was rolled back in {}: {}",
                    hold.environment, hold.because
                ),
                help: format!("`tidegate release unhold {id} --reason …` lets it go again"),
            });
        }
        (
            _,
            Command::Promote {
                to,
                reason,
                request,
            },
        ) if exists => promote(state, &id, to, (by, reason, request), cx)?,
        (
            _,
            Command::Stop {
                environment,
                because,
            },
        ) if exists && state.is_moving() => vec![Event::PromotionStopped {
            environment,
            because,
        }],
        (_, Command::Stop { .. }) if exists => Vec::new(),
        (Phase::Held { .. }, Command::Unhold { reason }) => vec![Event::Unheld { reason, by }],
        (_, Command::Unhold { reason }) if !state.held_revisions.is_empty() => {
            vec![Event::Unheld { reason, by }]
        }
        (Phase::Locked, Command::Cancel { reason }) => vec![Event::Cancelled { reason, by }],
        (
            _,
            Command::StageStarted {
                environment,
                deployment,
            },
        ) if exists => vec![Event::StageStarted {
            environment,
            deployment,
        }],
        (
            _,
            Command::StageDone {
                environment,
                deployment,
            },
        ) if exists => done(state, &id, environment, deployment, cx),
        (
            _,
            Command::StageFailed {
                environment,
                deployment,
                because,
                hold,
            },
        ) if exists => failed(state, environment, deployment, because, hold),
        (
            _,
            Command::StageDropped {
                environment,
                deployment,
                because,
            },
        ) if exists => dropped(state, environment, deployment, because),
        (_, Command::Answer { answers, reason }) if exists => {
            super::answers::answered(state, &id, answers, &reason, cx)?
        }
        (_, command @ (Command::Scope { .. } | Command::Lock { .. } | Command::Unlock { .. }))
            if exists =>
        {
            agree::decide(state, &id, command, cx)?
        }
        (Phase::Absent, _) => {
            return Err(Refusal::NotFound {
                what: "release".to_owned(),
                name: id.to_string(),
            });
        }
        (phase, command) => {
            return Err(Refusal::NotNow {
                stream: cx.stream.to_string(),
                phase: phase.name().to_owned(),
                command: command.name().to_owned(),
            });
        }
    })
}

fn create(id: &ReleaseId, named: Option<Digest>, cx: &Ctx<'_>) -> Result<Vec<Event>, Refusal> {
    let artifact = cx.view.load::<Artifact>(&id.to_string())?;
    let bits = match &artifact.phase {
        artifact::Phase::Registered { bits } | artifact::Phase::Verified { bits, .. } => bits,
        artifact::Phase::Absent => {
            return Err(Refusal::NotFound {
                what: "artifact".to_owned(),
                name: id.to_string(),
            });
        }
        phase => {
            return Err(Refusal::Invalid {
                because: format!("artifact {id} is {}", phase.name()),
                help: "register the change as a new version".to_owned(),
            });
        }
    };
    if let Some(named) = named
        && named != bits.digest
    {
        return Err(other_digest(id, &bits.digest, &named));
    }
    let by = cx.actor.who().to_owned();
    let mut events = vec![Event::Locked {
        artifact: bits.digest.clone(),
        by,
    }];
    let path = cx.spec.path_of(&id.service);
    let maker = people::asking(cx.view, cx.actor).pop();
    events.extend(automatic(path, maker, cx, |arrival| {
        arrival != Arrival::Manual
    }));
    Ok(events)
}

/// The same release again is the same answer; the same name for other bits is not.
fn same(state: &Release, id: &ReleaseId, named: Option<Digest>) -> Result<(), Refusal> {
    match (&state.artifact, named) {
        (Some(have), Some(named)) if *have != named => Err(other_digest(id, have, &named)),
        _ => Ok(()),
    }
}

fn other_digest(id: &ReleaseId, have: &Digest, got: &Digest) -> Refusal {
    Refusal::OtherDigest {
        release: id.to_string(),
        have: have.to_string(),
        got: got.to_string(),
    }
}

/// A promotion as far as the environments at the head of `path` themselves let a release come without being asked.
///
/// Nobody asks for it, so whoever made it go answers: they are no stranger to it when others must say yes.
fn automatic(
    path: &[EnvId],
    answers: Option<String>,
    cx: &Ctx<'_>,
    enters: impl Fn(Arrival) -> bool,
) -> Option<Event> {
    let arrival = |env: &EnvId| cx.spec.environments.get(env).map(|e| e.deploy);
    let to = path
        .iter()
        .take_while(|env| arrival(env).is_some_and(&enters))
        .last()?;
    Some(Event::PromotionAsked {
        to: to.clone(),
        by: SYSTEM.to_owned(),
        answers,
        reason: "its environment takes releases by itself".to_owned(),
        request: Request::PLAIN,
    })
}

fn promote(
    state: &Release,
    id: &ReleaseId,
    to: EnvId,
    (by, reason, request): (String, String, Request),
    cx: &Ctx<'_>,
) -> Result<Vec<Event>, Refusal> {
    let path = cx.spec.path_of(&id.service);
    let Some(last) = path.iter().position(|e| *e == to) else {
        return Err(not_on_path(id, &to, path));
    };
    if path[..=last].iter().all(|e| state.is_done(e)) {
        return Err(Refusal::Invalid {
            because: format!("{id} has already succeeded in {to} and everywhere before it"),
            help: format!(
                "`tidegate deploy {id} {to} --again` deploys it there once more, with the configuration now in force"
            ),
        });
    }
    let asked = state.wanted.as_ref() == Some(&to);
    let stopped = |stage: &Stage| matches!(stage, Stage::Failed { .. });
    request.justified(&reason)?;
    if asked && !state.stages.values().any(stopped) {
        return if request == state.request {
            Ok(Vec::new())
        } else {
            Err(Refusal::Invalid {
                because: format!("{id} is on its way to {to} already, asked for in another way"),
                help: "`tidegate abort` the deployment that waits; then promote it anew".to_owned(),
            })
        };
    }
    Ok(vec![Event::PromotionAsked {
        to,
        by,
        answers: people::asking(cx.view, cx.actor).into_iter().nth(1),
        reason,
        request,
    }])
}

fn not_on_path(id: &ReleaseId, to: &EnvId, path: &[EnvId]) -> Refusal {
    if path.is_empty() {
        return Refusal::NotFound {
            what: "service".to_owned(),
            name: id.service.to_string(),
        };
    }
    let path: Vec<&str> = path.iter().map(EnvId::as_str).collect();
    Refusal::Invalid {
        because: format!("{to} is not on the path of {}", id.service),
        help: format!("its path is {}", path.join(" -> ")),
    }
}

fn done(
    state: &Release,
    id: &ReleaseId,
    environment: EnvId,
    deployment: DeploymentId,
    cx: &Ctx<'_>,
) -> Vec<Event> {
    let path = cx.spec.path_of(&id.service);
    let arrived = path.iter().all(|e| *e == environment || state.is_done(e));
    // Only a first success opens the way further; a return or a deployment again does not.
    let first = !matches!(
        state.stages.get(&environment),
        Some(
            Stage::Done { .. }
                | Stage::Started {
                    earlier: Some(_),
                    ..
                }
        )
    );
    let ends = state.wanted.as_ref().is_none_or(|w| *w == environment);
    let rest = path
        .iter()
        .position(|e| *e == environment)
        .map_or(&[] as &[EnvId], |n| &path[n + 1..]);
    let mut events = vec![Event::StageDone {
        environment,
        deployment,
    }];
    if arrived && matches!(state.phase, Phase::Locked | Phase::Rolling) {
        events.push(Event::Released {});
    } else if first && ends && state.may_move() {
        let asked = state
            .answers
            .clone()
            .or_else(|| state.asked_by.clone().filter(|by| by != SYSTEM));
        events.extend(automatic(rest, asked, cx, |arrival| {
            arrival == Arrival::WhenGreen
        }));
    }
    events
}

fn failed(
    state: &Release,
    environment: EnvId,
    deployment: DeploymentId,
    because: String,
    hold: HoldScope,
) -> Vec<Event> {
    // The same release was deployed again there: its stage and its promotion belong to the newer deployment.
    if hold == HoldScope::Nothing && !is_stage(state, &environment, &deployment) {
        return Vec::new();
    }
    let mut events = vec![Event::StageFailed {
        environment: environment.clone(),
        deployment: deployment.clone(),
        because: because.clone(),
    }];
    match hold {
        HoldScope::Nothing => {}
        HoldScope::Revision { key } => events.push(Event::RevisionHeld {
            key,
            environment,
            deployment,
            because,
        }),
        HoldScope::Release => events.push(Event::Held {
            environment,
            deployment,
            because,
        }),
    }
    events
}

fn dropped(
    state: &Release,
    environment: EnvId,
    deployment: DeploymentId,
    because: String,
) -> Vec<Event> {
    if !is_stage(state, &environment, &deployment) {
        return Vec::new();
    }
    vec![Event::StageDropped {
        environment,
        deployment,
        because,
    }]
}

/// Does the stage belong to this deployment?
fn is_stage(state: &Release, environment: &EnvId, deployment: &DeploymentId) -> bool {
    match state.stages.get(environment) {
        Some(
            Stage::Started { deployment: by, .. }
            | Stage::Done { deployment: by, .. }
            | Stage::Failed { deployment: by, .. },
        ) => by == deployment,
        None => false,
    }
}
