//! The guard in front of every handler.

use super::door::Door;
use super::record::refused;
use super::{AccessToken, Caller};
use crate::App;
use crate::error::{Problem, kind};
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Lets a request pass whose token opens the door it knocks at.
pub async fn guarded(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let door = Door::of(request.method(), request.uri().path());
    if door == Door::Public {
        return next.run(request).await;
    }
    let caller = match authenticate(&app, request.headers()).await {
        Ok(caller) => caller,
        Err(problem) => return problem.into_response(),
    };
    if !door.opens_for(caller.role()) {
        let (who, action) = (caller.actor(), door.action());
        let recorded = app
            .blocking(move |engine| {
                let now = engine.now();
                Ok(engine.write_rows(|tx| refused(tx, &who, action, now))?)
            })
            .await;
        if recorded.is_err() {
            // Refused all the same; why it could not be written stands in the log already.
            tracing::error!(
                caller = caller.name(),
                action,
                "a refusal could not be recorded"
            );
        }
        return caller.refused(action).into_response();
    }
    request.extensions_mut().insert(caller);
    next.run(request).await
}

async fn authenticate(app: &App, headers: &HeaderMap) -> Result<Caller, Problem> {
    let refuse = |detail: &str| {
        Problem::new(
            &kind::UNAUTHENTICATED,
            detail,
            "send `Authorization: Bearer tg_...` with a valid token; `tidegate token create` makes one",
        )
    };
    let header = headers
        .get(AUTHORIZATION)
        .ok_or_else(|| refuse("the request carries no token"))?;
    let token = header
        .to_str()
        .ok()
        .and_then(|text| text.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .and_then(|(_, token)| AccessToken::parse(token.trim()))
        .ok_or_else(|| refuse("the authorization header does not hold a Tidegate token"))?;
    let unknown = || refuse("the token is unknown or has expired");
    match app.tokens().known(&token, app.engine().now()) {
        Some(caller) => caller.ok_or_else(unknown),
        None => {
            let own = app.clone();
            app.blocking(move |engine| Ok(own.tokens().look_up(engine, &token)?))
                .await?
                .ok_or_else(unknown)
        }
    }
}
