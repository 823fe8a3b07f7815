//! The pages for signing in and out: plain forms without scripts, so that they work wherever a browser does.
//!
//! They are no part of the API's description; a program signs in with `POST /api/v1/sessions`.

use crate::App;
use crate::auth::provider::{self, Ended, Goes};
use crate::auth::{AccessToken, Caller, Way, csrf, guard};
use crate::command::signed_in;
use crate::error::Problem;
use crate::layer::peer::Peer;
use axum::Form;
use axum::Router;
use axum::extract::{Query, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use tidegate_client::wire::SignInRequest;

/// Nothing but the form itself, nowhere but in a window of its own.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// The routes.
pub(crate) fn pages() -> Router<App> {
    Router::new()
        .route("/login", get(form).post(sign_in))
        .route("/login/oidc", get(to_provider))
        .route("/login/callback", get(from_provider))
        .route("/logout", post(sign_out))
}

#[derive(Deserialize)]
struct Fields {
    account: String,
    password: String,
    #[serde(default)]
    new_password: String,
}

#[derive(Deserialize)]
struct Leaving {
    csrf: String,
}

async fn form(State(app): State<App>, headers: HeaderMap) -> Response {
    let body = match guard::authenticate(&app, (&Method::GET, "/login"), &headers).await {
        Ok(who) => {
            let Way::Session {
                csrf: Some(csrf), ..
            } = who.way()
            else {
                return page(StatusCode::OK, &fields(&app, ""));
            };
            let until = who
                .until()
                .map(|at| format!(" until {at} (UTC)"))
                .unwrap_or_default();
            format!(
                "<p>Signed in as <b>{}</b> ({}){until}.</p><form method=post action=/logout>\
                 <input type=hidden name=csrf value=\"{csrf}\"><button>Sign out</button></form>",
                escaped(who.name()),
                who.role().as_str(),
            )
        }
        Err(_) => fields(&app, ""),
    };
    page(StatusCode::OK, &body)
}

/// Name of the cookie that binds a sign-in at the provider to the browser that began it.
const BEGAN: &str = "tidegate-began";

/// What the provider sends the person back with.
#[derive(Deserialize)]
struct Back {
    state: String,
    code: Option<String>,
    error: Option<String>,
}

async fn to_provider(State(app): State<App>) -> Response {
    let begun = async {
        let secret = AccessToken::new().map_err(|e| provider::failed(e.to_string()))?;
        let goes = Goes::Browser {
            cookie: secret.hash(),
        };
        Ok::<_, Problem>((provider::begin(&app, goes).await?, secret))
    };
    match begun.await {
        Ok((url, secret)) => {
            let cookie = format!("{}; Max-Age=600", cookie(&app, BEGAN, secret.reveal()));
            (
                StatusCode::SEE_OTHER,
                [(LOCATION, url), (SET_COOKIE, cookie)],
            )
                .into_response()
        }
        Err(problem) => told(&app, &problem),
    }
}

async fn from_provider(
    State(app): State<App>,
    headers: HeaderMap,
    Query(back): Query<Back>,
) -> Response {
    let answer = match (back.code, back.error) {
        (Some(code), None) => Ok(code),
        (_, error) => Err(error.unwrap_or_else(|| "it sent no code".to_owned())),
    };
    let kept = guard::cookie_of(&headers, &guard::named(&app, BEGAN));
    match provider::came_back(&app, &back.state, answer, kept.as_deref()).await {
        Ok(Ended::Browser(secret)) => signed_in_here(&app, &secret),
        Ok(Ended::Loopback(url)) => (StatusCode::SEE_OTHER, [(LOCATION, url)]).into_response(),
        Err(problem) => told(&app, &problem),
    }
}

fn told(app: &App, problem: &Problem) -> Response {
    let text = format!("{}. {}.", problem.detail(), problem.help());
    page(problem.status(), &fields(app, &text))
}

fn signed_in_here(app: &App, secret: &AccessToken) -> Response {
    (
        StatusCode::SEE_OTHER,
        [
            (LOCATION, "/login".to_owned()),
            (CACHE_CONTROL, "no-store".to_owned()),
            (SET_COOKIE, cookie(app, guard::COOKIE_NAME, secret.reveal())),
        ],
    )
        .into_response()
}

async fn sign_in(
    State(app): State<App>,
    Peer(peer): Peer,
    headers: HeaderMap,
    Form(fields_sent): Form<Fields>,
) -> Response {
    if let Err(problem) = csrf::same_site(&headers) {
        return problem.into_response();
    }
    let new = fields_sent.new_password;
    let request = SignInRequest {
        account: fields_sent.account,
        password: fields_sent.password,
        new_password: (!new.is_empty()).then_some(new),
    };
    match signed_in(&app, peer, request).await {
        Ok((secret, _)) => signed_in_here(&app, &secret),
        Err(problem) => told(&app, &problem),
    }
}

async fn sign_out(
    State(app): State<App>,
    who: Caller,
    headers: HeaderMap,
    Form(leaving): Form<Leaving>,
) -> Result<Response, Problem> {
    let Way::Session {
        hash,
        csrf: Some(expected),
    } = who.way().clone()
    else {
        return Err(csrf::refused("only a sign-in of a browser ends here"));
    };
    csrf::same_site(&headers)?;
    if leaving.csrf != expected {
        return Err(csrf::refused("the form is not of this sign-in"));
    }
    app.blocking(move |engine| Ok(crate::auth::sessions::end(engine, &hash)?))
        .await?;
    let gone = format!("{}; Max-Age=0", cookie(&app, guard::COOKIE_NAME, ""));
    Ok((
        StatusCode::SEE_OTHER,
        [(LOCATION, "/login".to_owned()), (SET_COOKIE, gone)],
    )
        .into_response())
}

fn cookie(app: &App, name: &str, secret: &str) -> String {
    let name = guard::named(app, name);
    let secure = if guard::is_over_tls(app) {
        "; Secure"
    } else {
        ""
    };
    format!("{name}={secret}; Path=/; HttpOnly; SameSite=Lax{secure}")
}

fn fields(app: &App, trouble: &str) -> String {
    let provider = match &app.engine().in_force().spec.sign_in {
        Some(sign_in) => format!(
            "<p><a href=/login/oidc>Sign in at {}</a></p>",
            escaped(&sign_in.oidc)
        ),
        None => String::new(),
    };
    let trouble = if trouble.is_empty() {
        String::new()
    } else {
        format!("<p role=alert>{}</p>", escaped(trouble))
    };
    format!(
        "{trouble}{provider}<form method=post action=/login>\
         <p><label>Account<br><input name=account autocomplete=username required autofocus></label></p>\
         <p><label>Password<br><input name=password type=password autocomplete=current-password required></label></p>\
         <p><label>New password, if this one is to be replaced<br>\
         <input name=new_password type=password autocomplete=new-password></label></p>\
         <button>Sign in</button></form>"
    )
}

fn page(status: StatusCode, body: &str) -> Response {
    let text = format!(
        "<!doctype html><html lang=en><meta charset=utf-8>\
         <meta name=viewport content=\"width=device-width, initial-scale=1\"><title>Tidegate: sign in</title>\
         <style>body{{font:1rem system-ui;max-width:24rem;margin:4rem auto;padding:0 1rem}}\
         input,button{{font:inherit;padding:.4rem;width:100%;box-sizing:border-box}}</style>\
         <h1>Tidegate</h1>{body}"
    );
    (
        status,
        [
            (CONTENT_SECURITY_POLICY, POLICY),
            (CACHE_CONTROL, "no-store"),
        ],
        Html(text),
    )
        .into_response()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
