//! The pages behind the `type` of problems. Public: they hold nothing but what the table of kinds says.

use super::{Problem, kind};
use axum::extract::Path;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes of the pages.
pub fn pages() -> OpenApiRouter<crate::App> {
    OpenApiRouter::new().routes(routes!(problem_page))
}

/// What a kind of problem means and what to do about it.
#[utoipa::path(
    get,
    path = "/problems/{slug}",
    tag = "server",
    security(()),
    params(("slug" = String, Path, description = "Last part of the `type` of a problem")),
    responses((status = 200, description = "The page", body = String, content_type = "text/markdown"))
)]
async fn problem_page(Path(slug): Path<String>) -> Response {
    let Some(kind) = kind::ALL.iter().find(|kind| kind.slug == slug) else {
        let slugs: Vec<&str> = kind::ALL.iter().map(|k| k.slug).collect();
        let help = format!("there are {}", slugs.join(", "));
        return Problem::new(
            &kind::NOT_FOUND,
            format!("there is no problem `{slug}`"),
            help,
        )
        .into_response();
    };
    let text = format!(
        "# {}: {}\n\nHTTP status {}.\n\n{}\n",
        kind.code,
        kind.title,
        kind.status.as_u16(),
        kind.about
    );
    ([(CONTENT_TYPE, "text/markdown; charset=utf-8")], text).into_response()
}
