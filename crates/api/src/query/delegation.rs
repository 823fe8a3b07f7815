//! Rights to decide that one person lends another.

use crate::App;
use crate::auth::Caller;
use crate::error::Problem;
use crate::extract::{Ref, Search};
use crate::map::delegation::{delegation_of, delegations};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use tidegate_client::wire::{Delegation, Page};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(one))
}

/// Which delegations.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Which {
    /// `true`: also those that are over.
    #[serde(default)]
    all: bool,
}

/// Who decides in whose place, the newest first: those in force and those to come.
#[utoipa::path(
    get,
    path = "/api/v1/delegations",
    tag = "changes",
    operation_id = "delegations",
    params(Which),
    responses((status = 200, description = "Delegations", body = Page<Delegation>))
)]
async fn list(
    State(app): State<App>,
    _: Caller,
    Search(which): Search<Which>,
) -> Result<Json<Page<Delegation>>, Problem> {
    let page = app.look(move |look| {
        let items = delegations(look, which.all)?;
        Ok(Page { items, next: None })
    });
    Ok(Json(page.await?))
}

/// One delegation: who decides in whose place, for which team, from when to when.
#[utoipa::path(
    get,
    path = "/api/v1/delegations/{delegation}",
    tag = "changes",
    operation_id = "delegation",
    params(("delegation" = String, Path, description = "Name, such as `DLG-1`")),
    responses((status = 200, description = "The delegation", body = Delegation))
)]
async fn one(
    State(app): State<App>,
    _: Caller,
    Ref(name): Ref,
) -> Result<Json<Delegation>, Problem> {
    Ok(Json(
        app.look(move |look| delegation_of(look, &name)).await?,
    ))
}
