//! Decisions of named people about a bad version that does not go back by itself.

use crate::App;
use crate::auth::Caller;
use crate::error::Problem;
use crate::extract::{Ref, Search};
use crate::map::rollback_decision::{decision_of, decisions};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use tidegate_client::wire::{Page, RollbackDecision};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(one))
}

/// Which decisions.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Which {
    /// `true`: also those that are over.
    #[serde(default)]
    all: bool,
}

/// Decisions about the way back, the newest first: those that are open, and where it stays for a time.
#[utoipa::path(
    get,
    path = "/api/v1/rollback-decisions",
    tag = "deployments",
    operation_id = "rollback_decisions",
    params(Which),
    responses((status = 200, description = "Decisions", body = Page<RollbackDecision>))
)]
async fn list(
    State(app): State<App>,
    _: Caller,
    Search(which): Search<Which>,
) -> Result<Json<Page<RollbackDecision>>, Problem> {
    let page = app.look(move |look| {
        let items = decisions(look, which.all)?;
        Ok(Page { items, next: None })
    });
    Ok(Json(page.await?))
}

/// One decision: who is asked, until when, what was ordered, and what happens without an answer.
#[utoipa::path(
    get,
    path = "/api/v1/rollback-decisions/{decision}",
    tag = "deployments",
    operation_id = "rollback_decision",
    params(("decision" = String, Path, description = "Name, such as `DEC-1`")),
    responses((status = 200, description = "The decision", body = RollbackDecision))
)]
async fn one(
    State(app): State<App>,
    _: Caller,
    Ref(name): Ref,
) -> Result<Json<RollbackDecision>, Problem> {
    Ok(Json(app.look(move |look| decision_of(look, &name)).await?))
}
