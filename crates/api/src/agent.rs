//! The doors for agents: ask for work, report on it, tell what is true at the targets.
//!
//! The types that travel are those of the plug-in contract; the engine checks leases and environments.

use crate::App;
use crate::auth::Caller;
use crate::error::Problem;
use crate::extract::{Body, Ref, Refs};
use axum::Json;
use axum::extract::State;
use axum::http::header::USER_AGENT;
use axum::http::{HeaderMap, StatusCode};
use tidegate_core::id::DeploymentId;
use tidegate_engine::wire::{LeaseReply, LeaseRequest, Mandate, Observed, ObservedReply, Report};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(lease))
        .routes(routes!(report))
        .routes(routes!(observe))
        .routes(routes!(mandate))
}

/// A token works for one agent: the one it is named after, `agent:<name>` or `<name>`.
pub(crate) fn same(who: &Caller, agent: &str) -> Result<(), Problem> {
    let own = who.name().strip_prefix("agent:").unwrap_or(who.name());
    if own == agent {
        return Ok(());
    }
    Err(who.refused(format!("work as agent {agent}")))
}

/// The version in `tidegate/0.1.0`.
fn version(program: &str) -> Option<&str> {
    let version = program.strip_prefix("tidegate/")?;
    let plain = |b: u8| b.is_ascii_alphanumeric() || b".-+".contains(&b);
    (version.len() <= 40 && version.bytes().all(plain)).then_some(version)
}

/// Ask for work. The request is held until there is some, at most 25 s.
#[utoipa::path(
    post,
    path = "/api/v1/agents/{agent}/leases",
    tag = "agents",
    operation_id = "lease",
    params(("agent" = String, Path, description = "Name of the agent")),
    request_body(content = Object, description = "`environments`, `max`, `wait_ms`, `holding`"),
    responses((status = 200, description = "Work, each piece leased for `lease_ms`; may be none", body = Object))
)]
async fn lease(
    State(app): State<App>,
    who: Caller,
    Ref(agent): Ref,
    headers: HeaderMap,
    Body(request): Body<LeaseRequest>,
) -> Result<Json<LeaseReply>, Problem> {
    same(&who, &agent)?;
    let program = headers.get(USER_AGENT).and_then(|text| text.to_str().ok());
    if let Some(version) = program.and_then(version) {
        app.engine().agent_version(&agent, version);
    }
    Ok(Json(
        crate::lease::lease(&app, who.actor(), agent, request).await?,
    ))
}

/// Report how leased work goes. A report under a lease that is over is refused.
#[utoipa::path(
    post,
    path = "/api/v1/agents/{agent}/reports",
    tag = "agents",
    operation_id = "report",
    params(("agent" = String, Path, description = "Name of the agent")),
    request_body(content = Object, description = "`action`, `epoch`, `state`"),
    responses((status = 204, description = "Taken"))
)]
async fn report(
    State(app): State<App>,
    who: Caller,
    Ref(agent): Ref,
    Body(report): Body<Report>,
) -> Result<StatusCode, Problem> {
    same(&who, &agent)?;
    app.blocking(move |engine| Ok(engine.report(&who.actor(), &agent, &report)?))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Tell what is true at the targets; also the sign of life.
#[utoipa::path(
    post,
    path = "/api/v1/agents/{agent}/observations",
    tag = "agents",
    operation_id = "observe",
    params(("agent" = String, Path, description = "Name of the agent")),
    request_body(content = Object, description = "`environments`, `seen`"),
    responses((status = 200, description = "How soon the next observation is wanted, in `next_ms`", body = Object))
)]
async fn observe(
    State(app): State<App>,
    who: Caller,
    Ref(agent): Ref,
    Body(observed): Body<Observed>,
) -> Result<Json<ObservedReply>, Problem> {
    same(&who, &agent)?;
    let reply = app
        .blocking(move |engine| Ok(engine.observe(&who.actor(), &agent, &observed)?))
        .await?;
    Ok(Json(reply))
}

/// What an agent with a trust file looks at before it begins: the plan of a deployment, and the votes that people signed.
#[utoipa::path(
    get,
    path = "/api/v1/agents/{agent}/mandates/{id}",
    tag = "agents",
    operation_id = "mandate",
    params(
        ("agent" = String, Path, description = "Name of the agent"),
        ("id" = String, Path, description = "Id of the deployment")
    ),
    responses((status = 200, description = "`environment`, `plan` as canonical JSON, `votes`", body = Object))
)]
async fn mandate(
    State(app): State<App>,
    who: Caller,
    Refs(agent, id): Refs,
) -> Result<Json<Mandate>, Problem> {
    same(&who, &agent)?;
    let id = DeploymentId::parse(&id)?;
    let found = app.blocking(move |engine| Ok(engine.mandate(&who.actor(), &id)?));
    Ok(Json(found.await?))
}
