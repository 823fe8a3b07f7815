//! The guard in front of every handler.

use super::caller::Way;
use super::door::Door;
use super::{AccessToken, Caller, Used, csrf, possession, record, sessions, workload};
use crate::App;
use crate::error::{Problem, kind};
use crate::hidden::{self, Hidden};
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, COOKIE};
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use tidegate_core::actor::Actor;

/// Name of a cookie as this server sets it, and the only one it believes: over TLS with a prefix by which browsers take it
/// from no neighbour's page.
pub(crate) fn named(app: &App, name: &str) -> String {
    if is_over_tls(app) {
        format!("__Host-{name}")
    } else {
        name.to_owned()
    }
}

/// Do people reach this server over TLS?
pub(crate) fn is_over_tls(app: &App) -> bool {
    app.options().base.starts_with("https://")
}

/// Lets a request pass whose token opens the door it knocks at.
pub async fn guarded(State(app): State<App>, request: Request, next: Next) -> Response {
    let door = Door::of(request.method(), request.uri().path());
    if door == Door::Public {
        // A calendar opens without a caller, for whoever has its address.
        let is_feed = request.uri().path().starts_with("/calendar/");
        let hidden = if is_feed {
            hidden::of(&app, None).await
        } else {
            Ok(None)
        };
        return seen(hidden, request, next).await;
    }
    let asked = (request.method(), request.uri().path());
    let caller = match authenticate(&app, asked, request.headers()).await {
        Ok(caller) => caller,
        Err(problem) => return problem.into_response(),
    };
    let mut request = match possession::shown(&app, &caller, request).await {
        Ok(request) => request,
        Err(problem) => return problem.into_response(),
    };
    // The form of the page repeats the text in its body, which its handler reads.
    if let Way::Session {
        csrf: Some(expected),
        ..
    } = caller.way()
        && request.uri().path() != "/logout"
        && let Err(problem) = csrf::checked(request.method(), request.headers(), expected)
    {
        return problem.into_response();
    }
    let who = caller.actor();
    let opens = door.opens(&who);
    // A yes or no that was refused is on record each time; what core refused of them is there already.
    let each = !opens && door == Door::Deciding;
    let response = if !opens {
        caller.refused(door.action()).into_response()
    } else if door.is_beyond_reach() && who.reach.is_some() {
        let action = format!("{}: its token is for less", door.action());
        caller.refused(action).into_response()
    } else {
        // Agents work for whole environments, and builds register what is their own.
        let whole = door == Door::Work || matches!(caller.way(), Way::Build(_));
        let hidden = if whole {
            Ok(None)
        } else {
            hidden::of(&app, Some(&caller)).await
        };
        request.extensions_mut().insert(caller);
        seen(hidden, request, next).await
    };
    recorded(&app, (who, each), response).await
}

/// Carry out a request, without what is hidden from whoever asks.
async fn seen(
    hidden: Result<Option<Arc<Hidden>>, Problem>,
    request: Request,
    next: Next,
) -> Response {
    match hidden {
        Ok(None) => next.run(request).await,
        Ok(Some(hidden)) => hidden.over(request, next).await,
        Err(problem) => problem.into_response(),
    }
}

/// Whoever was refused for who they are is on record, whatever part of the server said so: `each` time, or once a minute. What
/// core refused is there already.
async fn recorded(app: &App, (who, each): (Actor, bool), response: Response) -> Response {
    let problem = response.extensions().get::<Problem>();
    let Some(action) = problem.and_then(|p| p.may_not()).map(str::to_owned) else {
        return response;
    };
    let name = who.name.clone();
    let written = app
        .blocking(move |engine| Ok(record::refusal(engine, &who, (&action, each))?))
        .await;
    if written.is_err() {
        // Refused all the same; why it could not be written stands in the log already.
        tracing::error!(caller = name, "a refusal could not be recorded");
    }
    response
}

fn refuse(detail: &str) -> Problem {
    Problem::new(
        &kind::UNAUTHENTICATED,
        detail,
        "sign in with `tidegate login`, or send `Authorization: Bearer tg_...` with a valid token; `tidegate token create` makes one",
    )
}

/// Who asks: by the header, else by the cookie of a sign-in.
pub(crate) async fn authenticate(
    app: &App,
    (method, path): (&Method, &str),
    headers: &HeaderMap,
) -> Result<Caller, Problem> {
    let Some(header) = headers.get(AUTHORIZATION) else {
        let secret = cookie(app, headers).ok_or_else(|| {
            let what = if matches!(*method, Method::GET | Method::HEAD) {
                "the request carries no token"
            } else {
                "the request carries no token and no sign-in"
            };
            refuse(what)
        })?;
        return app
            .blocking(move |engine| sessions::caller(engine, &secret, true))
            .await?
            .ok_or_else(|| refuse("the sign-in is unknown or has ended"));
    };
    let text = header
        .to_str()
        .ok()
        .and_then(|text| text.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim());
    if let Some(token) = text.and_then(workload::of_header) {
        return workload::caller(app, (method, path), headers, token).await;
    }
    let token = text
        .and_then(AccessToken::parse)
        .ok_or_else(|| refuse("the authorization header does not hold a Tidegate token"))?;
    let unknown = || refuse("the token is unknown or has expired");
    let (now, hash) = (app.engine().now(), token.hash());
    let known = app.tokens().known(app.engine(), &token);
    let news = app.used().is_news(&hash, now);
    if let (Some(caller), false) = (&known, news) {
        return caller.clone().ok_or_else(unknown);
    }
    let own = app.clone();
    app.blocking(move |engine| {
        let found = match known {
            Some(caller) => caller,
            None => own.tokens().look_up(engine, &token)?,
        };
        match found {
            Some(caller) => {
                if news {
                    Used::write(engine, &hash, now)?;
                }
                Ok(Some(caller))
            }
            None => sessions::caller(engine, &token, false),
        }
    })
    .await?
    .ok_or_else(unknown)
}

/// Name of the cookie of a sign-in.
pub(crate) const COOKIE_NAME: &str = "tidegate";

/// The secret of a sign-in that a browser sent.
fn cookie(app: &App, headers: &HeaderMap) -> Option<AccessToken> {
    AccessToken::parse(&cookie_of(headers, &named(app, COOKIE_NAME))?)
}

/// The first cookie of this name.
pub(crate) fn cookie_of(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(found, _)| *found == name)
        .map(|(_, value)| value.to_owned())
}
