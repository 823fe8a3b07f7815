//! Who waits for an environment, and in which order they go.

use crate::App;
use crate::auth::Caller;
use crate::error::Problem;
use crate::extract::Ref;
use crate::map::queue::queue;
use axum::Json;
use axum::extract::State;
use tidegate_client::wire::Queue;
use tidegate_core::id::EnvId;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(line))
}

/// Who changes an environment, who waits for it, and in which order they go.
#[utoipa::path(
    get,
    path = "/api/v1/environments/{environment}/queue",
    tag = "environments",
    operation_id = "queue",
    params(("environment" = String, Path, description = "Name")),
    responses((status = 200, description = "The line", body = Queue))
)]
async fn line(State(app): State<App>, _: Caller, Ref(name): Ref) -> Result<Json<Queue>, Problem> {
    let name = EnvId::new(name)?;
    Ok(Json(app.look(move |look| queue(look, &name)).await?))
}
