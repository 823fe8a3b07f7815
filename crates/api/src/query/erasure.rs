//! Words that were taken out of entries, or are to be.

use crate::App;
use crate::auth::Caller;
use crate::error::Problem;
use crate::extract::Ref;
use crate::map::erasure::{erasure_of, erasures};
use axum::Json;
use axum::extract::State;
use tidegate_client::wire::{Erasure, Page};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(one))
}

/// Erasures, the newest first: which entries, who asked, who confirmed and why.
#[utoipa::path(
    get,
    path = "/api/v1/audit/erasures",
    tag = "audit",
    operation_id = "erasures",
    responses((status = 200, description = "Erasures", body = Page<Erasure>))
)]
async fn list(State(app): State<App>, _: Caller) -> Result<Json<Page<Erasure>>, Problem> {
    let page = app.look(|look| {
        let items = erasures(look)?;
        Ok(Page { items, next: None })
    });
    Ok(Json(page.await?))
}

/// One erasure.
#[utoipa::path(
    get,
    path = "/api/v1/audit/erasures/{erasure}",
    tag = "audit",
    operation_id = "erasure",
    params(("erasure" = String, Path, description = "Name, such as `ERS-1`")),
    responses((status = 200, description = "The erasure", body = Erasure))
)]
async fn one(State(app): State<App>, _: Caller, Ref(name): Ref) -> Result<Json<Erasure>, Problem> {
    Ok(Json(app.look(move |look| erasure_of(look, &name)).await?))
}
