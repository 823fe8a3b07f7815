//! What people tell departures: board, leave, admit, promise, decide, postpone, cancel, depart; and a train to keep its rhythm.

use crate::App;
use crate::auth::Caller;
use crate::error::Problem;
use crate::extract::{Body, DepartureName, Key, Ref, Refs};
use crate::map;
use crate::render::Done;
use axum::extract::State;
use tidegate_client::wire::{
    self, BoardRequest, CancelDepartureRequest, FeatureRequest, GoRequest, PassengerRequest,
    PostponeRequest, Reason,
};
use tidegate_core::authority;
use tidegate_core::command::Command;
use tidegate_core::id::{CommandId, DepartureId, Name, ReleaseId};
use tidegate_core::refusal::Refusal;
use tidegate_core::stream::{departure, train};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(board))
        .routes(routes!(leave))
        .routes(routes!(admit))
        .routes(routes!(promise))
        .routes(routes!(decide))
        .routes(routes!(postpone))
        .routes(routes!(cancel))
        .routes(routes!(depart))
        .routes(routes!(keep))
}

/// Put a release aboard: it travels, is late, or moves to a later departure; the answer shows which.
#[utoipa::path(
    post,
    path = "/api/v1/trains/{train}/departures/{number}/boardings",
    tag = "trains",
    operation_id = "board",
    params(
        ("train" = String, Path, description = "Name"),
        ("number" = String, Path, description = "Number, or `next`: the first that takes passengers")
    ),
    request_body = BoardRequest,
    responses((status = 200, description = "The departure", body = wire::Departure))
)]
async fn board(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Refs(train, number): Refs,
    Body(request): Body<BoardRequest>,
) -> Result<Done<wire::Departure>, Problem> {
    let release: ReleaseId = request.release.parse()?;
    let reason = request.reason.unwrap_or_default();
    super::text("reason", &reason)?;
    let command = departure::Command::Join { release, reason };
    tell(&app, &who, key.or_new()?, (train, number), command).await
}

/// Take a release off, or withdraw a late request.
#[utoipa::path(
    post,
    path = "/api/v1/trains/{train}/departures/{number}/leavings",
    tag = "trains",
    operation_id = "leave_departure",
    params(DepartureName),
    request_body = PassengerRequest,
    responses((status = 200, description = "The departure", body = wire::Departure))
)]
async fn leave(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Refs(train, number): Refs,
    Body(request): Body<PassengerRequest>,
) -> Result<Done<wire::Departure>, Problem> {
    let release: ReleaseId = request.release.parse()?;
    let reason = super::reason(&request.reason)?;
    let command = departure::Command::Leave { release, reason };
    tell(&app, &who, key.or_new()?, (train, number), command).await
}

/// Let aboard who asked too late.
#[utoipa::path(
    post,
    path = "/api/v1/trains/{train}/departures/{number}/admissions",
    tag = "trains",
    operation_id = "admit_passenger",
    params(DepartureName),
    request_body = PassengerRequest,
    responses((status = 200, description = "The departure", body = wire::Departure))
)]
async fn admit(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Refs(train, number): Refs,
    Body(request): Body<PassengerRequest>,
) -> Result<Done<wire::Departure>, Problem> {
    let release: ReleaseId = request.release.parse()?;
    let reason = super::reason(&request.reason)?;
    let command = departure::Command::Admit { release, reason };
    tell(&app, &who, key.or_new()?, (train, number), command).await
}

/// Promise a feature: the releases it needs leave together or not at all.
#[utoipa::path(
    post,
    path = "/api/v1/trains/{train}/departures/{number}/features",
    tag = "trains",
    operation_id = "promise_feature",
    params(DepartureName),
    request_body = FeatureRequest,
    responses((status = 200, description = "The departure", body = wire::Departure))
)]
async fn promise(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Refs(train, number): Refs,
    Body(request): Body<FeatureRequest>,
) -> Result<Done<wire::Departure>, Problem> {
    let feature = Name::new(request.feature)?;
    let requires = request.requires.iter().map(|r| r.parse());
    let requires = requires.collect::<Result<Vec<ReleaseId>, _>>()?;
    let reason = request.reason.unwrap_or_default();
    super::text("reason", &reason)?;
    let command = departure::Command::Promise {
        feature,
        requires,
        reason,
    };
    tell(&app, &who, key.or_new()?, (train, number), command).await
}

