//! Tokens without their texts.

use crate::App;
use crate::auth::Caller;
use crate::error::Problem;
use crate::map::token::token;
use axum::Json;
use axum::extract::State;
use tidegate_client::wire::{Page, Token};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list))
}

/// All tokens by name, expired ones included.
#[utoipa::path(
    get,
    path = "/api/v1/tokens",
    tag = "tokens",
    operation_id = "tokens",
    responses((status = 200, description = "Tokens", body = Page<Token>))
)]
async fn list(State(app): State<App>, _: Caller) -> Result<Json<Page<Token>>, Problem> {
    let items = app
        .look(|look| {
            let rows = look.rows;
            rows.tokens()?.iter().map(|row| token(rows, row)).collect()
        })
        .await?;
    Ok(Json(Page { items, next: None }))
}
