//! `?as_of=` on what can be looked back at: taken out of the query, kept with the request, and answered from the ledger as it was then.
//!
//! Handlers know nothing of it: [`App::look`](crate::App) asks here. What does not answer from the ledger alone refuses it, and so does
//! every change.

use crate::error::{Problem, kind};
use axum::extract::Request;
use axum::http::{HeaderValue, Method, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tidegate_core::time::Timestamp;
use tidegate_engine::AsOf;

/// Name of the parameter.
pub(crate) const PARAMETER: &str = "as_of";
/// The instant or entry that an answer is of.
const HEADER: &str = "tidegate-as-of";

tokio::task_local! {
    static ASKED: AsOf;
}

/// The state of the ledger that the request at hand is about; `None` for the present.
pub(crate) fn asked() -> Option<AsOf> {
    ASKED.try_with(|as_of| *as_of).ok()
}

/// Paths beneath `/api/v1/` that answer from the ledger alone; `*` is one part.
pub(crate) const ANSWERS: [&str; 62] = [
    "approvals",
    "artifacts",
    "artifacts/*",
    "audit",
    "audit/erasures",
    "audit/erasures/*",
    "audit/holds",
    "audit/overrides",
    "audit/retention",
    "boards",
    "boards/*/meetings",
    "boards/*/meetings/*",
    "calendar",
    "calendar/conflicts",
    "calendar/entries",
    "calendar/entries/*",
    "calendar/imports",
    "calendar/next-slots",
    "changes",
    "changes/*",
    "changes/*/documents/*",
    "config",
    "config/effective",
    "config/proposals",
    "config/proposals/*",
    "config/revisions",
    "decisions",
    "delegations",
    "delegations/*",
    "deployments",
    "deployments/*",
    "deployments/*/events",
    "environments",
    "environments/*",
    "environments/*/queue",
    "environments/*/standing",
    "exceptions",
    "exceptions/*",
    "freezes",
    "freezes/*",
    "known-issues",
    "legacy",
    "notices",
    "releases",
    "releases/*",
    "releases/*/notes",
    "releases/*/readiness",
    "releases/*/risk",
    "releases/*/scope",
    "rollback-decisions",
    "rollback-decisions/*",
    "services",
    "services/*",
    "trains",
    "trains/*",
    "trains/*/departures/*",
    "usage",
    "users",
    "users/*",
    "vendors",
    "where",
    "windows",
];

/// Whether a path, of a request or of the description, can be looked back at.
pub(crate) fn answers(path: &str) -> bool {
    let Some(rest) = path.strip_prefix("/api/v1/") else {
        return false;
    };
    let parts: Vec<&str> = rest.split('/').collect();
    let fits = |pattern: &&str| {
        let wanted: Vec<&str> = pattern.split('/').collect();
        let mut pairs = wanted.iter().zip(&parts);
        wanted.len() == parts.len() && pairs.all(|(wanted, part)| *wanted == "*" || wanted == part)
    };
    // `imports` and the like are other things than entries.
    ANSWERS.iter().any(fits)
}

/// Takes the parameter out and keeps it with the request.
pub async fn looked_back(mut request: Request, next: Next) -> Response {
    let query = request.uri().query().unwrap_or_default();
    let (mine, others): (Vec<&str>, Vec<&str>) = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .partition(|pair| pair.split('=').next() == Some(PARAMETER));
    let Some(value) = mine.first().and_then(|pair| pair.split_once('=')) else {
        if mine.is_empty() {
            return next.run(request).await;
        }
        return unreadable("").into_response();
    };
    if request.method() != Method::GET || !answers(request.uri().path()) {
        let detail = format!("`{PARAMETER}` cannot be asked of this");
        let help = "what answers from the ledger looks back; what does not, and why, is in docs/reference/looking-back.md";
        return Problem::new(&kind::MALFORMED, detail, help).into_response();
    }
    let Some(as_of) = read(value.1) else {
        return unreadable(value.1).into_response();
    };
    let mut text = request.uri().path().to_owned();
    if !others.is_empty() {
        text += &format!("?{}", others.join("&"));
    }
    let Ok(uri) = text.parse::<Uri>() else {
        return unreadable(value.1).into_response();
    };
    *request.uri_mut() = uri;
    let mut response = ASKED.scope(as_of, next.run(request)).await;
    let shown = match as_of {
        AsOf::Instant(at) => at.to_string(),
        AsOf::Entry(seq) => seq.to_string(),
    };
    if let Ok(value) = HeaderValue::from_str(&shown) {
        response.headers_mut().insert(HEADER, value);
    }
    response
}

/// An instant or the position of an entry.
fn read(text: &str) -> Option<AsOf> {
    let text = text.replace("%3A", ":").replace("%3a", ":");
    let text = text.replace("%2B", "+").replace("%2b", "+");
    if let Ok(seq) = text.parse::<u64>() {
        return Some(AsOf::Entry(seq));
    }
    text.parse::<Timestamp>().ok().map(AsOf::Instant)
}

fn unreadable(text: &str) -> Problem {
    Problem::new(
        &kind::MALFORMED,
        format!(
            "`{PARAMETER}={}` is neither an instant nor an entry",
            text.escape_default()
        ),
        "write `2026-11-20T09:00:00Z`, or the position of an entry",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_listed_looks_back() {
        assert!(answers("/api/v1/releases/web@1.0.0"));
        assert!(answers("/api/v1/environments/prod/queue"));
        assert!(answers("/api/v1/decisions"));
        assert!(!answers("/api/v1/releases/web@1.0.0/evidence"));
        assert!(!answers("/api/v1/tokens"));
        assert!(!answers("/api/v1/doctor"));
        assert!(!answers("/"));
    }

    #[test]
    fn an_instant_or_an_entry_is_read() {
        assert_eq!(read("41"), Some(AsOf::Entry(41)));
        assert!(matches!(
            read("2026-11-20T09%3A00%3A00Z"),
            Some(AsOf::Instant(_))
        ));
        assert_eq!(read("yesterday"), None);
    }
}
