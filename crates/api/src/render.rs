//! Answers to commands.

use axum::Json;
use axum::http::header::LOCATION;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// What a command led to.
pub(crate) struct Done<T> {
    status: StatusCode,
    value: T,
    location: Option<String>,
    replayed: bool,
}

impl<T> Done<T> {
    /// It changed something that existed.
    pub(crate) fn changed(value: T, replayed: bool) -> Self {
        Self {
            status: StatusCode::OK,
            value,
            location: None,
            replayed,
        }
    }

    /// It was taken on and goes on by itself.
    pub(crate) fn accepted(value: T, replayed: bool) -> Self {
        Self {
            status: StatusCode::ACCEPTED,
            ..Self::changed(value, replayed)
        }
    }

    /// It made something, which is now at `location`.
    pub(crate) fn created(value: T, location: String, replayed: bool) -> Self {
        Self {
            status: StatusCode::CREATED,
            location: Some(location),
            ..Self::changed(value, replayed)
        }
    }
}

impl<T: Serialize> IntoResponse for Done<T> {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.value)).into_response();
        if let Some(place) = self
            .location
            .and_then(|text| HeaderValue::from_str(&text).ok())
        {
            response.headers_mut().insert(LOCATION, place);
        }
        if self.replayed {
            response
                .headers_mut()
                .insert(REPLAYED, HeaderValue::from_static("true"));
        }
        response
    }
}
