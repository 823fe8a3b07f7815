//! Services and what is known to be wrong with them.

use crate::App;
use crate::auth::Caller;
use crate::error::Problem;
use crate::extract::{Ref, Search};
use crate::map::service::{issues, issues_in, service};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use tidegate_client::wire::{KnownIssue, Page, Service};
use tidegate_core::id::{EnvId, ServiceId};
use tidegate_core::refusal::Refusal;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(one))
        .routes(routes!(known_issues))
}

/// All services by name, with the versions that run and what is wrong with these.
#[utoipa::path(
    get,
    path = "/api/v1/services",
    tag = "services",
    operation_id = "services",
    responses((status = 200, description = "Services", body = Page<Service>))
)]
async fn list(State(app): State<App>, _: Caller) -> Result<Json<Page<Service>>, Problem> {
    let page = app.look(|look| {
        let names = look.in_force.spec.services.keys();
        let items = names.map(|name| service(look, name));
        let items = items.collect::<Result<_, _>>()?;
        Ok(Page { items, next: None })
    });
    Ok(Json(page.await?))
}

/// One service, with the versions that run and what is wrong with these.
#[utoipa::path(
    get,
    path = "/api/v1/services/{service}",
    tag = "services",
    operation_id = "service",
    params(("service" = String, Path, description = "Name")),
    responses((status = 200, description = "The service", body = Service))
)]
async fn one(State(app): State<App>, _: Caller, Ref(name): Ref) -> Result<Json<Service>, Problem> {
    let name = ServiceId::new(name)?;
    Ok(Json(app.look(move |look| service(look, &name)).await?))
}

/// What is asked.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// Only of this service.
    service: Option<String>,
    /// Only those that are in this version.
    version: Option<String>,
    /// Only those that are in a version that runs in this environment or is being brought there.
    environment: Option<String>,
    /// Only those that customers may read, without names of environments.
    #[serde(default)]
    public: bool,
}

/// Known issues: all that are configured, or those of a service, a version or an environment.
#[utoipa::path(
    get,
    path = "/api/v1/known-issues",
    tag = "services",
    operation_id = "known_issues",
    params(Asked),
    responses((status = 200, description = "Known issues by service", body = Page<KnownIssue>))
)]
async fn known_issues(
    State(app): State<App>,
    _: Caller,
    Search(asked): Search<Asked>,
) -> Result<Json<Page<KnownIssue>>, Problem> {
    let only = asked.service.map(ServiceId::new).transpose()?;
    let environment = asked.environment.map(EnvId::new).transpose()?;
    let (version, public) = (asked.version, asked.public);
    let page = app.look(move |look| {
        let spec = &look.in_force.spec;
        let missing = |what: &str, name: String| {
            let what = what.to_owned();
            Problem::from(Refusal::NotFound { what, name })
        };
        if let Some(name) = only
            .as_ref()
            .filter(|name| !spec.services.contains_key(*name))
        {
            return Err(missing("service", name.to_string()));
        }
        if let Some(env) = environment
            .as_ref()
            .filter(|env| !spec.environments.contains_key(*env))
        {
            return Err(missing("environment", env.to_string()));
        }
        let mut items = Vec::new();
        for (name, service) in &spec.services {
            if only.as_ref().is_some_and(|only| only != name) {
                continue;
            }
            items.extend(match &version {
                Some(version) => issues_in(look, name, version),
                None => issues(look, name, service),
            });
        }
        if let Some(env) = &environment {
            items.retain(|issue| issue.environments.iter().any(|e| e == env.as_str()));
        }
        if public {
            items.retain(|issue| issue.public);
            items
                .iter_mut()
                .for_each(|issue| issue.environments.clear());
        }
        Ok(Page { items, next: None })
    });
    Ok(Json(page.await?))
}
