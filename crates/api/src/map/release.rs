//! Releases.

use super::queue;
use crate::error::Problem;
use crate::look::Look;
use serde_json::Value;
use tidegate_client::wire::{self, StageState};
use tidegate_core::id::{EnvId, ReleaseId};
use tidegate_core::model::departure::aboard;
use tidegate_core::model::listing;
use tidegate_core::scope;
use tidegate_core::stream::deployment::{self, Deployment};
use tidegate_core::stream::release::{Hold, Phase, Release, Stage};

/// A release by `service@version`.
pub(crate) fn release(look: &Look<'_>, key: &str) -> Result<wire::Release, Problem> {
    let id: ReleaseId = key.parse()?;
    let state: Release = look.load("release", key)?;
    let row: Option<Value> = look
        .rows
        .model(listing::RELEASES, key)?
        .map(|row| serde_json::from_str(&row))
        .transpose()?;
    let created = row.and_then(|row| serde_json::from_value(row.get("created")?.clone()).ok());
    Ok(wire::Release {
        id: key.to_owned(),
        service: id.service.to_string(),
        version: id.version.to_string(),
        phase: phase(&state.phase),
        artifact: state
            .artifact
            .as_ref()
            .map_or_else(String::new, ToString::to_string),
        wanted: state.wanted.as_ref().map(ToString::to_string),
        hold: match &state.phase {
            Phase::Held { hold: why } => Some(hold(why)),
            _ => None,
        },
        held_revisions: state
            .held_revisions
            .iter()
            .map(|(key, why)| (key.clone(), hold(why)))
            .collect(),
        stages: stops(look, &id, &state)
            .iter()
            .map(|env| stage(env, state.stages.get(env)))
            .collect(),
        model: Some(
            look.in_force
                .spec
                .release_model(&id.service)
                .as_str()
                .to_owned(),
        ),
        departure: aboard(look.view(), &id).map(|departure| departure.to_string()),
        travels: None,
        tags: scope::tags(&look.in_force.spec, &id, &state.scope)
            .iter()
            .map(ToString::to_string)
            .collect(),
        excluded: super::scope::excluded(&state.scope),
        created_at: created,
    })
}

/// Reserved time and place in the line of what waits in an environment, for a release that is shown alone.
pub(crate) fn waits(look: &Look<'_>, release: &mut wire::Release) -> Result<(), Problem> {
    let started = |stage: &&mut wire::Stage| stage.state == StageState::Started;
    for stage in release.stages.iter_mut().filter(started) {
        let Some(id) = &stage.deployment else {
            continue;
        };
        let state: Deployment = look.view().load(id)?;
        if let (deployment::Phase::Gated { slot, .. }, Some(facts)) = (&state.phase, &state.facts) {
            stage.slot = slot.map(queue::slot);
            stage.place = queue::place(look, facts);
        }
    }
    Ok(())
}

/// Environments of the path in order, then those it was in before the path changed.
pub(crate) fn stops(look: &Look<'_>, id: &ReleaseId, state: &Release) -> Vec<EnvId> {
    let path = look.in_force.spec.path_of(&id.service);
    let left = state.stages.keys().filter(|env| !path.contains(env));
    path.iter().chain(left).cloned().collect()
}

fn phase(phase: &Phase) -> wire::ReleasePhase {
    match phase {
        Phase::Absent | Phase::Locked => wire::ReleasePhase::Locked,
        Phase::Rolling => wire::ReleasePhase::Rolling,
        Phase::Held { .. } => wire::ReleasePhase::Held,
        Phase::Released { .. } => wire::ReleasePhase::Released,
        Phase::Cancelled { .. } => wire::ReleasePhase::Cancelled,
    }
}

fn hold(hold: &Hold) -> wire::Hold {
    wire::Hold {
        because: hold.because.clone(),
        environment: hold.environment.to_string(),
        deployment: hold.deployment.to_string(),
        at: hold.at,
    }
}

fn stage(environment: &EnvId, stage: Option<&Stage>) -> wire::Stage {
    let (state, deployment, at, because) = match stage {
        None => (StageState::None, None, None, None),
        Some(Stage::Started { deployment, .. }) => {
            (StageState::Started, Some(deployment), None, None)
        }
        Some(Stage::Done { deployment, at }) => {
            (StageState::Done, Some(deployment), Some(*at), None)
        }
        Some(Stage::Failed {
            deployment,
            because,
        }) => (
            StageState::Failed,
            Some(deployment),
            None,
            Some(because.clone()),
        ),
    };
    wire::Stage {
        environment: environment.to_string(),
        state,
        deployment: deployment.map(ToString::to_string),
        at,
        because,
        conditions: None,
        slot: None,
        place: None,
    }
}
