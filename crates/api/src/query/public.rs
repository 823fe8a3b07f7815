//! What anybody may read without signing in, where the configuration says so.

use crate::App;
use crate::error::{Problem, kind};
use crate::map::service::public_issues;
use axum::Json;
use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use tidegate_client::wire::{Page, PublicIssue};
use tidegate_core::spec::PublicFeed;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Whoever keeps a copy asks again after this many seconds.
const KEPT: &str = "public, max-age=60";

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(known_issues))
}

/// Known issues for customers: those marked `public` that are in a version which runs in production, with what to do meanwhile.
/// Not there unless the configuration says `public-feeds: [known-issues]`.
#[utoipa::path(
    get,
    path = "/feeds/known-issues.json",
    tag = "services",
    operation_id = "public_known_issues",
    security(()),
    responses((status = 200, description = "Issues", body = Page<PublicIssue>))
)]
async fn known_issues(State(app): State<App>) -> Result<Response, Problem> {
    let items = app.look(|look| {
        let published = &look.in_force.spec.public_feeds;
        if !published.contains(&PublicFeed::KnownIssues) {
            return Err(Problem::new(
                &kind::NOT_FOUND,
                "this list is not published",
                "`public-feeds: [known-issues]` in the configuration publishes it",
            ));
        }
        Ok(public_issues(look))
    });
    let page = Page {
        items: items.await?,
        next: None,
    };
    Ok(([(CACHE_CONTROL, KEPT)], Json(page)).into_response())
}
