//! How risky it would be to take a release into an environment.

use crate::App;
use crate::auth::Caller;
use crate::error::Problem;
use crate::extract::{Ref, Search};
use crate::look::Look;
use crate::map;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use tidegate_client::wire::RiskScore;
use tidegate_core::gate::Purpose;
use tidegate_core::id::{EnvId, ReleaseId};
use tidegate_core::queue::Request;
use tidegate_core::refusal::Refusal;
use tidegate_core::risk::{self, Subject, Told};
use tidegate_core::scope;
use tidegate_core::spec::{Spec, Tier};
use tidegate_core::time::Timestamp;
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
    /// When it would start; now by default.
    at: Option<Timestamp>,
}

/// The risk score of a release before an environment, with every fact behind it and what would lower it.
#[utoipa::path(
    get,
    path = "/api/v1/releases/{reference}/risk",
    tag = "releases",
    operation_id = "release_risk",
    params(("reference" = String, Path, description = "`service@version`"), Asked),
    responses((status = 200, description = "The score", body = RiskScore))
)]
async fn ask(
    State(app): State<App>,
    _: Caller,
    Ref(reference): Ref,
    Search(asked): Search<Asked>,
) -> Result<Json<RiskScore>, Problem> {
    let release: ReleaseId = reference.parse()?;
    let environment = asked.environment.map(EnvId::new).transpose()?;
    let found = app.look(move |look| score(look, &release, environment.as_ref(), asked.at));
    Ok(Json(found.await?))
}

pub(super) fn score(
    look: &Look<'_>,
    release: &ReleaseId,
    environment: Option<&EnvId>,
    at: Option<Timestamp>,
) -> Result<RiskScore, Problem> {
    let at = at.unwrap_or(look.now);
    let environment = match environment {
        Some(named) => named.clone(),
        None => usual(&look.in_force.spec, release)?,
    };
    let ask = Deploy {
        release: release.clone(),
        environment,
        purpose: Purpose::Promote,
        reason: String::new(),
        // The question is how risky it is, not whether it would change anything.
        again: true,
        request: Request::PLAIN,
    };
    let found = look.preview(&ask, at)?;
    let carried = tidegate_core::change::carried(look.view(), &found.plan.body)?;
    let score = risk::score(&Subject {
        plan: &found.plan.body,
        purpose: ask.purpose,
        release,
        now: at,
        spec: &look.in_force.spec,
        view: look.view(),
        told: Told {
            commits: carried.commits(),
            migrates: carried.migrates(),
            ..scope::told(release, &look.in_force.spec, look.view())
        },
    });
    Ok(map::risk::score(release, &ask.environment, at, &score))
}

/// Where it matters most: the first environment of tier production on the path, else the last one.
pub(super) fn usual(spec: &Spec, release: &ReleaseId) -> Result<EnvId, Problem> {
    let path = spec.path_of(&release.service);
    let production = |env: &&EnvId| {
        let environment = spec.environments.get(*env);
        environment.is_some_and(|e| e.tier == Tier::Production)
    };
    let found = path.iter().find(production).or(path.last());
    found.cloned().ok_or_else(|| {
        Refusal::NotFound {
            what: "service".to_owned(),
            name: release.service.to_string(),
        }
        .into()
    })
}
