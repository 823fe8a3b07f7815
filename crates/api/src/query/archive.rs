//! What is kept beside the log and how long, and the holds.

use super::page::{Listing, fill, keys};
use crate::App;
use crate::auth::Caller;
use crate::error::Problem;
use crate::extract::{Limit, Search};
use crate::look::Look;
use crate::map::archive::{holds, kept_body};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use tidegate_client::wire::{KeptBody, LegalHold, Page};
use tidegate_core::model::archive::{KEPT, Kept};
use tidegate_core::time::Timestamp;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(kept))
        .routes(routes!(list))
}

/// Which bodies.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// Only those of this release.
    release: Option<String>,
    /// Only those whose retention is over by then; held and needed ones are among them, with what keeps them.
    by: Option<Timestamp>,
    /// At most this many, 50 unless said, never more than 200.
    #[param(value_type = Option<u32>)]
    #[serde(default)]
    limit: Limit,
    /// `next` of the part before.
    after: Option<String>,
}

/// What is kept beside the log (output of programs, figures behind verdicts) with what becomes of it by the rules and holds of now; the oldest
/// first.
#[utoipa::path(
    get,
    path = "/api/v1/audit/retention",
    tag = "audit",
    operation_id = "retention",
    params(Wanted),
    responses((status = 200, description = "Bodies", body = Page<KeptBody>))
)]
async fn kept(
    State(app): State<App>,
    _: Caller,
    Search(wanted): Search<Wanted>,
) -> Result<Json<Page<KeptBody>>, Problem> {
    Ok(Json(app.look(move |look| page(look, &wanted)).await?))
}

fn page(look: &Look<'_>, wanted: &Wanted) -> Result<Page<KeptBody>, Problem> {
    let list = Listing {
        model: KEPT,
        prefix: String::new(),
        after: wanted.after.as_deref(),
        limit: wanted.limit.get(),
        newest_first: false,
    };
    let wants = |body: &serde_json::Value| {
        let Ok(row) = serde_json::from_value::<Kept>(body.clone()) else {
            return true;
        };
        let of = |release: &String| row.release.to_string() == *release;
        // What cannot be told is shown, and says why.
        let over = |by: Timestamp| {
            kept_body(look, &row).map_or(true, |body| body.until.is_some_and(|until| until <= by))
        };
        wanted.release.as_ref().is_none_or(of) && wanted.by.is_none_or(over)
    };
    fill(keys(look, &list, wants)?, |key| {
        let body = look.view().model(KEPT, key).unwrap_or_default();
        kept_body(look, &serde_json::from_str(&body)?)
    })
}

/// Legal holds, the newest first.
#[utoipa::path(
    get,
    path = "/api/v1/audit/holds",
    tag = "audit",
    operation_id = "holds",
    responses((status = 200, description = "Holds", body = Page<LegalHold>))
)]
async fn list(State(app): State<App>, _: Caller) -> Result<Json<Page<LegalHold>>, Problem> {
    let page = app.look(|look| {
        let items = holds(look)?;
        Ok(Page { items, next: None })
    });
    Ok(Json(page.await?))
}
