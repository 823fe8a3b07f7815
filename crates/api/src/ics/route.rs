//! `GET /calendar/<secret>.ics`: the one path whose address is its key.

use super::render::{self, Frame};
use super::shelf::{Row, Shown};
use crate::App;
use crate::auth::AccessToken;
use crate::error::{Problem, kind};
use crate::extract::{Ref, Search};
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use std::collections::BTreeSet;
use tidegate_core::actor::{FeedScope, Role};
use tidegate_core::digest::Digest;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The route.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(feed))
}

/// What is wanted of a feed.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct FeedQuery {
    /// Only what concerns one of these environments, separated by commas.
    environment: Option<String>,
    /// Only these kinds, separated by commas, for example `freeze,train,release,board`.
    kinds: Option<String>,
}

/// The calendar for programs that subscribe to calendars. The secret in the path is the only key; it opens nothing else.
#[utoipa::path(
    get,
    path = "/calendar/{file}",
    tag = "calendar",
    operation_id = "calendar_feed",
    security(()),
    params(("file" = String, Path, description = "The secret of the feed and `.ics`"), FeedQuery),
    responses(
        (status = 200, description = "iCalendar (RFC 5545)", body = String, content_type = "text/calendar"),
        (status = 304, description = "As it was when `If-None-Match` was given")
    )
)]
async fn feed(
    State(app): State<App>,
    Ref(file): Ref,
    Search(query): Search<FeedQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let own = app.clone();
    let (name, scope) = app
        .blocking(move |engine| opened(&own, engine, &file))
        .await?;
    let wanted = Wanted::of(&scope, &query)?;
    let own = app.clone();
    let shown = app
        .blocking(move |engine| own.shelf().shown(engine))
        .await?;
    let body = wanted.text(&shown, &name, &app.options().version);
    let tag = format!("\"{}\"", Digest::of(body.as_bytes()));
    let known = headers.get_all(IF_NONE_MATCH).iter().any(|given| {
        let given = given.to_str().unwrap_or_default();
        given
            .split(',')
            .any(|one| one.trim().trim_start_matches("W/") == tag || one.trim() == "*")
    });
    let fixed = [
        (ETAG, tag.as_str()),
        (CACHE_CONTROL, "private, max-age=300, must-revalidate"),
    ];
    if known {
        return Ok((StatusCode::NOT_MODIFIED, fixed).into_response());
    }
    let kind = [(CONTENT_TYPE, "text/calendar; charset=utf-8")];
    Ok((fixed, kind, body).into_response())
}

/// Name and scope of the feed behind a file name. Every other one is not there, whether its secret was never made, has
/// ended, or is a token of another kind.
fn opened(
    app: &App,
    engine: &tidegate_engine::Engine,
    file: &str,
) -> Result<(String, FeedScope), Problem> {
    let nothing = || {
        Problem::new(
            &kind::NOT_FOUND,
            "there is no such calendar, or it has ended",
            "`tidegate calendar ics create` makes a new address",
        )
    };
    let token = file
        .strip_suffix(".ics")
        .and_then(AccessToken::parse)
        .ok_or_else(nothing)?;
    let caller = match app.tokens().known(engine, &token) {
        Some(caller) => caller,
        None => app.tokens().look_up(engine, &token)?,
    };
    let caller = caller.ok_or_else(nothing)?;
    match caller.role() {
        Role::Feed(scope) => Ok((caller.name().to_owned(), scope.clone())),
        _ => Err(nothing()),
    }
}

/// What of the calendar goes into this answer.
struct Wanted {
    environments: Option<BTreeSet<String>>,
    kinds: BTreeSet<&'static str>,
    public: bool,
}

impl Wanted {
    /// What the feed may show, narrowed by what was asked for: a query cannot widen it.
    fn of(scope: &FeedScope, query: &FeedQuery) -> Result<Self, Problem> {
        let list = |text: &Option<String>| -> Vec<String> {
            let all = text.iter().flat_map(|text| text.split(','));
            all.map(|one| one.trim().to_owned())
                .filter(|one| !one.is_empty())
                .collect()
        };
        let asked: BTreeSet<String> = list(&query.environment).into_iter().collect();
        let own: BTreeSet<String> = scope.environments.iter().map(ToString::to_string).collect();
        let environments = match (own.is_empty(), asked.is_empty()) {
            (true, true) => None,
            (true, false) => Some(asked),
            (false, true) => Some(own),
            (false, false) => Some(own.intersection(&asked).cloned().collect()),
        };
        let own: Vec<String> = scope.kinds.iter().cloned().collect();
        let mut kinds = super::kinds(&own)?;
        let asked = list(&query.kinds);
        if !asked.is_empty() {
            let asked = super::kinds(&asked)?;
            kinds = match own.is_empty() {
                true => asked,
                false => kinds.intersection(&asked).copied().collect(),
            };
        }
        Ok(Self {
            environments,
            kinds,
            public: scope.public,
        })
    }

    fn here(&self, environments: &[String]) -> bool {
        environments.is_empty()
            || self
                .environments
                .as_ref()
                .is_none_or(|wanted| environments.iter().any(|e| wanted.contains(e)))
    }

    fn text(&self, shown: &Shown, name: &str, version: &str) -> String {
        let rows: Vec<(&String, &Row)> = shown
            .rows
            .iter()
            .filter(|(_, row)| self.kinds.contains(row.event.kind.as_str()))
            .filter(|(_, row)| self.here(&row.event.environments))
            .collect();
        let unknown: Vec<String> = shown
            .unknown
            .iter()
            .filter(|(_, environments)| self.here(environments))
            .map(|(text, _)| text.clone())
            .collect();
        let frame = Frame {
            name,
            version,
            origin: &shown.origin,
            public: self.public,
            unknown: &unknown,
        };
        render::calendar(&frame, &rows)
    }
}
