//! JSON bodies.

use crate::error::{Problem, kind};
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use bytes::Bytes;
use serde::de::DeserializeOwned;

/// A JSON body, read whole. An empty body counts as `{}`.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let named = request
            .headers()
            .get(CONTENT_TYPE)
            .map(|value| value.to_str().unwrap_or("").to_owned());
        let bytes = Bytes::from_request(request, state).await.map_err(unread)?;
        let named_json = |name: &str| {
            name.split(';')
                .next()
                .is_some_and(|n| n.trim().eq_ignore_ascii_case("application/json"))
        };
        if !bytes.is_empty() && !named.as_deref().is_some_and(named_json) {
            return Err(malformed(
                "the body is not marked as JSON",
                "send `Content-Type: application/json`",
            ));
        }
        let text: &[u8] = if bytes.is_empty() { b"{}" } else { &bytes };
        serde_json::from_slice(text).map(Self).map_err(|e| {
            malformed(
                format!("the body is not what is expected here: {e}"),
                "see /api/openapi.json",
            )
        })
    }
}

fn unread(rejection: BytesRejection) -> Problem {
    if rejection.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
        return Problem::new(
            &kind::TOO_LARGE,
            "the body is larger than this operation takes",
            "send less at once",
        );
    }
    malformed("the body broke off", "send it again")
}

fn malformed(detail: impl Into<String>, help: &str) -> Problem {
    Problem::new(&kind::MALFORMED, detail, help)
}
