//! Releases.

use super::decision;
use super::page::{Listing, fill, keys};
use crate::App;
use crate::auth::Caller;
use crate::error::Problem;
use crate::extract::{Limit, Ref, Search};
use crate::look::Look;
use crate::map::release::{release, waits};
use crate::map::train::departure;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::Value;
use tidegate_client::wire::{Page, Release, StageState};
use tidegate_core::id::{EnvId, Name, ReleaseId};
use tidegate_core::model::listing;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(one))
}

/// Part of the list of releases.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ReleaseQuery {
    /// Only of this service.
    service: Option<String>,
    /// Only with this regulatory tag, of the release or of its service.
    tag: Option<String>,
    /// At most this many, 50 unless said, never more than 200.
    #[param(value_type = Option<u32>)]
    #[serde(default)]
    limit: Limit,
    /// `next` of the part before.
    after: Option<String>,
}

/// Releases in order of service and version.
#[utoipa::path(
    get,
    path = "/api/v1/releases",
    tag = "releases",
    operation_id = "releases",
    params(ReleaseQuery),
    responses((status = 200, description = "Releases", body = Page<Release>))
)]
async fn list(
    State(app): State<App>,
    _: Caller,
    Search(query): Search<ReleaseQuery>,
) -> Result<Json<Page<Release>>, Problem> {
    let page = app.look(move |look| {
        let list = Listing {
            model: listing::RELEASES,
            prefix: query
                .service
                .as_ref()
                .map_or_else(String::new, |service| format!("{service}@")),
            after: query.after.as_deref(),
            limit: query.limit.get(),
            newest_first: false,
        };
        let services = &look.in_force.spec.services;
        let tagged = |row: &Value| {
            let Some(tag) = &query.tag else {
                return true;
            };
            let own = row.get("tags").and_then(Value::as_array);
            let own = own.into_iter().flatten().filter_map(Value::as_str);
            let id = row.get("id").and_then(Value::as_str).unwrap_or_default();
            let id = id.parse::<ReleaseId>().ok();
            let service = id.and_then(|id| services.get(&id.service));
            let of_service = service.into_iter().flat_map(|s| s.tags.iter());
            own.chain(of_service.map(Name::as_str)).any(|t| t == tag)
        };
        fill(keys(look, &list, tagged)?, |key| release(look, key))
    });
    Ok(Json(page.await?))
}

/// One release, with what stands before it in the environments it was not in yet.
#[utoipa::path(
    get,
    path = "/api/v1/releases/{reference}",
    tag = "releases",
    operation_id = "release",
    params(("reference" = String, Path, description = "`service@version`")),
    responses((status = 200, description = "The release", body = Release))
)]
async fn one(
    State(app): State<App>,
    _: Caller,
    Ref(reference): Ref,
) -> Result<Json<Release>, Problem> {
    let found = app
        .look(move |look| {
            let mut found = release(look, &reference)?;
            waits(look, &mut found)?;
            let aboard = found.departure.as_ref().map(|id| id.parse()).transpose()?;
            found.travels = aboard
                .map(|id| departure(look, &id).map(Box::new))
                .transpose()?;
            explain(look, &mut found)?;
            Ok(found)
        })
        .await?;
    Ok(Json(found))
}

/// Add the gates of each environment it was not in yet. Where none can be told (a cancelled release), none are shown.
fn explain(look: &Look<'_>, release: &mut Release) -> Result<(), Problem> {
    let id: ReleaseId = release.id.parse()?;
    for stage in release
        .stages
        .iter_mut()
        .filter(|stage| stage.state == StageState::None)
    {
        let environment = EnvId::new(stage.environment.clone())?;
        stage.conditions = decision::decide(look, &id, &environment, None)
            .ok()
            .map(|d| d.conditions);
    }
    Ok(())
}
