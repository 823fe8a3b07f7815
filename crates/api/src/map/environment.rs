//! Environments, lanes and agents.

use super::deployment::{FRESH_MS, share};
use crate::error::Problem;
use crate::look::Look;
use tidegate_client::wire;
use tidegate_core::id::{EnvId, ServiceId};
use tidegate_core::model::lane::{LiveStage, Running};
use tidegate_core::refusal::Refusal;
use tidegate_core::spec::Arrival;
use tidegate_core::stream::deployment::Deployment;
use tidegate_core::stream::environment::{Difference, Drift, Environment, Phase};
use tidegate_core::time::Timestamp;
use tidegate_engine::AgentSeen;

/// An environment by name.
pub(crate) fn environment(look: &Look<'_>, name: &EnvId) -> Result<wire::Environment, Problem> {
    let spec = &look.in_force.spec;
    let missing = || Refusal::NotFound {
        what: "environment".to_owned(),
        name: name.to_string(),
    };
    let rules = spec.environments.get(name).ok_or_else(missing)?;
    let posture: Environment = look.view().load(name.as_str())?;
    let behind = posture
        .trust
        .behind()
        .map(|(because, since)| wire::Posture {
            because: because.to_owned(),
            by: "tidegate".to_owned(),
            since,
            until: None,
        });
    let (phase, held) = match posture.phase.clone() {
        _ if behind.is_some() => (wire::EnvironmentPhase::Behind, behind),
        Phase::Held {
            because,
            by,
            since,
            until,
        } if until.is_none_or(|until| until > look.now) => (
            wire::EnvironmentPhase::Held,
            Some(wire::Posture {
                because,
                by,
                since,
                until,
            }),
        ),
        Phase::Open { .. } | Phase::Held { .. } => (wire::EnvironmentPhase::Open, None),
    };
    let here = spec
        .services
        .keys()
        .filter(|service| spec.path_of(service).contains(name));
    let mut agents = look.live().map(|e| e.agents()).unwrap_or_default();
    agents.retain(|agent| agent.environments.contains(name));
    agents.sort_by_key(|agent| agent.silent_ms);
    Ok(wire::Environment {
        name: name.to_string(),
        tier: rules.tier.as_str().to_owned(),
        after: rules.after.iter().map(ToString::to_string).collect(),
        deploy: match rules.deploy {
            Arrival::Manual => "manual",
            Arrival::OnArrival => "on-arrival",
            Arrival::WhenGreen => "when-green",
        }
        .to_owned(),
        soak_ms: rules.soak.0,
        zone: rules.zone.clone(),
        region: rules.region.clone(),
        window: rules.window.as_ref().map(ToString::to_string),
        one_at_a_time: rules.one_at_a_time,
        phase,
        held,
        services: here
            .map(|service| lane(look, name, service, posture.drift.get(service)))
            .collect::<Result<_, _>>()?,
        agent: agents.first().map(|seen| agent(seen, look.now)),
    })
}

/// An agent as last heard of.
pub(crate) fn agent(seen: &AgentSeen, now: Timestamp) -> wire::Agent {
    let silent = i64::try_from(seen.silent_ms).unwrap_or(i64::MAX);
    let seen_at = now
        .as_millisecond()
        .checked_sub(silent)
        .and_then(|at| Timestamp::from_millisecond(at).ok());
    wire::Agent {
        name: seen.name.clone(),
        environments: seen.environments.iter().map(ToString::to_string).collect(),
        seen_at,
        reachable: seen.reachable,
        version: seen.version.clone(),
        lag_ms: None,
        enrolment: None,
    }
}

fn lane(
    look: &Look<'_>,
    environment: &EnvId,
    service: &ServiceId,
    drift: Option<&Drift>,
) -> Result<wire::Lane, Problem> {
    let lane = look.view().lane(environment, service);
    let live = match &lane.live {
        None => None,
        Some(live) => {
            let state: Deployment = look.view().load(live.deployment.as_str())?;
            Some(wire::Live {
                deployment: live.deployment.to_string(),
                release: live.release.to_string(),
                stage: match live.stage {
                    LiveStage::Gated => wire::LiveStage::Gated,
                    LiveStage::Changing => wire::LiveStage::Changing,
                    LiveStage::Watched => wire::LiveStage::Watched,
                    LiveStage::NeedsHuman => wire::LiveStage::NeedsHuman,
                },
                since: live.since,
                share: state
                    .facts
                    .as_deref()
                    .map_or(0, |facts| share(look, &state, facts)),
            })
        }
    };
    let port = lane
        .running
        .as_ref()
        .and_then(|running| running.revision.port);
    Ok(wire::Lane {
        service: service.to_string(),
        running: lane.running.as_ref().map(running),
        warm: lane.warm.as_ref().map(|warm| warm.key.clone()),
        live,
        previous: lane.previous().map(running),
        observed: lane
            .running
            .as_ref()
            .and_then(|running| observed(look, environment, service, running)),
        url: port.map(|port| format!("http://127.0.0.1:{port}")),
        drift: drift.map_or_else(Vec::new, |drift| otherwise(drift, look.now)),
    })
}

/// What nobody answers for comes first.
fn otherwise(drift: &Drift, now: Timestamp) -> Vec<wire::Drift> {
    let one = |difference: &Difference| wire::Drift {
        what: difference.what.to_string(),
        revision: difference.revision.clone(),
        declared: difference.declared.clone(),
        seen: difference.seen.clone(),
        since: None,
        agent: None,
        gone: None,
        accepted: None,
    };
    let found = drift.found.iter().map(|found| wire::Drift {
        since: Some(found.since),
        agent: Some(found.agent.clone()),
        gone: found.gone,
        ..one(&found.difference)
    });
    let holds = drift
        .accepted
        .iter()
        .filter(|a| a.until.is_none_or(|until| until > now));
    let accepted = holds.map(|accepted| wire::Drift {
        accepted: Some(wire::Posture {
            because: accepted.because.clone(),
            by: accepted.by.clone(),
            since: accepted.at,
            until: accepted.until,
        }),
        ..one(&accepted.difference)
    });
    found.chain(accepted).collect()
}

fn running(running: &Running) -> wire::Running {
    wire::Running {
        release: running.revision.release.to_string(),
        revision: running.revision.key.clone(),
        artifact: running.revision.artifact.to_string(),
        deployment: running.deployment.to_string(),
        since: running.since,
        generation: running.generation,
    }
}

/// What the agent sees of the running revision; old sightings are none.
fn observed(
    look: &Look<'_>,
    environment: &EnvId,
    service: &ServiceId,
    running: &Running,
) -> Option<wire::Observed> {
    let seen = look
        .live()?
        .service_seen(environment.as_str(), service.as_str())
        .filter(|seen| seen.age_ms < FRESH_MS)?;
    let revision = seen.running.get(&running.revision.key)?;
    Some(wire::Observed {
        healthy: revision.healthy,
        wanted: revision.wanted,
        crash_loop: revision
            .crash_loop
            .as_ref()
            .map(|crash| crash.because.clone()),
        weights: seen.route.map(|route| route.weights).unwrap_or_default(),
        digest: revision.digest.clone(),
    })
}
