//! The outermost layer: gives each exchange an id and writes problems out.

use super::{Problem, kind};
use axum::Json;
use axum::body::Body;
use axum::extract::Request;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tidegate_client::wire::ProblemDocument;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Gives the exchange an id and turns what went wrong inside into a problem document.
pub async fn problems(request: Request, next: Next) -> Response {
    let id = request_id(request.headers());
    let method = request.method().clone();
    let path = shown(request.uri().path());
    let mut response = next.run(request).await;
    let status = response.status();
    if status.is_client_error() || status.is_server_error() {
        let problem = response
            .extensions_mut()
            .remove::<Problem>()
            .or_else(|| unnamed(status, method.as_str(), &path));
        if let Some(problem) = problem {
            if status.is_server_error() {
                tracing::warn!(request = %id, %method, path, code = problem.kind.code, detail = problem.detail, "request failed");
            }
            let headers = std::mem::take(response.headers_mut());
            response = document(problem, path, &id);
            for (name, value) in headers {
                if let Some(name) =
                    name.filter(|n| *n != CONTENT_TYPE && *n != axum::http::header::CONTENT_LENGTH)
                {
                    response.headers_mut().insert(name, value);
                }
            }
        }
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// A path as it may stand in logs and answers: the address of a calendar feed is its key.
fn shown(path: &str) -> String {
    let mut parts: Vec<&str> = path.split('/').collect();
    if parts.get(1) == Some(&"calendar") && parts.len() > 2 {
        parts.truncate(2);
        parts.push("...");
    }
    parts.join("/")
}

/// The caller's id when it is short and plain, else a new one.
fn request_id(headers: &HeaderMap) -> String {
    headers
        .get(REQUEST_ID)
        .and_then(|value| value.to_str().ok())
        .filter(|id| {
            (1..=64).contains(&id.len())
                && id
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
        })
        .map_or_else(crate::random::id, str::to_owned)
}

/// What the framework refuses without a word of ours.
fn unnamed(status: StatusCode, method: &str, path: &str) -> Option<Problem> {
    let help = "/api/openapi.json lists all operations";
    match status {
        StatusCode::NOT_FOUND => Some(Problem::new(
            &kind::NO_SUCH_PATH,
            format!("there is nothing at {path}"),
            help,
        )),
        StatusCode::METHOD_NOT_ALLOWED => Some(Problem::new(
            &kind::NO_SUCH_PATH,
            format!("{path} has no operation {method}"),
            help,
        )),
        StatusCode::PAYLOAD_TOO_LARGE => Some(Problem::new(
            &kind::TOO_LARGE,
            "the body is too large",
            "send less at once",
        )),
        _ => None,
    }
}

fn document(problem: Problem, instance: String, id: &str) -> Response {
    let kind = problem.kind;
    let body = ProblemDocument {
        kind: format!("/problems/{}", kind.slug),
        title: kind.title.to_owned(),
        status: kind.status.as_u16(),
        code: kind.code.to_owned(),
        detail: problem.detail,
        instance,
        help: problem.help,
        request_id: id.to_owned(),
        decision: problem.decision.map(|d| *d),
        change: problem.change.map(|c| *c),
        diagnostics: problem.diagnostics,
    };
    let mut response = (kind.status, Json(body)).into_response();
    let json = HeaderValue::from_static("application/problem+json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}

/// A panic somewhere inside; the panic hook has printed where.
pub(crate) fn panicked(_: Box<dyn std::any::Any + Send + 'static>) -> axum::http::Response<Body> {
    Problem::new(
        &kind::INTERNAL,
        "the request met a defect of the server",
        "report it with the request id; repeating it does no harm with the same idempotency key",
    )
    .into_response()
}
