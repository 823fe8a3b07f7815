//! Place a legal hold, and end it.

use crate::App;
use crate::auth::Caller;
use crate::error::{Problem, kind};
use crate::extract::{Body, Key, Ref};
use crate::map::archive::hold_of;
use crate::render::Done;
use axum::extract::State;
use std::collections::BTreeSet;
use std::str::FromStr;
use tidegate_client::wire::{self, LegalHoldRequest, Reason};
use tidegate_core::command::Command;
use tidegate_core::id::BadName;
use tidegate_core::stream::archive::{self as core, HoldId, Scope};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(place))
        .routes(routes!(release))
}

/// Place a legal hold: nothing that it covers is removed until it is released, whatever retention says.
#[utoipa::path(
    post,
    path = "/api/v1/audit/holds",
    tag = "audit",
    operation_id = "place_hold",
    request_body = LegalHoldRequest,
    responses((status = 201, description = "It stands", body = wire::LegalHold))
)]
async fn place(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Body(request): Body<LegalHoldRequest>,
) -> Result<Done<wire::LegalHold>, Problem> {
    let reason = super::reason(&request.reason)?;
    let scope = Box::new(scope(&request)?);
    let command = Command::Archive {
        key: None,
        command: core::Command::Hold { scope, reason },
    };
    let receipt = app.submit(&who, key.or_new()?, command).await?;
    let id = receipt.subject.clone();
    let location = format!("/api/v1/audit/holds/{id}");
    let shown = app.look(move |look| hold_of(look, &id)).await?;
    Ok(Done::created(shown, location, receipt.replayed))
}

fn scope(request: &LegalHoldRequest) -> Result<Scope, Problem> {
    let scope = Scope {
        releases: names(&request.releases)?,
        services: names(&request.services)?,
        environments: names(&request.environments)?,
        tags: names(&request.tags)?,
    };
    if (scope == Scope::default()) != request.everything {
        return Err(Problem::new(
            &kind::INVALID,
            "the hold covers either what it names or everything",
            "name releases, services, environments or tags, or say `everything` and name nothing",
        ));
    }
    Ok(scope)
}

fn names<T: FromStr<Err = BadName> + Ord>(names: &[String]) -> Result<BTreeSet<T>, BadName> {
    names.iter().map(|name| name.parse()).collect()
}

/// End a hold. What is past its retention and covered by no other hold is removed at the next look.
#[utoipa::path(
    post,
    path = "/api/v1/audit/holds/{hold}/releases",
    tag = "audit",
    operation_id = "release_hold",
    params(("hold" = String, Path, description = "Name, such as `HLD-1`")),
    request_body = Reason,
    responses((status = 200, description = "It is over", body = wire::LegalHold))
)]
async fn release(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(name): Ref,
    Body(why): Body<Reason>,
) -> Result<Done<wire::LegalHold>, Problem> {
    let reason = super::reason(&why.reason)?;
    let id = HoldId::new(&name)?;
    let command = Command::Archive {
        key: Some(id.to_string()),
        command: core::Command::Release { reason },
    };
    let receipt = app.submit(&who, key.or_new()?, command).await?;
    let shown = app.look(move |look| hold_of(look, id.as_str())).await?;
    Ok(Done::changed(shown, receipt.replayed))
}
