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
use tidegate_core::time::Timestamp;
use tidegate_engine::Engine;
use tidegate_ledger::TxView;
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
    let person = PersonId::new(name)?;
    let by = who.actor();
    let own = by.person.as_deref() == Some(person.as_str());
    if !own && *who.role() != Role::Admin {
        return Err(who.refused(format!("sign {person} out")));
    }
    let because = super::reason(&why.reason)?;
    let ended = app
        .blocking(move |engine| {
            let now = engine.now();
            Ok(engine.write_rows(|tx| {
                let ended = sessions::end_all(tx, person.as_str())?;
                auth::signed_out(tx, &by, (person.as_str(), ended), &because, now)?;
                Ok(ended)
            })?)
        })
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
        let new = replacing(&account, &credential, &request, now)?;
        let begun = begin(engine, &account, &credential, new.as_ref())?;
        own.throttle().succeeded(&account, peer);
        Ok(begun)
    })
    .await
}

/// Sign in with the password that was looked at, and with nothing that took its place meanwhile: all of it happens in one
/// transaction. Another password ends every other sign-in of the person.
fn begin(
    engine: &Engine,
    account: &str,
    right: &Credential,
    new: Option<&Credential>,
) -> Result<(AccessToken, Session), Problem> {
    let (now, in_force) = (engine.now(), engine.in_force());
    let (secret, session) = sessions::new(account, now)?;
    engine.write_rows(|tx| {
        let view = TxView::new(&*tx);
        let actor = auth::of_account(&view, &in_force.spec, account);
        view.finish()?;
        let someone = match actor {
            Ok(actor) => actor.and_then(|actor| actor.person),
            Err(problem) => return Ok(Err(problem)),
        };
        let same = password::of(&*tx, account)?.as_ref() == Some(right);
        let Some(person) = someone.filter(|_| same) else {
            return Ok(Err(failed()));
        };
        if let Some(new) = new {
            password::keep(tx, account, new)?;
            sessions::end_all(tx, &person)?;
            auth::password_set(
                tx,
                &Actor::account(account, Role::Viewer),
                account,
                false,
                now,
            )?;
        }
        sessions::keep(tx, &secret, &session, now)?;
        Ok(Ok(()))
    })??;
    Ok((secret, session))
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

fn in_time(credential: &Credential, now: Timestamp) -> Result<(), Problem> {
    match credential.once {
        Some(end) if now >= end => Err(failed()),
        _ => Ok(()),
    }
}

/// What replaces the password, when something does. A one-time password lets in only together with it.
fn replacing(
    account: &str,
    credential: &Credential,
    request: &SignInRequest,
    now: Timestamp,
) -> Result<Option<Credential>, Problem> {
    let Some(new) = &request.new_password else {
        if credential.once.is_none() {
            return Ok(None);
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
    password::hashed(new, None, now).map(Some)
}
