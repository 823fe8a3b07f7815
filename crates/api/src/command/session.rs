//! Sign in and out. That somebody is signed in is a row beside the ledger; what follows from it is judged at each request.

use crate::App;
use crate::auth::password::{self, Credential};
use crate::auth::provider::{self, Goes};
use crate::auth::sessions::{self, Session};
use crate::auth::{self, AccessToken, Caller, Way};
use crate::error::{Problem, kind};
use crate::extract::{Body, Ref};
use crate::layer::peer::Peer;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use std::net::IpAddr;
use tidegate_client::wire::{
    NewSession, ProviderAddress, ProviderSignIn, Reason, SignInCompletion, SignInRequest, SignedOut,
};
use tidegate_core::actor::{Actor, Role};
use tidegate_core::digest::Digest;
use tidegate_core::id::PersonId;
use tidegate_core::refusal::Refusal;
use tidegate_engine::Engine;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(sign_in))
        .routes(routes!(begin_sign_in))
        .routes(routes!(complete_sign_in))
        .routes(routes!(sign_out))
        .routes(routes!(end_sessions))
}

/// Sign in with a local account. The text of the session is in this answer and never again.
#[utoipa::path(
    post,
    path = "/api/v1/sessions",
    tag = "users",
    operation_id = "sign_in",
    security(()),
    request_body = SignInRequest,
    responses((status = 201, description = "Signed in", body = NewSession))
)]
async fn sign_in(
    State(app): State<App>,
    Peer(peer): Peer,
    Body(request): Body<SignInRequest>,
) -> Result<(StatusCode, Json<NewSession>), Problem> {
    let (secret, session) = signed_in(&app, peer, request).await?;
    Ok((StatusCode::CREATED, Json(shown(&secret, &session))))
}

/// Begin a sign-in at the identity provider, for a command line that listens on the person's host.
#[utoipa::path(
    post,
    path = "/api/v1/sign-ins",
    tag = "users",
    operation_id = "begin_sign_in",
    security(()),
    request_body = ProviderSignIn,
    responses((status = 200, description = "Where the person goes", body = ProviderAddress))
)]
async fn begin_sign_in(
    State(app): State<App>,
    Body(request): Body<ProviderSignIn>,
) -> Result<Json<ProviderAddress>, Problem> {
    let goes = Goes::Loopback {
        port: request.port,
        challenge: request.challenge.parse::<Digest>()?,
    };
    let url = provider::begin(&app, goes).await?;
    Ok(Json(ProviderAddress { url }))
}

/// Fetch the sign-in that the identity provider confirmed; once, within a minute.
#[utoipa::path(
    post,
    path = "/api/v1/sign-ins/completions",
    tag = "users",
    operation_id = "complete_sign_in",
    security(()),
    request_body = SignInCompletion,
    responses((status = 201, description = "Signed in", body = NewSession))
)]
async fn complete_sign_in(
    State(app): State<App>,
    Body(request): Body<SignInCompletion>,
) -> Result<(StatusCode, Json<NewSession>), Problem> {
    let (secret, session) = provider::fetched(&app, &request.code, &request.verifier).await?;
    Ok((StatusCode::CREATED, Json(shown(&secret, &session))))
}

fn shown(secret: &AccessToken, session: &Session) -> NewSession {
    NewSession {
        token: secret.reveal().to_owned(),
        account: session.account.clone(),
        ends_at: session.ends(),
        until: session.until,
    }
}

