//! Is a release ready for an environment, with everything behind the answer.

use super::{decision, risk};
use crate::App;
use crate::auth::Caller;
use crate::error::Problem;
use crate::extract::{Ref, Search};
use crate::look::Look;
use crate::map::readiness::readiness;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use tidegate_client::wire::Readiness;
use tidegate_core::id::{EnvId, ReleaseId};
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

/// Criteria, documents, sign-offs, approvals, risk, gates and environments of a release on one page, with age and owner.
#[utoipa::path(
    get,
    path = "/api/v1/releases/{reference}/readiness",
    tag = "releases",
    operation_id = "release_readiness",
    params(("reference" = String, Path, description = "`service@version`"), Asked),
    responses((status = 200, description = "The page", body = Readiness))
)]
async fn ask(
    State(app): State<App>,
    _: Caller,
    Ref(reference): Ref,
    Search(asked): Search<Asked>,
) -> Result<Json<Readiness>, Problem> {
    let release: ReleaseId = reference.parse()?;
    let environment = asked.environment.map(EnvId::new).transpose()?;
    let found = app.look(move |look| page(look, &release, environment.as_ref()));
    Ok(Json(found.await?))
}

fn page(
    look: &Look<'_>,
    release: &ReleaseId,
    environment: Option<&EnvId>,
) -> Result<Readiness, Problem> {
    let environment = match environment {
        Some(named) => named.clone(),
        None => risk::usual(&look.in_force.spec, release)?,
    };
    let decision = decision::decide(look, release, &environment, None)?;
    let score = risk::score(look, release, Some(&environment), None)?;
    readiness(look, (release, &environment), decision, &score)
}
