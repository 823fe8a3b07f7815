//! Register, retire and recall artifacts.

use crate::App;
use crate::auth::{Caller, Way, workload};
use crate::error::Problem;
use crate::extract::{Body, Key, Ref};
use crate::map;
use crate::render::Done;
use axum::extract::State;
use tidegate_client::wire::{Artifact, ArtifactRequest, Reason};
use tidegate_core::command::Command;
use tidegate_core::id::{CommandId, ReleaseId, StreamId, StreamKind};
use tidegate_core::stream::artifact;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(register))
        .routes(routes!(retire))
        .routes(routes!(recall))
}

/// Make bits known under a service and version. The same bits again are the same artifact; other bits are refused.
#[utoipa::path(
    post,
    path = "/api/v1/artifacts",
    tag = "artifacts",
    operation_id = "register_artifact",
    request_body = ArtifactRequest,
    responses((status = 201, description = "Registered", body = Artifact), (status = 200, description = "It was there", body = Artifact))
)]
async fn register(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Body(request): Body<ArtifactRequest>,
) -> Result<Done<Artifact>, Problem> {
    let command_id = key.required()?;
    let (id, mut bits) = map::artifact::bits(request)?;
    if let Way::Build(built) = who.way() {
        workload::bound(built, &mut bits)?;
    }
    let cause = command_id.0.clone();
    let command = Command::Artifact {
        id: id.clone(),
        command: artifact::Command::Register { bits },
    };
    let receipt = app.submit(&who, command_id, command).await?;
    let (artifact, made) = app
        .look(move |look| {
            let key = id.to_string();
            let first = look
                .rows
                .entries_of(&StreamId::new(StreamKind::Artifact, &key), 1, 1)?;
            let made = first.first().is_some_and(|entry| entry.cause == cause);
            Ok((map::artifact::artifact(look, &key)?, made))
        })
        .await?;
    let location = format!("/api/v1/artifacts/{}", artifact.id);
    Ok(if made {
        Done::created(artifact, location, receipt.replayed)
    } else {
        Done::changed(artifact, receipt.replayed)
    })
}

/// No longer offer an artifact; what runs keeps running.
#[utoipa::path(
    post,
    path = "/api/v1/artifacts/{reference}/retirements",
    tag = "artifacts",
    operation_id = "retire_artifact",
    params(("reference" = String, Path, description = "`service@version`")),
    request_body = Reason,
    responses((status = 200, description = "Retired", body = Artifact))
)]
async fn retire(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(reference): Ref,
    Body(why): Body<Reason>,
) -> Result<Done<Artifact>, Problem> {
    let because = super::reason(&why.reason)?;
    change(
        &app,
        &who,
        key.or_new()?,
        &reference,
        artifact::Command::Retire { because },
    )
    .await
}

/// Forbid an artifact everywhere: no gate lets it pass again.
#[utoipa::path(
    post,
    path = "/api/v1/artifacts/{reference}/recalls",
    tag = "artifacts",
    operation_id = "recall_artifact",
    params(("reference" = String, Path, description = "`service@version`")),
    request_body = Reason,
    responses((status = 200, description = "Recalled", body = Artifact))
)]
async fn recall(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(reference): Ref,
    Body(why): Body<Reason>,
) -> Result<Done<Artifact>, Problem> {
    let because = super::reason(&why.reason)?;
    change(
        &app,
        &who,
        key.or_new()?,
        &reference,
        artifact::Command::Recall { because },
    )
    .await
}

async fn change(
    app: &App,
    who: &Caller,
    key: CommandId,
    reference: &str,
    command: artifact::Command,
) -> Result<Done<Artifact>, Problem> {
    let id: ReleaseId = reference.parse()?;
    let subject = id.to_string();
    let receipt = app
        .submit(who, key, Command::Artifact { id, command })
        .await?;
    let artifact = app
        .look(move |look| map::artifact::artifact(look, &subject))
        .await?;
    Ok(Done::changed(artifact, receipt.replayed))
}
