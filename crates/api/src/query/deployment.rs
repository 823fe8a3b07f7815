//! Deployments and what happened to them.

use super::page::{Listing, fill, keys};
use crate::App;
use crate::auth::Caller;
use crate::error::{Problem, kind};
use crate::extract::{Limit, Ref, Search};
use crate::map::audit;
use crate::map::deployment::{Depth, deployment};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::Value;
use tidegate_client::wire::{Deployment, Entry, Page};
use tidegate_core::id::{StreamId, StreamKind};
use tidegate_core::model::listing;
use tidegate_core::stream::deployment as core;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(one))
        .routes(routes!(events))
}

/// Which deployments are wanted.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// Only of this environment.
    environment: Option<String>,
    /// Only of this service.
    service: Option<String>,
    /// Only of this release.
    release: Option<String>,
    /// Only those under way (`live`) or ended (`ended`).
    #[param(inline)]
    state: Option<Ended>,
    /// At most this many, 50 unless said, never more than 200.
    #[param(value_type = Option<u32>)]
    #[serde(default)]
    limit: Limit,
    /// `next` of the part before.
    after: Option<String>,
}

/// Whether it has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
enum Ended {
    /// Under way.
    Live,
    /// Ended.
    Ended,
}

impl Wanted {
    fn wants(&self, row: &Value) -> bool {
        let is = |name: &str, wanted: &Option<String>| {
            wanted
                .as_deref()
                .is_none_or(|w| row.get(name).and_then(Value::as_str) == Some(w))
        };
        let over = row.get("ended").is_some_and(|ended| !ended.is_null());
        is("environment", &self.environment)
            && is("service", &self.service)
            && is("release", &self.release)
            && (self.state != Some(Ended::Ended) || over)
    }
}

/// Deployments, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/deployments",
    tag = "deployments",
    operation_id = "deployments",
    params(Wanted),
    responses((status = 200, description = "Deployments", body = Page<Deployment>))
)]
async fn list(
    State(app): State<App>,
    _: Caller,
    Search(wanted): Search<Wanted>,
) -> Result<Json<Page<Deployment>>, Problem> {
    let page = app.look(move |look| {
        let list = Listing {
            model: if wanted.state == Some(Ended::Live) {
                listing::LIVE
            } else {
                listing::DEPLOYMENTS
            },
            prefix: String::new(),
            after: wanted.after.as_deref(),
            limit: wanted.limit.get(),
            newest_first: true,
        };
        fill(keys(look, &list, |row| wanted.wants(row))?, |id| {
            deployment(look, id, Depth::Listed)
        })
    });
    Ok(Json(page.await?))
}

/// One deployment.
#[utoipa::path(
    get,
    path = "/api/v1/deployments/{id}",
    tag = "deployments",
    operation_id = "deployment",
    params(("id" = String, Path, description = "Deployment")),
    responses((status = 200, description = "The deployment", body = Deployment))
)]
async fn one(State(app): State<App>, _: Caller, Ref(id): Ref) -> Result<Json<Deployment>, Problem> {
    Ok(Json(
        app.look(move |look| deployment(look, &id, Depth::Whole))
            .await?,
    ))
}

/// Where to go on.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct After {
    /// `next` of the part before, or the `rev` after which to begin.
    after: Option<String>,
    /// At most this many, 50 unless said, never more than 200.
    #[param(value_type = Option<u32>)]
    #[serde(default)]
    limit: Limit,
}

/// What happened to a deployment, oldest first.
#[utoipa::path(
    get,
    path = "/api/v1/deployments/{id}/events",
    tag = "deployments",
    operation_id = "deployment_events",
    params(("id" = String, Path, description = "Deployment"), After),
    responses((status = 200, description = "Entries", body = Page<Entry>))
)]
async fn events(
    State(app): State<App>,
    _: Caller,
    Ref(id): Ref,
    Search(query): Search<After>,
) -> Result<Json<Page<Entry>>, Problem> {
    let after: u64 = match query.after.as_deref().map(str::parse) {
        None => 0,
        Some(Ok(after)) => after,
        Some(Err(_)) => {
            return Err(Problem::new(
                &kind::MALFORMED,
                "`after` is not a number",
                "use `next` of the part before",
            ));
        }
    };
    let limit = query.limit.get();
    let page = app.look(move |look| {
        look.load::<core::Deployment>("deployment", &id)?;
        let entries = look.rows.entries_of(
            &StreamId::new(StreamKind::Deployment, &id),
            after.saturating_add(1),
            limit + 1,
        )?;
        let next = (entries.len() > limit).then(|| entries[limit - 1].rev.to_string());
        Ok(Page {
            items: entries.iter().take(limit).map(audit::entry).collect(),
            next,
        })
    });
    Ok(Json(page.await?))
}
