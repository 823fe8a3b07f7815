//! People, and whoever asks.

use crate::App;
use crate::auth::Caller;
use crate::error::Problem;
use crate::extract::Ref;
use crate::map::user as map;
use axum::Json;
use axum::extract::State;
use tidegate_client::wire::{Page, User, WhoAmI};
use tidegate_core::limits;
use tidegate_core::model::person::PEOPLE;
use tidegate_core::stream::person::Person;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(one))
        .routes(routes!(whoami))
}

/// Everybody known, by name.
#[utoipa::path(
    get,
    path = "/api/v1/users",
    tag = "users",
    operation_id = "users",
    responses((status = 200, description = "People", body = Page<User>))
)]
async fn list(State(app): State<App>, _: Caller) -> Result<Json<Page<User>>, Problem> {
    let items = app
        .look(|look| {
            let rows = look.rows.scan(PEOPLE, "", None, limits::PEOPLE, false)?;
            rows.iter()
                .map(|(name, _)| {
                    let person: Person = look.load("person", name)?;
                    map::user(look, name, &person)
                })
                .collect()
        })
        .await?;
    Ok(Json(Page { items, next: None }))
}

/// One person.
#[utoipa::path(
    get,
    path = "/api/v1/users/{user}",
    tag = "users",
    operation_id = "user",
    params(("user" = String, Path, description = "Name of the person")),
    responses((status = 200, description = "The person", body = User))
)]
async fn one(State(app): State<App>, _: Caller, Ref(name): Ref) -> Result<Json<User>, Problem> {
    let user = app
        .look(move |look| {
            let person: Person = look.load("person", &name)?;
            map::user(look, &name, &person)
        })
        .await?;
    Ok(Json(user))
}

/// Who asks: name, person, role, teams, groups, and until when.
#[utoipa::path(
    get,
    path = "/api/v1/whoami",
    tag = "users",
    operation_id = "whoami",
    responses((status = 200, description = "You", body = WhoAmI))
)]
async fn whoami(State(app): State<App>, who: Caller) -> Result<Json<WhoAmI>, Problem> {
    let me = app.look(move |look| Ok(map::whoami(look, &who))).await?;
    Ok(Json(me))
}
