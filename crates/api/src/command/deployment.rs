//! Start deployments and steer them.

use crate::App;
use crate::auth::Caller;
use crate::error::Problem;
use crate::extract::{Body, DryRun, Key, Plans, Ref};
use crate::map::deployment::{Depth, deployment as shown};
use crate::map::queue::request as asked;
use crate::query::decision;
use crate::render::Done;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use tidegate_client::wire::{self, DeployRequest, Nothing, Preview, Reason, SignatureRequest};
use tidegate_core::command::Command;
use tidegate_core::gate::Purpose;
use tidegate_core::id::{CommandId, DeploymentId, EnvId, Name};
use tidegate_core::stream::deployment;
use tidegate_engine::Deploy;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(deploy))
        .routes(routes!(pause))
        .routes(routes!(resume))
        .routes(routes!(advance))
        .routes(routes!(abort))
        .routes(routes!(settle))
        .routes(routes!(sign))
        .routes(routes!(refuse_to_sign))
}

/// Bring a release into an environment. It starts when its gates pass.
#[utoipa::path(
    post,
    path = "/api/v1/deployments",
    tag = "deployments",
    operation_id = "deploy",
    params(crate::extract::DryRunQuery),
    request_body = DeployRequest,
    responses(
        (status = 201, description = "Proposed", body = wire::Deployment),
        (status = 200, description = "Dry run: plan and decision", body = Preview)
    )
)]
async fn deploy(
    State(app): State<App>,
    who: Caller,
    key: Key,
    dry: DryRun,
    Body(request): Body<DeployRequest>,
) -> Result<Response, Problem> {
    let reason = request.reason.unwrap_or_default();
    super::text("reason", &reason)?;
    let ask = Deploy {
        release: request.release.parse()?,
        environment: EnvId::new(request.environment)?,
        purpose: if request.again {
            Purpose::Redeploy
        } else {
            Purpose::Promote
        },
        reason: reason.trim().to_owned(),
        again: request.again,
        request: asked(request.priority, request.at, request.expires_ms)?,
    };
    let (actor, about) = (who.actor(), (ask.release.clone(), ask.environment.clone()));
    // Planning looks at what runs; whoever has no business there learns nothing of it.
    app.look(move |look| look.concerns(&actor, &about.0, &about.1))
        .await?;
    if dry.0.dry_run {
        let preview = app
            .look(move |look| decision::dry_run(look, &who, &ask))
            .await?;
        return Ok(axum::Json(preview).into_response());
    }
    let key = key.required()?;
    let (release, environment) = (ask.release.clone(), ask.environment.clone());
    match app
        .blocking(move |engine| {
            let about = (&ask.release, &ask.environment);
            let answer = engine.deploy(&who.actor(), key, &ask);
            answer.map_err(|denied| decision::refused(engine, denied, about))
        })
        .await
    {
        Ok(receipt) => proposed(&app, receipt).await,
        Err(problem) if problem.decision.is_some() => Err(problem),
        Err(problem) => {
            // Whoever is refused learns how all gates stand, when that can be told.
            let decision = app
                .look(move |look| decision::decide(look, &release, &environment, None))
                .await;
            Err(problem.with_decision(decision.ok()))
        }
    }
}

/// The answer to a proposal.
pub(super) async fn proposed(
    app: &App,
    receipt: tidegate_engine::Receipt,
) -> Result<Response, Problem> {
    let (id, replayed) = (receipt.subject, receipt.replayed);
    let location = format!("/api/v1/deployments/{id}");
    let deployment = app.look(move |look| shown(look, &id, Depth::Whole)).await?;
    Ok(Done::created(deployment, location, replayed).into_response())
}

/// Stop a deployment where it is.
#[utoipa::path(
    post,
    path = "/api/v1/deployments/{id}/pauses",
    tag = "deployments",
    operation_id = "pause",
    params(("id" = String, Path, description = "Deployment")),
    request_body = Reason,
    responses((status = 200, description = "Stopped", body = wire::Deployment))
)]
async fn pause(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(id): Ref,
    Body(why): Body<Reason>,
) -> Result<Done<wire::Deployment>, Problem> {
    let reason = super::reason(&why.reason)?;
    steer(
        &app,
        &who,
        key.or_new()?,
        &id,
        deployment::Command::Pause { reason },
    )
    .await
}

/// Let a stopped deployment go on.
#[utoipa::path(
    post,
    path = "/api/v1/deployments/{id}/resumptions",
    tag = "deployments",
    operation_id = "resume",
    params(("id" = String, Path, description = "Deployment")),
    request_body = Nothing,
    responses((status = 200, description = "Goes on", body = wire::Deployment))
)]
async fn resume(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(id): Ref,
    _body: Body<Nothing>,
) -> Result<Done<wire::Deployment>, Problem> {
    steer(&app, &who, key.or_new()?, &id, deployment::Command::Resume).await
}

