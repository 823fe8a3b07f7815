//! Declare, extend and lift freezes, and ask for exceptions from them.

use crate::App;
use crate::auth::Caller;
use crate::error::Problem;
use crate::extract::{Body, Key, Ref, Search};
use crate::map::freeze as map;
use crate::render::Done;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use tidegate_client::wire::{self, ExceptionRequest, ExtendRequest, FreezeRequest, Reason};
use tidegate_core::command::Command;
use tidegate_core::freeze::{FreezeId, FreezeRef, Known};
use tidegate_core::id::CommandId;
use tidegate_core::step::{self, Item, World};
use tidegate_core::stream::{exception, freeze};
use tidegate_core::time::Millis;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(declare))
        .routes(routes!(extend))
        .routes(routes!(lift))
        .routes(routes!(ask))
}

/// Whether only the effect is wanted.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Dry {
    /// `true`: answer with what it would do and change nothing.
    #[serde(default)]
    dry_run: bool,
    /// How many days ahead a dry run looks; 14 without it.
    days: Option<u32>,
}

/// Let nothing start in a scope from now on.
#[utoipa::path(
    post,
    path = "/api/v1/freezes",
    tag = "freezes",
    operation_id = "declare_freeze",
    params(Dry),
    request_body = FreezeRequest,
    responses(
        (status = 201, description = "It holds", body = wire::Freeze),
        (status = 200, description = "Dry run: what it would do", body = wire::FreezePreview)
    )
)]
async fn declare(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Search(dry): Search<Dry>,
    Body(request): Body<FreezeRequest>,
) -> Result<Response, Problem> {
    let why = super::reason(&request.reason)?;
    let id = request.name.as_deref().map(FreezeId::new).transpose()?;
    let (scope, policy) = (map::scope(request.scope)?, map::policy(request.policy)?);
    let (until, lasting) = (request.until, request.lasting_ms.map(Millis));
    let command = Command::Freeze {
        id,
        command: freeze::Command::Declare {
            scope,
            why,
            until,
            lasting,
            policy,
        },
    };
    if dry.dry_run {
        let days = dry.days.unwrap_or(14).min(400);
        let preview = app
            .look(move |look| would(look, &who, &command, days))
            .await?;
        return Ok(Json(preview).into_response());
    }
    let receipt = app.submit(&who, key.or_new()?, command).await?;
    let id = receipt.subject.clone();
    let location = format!("/api/v1/freezes/{id}");
    let shown = app.look(move |look| map::freeze(look, &id)).await?;
    Ok(Done::created(shown, location, receipt.replayed).into_response())
}

/// A dry run is refused to those who may not do it, and for the reasons it would be refused.
fn would(
    look: &crate::look::Look<'_>,
    who: &Caller,
    command: &Command,
    days: u32,
) -> Result<wire::FreezePreview, Problem> {
    let item = Item {
        id: CommandId("dry-run".to_owned()),
        actor: who.actor(),
        command: command.clone(),
    };
    let world = World {
        now: look.now,
        spec: &look.in_force.spec,
        origins: &look.in_force.origins,
        view: look.view(),
        judge: &*look.in_force.judge,
    };
    let batch = step::step(&item, &world)?;
    let Command::Freeze {
        command:
            freeze::Command::Declare {
                scope,
                why,
                until,
                lasting,
                policy,
            },
        ..
    } = command
    else {
        return Err(crate::error::Problem::from(
            tidegate_core::refusal::Refusal::Invalid {
                because: "only a declaration has a dry run".to_owned(),
                help: "leave `dry_run` out".to_owned(),
            },
        ));
    };
    let known = Known {
        which: FreezeRef::Declared {
            id: FreezeId::new(&batch.subject)?,
            declared: look.now,
        },
        why: why.clone(),
        scope: scope.clone(),
        policy: policy.clone(),
    };
    let until = until.or(lasting.map(|length| length.after(look.now)));
    Ok(map::preview(look, &known, until, days))
}

/// Give a freeze another end.
#[utoipa::path(
    post,
    path = "/api/v1/freezes/{freeze}/extensions",
    tag = "freezes",
    operation_id = "extend_freeze",
    params(("freeze" = String, Path, description = "Name, such as `FRZ-outage`")),
    request_body = ExtendRequest,
    responses((status = 200, description = "It holds until then", body = wire::Freeze))
)]
async fn extend(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(name): Ref,
    Body(request): Body<ExtendRequest>,
) -> Result<Done<wire::Freeze>, Problem> {
    let reason = super::reason(&request.reason)?;
    let command = freeze::Command::Extend {
        until: request.until,
        lasting: request.lasting_ms.map(Millis),
        reason,
    };
    change(&app, &who, key.or_new()?, name, command).await
}

/// End a freeze now: what it held, and nothing else, goes on.
#[utoipa::path(
    post,
    path = "/api/v1/freezes/{freeze}/liftings",
    tag = "freezes",
    operation_id = "lift_freeze",
    params(("freeze" = String, Path, description = "Name, such as `FRZ-outage`")),
    request_body = Reason,
    responses((status = 200, description = "It is lifted", body = wire::Freeze))
)]
async fn lift(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(name): Ref,
    Body(why): Body<Reason>,
) -> Result<Done<wire::Freeze>, Problem> {
    let reason = super::reason(&why.reason)?;
    let command = freeze::Command::Lift { reason };
    change(&app, &who, key.or_new()?, name, command).await
}

async fn change(
    app: &App,
    who: &Caller,
    key: CommandId,
    name: String,
    command: freeze::Command,
) -> Result<Done<wire::Freeze>, Problem> {
    let planned = {
        let name = name.clone();
        app.look(move |look| map::configured_rule(look, &name))
            .await?
    };
    if let Some(refusal) = planned {
        return Err(refusal.into());
    }
    let id = FreezeId::new(&name)?;
    let command = Command::Freeze {
        id: Some(id.clone()),
        command,
    };
    let receipt = app.submit(who, key, command).await?;
    let shown = app.look(move |look| map::freeze(look, id.as_str())).await?;
    Ok(Done::changed(shown, receipt.replayed))
}

/// Let a release go inside a freeze: granted by people, or at once where its class is let through.
#[utoipa::path(
    post,
    path = "/api/v1/freezes/{freeze}/exceptions",
    tag = "freezes",
    operation_id = "ask_exception",
    params(("freeze" = String, Path, description = "Name, such as `quarter-close` or `FRZ-outage`")),
    request_body = ExceptionRequest,
    responses((status = 201, description = "Asked, or in force", body = wire::Exception))
)]
async fn ask(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(freeze): Ref,
    Body(request): Body<ExceptionRequest>,
) -> Result<Done<wire::Exception>, Problem> {
    let reason = super::reason(&request.reason)?;
    if let Some(incident) = &request.incident {
        super::text("incident", incident)?;
    }
    let command = Command::Exception {
        id: None,
        command: exception::Command::Ask {
            freeze,
            release: request.release.parse()?,
            environments: map::names(request.environments)?,
            reason,
            incident: request.incident,
            lasting: request.lasting_ms.map(Millis),
        },
    };
    let receipt = app.submit(&who, key.or_new()?, command).await?;
    let id = receipt.subject.clone();
    let location = format!("/api/v1/exceptions/{id}");
    let shown = app.look(move |look| map::exception_of(look, &id)).await?;
    Ok(Done::created(shown, location, receipt.replayed))
}
