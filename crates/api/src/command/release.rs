//! Create, promote, release and cancel releases.

use crate::App;
use crate::auth::Caller;
use crate::error::Problem;
use crate::extract::{Body, DryRun, Key, Ref};
use crate::map::queue::request as asked;
use crate::query::decision;
use crate::render::Done;
use crate::{look, map};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use tidegate_client::wire::{
    self, Page, Preview, PromoteRequest, Reason, ReleaseRequest, RiskAnswers,
};
use tidegate_core::command::Command;
use tidegate_core::gate::Purpose;
use tidegate_core::id::{CommandId, EnvId, ReleaseId};
use tidegate_core::queue::Request;
use tidegate_core::refusal::Refusal;
use tidegate_core::stream::release::{self, Release, Stage};
use tidegate_engine::{Denied, Deploy, Engine};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create))
        .routes(routes!(promote))
        .routes(routes!(unhold))
        .routes(routes!(answer))
        .routes(routes!(cancel))
}

/// Make a release from a registered artifact.
#[utoipa::path(
    post,
    path = "/api/v1/releases",
    tag = "releases",
    operation_id = "create_release",
    request_body = ReleaseRequest,
    responses((status = 201, description = "Made", body = wire::Release))
)]
async fn create(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Body(request): Body<ReleaseRequest>,
) -> Result<Done<wire::Release>, Problem> {
    let key = key.required()?;
    let artifact = request.artifact.map(|digest| digest.parse()).transpose()?;
    let done = change(
        &app,
        &who,
        key,
        &request.release,
        release::Command::Create { artifact },
    )
    .await?;
    let location = format!("/api/v1/releases/{}", done.0.id);
    Ok(Done::created(done.0, location, done.1))
}

/// Move a release along its path as far as an environment.
#[utoipa::path(
    post,
    path = "/api/v1/releases/{reference}/promotions",
    tag = "releases",
    operation_id = "promote",
    params(("reference" = String, Path, description = "`service@version`"), crate::extract::DryRunQuery),
    request_body = PromoteRequest,
    responses(
        (status = 202, description = "It moves on by itself as gates pass", body = wire::Release),
        (status = 200, description = "Dry run: each environment on the way", body = Page<Preview>)
    )
)]
async fn promote(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(reference): Ref,
    dry: DryRun,
    Body(request): Body<PromoteRequest>,
) -> Result<Response, Problem> {
    let reason = request.reason.unwrap_or_default();
    super::text("reason", &reason)?;
    let id: ReleaseId = reference.parse()?;
    let to = EnvId::new(request.to)?;
    let wish = asked(request.priority, request.at, request.expires_ms)?;
    let command = release::Command::Promote {
        to: to.clone(),
        reason,
        request: wish.clone(),
    };
    if dry.0.dry_run {
        let command = Command::Release {
            id: id.clone(),
            command,
        };
        let items = app
            .blocking(move |engine| on_the_way(engine, &who, &command, &id, &to))
            .await?;
        return Ok(axum::Json(Page { items, next: None }).into_response());
    }
    // What the calendar of the last environment holds against it is told now, not when it arrives there.
    let (key, in_time) = (key.required()?, (id.clone(), to.clone(), wish));
    let known = key.clone();
    let allowed = app
        .blocking(move |engine| {
            let (release, last, request) = in_time;
            // The next stop is entered at once, so what the calendar says of it now counts too. Those between are judged on arrival:
            // nobody knows yet when that is. The instant that was asked for is that of the last.
            let next = stops(engine, &release, &last)?.into_iter().next();
            let next = next.filter(|next| *next != last);
            let now = Request {
                at: None,
                ..request.clone()
            };
            let asked = next.map(|next| (next, now)).into_iter();
            for (environment, request) in asked.chain([(last.clone(), request)]) {
                let is_next = environment != last;
                let ask = Deploy {
                    release: release.clone(),
                    environment,
                    purpose: Purpose::Promote,
                    reason: String::new(),
                    again: true,
                    request,
                };
                match engine.may_in_time(&known, &ask) {
                    // What else is wrong with the next stop is told when it is planned.
                    Err(denied) if !is_next || is_blocked(&denied) => {
                        let about = (&ask.release, &ask.environment);
                        return Err(decision::refused(engine, denied, about));
                    }
                    Ok(()) | Err(_) => {}
                }
            }
            Ok(())
        })
        .await;
    let changed = match allowed {
        Ok(()) => change(&app, &who, key, &reference, command).await,
        Err(problem) => return Err(problem),
    };
    match changed {
        Ok((release, replayed)) => Ok(Done::accepted(release, replayed).into_response()),
        Err(problem) => {
            // Whoever is refused learns what stands before the next stop, when that can be told.
            let decision = app.blocking(move |engine| {
                let next = stops(engine, &id, &to)?.into_iter().next();
                next.map(|env| look::look(engine, |look| decision::decide(look, &id, &env, None)))
                    .transpose()
            });
            Err(problem.with_decision(decision.await.ok().flatten().filter(|d| !d.allowed)))
        }
    }
}

