//! What people say of a change beside yes and no: another class, a document, an emergency, its review.

use crate::App;
use crate::auth::Caller;
use crate::error::Problem;
use crate::extract::{Body, Key, Ref};
use crate::map::change::{change_of, newest, part, person};
use crate::query::decision::with_path;
use crate::render::Done;
use axum::extract::State;
use tidegate_client::wire::{
    self, DocumentRequest, EmergencyRequest, RaiseRequest, Reason, ReviewRequest,
};
use tidegate_core::change::ChangeId;
use tidegate_core::command::Command;
use tidegate_core::id::{CommandId, EnvId, ReleaseId};
use tidegate_core::refusal::Refusal;
use tidegate_core::spec::ChangeClass;
use tidegate_core::stream::change as core;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(raise))
        .routes(routes!(lower))
        .routes(routes!(write))
        .routes(routes!(own))
        .routes(routes!(review))
        .routes(routes!(emergency))
}

/// Give a change a stricter class.
#[utoipa::path(
    post,
    path = "/api/v1/changes/{change}/raises",
    tag = "changes",
    operation_id = "raise_change",
    params(("change" = String, Path, description = "Name, such as `CHG-1`")),
    request_body = RaiseRequest,
    responses((status = 200, description = "It has the class", body = wire::Change))
)]
async fn raise(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(name): Ref,
    Body(request): Body<RaiseRequest>,
) -> Result<Done<wire::Change>, Problem> {
    let reason = super::reason(&request.reason)?;
    let class = ChangeClass::named(&request.class).ok_or_else(|| Refusal::Invalid {
        because: format!("`{}` is no class of changes", request.class),
        help: "write `normal` or `major`".to_owned(),
    })?;
    let command = core::Command::Raise { class, reason };
    change(&app, &who, key.or_new()?, &name, command).await
}

/// Give a change back the class that the rules give it: for those who are asked and have no part in it.
#[utoipa::path(
    post,
    path = "/api/v1/changes/{change}/lowerings",
    tag = "changes",
    operation_id = "lower_change",
    params(("change" = String, Path, description = "Name, such as `CHG-1`")),
    request_body = Reason,
    responses((status = 200, description = "It has the class of the rules", body = wire::Change))
)]
async fn lower(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(name): Ref,
    Body(why): Body<Reason>,
) -> Result<Done<wire::Change>, Problem> {
    let reason = super::reason(&why.reason)?;
    let command = core::Command::Lower { reason };
    change(&app, &who, key.or_new()?, &name, command).await
}

/// Write a part of the document pack.
#[utoipa::path(
    post,
    path = "/api/v1/changes/{change}/documents",
    tag = "changes",
    operation_id = "write_document",
    params(("change" = String, Path, description = "Name, such as `CHG-1`")),
    request_body = DocumentRequest,
    responses((status = 200, description = "It is written", body = wire::Change))
)]
async fn write(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(name): Ref,
    Body(request): Body<DocumentRequest>,
) -> Result<Done<wire::Change>, Problem> {
    super::text("document", &request.text)?;
    let document = part(&request.document)?;
    let text = request.text;
    let command = core::Command::Write { document, text };
    change(&app, &who, key.or_new()?, &name, command).await
}

/// Confirm that one decides about the way back of a change, or take that over from whoever did before.
#[utoipa::path(
    post,
    path = "/api/v1/changes/{change}/rollback-owners",
    tag = "changes",
    operation_id = "own_rollback",
    params(("change" = String, Path, description = "Name, such as `CHG-1`")),
    request_body = Reason,
    responses((status = 200, description = "It is theirs to decide", body = wire::Change))
)]
async fn own(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(name): Ref,
    Body(why): Body<Reason>,
) -> Result<Done<wire::Change>, Problem> {
    let reason = super::reason(&why.reason)?;
    let command = core::Command::Own { reason };
    change(&app, &who, key.or_new()?, &name, command).await
}

/// Close the review of an emergency: for everybody but those who declared or asked for it.
#[utoipa::path(
    post,
    path = "/api/v1/changes/{change}/reviews",
    tag = "changes",
    operation_id = "review_change",
    params(("change" = String, Path, description = "Name, such as `CHG-1`")),
    request_body = ReviewRequest,
    responses((status = 200, description = "It is reviewed", body = wire::Change))
)]
async fn review(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(name): Ref,
    Body(request): Body<ReviewRequest>,
) -> Result<Done<wire::Change>, Problem> {
    let findings = super::reason(&request.findings)?;
    let root_cause = request.root_cause;
    super::text("root cause", root_cause.as_deref().unwrap_or_default())?;
    let command = core::Command::Review {
        findings,
        root_cause,
    };
    change(&app, &who, key.or_new()?, &name, command).await
}

/// Declare that a release repairs an incident and cannot wait: fewer people are asked, for a limited time, and the rest is
/// owed afterwards.
#[utoipa::path(
    post,
    path = "/api/v1/releases/{reference}/emergencies",
    tag = "changes",
    operation_id = "declare_emergency",
    params(("reference" = String, Path, description = "`service@version`")),
    request_body = EmergencyRequest,
    responses((status = 200, description = "It is declared", body = wire::Change))
)]
async fn emergency(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(name): Ref,
    Body(request): Body<EmergencyRequest>,
) -> Result<Done<wire::Change>, Problem> {
    let release: ReleaseId = name.parse()?;
    let environment = EnvId::new(&request.environment)?;
    super::text("incident", &request.incident)?;
    super::text(
        "root cause",
        request.root_cause.as_deref().unwrap_or_default(),
    )?;
    let command = Command::Change {
        id: None,
        command: core::Command::Emergency {
            release: release.clone(),
            environment: environment.clone(),
            incident: request.incident.trim().to_owned(),
            reason: super::reason(&request.reason)?,
            root_cause: request.root_cause,
        },
    };
    let receipt = app.submit(&who, key.required()?, command).await?;
    let shown = app
        .look(move |look| {
            let me = person(look, &who);
            with_path(look, newest(look, &release, &environment, me.as_deref())?)
        })
        .await?;
    Ok(Done::changed(shown, receipt.replayed))
}

async fn change(
    app: &App,
    who: &Caller,
    key: CommandId,
    name: &str,
    command: core::Command,
) -> Result<Done<wire::Change>, Problem> {
    let id = ChangeId::new(name)?;
    let command = Command::Change {
        id: Some(id.clone()),
        command,
    };
    let receipt = app.submit(who, key, command).await?;
    let asker = who.clone();
    let shown = app
        .look(move |look| {
            let me = person(look, &asker);
            with_path(look, change_of(look, id.as_str(), me.as_deref())?)
        })
        .await?;
    Ok(Done::changed(shown, receipt.replayed))
}
