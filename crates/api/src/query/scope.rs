//! What ships with a release.

use crate::App;
use crate::auth::Caller;
use crate::error::Problem;
use crate::extract::Ref;
use crate::map;
use axum::Json;
use axum::extract::State;
use tidegate_client::wire::ReleaseScope;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(one))
}

/// What ships with a release, with owner, completeness, source and what it drags along; what stays out; and the lock.
#[utoipa::path(
    get,
    path = "/api/v1/releases/{reference}/scope",
    tag = "releases",
    operation_id = "release_scope",
    params(("reference" = String, Path, description = "`service@version`")),
    responses((status = 200, description = "The scope", body = ReleaseScope))
)]
async fn one(
    State(app): State<App>,
    _: Caller,
    Ref(reference): Ref,
) -> Result<Json<ReleaseScope>, Problem> {
    let found = app.look(move |look| map::scope::scope(look, &reference));
    Ok(Json(found.await?))
}
