//! Return to an earlier version.

use super::deployment::proposed;
use crate::App;
use crate::auth::Caller;
use crate::error::Problem;
use crate::extract::{Body, DryRun, Key};
use crate::look;
use crate::map::decision::{Question, When, preview};
use crate::map::plan;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use tidegate_client::wire::{self, Preview, RollbackRequest};
use tidegate_core::command::Command;
use tidegate_core::gate::{self, Asked, Purpose};
use tidegate_core::id::{EnvId, ServiceId, Version};
use tidegate_core::plan::Plan;
use tidegate_core::queue::Request;
use tidegate_core::refusal::Refusal;
use tidegate_core::stream::deployment::{self, Deployment};
use tidegate_engine::Engine;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(roll_back))
}

/// Return to an earlier version. A deployment under way or still watched there is taken back by its own undo steps instead.
#[utoipa::path(
    post,
    path = "/api/v1/rollbacks",
    tag = "deployments",
    operation_id = "roll_back",
    params(crate::extract::DryRunQuery),
    request_body = RollbackRequest,
    responses(
        (status = 201, description = "The deployment that returns", body = wire::Deployment),
        (status = 200, description = "Dry run: plan and decision", body = Preview)
    )
)]
async fn roll_back(
    State(app): State<App>,
    who: Caller,
    key: Key,
    dry: DryRun,
    Body(request): Body<RollbackRequest>,
) -> Result<Response, Problem> {
    let reason = super::reason(&request.reason)?;
    let service = ServiceId::new(request.service)?;
    let environment = EnvId::new(request.environment)?;
    let to = request.to.map(Version::new).transpose()?;
    if dry.0.dry_run {
        let preview = app
            .blocking(move |engine| dry_run(engine, &who, &service, &environment, to.as_ref()))
            .await?;
        return Ok(axum::Json(preview).into_response());
    }
    let key = key.required()?;
    let receipt = app
        .blocking(move |engine| {
            Ok(engine.roll_back(
                &who.actor(),
                key,
                (&service, &environment),
                to.as_ref(),
                &reason,
            )?)
        })
        .await?;
    proposed(&app, receipt).await
}

fn dry_run(
    engine: &Engine,
    who: &Caller,
    service: &ServiceId,
    environment: &EnvId,
    to: Option<&Version>,
) -> Result<Preview, Problem> {
    match engine.preview_return(service, environment, to)? {
        Some(plan) => planned(engine, who, plan),
        None => undone(engine, who, service, environment),
    }
}

/// A new deployment would return.
fn planned(engine: &Engine, who: &Caller, plan: Plan) -> Result<Preview, Problem> {
    look::look(engine, |look| {
        let command = deployment::Command::Propose {
            plan: Box::new(plan.clone()),
            purpose: Purpose::Rollback,
            reason: String::new(),
            request: Request::PLAIN,
        };
        look.may(&who.actor(), &Command::Propose { command })?;
        let asked = Asked {
            now: look.now,
            present: look.now,
            plan: &plan.body,
            purpose: Purpose::Rollback,
            deployment: None,
            request: &Request::PLAIN,
            expected: None,
            spec: &look.in_force.spec,
            origins: &look.in_force.origins,
            view: look.view(),
        };
        let reports = gate::evaluate(&asked);
        let question = Question {
            release: &plan.body.to.release,
            environment: &plan.body.environment,
            asked_at: look.now,
            zone: look.zone(&plan.body.environment),
            origins: &look.in_force.origins,
            when: When::of(&asked, &reports),
        };
        Ok(preview(&question, &plan, &reports))
    })
}

/// The deployment under way would be taken back.
fn undone(
    engine: &Engine,
    who: &Caller,
    service: &ServiceId,
    environment: &EnvId,
) -> Result<Preview, Problem> {
    look::look(engine, |look| {
        let moved = || Refusal::ParentMoved {
            service: service.to_string(),
            environment: environment.to_string(),
        };
        let live = look
            .view()
            .lane(environment, service)
            .live
            .ok_or_else(moved)?;
        let command = deployment::Command::Abort {
            reason: String::new(),
        };
        look.may(
            &who.actor(),
            &Command::Deployment {
                id: live.deployment.clone(),
                command,
            },
        )?;
        let state: Deployment = look.load("deployment", live.deployment.as_str())?;
        let facts = state.facts.as_deref().ok_or_else(moved)?;
        let body = &facts.plan.body;
        let question = Question {
            release: body
                .from
                .as_ref()
                .map_or(&body.to.release, |from| &from.release),
            environment,
            asked_at: look.now,
            zone: look.zone(environment),
            origins: &look.in_force.origins,
            when: When {
                earliest: Some(look.now),
                ..When::default()
            },
        };
        // No gate stands before the undo steps of a deployment that is under way.
        Ok(Preview {
            plan: plan::undoing(&facts.plan),
            ..preview(&question, &facts.plan, &[])
        })
    })
}
