//! The notes of a release: what the record knows, and what people wrote with their names and dates.

use super::risk;
use crate::App;
use crate::auth::Caller;
use crate::error::Problem;
use crate::extract::{Ref, Search};
use crate::look::Look;
use crate::map;
use crate::map::service::issues_in;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use tidegate_client::wire::{NotedVersion, PlanSummary, ReleaseNotes, RiskSummary};
use tidegate_core::change::{between, of};
use tidegate_core::gate::Purpose;
use tidegate_core::id::{EnvId, ReleaseId};
use tidegate_core::queue::Request;
use tidegate_core::stream::deployment::Deployment;
use tidegate_core::stream::release::{Release, Stage};
use tidegate_core::view::View;
use tidegate_engine::Deploy;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(ask))
}

/// What is asked.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// Environment; the first of tier production on its path without it.
    environment: Option<String>,
}

/// What somebody must know of a release: commits, scope, migrations, risk and the way back from the record; the parts that people
/// wrote; and known issues.
#[utoipa::path(
    get,
    path = "/api/v1/releases/{reference}/notes",
    tag = "releases",
    operation_id = "release_notes",
    params(("reference" = String, Path, description = "`service@version`"), Asked),
    responses((status = 200, description = "The notes", body = ReleaseNotes))
)]
async fn ask(
    State(app): State<App>,
    _: Caller,
    Ref(reference): Ref,
    Search(asked): Search<Asked>,
) -> Result<Json<ReleaseNotes>, Problem> {
    let release: ReleaseId = reference.parse()?;
    let environment = asked.environment.map(EnvId::new).transpose()?;
    let found = app.look(move |look| notes(look, &release, environment.as_ref()));
    Ok(Json(found.await?))
}

fn notes(
    look: &Look<'_>,
    release: &ReleaseId,
    environment: Option<&EnvId>,
) -> Result<ReleaseNotes, Problem> {
    let env = match environment {
        Some(named) => named.clone(),
        None => risk::usual(&look.in_force.spec, release)?,
    };
    let score = risk::score(look, release, Some(&env), None).ok();
    let planned = look.preview(&deploy(release, &env), look.now).ok();
    let planned = planned.map(|found| map::plan::summary(&found.plan));
    let scope = map::scope::scope(look, &release.to_string())?;
    let replaces = replaced(look, release, &env);
    let carried = between(look.view(), replaces.as_ref(), release)?;
    let plan = recorded(look, release, &env)?.or(planned);
    let documents = match of(look.view(), release, &env)? {
        Some((_, state)) => map::change::change(look, &state, None)?.documents,
        None => Vec::new(),
    };
    let issues = issues_in(look, &release.service, release.version.as_str());
    let before = replaces.as_ref().map(|from| {
        let all = issues_in(look, &release.service, from.version.as_str());
        all.into_iter().filter(|i| !issues.contains(i)).collect()
    });
    let mut versions: Vec<NotedVersion> = carried
        .versions
        .iter()
        .map(|(id, bits)| NotedVersion {
            version: id.version.to_string(),
            commit: bits.commit.clone(),
            repository: bits.repository.clone(),
            commits: bits.commits,
            migrates: bits.migrates,
            authors: bits.authors.clone(),
        })
        .collect();
    versions.reverse();
    Ok(ReleaseNotes {
        release: release.to_string(),
        environment: env.to_string(),
        replaces: replaces.as_ref().map(ToString::to_string),
        at: look.now,
        versions,
        commits: carried.commits(),
        migrates: carried.migrates(),
        scope: scope.items,
        excluded: scope.excluded,
        risk: score.as_ref().map(|score| RiskSummary {
            value: score.value,
            band: score.band.clone(),
            most: None,
        }),
        rollback: plan.map(|plan| plan.undo),
        documents,
        fixed: before.unwrap_or_default(),
        issues,
    })
}

fn deploy(release: &ReleaseId, env: &EnvId) -> Deploy {
    Deploy {
        release: release.clone(),
        environment: env.clone(),
        purpose: Purpose::Promote,
        reason: String::new(),
        again: true,
        request: Request::PLAIN,
    }
}

/// What it replaces: what runs there, or what ran before it once it is there itself.
fn replaced(look: &Look<'_>, release: &ReleaseId, env: &EnvId) -> Option<ReleaseId> {
    let lane = look.view().lane(env, &release.service);
    let running = lane.running.as_ref().map(|r| r.revision.release.clone());
    match running {
        Some(runs) if runs == *release => {
            let mut before = lane.before.iter().map(|r| &r.revision.release);
            before.find(|other| *other != release).cloned()
        }
        other => other,
    }
}

/// The plan that brought it there, or brings it.
fn recorded(
    look: &Look<'_>,
    release: &ReleaseId,
    env: &EnvId,
) -> Result<Option<PlanSummary>, Problem> {
    let state: Release = look.load("release", &release.to_string())?;
    let Some(stage) = state.stages.get(env) else {
        return Ok(None);
    };
    let (Stage::Started { deployment, .. }
    | Stage::Done { deployment, .. }
    | Stage::Failed { deployment, .. }) = stage;
    let state: Deployment = (look.view() as &dyn View).load(deployment.as_str())?;
    Ok(state.facts.map(|facts| map::plan::summary(&facts.plan)))
}
