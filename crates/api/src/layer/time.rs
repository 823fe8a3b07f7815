//! Every answer has a deadline. Streams and held requests have deadlines of their own and are left alone here once their
//! answer has begun; asking for work may be held longer.

use crate::error::{Problem, kind};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::time::Duration;

/// Time an answer may take to begin.
const ANSWER: Duration = Duration::from_secs(30);
/// The same for a request that may be held for 25 s.
const HELD: Duration = Duration::from_secs(40);

/// The same for a forecast, which ends by itself before.
const FORECAST: Duration = Duration::from_secs(150);

/// Ends exchanges that take too long.
pub async fn limited(request: Request, next: Next) -> Response {
    let limit = match request.uri().path() {
        "/api/v1/simulations/calendar" => FORECAST,
        path if path.ends_with("/leases") => HELD,
        _ => ANSWER,
    };
    tokio::time::timeout(limit, next.run(request))
        .await
        .unwrap_or_else(|_| {
            let detail = format!("no answer within {} s", limit.as_secs());
            Problem::new(
                &kind::TIMEOUT,
                detail,
                "repeat it with the same idempotency key",
            )
            .into_response()
        })
}
