//! Hold and open environments.

use crate::App;
use crate::auth::Caller;
use crate::error::Problem;
use crate::extract::{Body, Key, Ref};
use crate::map;
use crate::render::Done;
use axum::extract::State;
use tidegate_client::wire::{self, DriftAnswer, LockRequest, Reason};
use tidegate_core::command::Command;
use tidegate_core::id::{CommandId, EnvId, ServiceId};
use tidegate_core::stream::environment;
use tidegate_core::time::Millis;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(hold))
        .routes(routes!(open))
        .routes(routes!(break_lock))
        .routes(routes!(fence))
        .routes(routes!(accept_drift))
}

/// Let an environment take no more deployments; returns to earlier revisions still go.
#[utoipa::path(
    post,
    path = "/api/v1/environments/{environment}/holds",
    tag = "environments",
    operation_id = "hold_environment",
    params(("environment" = String, Path, description = "Name")),
    request_body = LockRequest,
    responses((status = 200, description = "Held", body = wire::Environment))
)]
async fn hold(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(name): Ref,
    Body(why): Body<LockRequest>,
) -> Result<Done<wire::Environment>, Problem> {
    let because = super::reason(&why.reason)?;
    change(
        &app,
        &who,
        key.or_new()?,
        name,
        environment::Command::Hold {
            because,
            until: why.until,
            lasting: why.lasting_ms.map(Millis),
        },
    )
    .await
}

/// Let an environment take deployments again; only whoever locked it may.
#[utoipa::path(
    post,
    path = "/api/v1/environments/{environment}/openings",
    tag = "environments",
    operation_id = "open_environment",
    params(("environment" = String, Path, description = "Name")),
    request_body = Reason,
    responses((status = 200, description = "Open", body = wire::Environment))
)]
async fn open(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(name): Ref,
    Body(why): Body<Reason>,
) -> Result<Done<wire::Environment>, Problem> {
    let because = super::reason(&why.reason)?;
    change(
        &app,
        &who,
        key.or_new()?,
        name,
        environment::Command::Open { because },
    )
    .await
}

/// Break the lock that somebody else set. Recorded with the reason; the old holder is told when they unlock it later.
#[utoipa::path(
    post,
    path = "/api/v1/environments/{environment}/broken-locks",
    tag = "environments",
    operation_id = "break_lock",
    params(("environment" = String, Path, description = "Name")),
    request_body = Reason,
    responses((status = 200, description = "Open", body = wire::Environment))
)]
async fn break_lock(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(name): Ref,
    Body(why): Body<Reason>,
) -> Result<Done<wire::Environment>, Problem> {
    let because = super::reason(&why.reason)?;
    let command = environment::Command::Break { because };
    change(&app, &who, key.or_new()?, name, command).await
}

/// Go on in an environment that is held because the ledger went back (a restore from a backup): every later plan has a higher
/// generation than its targets have seen, as its agent says. For admins.
#[utoipa::path(
    post,
    path = "/api/v1/environments/{environment}/fences",
    tag = "environments",
    operation_id = "fence_environment",
    params(("environment" = String, Path, description = "Name")),
    request_body = Reason,
    responses((status = 200, description = "Fenced", body = wire::Environment))
)]
async fn fence(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(name): Ref,
    Body(why): Body<Reason>,
) -> Result<Done<wire::Environment>, Problem> {
    let (because, key) = (super::reason(&why.reason)?, key.or_new()?);
    let id = EnvId::new(name)?;
    let (env, actor) = (id.clone(), who.actor().clone());
    let receipt = app
        .blocking(move |engine| Ok(engine.fence(&actor, key, &env, &because)?))
        .await?;
    let environment = app
        .look(move |look| map::environment::environment(look, &id))
        .await?;
    Ok(Done::changed(environment, receipt.replayed))
}

/// Answer for what was changed at a target past the ledger: it holds the service there no longer. For admins.
#[utoipa::path(
    post,
    path = "/api/v1/environments/{environment}/accepted-drift",
    tag = "environments",
    operation_id = "accept_drift",
    params(("environment" = String, Path, description = "Name")),
    request_body = DriftAnswer,
    responses((status = 200, description = "Answered for", body = wire::Environment))
)]
async fn accept_drift(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(name): Ref,
    Body(answer): Body<DriftAnswer>,
) -> Result<Done<wire::Environment>, Problem> {
    let command = environment::Command::Accept {
        because: super::reason(&answer.reason)?,
        service: ServiceId::new(answer.service)?,
        until: answer.until,
        lasting: answer.lasting_ms.map(Millis),
    };
    change(&app, &who, key.or_new()?, name, command).await
}

async fn change(
    app: &App,
    who: &Caller,
    key: CommandId,
    name: String,
    command: environment::Command,
) -> Result<Done<wire::Environment>, Problem> {
    let id = EnvId::new(name)?;
    let receipt = app
        .submit(
            who,
            key,
            Command::Environment {
                id: id.clone(),
                command,
            },
        )
        .await?;
    let environment = app
        .look(move |look| map::environment::environment(look, &id))
        .await?;
    Ok(Done::changed(environment, receipt.replayed))
}
