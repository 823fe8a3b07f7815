//! Answer only to our own names. A page of another site whose name was made to point here (DNS rebinding) sends that
//! site's name, so it is refused before anything else looks at it.

use crate::App;
use crate::error::{Problem, kind};
use axum::extract::{Request, State};
use axum::http::header::HOST;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::collections::BTreeSet;

/// Names the server answers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hosts {
    /// Any; for a server behind a proxy that checks names.
    Any,
    /// Only these, without port, in lower case.
    Only(BTreeSet<String>),
}

impl Hosts {
    /// The names of this host for itself, and the configured name when there is one. For loopback binds.
    #[must_use]
    pub fn loopback(name: Option<&str>) -> Self {
        let own = ["localhost", "127.0.0.1", "[::1]"];
        Self::Only(own.into_iter().chain(name).map(str::to_lowercase).collect())
    }

    fn knows(&self, host: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Only(names) => names.contains(&without_port(host).to_lowercase()),
        }
    }
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port))
            if port.bytes().all(|b| b.is_ascii_digit())
                && (!name.contains(':') || name.ends_with(']')) =>
        {
            name
        }
        _ => host,
    }
}

/// Refuses requests for another name.
pub async fn known(State(app): State<App>, request: Request, next: Next) -> Response {
    let asked = request
        .uri()
        .host()
        .or_else(|| {
            request
                .headers()
                .get(HOST)
                .and_then(|host| host.to_str().ok())
        })
        .unwrap_or_default();
    if app.options().hosts.knows(asked) {
        return next.run(request).await;
    }
    let detail = format!("this server does not answer to the name {asked:?}");
    Problem::new(
        &kind::WRONG_HOST,
        detail,
        "use http://127.0.0.1 with its port, or the configured name",
    )
    .into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_own_names_are_known_whatever_the_port() {
        let hosts = Hosts::loopback(Some("Tidegate.internal"));
        for known in [
            "localhost",
            "LOCALHOST:80",
            "127.0.0.1:7400",
            "[::1]:7400",
            "[::1]",
            "tidegate.internal:7400",
        ] {
            assert!(hosts.knows(known), "{known}");
        }
        for strange in [
            "",
            "evil.example",
            "evil.example:7400",
            "127.0.0.1.evil.example",
            "localhost:80:90",
            "::1",
        ] {
            assert!(!hosts.knows(strange), "{strange}");
        }
        assert!(Hosts::Any.knows("evil.example"));
    }
}
