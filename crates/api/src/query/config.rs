//! Configuration in force and before.

use super::page::{Listing, keys};
use crate::App;
use crate::auth::Caller;
use crate::error::Problem;
use crate::extract::{ListQuery, Ref, Search};
use crate::look::Look;
use crate::map::{config as map, proposal};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use tidegate_client::wire::{self, Config, Effective, Page, Revision};
use tidegate_config::effective;
use tidegate_core::digest::Digest;
use tidegate_core::id::{EnvId, ServiceId};
use tidegate_core::model::listing;
use tidegate_core::refusal::Refusal;
use tidegate_core::stream::config::{self, Event, Phase};
use tidegate_core::time::Timestamp;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(current))
        .routes(routes!(revisions))
        .routes(routes!(proposed))
        .routes(routes!(one_proposed))
        .routes(routes!(values))
}

/// The configuration in force.
#[utoipa::path(
    get,
    path = "/api/v1/config",
    tag = "config",
    operation_id = "config",
    responses((status = 200, description = "The configuration", body = Config))
)]
async fn current(State(app): State<App>, _: Caller) -> Result<Json<Config>, Problem> {
    let config = app.look(|look| {
        let state: config::Config = look.view().load(config::Config::KEY)?;
        let (at, by) = match state.phase {
            Phase::Applied { at, by, .. } => (Some(at), Some(by)),
            Phase::Absent => (None, None),
        };
        let in_force = &look.in_force;
        Ok(Config {
            revision: in_force.revision,
            digest: in_force
                .digest
                .as_ref()
                .map_or_else(String::new, ToString::to_string),
            commit: in_force.commit.clone(),
            at,
            by,
            proposals: proposal::proposals(look)?,
            spec: serde_json::to_value(&in_force.spec)?,
            origins: map::origins(&in_force.origins),
        })
    });
    Ok(Json(config.await?))
}

/// What is proposed to come after it and whose yes that needs, newest first. All end when a configuration comes into force.
#[utoipa::path(
    get,
    path = "/api/v1/config/proposals",
    tag = "config",
    operation_id = "config_proposals",
    responses((status = 200, description = "Proposals", body = Page<wire::Proposal>))
)]
async fn proposed(
    State(app): State<App>,
    _: Caller,
) -> Result<Json<Page<wire::Proposal>>, Problem> {
    let items = app.look(proposal::proposals).await?;
    Ok(Json(Page { items, next: None }))
}

/// One proposal: what it changes, whose yes it needs, and who said what.
#[utoipa::path(
    get,
    path = "/api/v1/config/proposals/{digest}",
    tag = "config",
    operation_id = "config_proposal",
    params(("digest" = String, Path, description = "Digest of what was proposed")),
    responses((status = 200, description = "The proposal", body = wire::Proposal))
)]
async fn one_proposed(
    State(app): State<App>,
    _: Caller,
    Ref(name): Ref,
) -> Result<Json<wire::Proposal>, Problem> {
    let digest: Digest = name.parse()?;
    let found = app.look(move |look| proposal::proposal(look, &digest));
    Ok(Json(found.await?))
}

/// Applied revisions, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/config/revisions",
    tag = "config",
    operation_id = "config_revisions",
    params(ListQuery),
    responses((status = 200, description = "Revisions", body = Page<Revision>))
)]
async fn revisions(
    State(app): State<App>,
    _: Caller,
    Search(query): Search<ListQuery>,
) -> Result<Json<Page<Revision>>, Problem> {
    let page = app.look(move |look| {
        let list = Listing {
            model: listing::REVISIONS,
            prefix: String::new(),
            after: query.after.as_deref(),
            limit: query.limit.get(),
            newest_first: true,
        };
        super::page::fill(keys(look, &list, |_| true)?, |key| revision(look, key))
    });
    Ok(Json(page.await?))
}

fn revision(look: &Look<'_>, key: &str) -> Result<Revision, Problem> {
    #[derive(Deserialize)]
    struct Row {
        event: Event,
        at: Timestamp,
    }
    let missing = || Refusal::NotFound {
        what: "configuration revision".to_owned(),
        name: key.to_owned(),
    };
    let row = look
        .rows
        .model(listing::REVISIONS, key)?
        .ok_or_else(missing)?;
    let Row { event, at } = serde_json::from_str(&row)?;
    let Event::Applied {
        revision,
        digest,
        commit,
        by,
        changes,
        weakens,
        because,
        ..
    } = event
    else {
        return Err(missing().into());
    };
    Ok(Revision {
        revision,
        digest: digest.to_string(),
        commit,
        at,
        by,
        reason: because,
        changes,
        weakens,
    })
}

/// Whose values are asked for.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Whose {
    /// Service.
    service: String,
    /// Environment; the whole path by default, with the environment in front of each value.
    environment: Option<String>,
}

/// Every value that holds for a service, with the file and line it comes from.
#[utoipa::path(
    get,
    path = "/api/v1/config/effective",
    tag = "config",
    operation_id = "effective_config",
    params(Whose),
    responses((status = 200, description = "Values", body = Page<Effective>))
)]
async fn values(
    State(app): State<App>,
    _: Caller,
    Search(whose): Search<Whose>,
) -> Result<Json<Page<Effective>>, Problem> {
    let service = ServiceId::new(whose.service)?;
    let one = whose.environment.map(EnvId::new).transpose()?;
    let page = app.look(move |look| {
        let in_force = &look.in_force;
        let of = |env: &EnvId| {
            effective(&in_force.spec, &in_force.origins, &service, env).map_err(|e| {
                Problem::from(Refusal::Invalid {
                    because: e.to_string(),
                    help: "`tidegate config show` lists what is configured".to_owned(),
                })
            })
        };
        let mut items = Vec::new();
        match &one {
            Some(env) => items.extend(of(env)?.into_iter().map(map::setting)),
            None => {
                if !in_force.spec.services.contains_key(&service) {
                    return Err(Refusal::NotFound {
                        what: "service".to_owned(),
                        name: service.to_string(),
                    }
                    .into());
                }
                for env in in_force.spec.path_of(&service) {
                    items.extend(of(env)?.into_iter().map(map::setting).map(|s| Effective {
                        path: format!("{env}/{}", s.path),
                        ..s
                    }));
                }
            }
        }
        Ok(Page { items, next: None })
    });
    Ok(Json(page.await?))
}
