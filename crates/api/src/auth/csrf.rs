//! Writes with a cookie come from our own pages only: the browser says where a request comes from, and the request repeats
//! what only our pages can read.

use crate::error::{Problem, kind};
use axum::http::{HeaderMap, HeaderName, Method};

/// Repeats the text that `GET /api/v1/whoami` answers.
pub(crate) const HEADER: HeaderName = HeaderName::from_static("x-csrf-token");
const SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Is a form or script of our own pages asking? Browsers that do not say where a request comes from send `Origin` with
/// writes; programs send neither.
pub(crate) fn same_site(headers: &HeaderMap) -> Result<(), Problem> {
    let text = |name: &HeaderName| headers.get(name).and_then(|v| v.to_str().ok());
    if let Some(site) = text(&SITE) {
        return if matches!(site, "same-origin" | "none") {
            Ok(())
        } else {
            Err(refused("the request comes from a page of another site"))
        };
    }
    let Some(origin) = text(&axum::http::header::ORIGIN) else {
        return Ok(());
    };
    let own = text(&axum::http::header::HOST).unwrap_or_default();
    let host = origin.split_once("://").map_or(origin, |(_, host)| host);
    if host.eq_ignore_ascii_case(own) && !own.is_empty() {
        Ok(())
    } else {
        Err(refused("the request comes from a page of another site"))
    }
}

/// May a request that shows a cookie do this? `expected` is the text it must repeat.
pub(crate) fn checked(method: &Method, headers: &HeaderMap, expected: &str) -> Result<(), Problem> {
    if matches!(*method, Method::GET | Method::HEAD) {
        return Ok(());
    }
    same_site(headers)?;
    let sent = headers.get(HEADER).map(axum::http::HeaderValue::as_bytes);
    if sent == Some(expected.as_bytes()) {
        return Ok(());
    }
    Err(refused(
        "a write with a cookie does not repeat the session's `X-CSRF-Token`",
    ))
}

/// The refusal.
pub(crate) fn refused(detail: &str) -> Problem {
    Problem::new(
        &kind::FORGED,
        detail,
        "use the page again; programs send `Authorization: Bearer` instead of a cookie",
    )
}
