//! Ask that words are taken out of an entry, confirm it, refuse it.

use crate::App;
use crate::auth::Caller;
use crate::error::Problem;
use crate::extract::{Body, Key, Ref};
use crate::map::erasure::erasure_of;
use crate::render::Done;
use axum::extract::State;
use tidegate_client::wire::{self, ErasureRequest, Reason};
use tidegate_core::command::Command;
use tidegate_core::stream::erasure::{self as core, ErasureId};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(ask))
        .routes(routes!(confirm))
        .routes(routes!(refuse))
}

/// Ask that the words which people wrote freely are taken out of one entry for good. Another admin confirms it. The entry, its
/// digest and everything that decides stay.
#[utoipa::path(
    post,
    path = "/api/v1/audit/erasures",
    tag = "audit",
    operation_id = "erase",
    request_body = ErasureRequest,
    responses((status = 201, description = "It is asked for", body = wire::Erasure))
)]
async fn ask(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Body(request): Body<ErasureRequest>,
) -> Result<Done<wire::Erasure>, Problem> {
    let reason = super::reason(&request.reason)?;
    let draft = app
        .blocking(move |engine| Ok(engine.erasure_of(request.seq)??))
        .await?;
    let command = Command::Erasure {
        id: None,
        command: core::Command::Ask {
            target: Box::new(draft.target),
            reason,
        },
    };
    let receipt = app.submit(&who, key.or_new()?, command).await?;
    let id = receipt.subject.clone();
    let location = format!("/api/v1/audit/erasures/{id}");
    let mut shown = app.look(move |look| erasure_of(look, &id)).await?;
    shown.copies = draft.copies;
    Ok(Done::created(shown, location, receipt.replayed))
}

/// Confirm an erasure that another admin asked for. It is carried out at once and cannot be taken back.
#[utoipa::path(
    post,
    path = "/api/v1/audit/erasures/{erasure}/confirmations",
    tag = "audit",
    operation_id = "confirm_erasure",
    params(("erasure" = String, Path, description = "Name, such as `ERS-1`")),
    request_body = Reason,
    responses((status = 200, description = "The words are gone", body = wire::Erasure))
)]
async fn confirm(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(name): Ref,
    Body(why): Body<Reason>,
) -> Result<Done<wire::Erasure>, Problem> {
    let reason = super::reason(&why.reason)?;
    decide(&app, &who, key, &name, core::Command::Confirm { reason }).await
}

/// Refuse an erasure: the words stay.
#[utoipa::path(
    post,
    path = "/api/v1/audit/erasures/{erasure}/refusals",
    tag = "audit",
    operation_id = "refuse_erasure",
    params(("erasure" = String, Path, description = "Name, such as `ERS-1`")),
    request_body = Reason,
    responses((status = 200, description = "It is refused", body = wire::Erasure))
)]
async fn refuse(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(name): Ref,
    Body(why): Body<Reason>,
) -> Result<Done<wire::Erasure>, Problem> {
    let reason = super::reason(&why.reason)?;
    decide(&app, &who, key, &name, core::Command::Refuse { reason }).await
}

async fn decide(
    app: &App,
    who: &Caller,
    key: Key,
    name: &str,
    command: core::Command,
) -> Result<Done<wire::Erasure>, Problem> {
    let id = ErasureId::new(name)?;
    let command = Command::Erasure {
        id: Some(id.clone()),
        command,
    };
    let receipt = app.submit(who, key.or_new()?, command).await?;
    let shown = app.look(move |look| erasure_of(look, id.as_str())).await?;
    Ok(Done::changed(shown, receipt.replayed))
}
