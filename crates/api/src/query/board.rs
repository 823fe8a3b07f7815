//! Boards that decide about changes: when they meet, what is on their agendas, and what was decided.

use crate::App;
use crate::auth::Caller;
use crate::error::Problem;
use crate::extract::{Ref, Refs, Search};
use crate::map::board::{boards, meeting_on, meetings};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use tidegate_client::wire::{BoardMeeting, ChangeBoard, Page};
use tidegate_core::change::ChangeId;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(sittings))
        .routes(routes!(sitting))
}

/// Which boards.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Which {
    /// Only those on whose agenda this change is.
    #[serde(default)]
    change: Option<String>,
}

/// Boards by name, with their rules and next sittings.
#[utoipa::path(
    get,
    path = "/api/v1/boards",
    tag = "changes",
    operation_id = "change_boards",
    params(Which),
    responses((status = 200, description = "Boards", body = Page<ChangeBoard>))
)]
async fn list(
    State(app): State<App>,
    _: Caller,
    Search(which): Search<Which>,
) -> Result<Json<Page<ChangeBoard>>, Problem> {
    let change = which.change.as_deref().map(ChangeId::new).transpose()?;
    let page = app.look(move |look| {
        let items = boards(look, change.as_ref())?;
        Ok(Page { items, next: None })
    });
    Ok(Json(page.await?))
}

/// Sittings of a board that had an agenda, the newest first.
#[utoipa::path(
    get,
    path = "/api/v1/boards/{board}/meetings",
    tag = "changes",
    operation_id = "board_meetings",
    params(("board" = String, Path, description = "Name")),
    responses((status = 200, description = "Sittings", body = Page<BoardMeeting>))
)]
async fn sittings(
    State(app): State<App>,
    _: Caller,
    Ref(board): Ref,
) -> Result<Json<Page<BoardMeeting>>, Problem> {
    let page = app.look(move |look| {
        let items = meetings(look, &board)?;
        Ok(Page { items, next: None })
    });
    Ok(Json(page.await?))
}

/// One sitting: its agenda before it is over, its minutes afterwards.
#[utoipa::path(
    get,
    path = "/api/v1/boards/{board}/meetings/{day}",
    tag = "changes",
    operation_id = "board_meeting",
    params(
        ("board" = String, Path, description = "Name"),
        ("day" = String, Path, description = "Day such as `2026-11-25`; `next`: the first that is not over; `last`: the newest that is")
    ),
    responses((status = 200, description = "The sitting", body = BoardMeeting))
)]
async fn sitting(
    State(app): State<App>,
    _: Caller,
    Refs(board, day): Refs,
) -> Result<Json<BoardMeeting>, Problem> {
    Ok(Json(
        app.look(move |look| meeting_on(look, &board, &day)).await?,
    ))
}
