//! What ships with a release: change it, lock it, open it again.

use crate::App;
use crate::auth::Caller;
use crate::error::Problem;
use crate::extract::{Body, Key, Ref};
use crate::map;
use crate::render::Done;
use axum::extract::State;
use tidegate_client::wire::{Reason, ReleaseScope, ScopeRequest};
use tidegate_core::command::Command;
use tidegate_core::id::{CommandId, ReleaseId};
use tidegate_core::refusal::Refusal;
use tidegate_core::stream::release;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Most edits of one request.
const MOST: usize = 50;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(edit))
        .routes(routes!(lock))
        .routes(routes!(unlock))
}

/// Change what ships with a release and what stays out; all edits or none.
#[utoipa::path(
    post,
    path = "/api/v1/releases/{reference}/scope-edits",
    tag = "releases",
    operation_id = "edit_scope",
    params(("reference" = String, Path, description = "`service@version`")),
    request_body = ScopeRequest,
    responses((status = 200, description = "What ships now", body = ReleaseScope))
)]
async fn edit(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(reference): Ref,
    Body(request): Body<ScopeRequest>,
) -> Result<Done<ReleaseScope>, Problem> {
    let reason = super::reason(&request.reason)?;
    if request.edits.len() > MOST {
        return Err(Refusal::OverLimit {
            what: "the number of edits".to_owned(),
            limit: MOST as u64,
        }
        .into());
    }
    let edits = request.edits.into_iter().map(map::scope::edit);
    let edits = edits.collect::<Result<_, _>>()?;
    let command = release::Command::Scope { edits, reason };
    change(&app, &who, key.or_new()?, &reference, command).await
}

/// Lock the scope of a release: from now on only the completeness of its items changes.
#[utoipa::path(
    post,
    path = "/api/v1/releases/{reference}/scope-locks",
    tag = "releases",
    operation_id = "lock_scope",
    params(("reference" = String, Path, description = "`service@version`")),
    request_body = Reason,
    responses((status = 200, description = "Locked", body = ReleaseScope))
)]
async fn lock(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(reference): Ref,
    Body(why): Body<Reason>,
) -> Result<Done<ReleaseScope>, Problem> {
    let reason = super::reason(&why.reason)?;
    let command = release::Command::Lock { reason };
    change(&app, &who, key.or_new()?, &reference, command).await
}

/// Decide that a locked scope may change again: another person than the one who locked it, of a team whose work it is.
#[utoipa::path(
    post,
    path = "/api/v1/releases/{reference}/scope-openings",
    tag = "releases",
    operation_id = "open_scope",
    params(("reference" = String, Path, description = "`service@version`")),
    request_body = Reason,
    responses((status = 200, description = "It may change again", body = ReleaseScope))
)]
async fn unlock(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(reference): Ref,
    Body(why): Body<Reason>,
) -> Result<Done<ReleaseScope>, Problem> {
    let reason = super::reason(&why.reason)?;
    let command = release::Command::Unlock { reason };
    change(&app, &who, key.or_new()?, &reference, command).await
}

async fn change(
    app: &App,
    who: &Caller,
    key: CommandId,
    reference: &str,
    command: release::Command,
) -> Result<Done<ReleaseScope>, Problem> {
    let id: ReleaseId = reference.parse()?;
    let subject = id.to_string();
    let receipt = app
        .submit(who, key, Command::Release { id, command })
        .await?;
    let found = app.look(move |look| map::scope::scope(look, &subject));
    Ok(Done::changed(found.await?, receipt.replayed))
}
