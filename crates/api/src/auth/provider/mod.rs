//! People sign in at an identity provider: authorization code with PKCE. Whoever cannot be shown to be somebody is not signed
//! in at all; nothing is written before the provider's word was checked.
//!
//! What is under way is kept in memory for ten minutes and used once: a restart ends it, and the person tries again.

mod exchange;
mod person;

use super::AccessToken;
use super::sessions::{self, Session};
use crate::App;
use crate::error::{Problem, kind};
use openidconnect::core::CoreAuthenticationFlow;
use openidconnect::{CsrfToken, Nonce, PkceCodeChallenge, PkceCodeVerifier, Scope};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use tidegate_core::digest::Digest;
use tidegate_core::refusal::Refusal;
use tidegate_core::spec::SignIn;
use tidegate_core::time::{Millis, Timestamp};

/// How long somebody may take at the provider.
pub(crate) const PATIENCE: Millis = Millis::minutes(10);
/// How long a command line may take to fetch its sign-in.
const FETCH: Millis = Millis::minutes(1);
/// Sign-ins under way at a time; more are refused.
const MOST: usize = 1_000;

/// Where a sign-in ends.
pub(crate) enum Goes {
    /// In the browser that began it, which shows this text again.
    Browser {
        /// Hash of what the browser keeps as a cookie.
        cookie: Digest,
    },
    /// At a command line that listens on this host.
    Loopback {
        /// Port on 127.0.0.1.
        port: u16,
        /// Hash of what only the command line knows.
        challenge: Digest,
    },
}

struct Pending {
    began: Timestamp,
    nonce: Nonce,
    verifier: PkceCodeVerifier,
    goes: Goes,
}

struct Done {
    at: Timestamp,
    account: String,
    challenge: Digest,
}

/// Sign-ins under way, by the hash of their state; those that are fetched, by the hash of their code.
#[derive(Default)]
pub(crate) struct UnderWay {
    pending: Mutex<BTreeMap<Digest, Pending>>,
    done: Mutex<BTreeMap<Digest, Done>>,
}

fn hash(text: &str) -> Digest {
    Digest::of(text.as_bytes())
}

/// The configuration of the provider.
pub(crate) fn configured(app: &App) -> Result<SignIn, Problem> {
    app.engine().in_force().spec.sign_in.clone().ok_or_else(|| {
        Refusal::Invalid {
            because: "no identity provider is configured here".to_owned(),
            help: "sign in with an account of this server, or add `sign-in: { oidc: ... }` to the configuration".to_owned(),
        }
        .into()
    })
}

/// Begin: the address at the provider to which the person goes.
pub(crate) async fn begin(app: &App, goes: Goes) -> Result<String, Problem> {
    let sign_in = configured(app)?;
    let client = exchange::client(app, &sign_in).await?;
    let now = app.engine().now();
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let (url, state, nonce) = client
        .authorize_url(
            CoreAuthenticationFlow::AuthorizationCode,
            CsrfToken::new_random,
            Nonce::new_random,
        )
        .add_scopes(["profile", "email"].map(|s| Scope::new(s.to_owned())))
        .set_pkce_challenge(challenge)
        .url();
    let mut pending = app
        .under_way()
        .pending
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    pending.retain(|_, p| now < PATIENCE.after(p.began));
    if pending.len() >= MOST {
        return Err(Problem::new(
            &kind::OVERLOADED,
            "too many sign-ins are under way",
            "try again in some minutes",
        ));
    }
    pending.insert(
        hash(state.secret()),
        Pending {
            began: now,
            nonce,
            verifier,
            goes,
        },
    );
    Ok(url.to_string())
}

/// Where a person goes after the provider.
pub(crate) enum Ended {
    /// Signed in, in this browser.
    Browser(AccessToken),
    /// To the command line, with what it exchanges for the sign-in.
    Loopback(String),
}

/// The provider sent the person back. `cookie` is what the browser kept.
pub(crate) async fn came_back(
    app: &App,
    state: &str,
    answer: Result<String, String>,
    cookie: Option<&str>,
) -> Result<Ended, Problem> {
    let now = app.engine().now();
    // Used once, whatever comes of it.
    let pending = app
        .under_way()
        .pending
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .remove(&hash(state))
        .filter(|p| now < PATIENCE.after(p.began))
        .ok_or_else(|| {
            failed("this sign-in is unknown, was used already, or took longer than 10 minutes")
        })?;
    if let Goes::Browser { cookie: expected } = &pending.goes
        && cookie.map(hash).as_ref() != Some(expected)
    {
        return Err(failed("this sign-in was begun in another browser"));
    }
    let code = answer.map_err(|error| failed(format!("the identity provider refused: {error}")))?;
    let sign_in = configured(app)?;
    let client = exchange::client(app, &sign_in).await?;
    let told = exchange::told(
        &client,
        &sign_in,
        (code, pending.verifier, &pending.nonce),
        now,
    )
    .await?;
    match pending.goes {
        Goes::Browser { .. } => {
            let secret = app
                .blocking(move |engine| {
                    let account = person::known(engine, &told)?;
                    Ok(sessions::begin(engine, &account)?.0)
                })
                .await?;
            Ok(Ended::Browser(secret))
        }
        Goes::Loopback { port, challenge } => {
            let (code, account) = app
                .blocking(move |engine| {
                    let account = person::known(engine, &told)?;
                    let code = AccessToken::new().map_err(|e| failed(e.to_string()))?;
                    Ok((code, account))
                })
                .await?;
            let mut done = app
                .under_way()
                .done
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            done.retain(|_, d| now < FETCH.after(d.at));
            done.insert(
                code.hash(),
                Done {
                    at: now,
                    account,
                    challenge,
                },
            );
            Ok(Ended::Loopback(format!(
                "http://127.0.0.1:{port}/?code={}",
                code.reveal()
            )))
        }
    }
}

/// A command line fetches its sign-in, with what only it knows.
pub(crate) async fn fetched(
    app: &App,
    code: &str,
    verifier: &str,
) -> Result<(AccessToken, Session), Problem> {
    let now = app.engine().now();
    let done = app
        .under_way()
        .done
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .remove(&hash(code))
        .filter(|d| now < FETCH.after(d.at) && d.challenge == hash(verifier))
        .ok_or_else(|| {
            failed("this sign-in is unknown, was fetched already, or is older than a minute")
        })?;
    app.blocking(move |engine| sessions::begin(engine, &done.account))
        .await
}

/// Nobody is signed in.
pub(crate) fn failed(detail: impl Into<String>) -> Problem {
    Problem::new(
        &kind::PROVIDER_REFUSED,
        detail,
        "begin again with `tidegate login` or at /login; an admin sees people and accounts with `tidegate user list`",
    )
}
