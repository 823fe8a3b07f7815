//! The pages for signing in and out: plain forms without scripts, so that they work wherever a browser does.
//!
//! They are no part of the API's description; a program signs in with `POST /api/v1/sessions`.

use crate::App;
use crate::auth::{Caller, Way, cookie_names, csrf, guard};
use crate::command::signed_in;
use crate::error::Problem;
use crate::layer::peer::Peer;
use axum::Form;
use axum::Router;
use axum::extract::State;
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
    let body = match guard::authenticate(&app, &Method::GET, &headers).await {
        Ok(who) => {
            let Way::Session {
                csrf: Some(csrf), ..
            } = who.way()
            else {
                return page(StatusCode::OK, &fields(""));
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
        Err(_) => fields(""),
    };
    page(StatusCode::OK, &body)
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
        Ok((secret, _)) => {
            let secure = app.options().base.starts_with("https://");
            (
                StatusCode::SEE_OTHER,
                [
                    (LOCATION, "/login".to_owned()),
                    (CACHE_CONTROL, "no-store".to_owned()),
                    (SET_COOKIE, cookie(secret.reveal(), secure)),
                ],
            )
                .into_response()
        }
        Err(problem) => {
            let text = format!("{}. {}.", problem.detail(), problem.help());
            page(problem.status(), &fields(&text))
        }
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
    let secure = app.options().base.starts_with("https://");
    let gone = format!("{}; Max-Age=0", cookie("", secure));
    Ok((
        StatusCode::SEE_OTHER,
        [(LOCATION, "/login".to_owned()), (SET_COOKIE, gone)],
    )
        .into_response())
}

fn cookie(secret: &str, secure: bool) -> String {
    let [over_tls, plain] = cookie_names();
    let (name, secure) = if secure {
        (over_tls, "; Secure")
    } else {
        (plain, "")
    };
    format!("{name}={secret}; Path=/; HttpOnly; SameSite=Lax{secure}")
}

fn fields(trouble: &str) -> String {
    let trouble = if trouble.is_empty() {
        String::new()
    } else {
        format!("<p role=alert>{}</p>", escaped(trouble))
    };
    format!(
        "{trouble}<form method=post action=/login>\
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