/// Say go or no-go.
#[utoipa::path(
    post,
    path = "/api/v1/trains/{train}/departures/{number}/decisions",
    tag = "trains",
    operation_id = "decide_departure",
    params(DepartureName),
    request_body = GoRequest,
    responses((status = 200, description = "The departure", body = wire::Departure))
)]
async fn decide(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Refs(train, number): Refs,
    Body(request): Body<GoRequest>,
) -> Result<Done<wire::Departure>, Problem> {
    let reason = super::reason(&request.reason)?;
    let command = match (request.go, request.next) {
        (true, None) => departure::Command::Go { reason },
        (true, Some(_)) => {
            return Err(Refusal::Invalid {
                because: "a go names no next date".to_owned(),
                help: "leave `next` out, or say no-go".to_owned(),
            }
            .into());
        }
        (false, next) => departure::Command::NoGo { reason, next },
    };
    tell(&app, &who, key.or_new()?, (train, number), command).await
}

/// Give a departure another date; its passengers stay aboard.
#[utoipa::path(
    post,
    path = "/api/v1/trains/{train}/departures/{number}/postponements",
    tag = "trains",
    operation_id = "postpone_departure",
    params(DepartureName),
    request_body = PostponeRequest,
    responses((status = 200, description = "The departure", body = wire::Departure))
)]
async fn postpone(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Refs(train, number): Refs,
    Body(request): Body<PostponeRequest>,
) -> Result<Done<wire::Departure>, Problem> {
    let reason = super::reason(&request.reason)?;
    let command = departure::Command::Postpone {
        to: request.to,
        reason,
    };
    tell(&app, &who, key.or_new()?, (train, number), command).await
}

/// Give a departure up; its passengers move to the next, or must board again.
#[utoipa::path(
    post,
    path = "/api/v1/trains/{train}/departures/{number}/cancellations",
    tag = "trains",
    operation_id = "cancel_departure",
    params(DepartureName),
    request_body = CancelDepartureRequest,
    responses((status = 200, description = "The departure", body = wire::Departure))
)]
async fn cancel(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Refs(train, number): Refs,
    Body(request): Body<CancelDepartureRequest>,
) -> Result<Done<wire::Departure>, Problem> {
    let reason = super::reason(&request.reason)?;
    let command = departure::Command::Cancel {
        reason,
        moves: !request.drop,
    };
    tell(&app, &who, key.or_new()?, (train, number), command).await
}

/// Let a departure leave now. A go that is needed is needed now too.
#[utoipa::path(
    post,
    path = "/api/v1/trains/{train}/departures/{number}/departures",
    tag = "trains",
    operation_id = "depart",
    params(DepartureName),
    request_body = Reason,
    responses((status = 200, description = "The departure", body = wire::Departure))
)]
async fn depart(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Refs(train, number): Refs,
    Body(why): Body<Reason>,
) -> Result<Done<wire::Departure>, Problem> {
    let reason = super::reason(&why.reason)?;
    let command = departure::Command::Depart { reason };
    tell(&app, &who, key.or_new()?, (train, number), command).await
}

/// Refuse the rhythm that was proposed for a train.
#[utoipa::path(
    post,
    path = "/api/v1/trains/{train}/refusals",
    tag = "trains",
    operation_id = "keep_pace",
    params(("train" = String, Path, description = "Name")),
    request_body = Reason,
    responses((status = 200, description = "The train", body = wire::Train))
)]
async fn keep(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(name): Ref,
    Body(why): Body<Reason>,
) -> Result<Done<wire::Train>, Problem> {
    let reason = super::reason(&why.reason)?;
    let id = Name::new(name)?;
    let command = Command::Train {
        id: id.clone(),
        command: train::Command::Keep { reason },
    };
    let receipt = app.submit(&who, key.or_new()?, command).await?;
    let train = app.look(move |look| map::train::train(look, &id)).await?;
    Ok(Done::changed(train, receipt.replayed))
}

async fn tell(
    app: &App,
    who: &Caller,
    key: CommandId,
    (train, number): (String, String),
    command: departure::Command,
) -> Result<Done<wire::Departure>, Problem> {
    let train = Name::new(train)?;
    let boards = matches!(command, departure::Command::Join { .. });
    // Whoever may not is told so, and on record, before anybody looks whether there is such a departure.
    let asked = Command::Departure {
        id: DepartureId::new(train.clone(), 1),
        command: command.clone(),
    };
    let actor = who.actor();
    let id = app
        .look(move |look| {
            match authority::authorise(&actor, &asked, look.view()).and_then(|()| {
                authority::entitled(&actor, &asked, &look.in_force.spec, look.view())
            }) {
                Ok(()) => map::train::named(look, &train, &number, boards),
                Err(_) => Ok(DepartureId::new(train.clone(), 1)),
            }
        })
        .await?;
    let receipt = app
        .submit(
            who,
            key,
            Command::Departure {
                id: id.clone(),
                command,
            },
        )
        .await?;
    let departure = app
        .look(move |look| map::train::departure(look, &id))
        .await?;
    Ok(Done::changed(departure, receipt.replayed))
}
