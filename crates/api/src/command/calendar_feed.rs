//! Make and end calendar feeds: tokens that stand in an address and open one feed only.

use super::token::{self, New};
use crate::App;
use crate::auth::{Caller, role_of};
use crate::error::Problem;
use crate::extract::{Body, Ref, Search};
use crate::look::Look;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use std::collections::BTreeSet;
use tidegate_client::wire::{CalendarFeed, CalendarFeedRequest, NewCalendarFeed, Page};
use tidegate_core::actor::{FeedScope, Role};
use tidegate_core::id::EnvId;
use tidegate_core::refusal::Refusal;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create))
        .routes(routes!(list))
        .routes(routes!(revoke))
}

/// Make an address at which programs read the calendar. It is in this answer and never again.
#[utoipa::path(
    post,
    path = "/api/v1/calendar/feeds",
    tag = "calendar",
    operation_id = "create_calendar_feed",
    request_body = CalendarFeedRequest,
    responses((status = 201, description = "Made", body = NewCalendarFeed))
)]
async fn create(
    State(app): State<App>,
    who: Caller,
    Body(request): Body<CalendarFeedRequest>,
) -> Result<(StatusCode, Json<NewCalendarFeed>), Problem> {
    let scope = app.look({
        let request = request.clone();
        move |look| scope(look, &request)
    });
    let new = New {
        role: Role::Feed(scope.await?),
        name: request.name,
        grant: crate::auth::Grant::default(),
        expires_in_s: request.expires_in_s,
    };
    let (row, secret) = app
        .blocking(move |engine| token::made(engine, &who.actor(), &new))
        .await?;
    let base = app.options().base.trim_end_matches('/');
    let made = NewCalendarFeed {
        name: row.name,
        url: format!("{base}/calendar/{}.ics", secret.reveal()),
        expires_at: row.expires,
    };
    Ok((StatusCode::CREATED, Json(made)))
}

/// All calendar feeds by name, expired ones included, without their addresses.
#[utoipa::path(
    get,
    path = "/api/v1/calendar/feeds",
    tag = "calendar",
    operation_id = "calendar_feeds",
    responses((status = 200, description = "Feeds", body = Page<CalendarFeed>))
)]
async fn list(State(app): State<App>, _: Caller) -> Result<Json<Page<CalendarFeed>>, Problem> {
    let items = app.look(|look| {
        let mut feeds = Vec::new();
        for row in look.rows.tokens()? {
            if let Role::Feed(scope) = role_of(&row)? {
                feeds.push(CalendarFeed {
                    name: row.name,
                    environments: scope.environments.iter().map(ToString::to_string).collect(),
                    kinds: scope.kinds.into_iter().collect(),
                    public: scope.public,
                    created_at: row.created,
                    expires_at: row.expires,
                });
            }
        }
        Ok(feeds)
    });
    let items = items.await?;
    Ok(Json(Page { items, next: None }))
}

/// Why a feed ends.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Why {
    /// Why; kept in the audit trail.
    reason: Option<String>,
}

/// End a calendar feed at once.
#[utoipa::path(
    delete,
    path = "/api/v1/calendar/feeds/{name}",
    tag = "calendar",
    operation_id = "revoke_calendar_feed",
    params(("name" = String, Path, description = "Name of the feed"), Why),
    responses((status = 204, description = "Ended"))
)]
async fn revoke(
    State(app): State<App>,
    who: Caller,
    Ref(name): Ref,
    Search(why): Search<Why>,
) -> Result<StatusCode, Problem> {
    let why = why.reason.as_deref().map(super::reason).transpose()?;
    let feed = |role: &Role| matches!(role, Role::Feed(_));
    let ended = app.blocking(move |engine| {
        let named = (name.as_str(), why.as_deref());
        token::revoked(engine, &who.actor(), named, "calendar feed", feed)
    });
    let revoked = ended.await?;
    app.tokens().forget(&revoked.hash);
    Ok(StatusCode::NO_CONTENT)
}

/// What a feed may show; names that lead nowhere are refused, because they would be an empty calendar for ever.
fn scope(look: &Look<'_>, request: &CalendarFeedRequest) -> Result<FeedScope, Problem> {
    let mut environments = BTreeSet::new();
    for name in &request.environments {
        let name = EnvId::new(name)?;
        if !look.in_force.spec.environments.contains_key(&name) {
            return Err(Refusal::NotFound {
                what: "environment".to_owned(),
                name: name.to_string(),
            }
            .into());
        }
        environments.insert(name);
    }
    if !request.kinds.is_empty() {
        crate::ics::kinds(&request.kinds)?;
    }
    Ok(FeedScope {
        environments,
        kinds: request.kinds.iter().cloned().collect(),
        public: request.public,
    })
}
