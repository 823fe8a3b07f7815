//! Freezes and exceptions.

use crate::App;
use crate::auth::Caller;
use crate::error::Problem;
use crate::extract::{Ref, Search};
use crate::map::freeze::{MOST, exception, freeze, freezes};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use tidegate_client::wire::{Exception, Freeze, Page};
use tidegate_core::model;
use tidegate_core::stream::exception as core;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Exceptions looked at; far above what a company ever has.
const LOOKED_AT: usize = 100_000;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(one))
        .routes(routes!(exceptions))
        .routes(routes!(one_exception))
}

/// Which freezes.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Which {
    /// `true`: also those that were lifted or ended.
    #[serde(default)]
    all: bool,
}

/// Freezes of the configuration and declared ones: those that hold first, then those ahead.
#[utoipa::path(
    get,
    path = "/api/v1/freezes",
    tag = "freezes",
    operation_id = "freezes",
    params(Which),
    responses((status = 200, description = "Freezes", body = Page<Freeze>))
)]
async fn list(
    State(app): State<App>,
    _: Caller,
    Search(which): Search<Which>,
) -> Result<Json<Page<Freeze>>, Problem> {
    let page = app.look(move |look| {
        let items = freezes(look, which.all)?;
        Ok(Page { items, next: None })
    });
    Ok(Json(page.await?))
}

/// One freeze: when it holds, what it lets through, and who may lift it for one release.
#[utoipa::path(
    get,
    path = "/api/v1/freezes/{freeze}",
    tag = "freezes",
    operation_id = "freeze",
    params(("freeze" = String, Path, description = "Name, such as `quarter-close` or `FRZ-outage`")),
    responses((status = 200, description = "The freeze", body = Freeze))
)]
async fn one(State(app): State<App>, _: Caller, Ref(name): Ref) -> Result<Json<Freeze>, Problem> {
    Ok(Json(app.look(move |look| freeze(look, &name)).await?))
}

/// Exceptions, the newest first.
#[utoipa::path(
    get,
    path = "/api/v1/exceptions",
    tag = "freezes",
    operation_id = "exceptions",
    responses((status = 200, description = "Exceptions", body = Page<Exception>))
)]
async fn exceptions(State(app): State<App>, _: Caller) -> Result<Json<Page<Exception>>, Problem> {
    let page = app.look(|look| {
        let rows = look.view().scan(model::exception::ALL, "", LOOKED_AT);
        let mut items = Vec::new();
        for (_, body) in rows {
            let state: core::Exception = serde_json::from_str(&body)?;
            items.push(exception(look, &state)?);
        }
        items.sort_by_key(|e| std::cmp::Reverse(e.asked_at));
        items.truncate(MOST);
        Ok(Page { items, next: None })
    });
    Ok(Json(page.await?))
}

/// One exception: what it lifts, for how long, and what it was used for.
#[utoipa::path(
    get,
    path = "/api/v1/exceptions/{exception}",
    tag = "freezes",
    operation_id = "exception",
    params(("exception" = String, Path, description = "Name, such as `EXC-1`")),
    responses((status = 200, description = "The exception", body = Exception))
)]
async fn one_exception(
    State(app): State<App>,
    _: Caller,
    Ref(name): Ref,
) -> Result<Json<Exception>, Problem> {
    let found = app.look(move |look| {
        let state: core::Exception = look.load("exception", &name)?;
        exception(look, &state)
    });
    Ok(Json(found.await?))
}
