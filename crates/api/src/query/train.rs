//! Trains and departures.

use crate::App;
use crate::auth::Caller;
use crate::error::Problem;
use crate::extract::{DepartureName, Ref, Refs, Search};
use crate::map::train::{self as map, departure, named, train};
use axum::Json;
use axum::extract::State;
use tidegate_client::wire::{Departure, Page, Train};
use tidegate_core::id::Name;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(one))
        .routes(routes!(one_departure))
}

/// All trains, with what is ahead of each.
#[utoipa::path(
    get,
    path = "/api/v1/trains",
    tag = "trains",
    operation_id = "trains",
    responses((status = 200, description = "Trains", body = Page<Train>))
)]
async fn list(State(app): State<App>, _: Caller) -> Result<Json<Page<Train>>, Problem> {
    let page = app.look(|look| {
        let names = look.in_force.spec.trains.keys();
        let items = names
            .map(|name| train(look, name))
            .collect::<Result<_, _>>()?;
        Ok(Page { items, next: None })
    });
    Ok(Json(page.await?))
}

/// One train and what is ahead of it.
#[utoipa::path(
    get,
    path = "/api/v1/trains/{train}",
    tag = "trains",
    operation_id = "train",
    params(("train" = String, Path, description = "Name"), Past),
    responses((status = 200, description = "The train", body = Train))
)]
async fn one(
    State(app): State<App>,
    _: Caller,
    Ref(name): Ref,
    Search(Past { past }): Search<Past>,
) -> Result<Json<Train>, Problem> {
    let name = Name::new(name)?;
    let found = app.look(move |look| {
        let mut found = train(look, &name)?;
        found.past = map::past(look, &name, past)?;
        Ok(found)
    });
    Ok(Json(found.await?))
}

/// What is behind.
#[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Past {
    /// So many of the departures that arrived or were cancelled, the newest first; at most 200.
    #[serde(default)]
    past: usize,
}

/// One departure: who is aboard, what it waits for, and how its passengers get on.
#[utoipa::path(
    get,
    path = "/api/v1/trains/{train}/departures/{number}",
    tag = "trains",
    operation_id = "departure",
    params(DepartureName),
    responses((status = 200, description = "The departure", body = Departure))
)]
async fn one_departure(
    State(app): State<App>,
    _: Caller,
    Refs(name, number): Refs,
) -> Result<Json<Departure>, Problem> {
    let name = Name::new(name)?;
    let found = app.look(move |look| departure(look, &named(look, &name, &number, false)?));
    Ok(Json(found.await?))
}
