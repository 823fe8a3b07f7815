//! Ask whether a bad version goes back or stays, and decide it.

use crate::App;
use crate::auth::Caller;
use crate::error::Problem;
use crate::extract::{Body, Key, Ref};
use crate::map::rollback_decision::decision_of;
use crate::render::Done;
use axum::extract::State;
use tidegate_client::wire::{
    RollbackChoice, RollbackDecision, RollbackDecisionRequest, RollbackOrderRequest,
};
use tidegate_core::command::Command;
use tidegate_core::id::DeploymentId;
use tidegate_core::refusal::Refusal;
use tidegate_core::stream::decision::{self as core, Choice, DecisionId};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(open))
        .routes(routes!(order))
}

/// Ask those who decide whether a deployment goes back or stays. From now on a clock runs.
#[utoipa::path(
    post,
    path = "/api/v1/rollback-decisions",
    tag = "deployments",
    operation_id = "ask_rollback_decision",
    request_body = RollbackDecisionRequest,
    responses((status = 201, description = "They are asked", body = RollbackDecision))
)]
async fn open(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Body(request): Body<RollbackDecisionRequest>,
) -> Result<Done<RollbackDecision>, Problem> {
    let effect = request.effect.as_deref().map(super::reason).transpose()?;
    let command = Command::Decision {
        id: None,
        command: core::Command::Open {
            deployment: DeploymentId::parse(&request.deployment)?,
            because: super::reason(&request.reason)?,
            effect,
        },
    };
    let receipt = app.submit(&who, key.or_new()?, command).await?;
    let id = receipt.subject.clone();
    let location = format!("/api/v1/rollback-decisions/{id}");
    let shown = app.look(move |look| decision_of(look, &id)).await?;
    Ok(Done::created(shown, location, receipt.replayed))
}

/// Decide: back for anybody on the path, stay for a time only for the team that is named for it. Of two contrary orders the
/// way back is carried out, and both are kept.
#[utoipa::path(
    post,
    path = "/api/v1/rollback-decisions/{decision}/orders",
    tag = "deployments",
    operation_id = "order_rollback",
    params(("decision" = String, Path, description = "Name, such as `DEC-1`")),
    request_body = RollbackOrderRequest,
    responses((status = 200, description = "The decision", body = RollbackDecision))
)]
async fn order(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(name): Ref,
    Body(request): Body<RollbackOrderRequest>,
) -> Result<Done<RollbackDecision>, Problem> {
    let id = DecisionId::new(&name)?;
    let choice = match (request.choice, request.until) {
        (RollbackChoice::RollBack, _) => Choice::RollBack,
        (RollbackChoice::Stay, Some(until)) => Choice::Stay { until },
        (RollbackChoice::Stay, None) => {
            return Err(Refusal::Invalid {
                because: "this order does not say until when it stays".to_owned(),
                help: "send `until` with `stay`, at most 24 hours ahead".to_owned(),
            }
            .into());
        }
    };
    let command = Command::Decision {
        id: Some(id.clone()),
        command: core::Command::Order {
            choice,
            reason: super::reason(&request.reason)?,
        },
    };
    let receipt = app.submit(&who, key.or_new()?, command).await?;
    let shown = app.look(move |look| decision_of(look, id.as_str())).await?;
    Ok(Done::changed(shown, receipt.replayed))
}
