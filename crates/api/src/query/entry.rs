//! Entries of the calendar, vendors and constraints.

use crate::App;
use crate::auth::Caller;
use crate::error::Problem;
use crate::extract::{Ref, Search};
use crate::map::{entry as map, feed};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use tidegate_client::wire::{CalendarEntry, ImportedCalendar, Legacy, Page, Vendor};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(one))
        .routes(routes!(imported))
        .routes(routes!(vendors))
        .routes(routes!(legacy))
}

/// Which entries.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Which {
    /// Only this kind.
    kind: Option<String>,
    /// `true`: also those that are over or cancelled.
    #[serde(default)]
    past: bool,
}

/// What people declared on the calendar, the next first.
#[utoipa::path(
    get,
    path = "/api/v1/calendar/entries",
    tag = "calendar",
    operation_id = "calendar_entries",
    params(Which),
    responses((status = 200, description = "Entries", body = Page<CalendarEntry>))
)]
async fn list(
    State(app): State<App>,
    _: Caller,
    Search(which): Search<Which>,
) -> Result<Json<Page<CalendarEntry>>, Problem> {
    let kind = which.kind.as_deref().map(map::kind).transpose()?;
    let page = app.look(move |look| {
        let items = map::entries(look, kind, which.past)?;
        Ok(Page { items, next: None })
    });
    Ok(Json(page.await?))
}

/// One entry.
#[utoipa::path(
    get,
    path = "/api/v1/calendar/entries/{entry}",
    tag = "calendar",
    operation_id = "calendar_entry",
    params(("entry" = String, Path, description = "Id, such as `outage-3`")),
    responses((status = 200, description = "The entry", body = CalendarEntry))
)]
async fn one(
    State(app): State<App>,
    _: Caller,
    Ref(id): Ref,
) -> Result<Json<CalendarEntry>, Problem> {
    Ok(Json(app.look(move |look| map::entry(look, &id)).await?))
}

/// Calendars of others that are imported, when each was read last, and whether that still counts.
#[utoipa::path(
    get,
    path = "/api/v1/calendar/imports",
    tag = "calendar",
    operation_id = "imported_calendars",
    responses((status = 200, description = "Imported calendars", body = Page<ImportedCalendar>))
)]
async fn imported(
    State(app): State<App>,
    _: Caller,
) -> Result<Json<Page<ImportedCalendar>>, Problem> {
    let page = app.look(|look| {
        let items = feed::all(look)?;
        Ok(Page { items, next: None })
    });
    Ok(Json(page.await?))
}

/// Third parties: hours and notice of their contracts, their work, and what of ours meets it.
#[utoipa::path(
    get,
    path = "/api/v1/vendors",
    tag = "calendar",
    operation_id = "vendors",
    responses((status = 200, description = "Vendors", body = Page<Vendor>))
)]
async fn vendors(State(app): State<App>, _: Caller) -> Result<Json<Page<Vendor>>, Problem> {
    let page = app.look(|look| {
        let items = map::vendors(look)?;
        Ok(Page { items, next: None })
    });
    Ok(Json(page.await?))
}

/// Systems that cannot be moved, and the days of the next 90 that each costs.
#[utoipa::path(
    get,
    path = "/api/v1/legacy",
    tag = "calendar",
    operation_id = "legacy",
    responses((status = 200, description = "Constraints", body = Page<Legacy>))
)]
async fn legacy(State(app): State<App>, _: Caller) -> Result<Json<Page<Legacy>>, Problem> {
    let page = app.look(|look| {
        let items = map::legacy(look)?;
        Ok(Page { items, next: None })
    });
    Ok(Json(page.await?))
}