/// End this sign-in.
#[utoipa::path(
    delete,
    path = "/api/v1/sessions/current",
    tag = "users",
    operation_id = "sign_out",
    responses((status = 204, description = "Signed out"))
)]
async fn sign_out(State(app): State<App>, who: Caller) -> Result<StatusCode, Problem> {
    let Way::Session { hash, .. } = who.way().clone() else {
        return Err(Refusal::Invalid {
            because: format!("`{}` is a token, not a sign-in", who.name()),
            help: format!("`tidegate token revoke {}` ends it", who.name()),
        }
        .into());
    };
    app.blocking(move |engine| Ok(sessions::end(engine, &hash)?))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// End every sign-in of a person.
#[utoipa::path(
    post,
    path = "/api/v1/users/{user}/sign-outs",
    tag = "users",
    operation_id = "end_sessions",
    params(("user" = String, Path, description = "Name of the person")),
    request_body = Reason,
    responses((status = 200, description = "Signed out everywhere", body = SignedOut))
)]
async fn end_sessions(
    State(app): State<App>,
    who: Caller,
    Ref(name): Ref,
    Body(why): Body<Reason>,
) -> Result<Json<SignedOut>, Problem> {
    super::text("reason", &why.reason)?;
    let person = PersonId::new(name)?;
    let own = who.actor().person.as_deref() == Some(person.as_str());
    if !own && *who.role() != Role::Admin {
        return Err(who.refused(format!("sign {person} out")));
    }
    let ended = app
        .blocking(move |engine| Ok(engine.write_rows(|tx| sessions::end_all(tx, person.as_str()))?))
        .await?;
    Ok(Json(SignedOut { sessions: ended }))
}

/// The one way in for a password, for pages and programs alike. Every failure reads the same, whether there is such an
/// account or not.
pub(crate) async fn signed_in(
    app: &App,
    peer: Option<IpAddr>,
    request: SignInRequest,
) -> Result<(AccessToken, Session), Problem> {
    let now = app.engine().now();
    let known = request.account.len() <= 100;
    let account = if known {
        request.account.clone()
    } else {
        String::new()
    };
    if let Err(until) = app.throttle().try_now(&account, peer, now) {
        return Err(Problem::new(
            &kind::THROTTLED,
            format!("too many sign-ins failed; the next may be tried at {until} (UTC)"),
            "wait until then; a token still lets in, and an admin can set another password",
        ));
    }
    let turn = app
        .hashing()
        .acquire_owned()
        .await
        .map_err(|_| stopping())?;
    let own = app.clone();
    app.blocking(move |engine| {
        let _turn = turn;
        let credential = engine.read(|rows| password::of(rows, &account))?;
        let right = password::fits(credential.as_ref(), &request.password)?;
        let someone = right && may(engine, &account)?;
        let Some(credential) = credential.filter(|_| someone) else {
            return Err(failed());
        };
        in_time(&credential, now)?;
        replace(engine, &account, &credential, &request)?;
        own.throttle().succeeded(&account, peer);
        sessions::begin(engine, &account)
    })
    .await
}

fn may(engine: &Engine, account: &str) -> Result<bool, Problem> {
    crate::look::look(engine, |look| {
        Ok(auth::of_account(look.view(), &look.in_force.spec, account)?.is_some())
    })
}

fn failed() -> Problem {
    Problem::new(
        &kind::SIGN_IN_FAILED,
        "the account or the password is wrong, or the account may not sign in",
        "try again; an admin can set another password: `tidegate user password <name>`",
    )
}

fn stopping() -> Problem {
    Problem::new(
        &kind::STOPPING,
        "the server is stopping",
        "try again when it runs again",
    )
}

fn in_time(credential: &Credential, now: tidegate_core::time::Timestamp) -> Result<(), Problem> {
    match credential.once {
        Some(end) if now >= end => Err(failed()),
        _ => Ok(()),
    }
}

/// A one-time password lets in only together with the one that replaces it.
fn replace(
    engine: &Engine,
    account: &str,
    credential: &Credential,
    request: &SignInRequest,
) -> Result<(), Problem> {
    let Some(new) = &request.new_password else {
        if credential.once.is_none() {
            return Ok(());
        }
        return Err(Problem::new(
            &kind::PASSWORD_DUE,
            "the password is a one-time password and must be replaced now",
            "send `newPassword` with the sign-in; `tidegate login` asks for it",
        ));
    };
    if *new == request.password {
        return Err(Refusal::Invalid {
            because: "the new password is the old one".to_owned(),
            help: "choose another".to_owned(),
        }
        .into());
    }
    password::acceptable(new, account)?;
    let now = engine.now();
    let credential = password::hashed(new, None, now)?;
    let by = Actor::account(account, Role::Viewer);
    engine.write_rows(|tx| {
        password::keep(tx, account, &credential)?;
        auth::password_set(tx, &by, account, false, now)
    })?;
    Ok(())
}
