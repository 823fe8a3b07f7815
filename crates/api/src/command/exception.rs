//! Grant, refuse, revoke and review exceptions from freezes.

use crate::App;
use crate::auth::Caller;
use crate::error::Problem;
use crate::extract::{Body, Key, Ref};
use crate::map::freeze::exception_of;
use crate::render::Done;
use axum::extract::State;
use tidegate_client::wire::{self, GrantRequest, Reason};
use tidegate_core::command::Command;
use tidegate_core::freeze::ExceptionId;
use tidegate_core::id::CommandId;
use tidegate_core::stream::exception;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(grant))
        .routes(routes!(refuse))
        .routes(routes!(revoke))
        .routes(routes!(review))
}

/// Grant an exception: for members of the teams that its freeze names, never for the one who asked.
#[utoipa::path(
    post,
    path = "/api/v1/exceptions/{exception}/grants",
    tag = "freezes",
    operation_id = "grant_exception",
    params(("exception" = String, Path, description = "Name, such as `EXC-1`")),
    request_body = GrantRequest,
    responses((status = 200, description = "It is in force", body = wire::Exception))
)]
async fn grant(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(name): Ref,
    Body(request): Body<GrantRequest>,
) -> Result<Done<wire::Exception>, Problem> {
    let reason = super::reason(&request.reason)?;
    let review_due = request.review_due;
    let command = exception::Command::Grant { reason, review_due };
    change(&app, &who, key.or_new()?, &name, command).await
}

/// Refuse an exception: for those who may grant it, and for the one who asked.
#[utoipa::path(
    post,
    path = "/api/v1/exceptions/{exception}/refusals",
    tag = "freezes",
    operation_id = "refuse_exception",
    params(("exception" = String, Path, description = "Name, such as `EXC-1`")),
    request_body = Reason,
    responses((status = 200, description = "It is refused", body = wire::Exception))
)]
async fn refuse(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(name): Ref,
    Body(why): Body<Reason>,
) -> Result<Done<wire::Exception>, Problem> {
    let reason = super::reason(&why.reason)?;
    let command = exception::Command::Refuse { reason };
    change(&app, &who, key.or_new()?, &name, command).await
}

/// Revoke an exception: what has not started waits again.
#[utoipa::path(
    post,
    path = "/api/v1/exceptions/{exception}/revocations",
    tag = "freezes",
    operation_id = "revoke_exception",
    params(("exception" = String, Path, description = "Name, such as `EXC-1`")),
    request_body = Reason,
    responses((status = 200, description = "It is revoked", body = wire::Exception))
)]
async fn revoke(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(name): Ref,
    Body(why): Body<Reason>,
) -> Result<Done<wire::Exception>, Problem> {
    let reason = super::reason(&why.reason)?;
    let command = exception::Command::Revoke { reason };
    change(&app, &who, key.or_new()?, &name, command).await
}

/// Record what the review of an exception found: for everybody but the one who asked.
#[utoipa::path(
    post,
    path = "/api/v1/exceptions/{exception}/reviews",
    tag = "freezes",
    operation_id = "review_exception",
    params(("exception" = String, Path, description = "Name, such as `EXC-1`")),
    request_body = Reason,
    responses((status = 200, description = "It is reviewed", body = wire::Exception))
)]
async fn review(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(name): Ref,
    Body(why): Body<Reason>,
) -> Result<Done<wire::Exception>, Problem> {
    let findings = super::reason(&why.reason)?;
    let command = exception::Command::Review { findings };
    change(&app, &who, key.or_new()?, &name, command).await
}

async fn change(
    app: &App,
    who: &Caller,
    key: CommandId,
    name: &str,
    command: exception::Command,
) -> Result<Done<wire::Exception>, Problem> {
    let id = ExceptionId::new(name)?;
    let command = Command::Exception {
        id: Some(id.clone()),
        command,
    };
    let receipt = app.submit(who, key, command).await?;
    let shown = app
        .look(move |look| exception_of(look, id.as_str()))
        .await?;
    Ok(Done::changed(shown, receipt.replayed))
}
