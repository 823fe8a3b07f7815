//! Let agents in and end that again; and the two doors of the agent itself: the exchange of its join token, and renewing.

use crate::App;
use crate::auth::enrolment::{self, Asked, New};
use crate::auth::{AccessToken, Caller, Way, role_of};
use crate::error::{Problem, kind};
use crate::extract::{Body, Ref};
use crate::map;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use std::collections::BTreeSet;
use tidegate_client::wire::{EnrolmentRequest, JoinRequest, NewCredential, NewEnrolment, Nothing};
use tidegate_core::id::EnvId;
use tidegate_core::refusal::Refusal;
use tidegate_core::time::{Millis, Timestamp};
use tidegate_ledger::TokenRow;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Longest name of an agent.
const NAME: usize = 60;
/// How long a join token is good.
const OPEN: Millis = Millis::minutes(15);
/// How long a credential is good.
const LASTS: Millis = Millis::minutes(8 * 60);
/// Longest of both.
const DAY: Millis = Millis::minutes(24 * 60);
/// Shortest time of a credential, so that an agent has time to renew it.
const SHORTEST: Millis = Millis::secs(10);

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(enroll))
        .routes(routes!(revoke))
        .routes(routes!(join))
        .routes(routes!(renew))
}

/// Let an agent in: make a join token. Its text is in this answer and never again.
#[utoipa::path(
    post,
    path = "/api/v1/enrolments",
    tag = "agents",
    operation_id = "enroll_agent",
    request_body = EnrolmentRequest,
    responses((status = 201, description = "Made", body = NewEnrolment))
)]
async fn enroll(
    State(app): State<App>,
    who: Caller,
    Body(request): Body<EnrolmentRequest>,
) -> Result<(StatusCode, Json<NewEnrolment>), Problem> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
    let name = &request.agent;
    if name.is_empty() || name.len() > NAME || !name.bytes().all(plain) {
        let because = format!("`{}` is not a name for an agent", name.escape_default());
        return Err(invalid(because, "use 1 to 60 letters, digits and `- _ .`"));
    }
    let environments = request.environments.iter().map(EnvId::new);
    let environments = environments.collect::<Result<BTreeSet<_>, _>>()?;
    if environments.is_empty() {
        let because = "an agent serves at least one environment".to_owned();
        return Err(invalid(because, "name every environment it works for"));
    }
    let new = New {
        agent: request.agent.clone(),
        environments,
        open_for: within(request.expires_in_s, (Millis::secs(1), OPEN), "join token")?,
        lasts: within(request.credential_s, (SHORTEST, LASTS), "credential")?,
    };
    let made = app.blocking(move |engine| enrolment::opened(engine, &who.actor(), &new));
    let (token, expires_at) = made.await?;
    let answer = NewEnrolment {
        agent: request.agent,
        environments: request.environments,
        token: token.reveal().to_owned(),
        expires_at,
    };
    Ok((StatusCode::CREATED, Json(answer)))
}

fn within(
    given: Option<u64>,
    (least, usual): (Millis, Millis),
    what: &str,
) -> Result<Millis, Problem> {
    let span = given.map_or(usual, |s| Millis(s.saturating_mul(1_000)));
    if (least..=DAY).contains(&span) {
        return Ok(span);
    }
    let because = format!("a {what} is good for {least} to {DAY}, not for {span}");
    Err(invalid(
        because,
        "agents renew their credentials by themselves",
    ))
}

fn invalid(because: String, help: &str) -> Problem {
    Refusal::Invalid {
        because,
        help: help.to_owned(),
    }
    .into()
}

/// End the credential and the open join token of an agent at once.
#[utoipa::path(
    delete,
    path = "/api/v1/enrolments/{agent}",
    tag = "agents",
    operation_id = "revoke_agent",
    params(("agent" = String, Path, description = "Name of the agent")),
    responses((status = 204, description = "Ended"))
)]
async fn revoke(
    State(app): State<App>,
    who: Caller,
    Ref(agent): Ref,
) -> Result<StatusCode, Problem> {
    let name = agent.clone();
    let ended = app
        .blocking(move |engine| enrolment::ended(engine, &who.actor(), &name))
        .await?;
    for hash in ended {
        app.tokens().forget(&hash);
    }
    // A request for work that is held would still be answered.
    app.leases().end(&agent);
    Ok(StatusCode::NO_CONTENT)
}

/// As an agent: exchange a join token for a credential that is bound to the agent's own key. Once.
#[utoipa::path(
    post,
    path = "/api/v1/agents/{agent}/credentials",
    tag = "agents",
    operation_id = "join",
    security(()),
    params(("agent" = String, Path, description = "Name of the agent")),
    request_body = JoinRequest,
    responses((status = 201, description = "Let in", body = NewCredential))
)]
async fn join(
    State(app): State<App>,
    Ref(agent): Ref,
    Body(request): Body<JoinRequest>,
) -> Result<(StatusCode, Json<NewCredential>), Problem> {
    let Some(token) = AccessToken::parse(&request.token) else {
        return Err(Problem::new(
            &kind::JOIN_REFUSED,
            "that is no join token",
            "an administrator makes one with `tidegate agent enroll`",
        ));
    };
    let asked = Asked {
        agent,
        token,
        key: request.public_key,
        signature: request.signature,
    };
    let answer = app
        .blocking(move |engine| shown(enrolment::joined(engine, &asked)?, engine.now()))
        .await?;
    Ok((StatusCode::CREATED, Json(answer)))
}

/// As an agent: the credential that follows the one this request is signed with.
#[utoipa::path(
    post,
    path = "/api/v1/agents/{agent}/renewals",
    tag = "agents",
    operation_id = "renew_credential",
    params(("agent" = String, Path, description = "Name of the agent")),
    request_body = Nothing,
    responses((status = 201, description = "Renewed", body = NewCredential))
)]
async fn renew(
    State(app): State<App>,
    who: Caller,
    Ref(agent): Ref,
    Body(Nothing {}): Body<Nothing>,
) -> Result<(StatusCode, Json<NewCredential>), Problem> {
    crate::agent::same(&who, &agent)?;
    let Way::Token { hash, key: Some(_) } = who.way().clone() else {
        let because = format!("`{}` is a token that a person made", who.name());
        return Err(invalid(
            because,
            "`tidegate agent enroll` lets an agent in that renews by itself",
        ));
    };
    let answer = app
        .blocking(move |engine| shown(enrolment::renewed(engine, &agent, &hash)?, engine.now()))
        .await?;
    Ok((StatusCode::CREATED, Json(answer)))
}

fn shown((row, token): (TokenRow, AccessToken), now: Timestamp) -> Result<NewCredential, Problem> {
    let (_, environments) = map::token::parts(&role_of(&row)?);
    Ok(NewCredential {
        token: token.reveal().to_owned(),
        environments,
        expires_at: row.expires.unwrap_or(now),
        time: now,
    })
}