/// Let a held release, or its held revisions, go on.
#[utoipa::path(
    post,
    path = "/api/v1/releases/{reference}/unholds",
    tag = "releases",
    operation_id = "unhold_release",
    params(("reference" = String, Path, description = "`service@version`")),
    request_body = Reason,
    responses((status = 200, description = "No longer held", body = wire::Release))
)]
async fn unhold(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(reference): Ref,
    Body(why): Body<Reason>,
) -> Result<Done<wire::Release>, Problem> {
    let reason = super::reason(&why.reason)?;
    let (release, replayed) = change(
        &app,
        &who,
        key.or_new()?,
        &reference,
        release::Command::Unhold { reason },
    )
    .await?;
    Ok(Done::changed(release, replayed))
}

/// Answer questions about the risk of a release: all of them or none. An answer may be given anew.
#[utoipa::path(
    post,
    path = "/api/v1/releases/{reference}/answers",
    tag = "releases",
    operation_id = "answer_risk",
    params(("reference" = String, Path, description = "`service@version`")),
    request_body = RiskAnswers,
    responses((status = 200, description = "Answered", body = wire::Release))
)]
async fn answer(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(reference): Ref,
    Body(sent): Body<RiskAnswers>,
) -> Result<Done<wire::Release>, Problem> {
    super::text("reason", &sent.reason)?;
    let answers = sent.answers.iter();
    let answers = answers.map(|(question, answer)| Ok((question.parse()?, answer.parse()?)));
    let command = release::Command::Answer {
        answers: answers.collect::<Result<_, Problem>>()?,
        reason: sent.reason.clone(),
    };
    let (release, replayed) = change(&app, &who, key.or_new()?, &reference, command).await?;
    Ok(Done::changed(release, replayed))
}

/// Give a release up before anything was deployed.
#[utoipa::path(
    post,
    path = "/api/v1/releases/{reference}/cancellations",
    tag = "releases",
    operation_id = "cancel_release",
    params(("reference" = String, Path, description = "`service@version`")),
    request_body = Reason,
    responses((status = 200, description = "Given up", body = wire::Release))
)]
async fn cancel(
    State(app): State<App>,
    who: Caller,
    key: Key,
    Ref(reference): Ref,
    Body(why): Body<Reason>,
) -> Result<Done<wire::Release>, Problem> {
    let reason = super::reason(&why.reason)?;
    let (release, replayed) = change(
        &app,
        &who,
        key.or_new()?,
        &reference,
        release::Command::Cancel { reason },
    )
    .await?;
    Ok(Done::changed(release, replayed))
}

async fn change(
    app: &App,
    who: &Caller,
    key: CommandId,
    reference: &str,
    command: release::Command,
) -> Result<(wire::Release, bool), Problem> {
    let id: ReleaseId = reference.parse()?;
    let subject = id.to_string();
    let receipt = app
        .submit(who, key, Command::Release { id, command })
        .await?;
    let release = app
        .look(move |look| map::release::release(look, &subject))
        .await?;
    Ok((release, receipt.replayed))
}

/// Environments a promotion would still enter, in order.
fn is_blocked(denied: &Denied) -> bool {
    matches!(denied, Denied::Refused(Refusal::Blocked { .. }))
}

fn stops(engine: &Engine, id: &ReleaseId, to: &EnvId) -> Result<Vec<EnvId>, Problem> {
    look::look(engine, |look| {
        let release: Release = look.load("release", &id.to_string())?;
        let path = look.in_force.spec.path_of(&id.service);
        let Some(last) = path.iter().position(|env| env == to) else {
            let names: Vec<&str> = path.iter().map(EnvId::as_str).collect();
            let because = format!("{to} is not on the path of {}", id.service);
            return Err(Refusal::Invalid {
                because,
                help: format!("its path is {}", names.join(" -> ")),
            }
            .into());
        };
        let open = |env: &&EnvId| !matches!(release.stages.get(*env), Some(Stage::Done { .. }));
        Ok(path[..=last].iter().filter(open).cloned().collect())
    })
}

fn on_the_way(
    engine: &Engine,
    who: &Caller,
    command: &Command,
    id: &ReleaseId,
    to: &EnvId,
) -> Result<Vec<Preview>, Problem> {
    look::look(engine, |look| look.may(&who.actor(), command))?;
    let stops = stops(engine, id, to)?;
    look::look(engine, |look| {
        stops
            .iter()
            .map(|env| decision::preview(look, id, env, None))
            .collect()
    })
}
