//! Lend the right to decide for a team, and take it back.

use crate::App;
use crate::auth::Caller;
use crate::error::Problem;
use crate::extract::{Body, Key, Ref};
use crate::map::delegation::delegation_of;
use crate::render::Done;
use axum::extract::State;
use tidegate_client::wire::{self, DelegationRequest, Reason};
use tidegate_core::command::Command;
use tidegate_core::id::TeamId;
use tidegate_core::stream::delegation::{self as core, DelegationId};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(lend))
        .routes(routes!(revoke))
}

/// Lend the caller's own right to decide for a team: to one person, for a time, never further.
#[utoipa::path(
    post,
    path = "/api/v1/delegations",
    tag = "changes",
    operation_id = "delegate",
    request_body = DelegationRequest,
    responses((status = 201, description = "It is lent", body = wire::Delegation))
)]
async fn lend(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Body(request): Body<DelegationRequest>,
) -> Result<Done<wire::Delegation>, Problem> {
    let command = Command::Delegation {
        id: None,
        command: core::Command::Lend {
            team: TeamId::new(request.team)?,
            to: request.to,
            since: request.since,
            until: request.until,
            reason: super::reason(&request.reason)?,
        },
    };
    let receipt = app.submit(&who, key.or_new()?, command).await?;
    let id = receipt.subject.clone();
    let location = format!("/api/v1/delegations/{id}");
    let shown = app.look(move |look| delegation_of(look, &id)).await?;
    Ok(Done::created(shown, location, receipt.replayed))
}

/// Take a delegation back, or give it back: for the two persons and for admins.
#[utoipa::path(
    post,
    path = "/api/v1/delegations/{delegation}/revocations",
    tag = "changes",
    operation_id = "revoke_delegation",
    params(("delegation" = String, Path, description = "Name, such as `DLG-1`")),
    request_body = Reason,
    responses((status = 200, description = "It is revoked", body = wire::Delegation))
)]
async fn revoke(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(name): Ref,
    Body(why): Body<Reason>,
) -> Result<Done<wire::Delegation>, Problem> {
    let id = DelegationId::new(&name)?;
    let command = Command::Delegation {
        id: Some(id.clone()),
        command: core::Command::Revoke {
            reason: super::reason(&why.reason)?,
        },
    };
    let receipt = app.submit(&who, key.or_new()?, command).await?;
    let shown = app
        .look(move |look| delegation_of(look, id.as_str()))
        .await?;
    Ok(Done::changed(shown, receipt.replayed))
}
