//! Put a configuration that weakens controls before those who answer for them; their yes and their no.

use super::config::{checked, parent};
use crate::App;
use crate::auth::Caller;
use crate::error::Problem;
use crate::extract::{Body, Key, Ref};
use crate::map::{config as map, proposal as shown};
use crate::render::Done;
use axum::extract::{DefaultBodyLimit, State};
use tidegate_client::wire::{self, ProposalRequest, Reason};
use tidegate_config::diff;
use tidegate_core::command::Command;
use tidegate_core::digest::Digest;
use tidegate_core::spec::concerned;
use tidegate_core::stream::config;
use tidegate_engine::Engine;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(propose))
        .layer(DefaultBodyLimit::max(super::config::BODY))
        .routes(routes!(approve))
        .routes(routes!(reject))
}

/// Propose files that weaken controls to those who answer for these. After their yes whoever may apply exactly this brings it
/// into force. Another proposal of the same person takes its place, and with it goes every yes.
#[utoipa::path(
    post,
    path = "/api/v1/config/proposals",
    tag = "config",
    operation_id = "propose_config",
    request_body = ProposalRequest,
    responses((status = 201, description = "It waits for their yes", body = wire::Proposal))
)]
async fn propose(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Body(request): Body<ProposalRequest>,
) -> Result<Done<wire::Proposal>, Problem> {
    let reason = super::reason(&request.reason)?;
    let (digest, command) = app
        .blocking(move |engine| proposed(engine, request, reason))
        .await?;
    let receipt = app.submit(&who, key.or_new()?, command).await?;
    let location = format!("/api/v1/config/proposals/{digest}");
    let found = app.look(move |look| shown::proposal(look, &digest)).await?;
    Ok(Done::created(found, location, receipt.replayed))
}

fn proposed(
    engine: &Engine,
    request: ProposalRequest,
    reason: String,
) -> Result<(Digest, Command), Problem> {
    let (spec, origins) = checked(engine, request.files)?;
    let in_force = engine.in_force();
    let changes = diff(&in_force.spec, &spec, &origins);
    let digest = spec.digest()?;
    let command = config::Command::Propose {
        digest: digest.clone(),
        parent: parent(request.parent, &in_force)?,
        reason,
        changes: changes.iter().map(map::change).collect(),
        weakens: changes.iter().filter_map(map::weakened).collect(),
        weakened: map::answered_for(&in_force.spec, &spec),
        concerns: concerned(&in_force.spec, &spec),
    };
    Ok((digest, Command::Config { command }))
}

/// Say yes to exactly this configuration, for every team of the caller's that answers for something it weakens. Whoever proposed
/// it says no yes.
#[utoipa::path(
    post,
    path = "/api/v1/config/proposals/{digest}/approvals",
    tag = "config",
    operation_id = "approve_config",
    params(("digest" = String, Path, description = "Digest of what was proposed")),
    request_body = Reason,
    responses((status = 200, description = "The yes is on record", body = wire::Proposal))
)]
async fn approve(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(name): Ref,
    Body(why): Body<Reason>,
) -> Result<Done<wire::Proposal>, Problem> {
    let (digest, reason) = (name.parse::<Digest>()?, super::reason(&why.reason)?);
    let command = config::Command::Approve {
        digest: digest.clone(),
        reason,
    };
    decided(&app, &who, key, digest, command).await
}

/// Say no to a proposal, as a member of a team that is asked; or take back one's own.
#[utoipa::path(
    post,
    path = "/api/v1/config/proposals/{digest}/rejections",
    tag = "config",
    operation_id = "reject_config",
    params(("digest" = String, Path, description = "Digest of what was proposed")),
    request_body = Reason,
    responses((status = 200, description = "It is rejected", body = wire::Proposal))
)]
async fn reject(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(name): Ref,
    Body(why): Body<Reason>,
) -> Result<Done<wire::Proposal>, Problem> {
    let (digest, reason) = (name.parse::<Digest>()?, super::reason(&why.reason)?);
    let command = config::Command::Reject {
        digest: digest.clone(),
        reason,
    };
    decided(&app, &who, key, digest, command).await
}

async fn decided(
    app: &App,
    who: &Caller,
    key: Key,
    digest: Digest,
    command: config::Command,
) -> Result<Done<wire::Proposal>, Problem> {
    let command = Command::Config { command };
    let receipt = app.submit(who, key.or_new()?, command).await?;
    let found = app.look(move |look| shown::proposal(look, &digest)).await?;
    Ok(Done::changed(found, receipt.replayed))
}