/// End the present hold now, whatever the figures.
#[utoipa::path(
    post,
    path = "/api/v1/deployments/{id}/advances",
    tag = "deployments",
    operation_id = "advance",
    params(("id" = String, Path, description = "Deployment")),
    request_body = Reason,
    responses((status = 200, description = "Goes on", body = wire::Deployment))
)]
async fn advance(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(id): Ref,
    Body(why): Body<Reason>,
) -> Result<Done<wire::Deployment>, Problem> {
    let reason = super::reason(&why.reason)?;
    steer(
        &app,
        &who,
        key.or_new()?,
        &id,
        deployment::Command::Advance { reason },
    )
    .await
}

/// Give a deployment up: cancelled at its gates, rolled back afterwards.
#[utoipa::path(
    post,
    path = "/api/v1/deployments/{id}/aborts",
    tag = "deployments",
    operation_id = "abort",
    params(("id" = String, Path, description = "Deployment")),
    request_body = Reason,
    responses((status = 200, description = "Given up; the way back is under way", body = wire::Deployment))
)]
async fn abort(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(id): Ref,
    Body(why): Body<Reason>,
) -> Result<Done<wire::Deployment>, Problem> {
    let reason = super::reason(&why.reason)?;
    steer(
        &app,
        &who,
        key.or_new()?,
        &id,
        deployment::Command::Abort { reason },
    )
    .await
}

/// Say that what ran before runs again, after the way back failed and a person repaired it.
#[utoipa::path(
    post,
    path = "/api/v1/deployments/{id}/settlements",
    tag = "deployments",
    operation_id = "settle",
    params(("id" = String, Path, description = "Deployment")),
    request_body = Reason,
    responses((status = 200, description = "Ended", body = wire::Deployment))
)]
async fn settle(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(id): Ref,
    Body(why): Body<Reason>,
) -> Result<Done<wire::Deployment>, Problem> {
    let reason = super::reason(&why.reason)?;
    let command = deployment::Command::Settle { reason };
    steer(&app, &who, key.or_new()?, &id, command).await
}

/// Sign what a rollout waits for. `If-Match` names its plan, as it was looked at.
#[utoipa::path(
    post,
    path = "/api/v1/deployments/{id}/sign-offs",
    tag = "deployments",
    operation_id = "sign_off",
    params(
        ("id" = String, Path, description = "Deployment"),
        ("If-Match" = String, Header, description = "Digest of the plan that was looked at")
    ),
    request_body = SignatureRequest,
    responses((status = 200, description = "Signed; it goes on", body = wire::Deployment))
)]
async fn sign(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(id): Ref,
    plans: Plans,
    Body(request): Body<SignatureRequest>,
) -> Result<Done<wire::Deployment>, Problem> {
    super::text("reason", &request.reason)?;
    let command = deployment::Command::Sign {
        plan: plans.one()?,
        sign: request.sign.map(Name::new).transpose()?,
        instead_of: request.instead_of,
        reason: request.reason.trim().to_owned(),
    };
    steer(&app, &who, key.required()?, &id, command).await
}

/// Refuse to sign what a rollout waits for: it stays where it is until a person decides. `If-Match` names its plan.
#[utoipa::path(
    post,
    path = "/api/v1/deployments/{id}/sign-off-refusals",
    tag = "deployments",
    operation_id = "refuse_sign_off",
    params(
        ("id" = String, Path, description = "Deployment"),
        ("If-Match" = String, Header, description = "Digest of the plan that was looked at")
    ),
    request_body = Reason,
    responses((status = 200, description = "It stays where it is", body = wire::Deployment))
)]
async fn refuse_to_sign(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(id): Ref,
    plans: Plans,
    Body(why): Body<Reason>,
) -> Result<Done<wire::Deployment>, Problem> {
    let command = deployment::Command::RefuseToSign {
        plan: plans.one()?,
        reason: super::reason(&why.reason)?,
    };
    steer(&app, &who, key.required()?, &id, command).await
}

async fn steer(
    app: &App,
    who: &Caller,
    key: CommandId,
    id: &str,
    command: deployment::Command,
) -> Result<Done<wire::Deployment>, Problem> {
    let id = DeploymentId::parse(id)?;
    let subject = id.to_string();
    // One that does not exist is told apart from one in the wrong phase.
    let known = subject.clone();
    app.look(move |look| {
        look.load::<deployment::Deployment>("deployment", &known)
            .map(drop)
    })
    .await?;
    let receipt = app
        .submit(who, key, Command::Deployment { id, command })
        .await?;
    let deployment = app
        .look(move |look| shown(look, &subject, Depth::Whole))
        .await?;
    Ok(Done::changed(deployment, receipt.replayed))
}
