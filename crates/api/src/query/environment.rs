//! Environments.

use crate::App;
use crate::auth::Caller;
use crate::error::Problem;
use crate::extract::Ref;
use crate::map::environment::environment;
use axum::Json;
use axum::extract::State;
use std::collections::BTreeSet;
use tidegate_client::wire::{Environment, Page};
use tidegate_core::id::EnvId;
use tidegate_core::spec::Spec;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(one))
}

/// All environments, each after those a release must have succeeded in first.
#[utoipa::path(
    get,
    path = "/api/v1/environments",
    tag = "environments",
    operation_id = "environments",
    responses((status = 200, description = "Environments", body = Page<Environment>))
)]
async fn list(State(app): State<App>, _: Caller) -> Result<Json<Page<Environment>>, Problem> {
    let page = app.look(|look| {
        let names = in_order(&look.in_force.spec);
        let items = names
            .iter()
            .map(|name| environment(look, name))
            .collect::<Result<_, _>>()?;
        Ok(Page { items, next: None })
    });
    Ok(Json(page.await?))
}

/// One environment and what runs there.
#[utoipa::path(
    get,
    path = "/api/v1/environments/{environment}",
    tag = "environments",
    operation_id = "environment",
    params(("environment" = String, Path, description = "Name")),
    responses((status = 200, description = "The environment", body = Environment))
)]
async fn one(
    State(app): State<App>,
    _: Caller,
    Ref(name): Ref,
) -> Result<Json<Environment>, Problem> {
    let name = EnvId::new(name)?;
    Ok(Json(app.look(move |look| environment(look, &name)).await?))
}

/// Each after those it stands behind; `validate` refuses circles, and one that got in all the same ends the order.
pub(super) fn in_order(spec: &Spec) -> Vec<EnvId> {
    let mut placed: BTreeSet<&EnvId> = BTreeSet::new();
    let mut order = Vec::new();
    for _ in 0..spec.environments.len() {
        let ready = |(name, e): &(&EnvId, &tidegate_core::spec::Environment)| {
            !placed.contains(*name)
                && e.after.iter().all(|before| {
                    placed.contains(before) || !spec.environments.contains_key(before)
                })
        };
        let Some((name, _)) = spec.environments.iter().find(ready) else {
            break;
        };
        placed.insert(name);
        order.push(name.clone());
    }
    order.extend(
        spec.environments
            .keys()
            .filter(|name| !placed.contains(name))
            .cloned(),
    );
    order
}
