//! Artifacts.

use super::page::{Listing, fill, keys};
use crate::App;
use crate::auth::Caller;
use crate::error::Problem;
use crate::extract::{ListQuery, Ref, Search};
use crate::map::artifact::artifact;
use axum::Json;
use axum::extract::State;
use tidegate_client::wire::{Artifact, Page};
use tidegate_core::model::listing;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(one))
}

/// Artifacts in order of service and version.
#[utoipa::path(
    get,
    path = "/api/v1/artifacts",
    tag = "artifacts",
    operation_id = "artifacts",
    params(ListQuery),
    responses((status = 200, description = "Artifacts", body = Page<Artifact>))
)]
async fn list(
    State(app): State<App>,
    _: Caller,
    Search(query): Search<ListQuery>,
) -> Result<Json<Page<Artifact>>, Problem> {
    let page = app.look(move |look| {
        let list = Listing {
            model: listing::ARTIFACTS,
            prefix: query
                .service
                .as_ref()
                .map_or_else(String::new, |service| format!("{service}@")),
            after: query.after.as_deref(),
            limit: query.limit.get(),
            newest_first: false,
        };
        fill(keys(look, &list, |_| true)?, |key| artifact(look, key))
    });
    Ok(Json(page.await?))
}

/// One artifact.
#[utoipa::path(
    get,
    path = "/api/v1/artifacts/{reference}",
    tag = "artifacts",
    operation_id = "artifact",
    params(("reference" = String, Path, description = "`service@version`")),
    responses((status = 200, description = "The artifact", body = Artifact))
)]
async fn one(
    State(app): State<App>,
    _: Caller,
    Ref(reference): Ref,
) -> Result<Json<Artifact>, Problem> {
    Ok(Json(
        app.look(move |look| artifact(look, &reference)).await?,
    ))
}
