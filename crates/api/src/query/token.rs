//! Tokens without their texts.

use crate::App;
use crate::auth::{Caller, theirs};
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

/// All tokens by name, expired ones included; for an administrator of a business unit, those that are the unit's business.
#[utoipa::path(
    get,
    path = "/api/v1/tokens",
    tag = "tokens",
    operation_id = "tokens",
    responses((status = 200, description = "Tokens", body = Page<Token>))
)]
async fn list(State(app): State<App>, who: Caller) -> Result<Json<Page<Token>>, Problem> {
    let by = who.actor();
    let items = app
        .look(move |look| {
            let known = (look.view(), &look.in_force.spec);
            let mut shown = Vec::new();
            for row in look.rows.tokens()? {
                if theirs(&by, &row, known)? {
                    shown.push(token(look, &row)?);
                }
            }
            Ok(shown)
        })
        .await?;
    Ok(Json(Page { items, next: None }))
}
