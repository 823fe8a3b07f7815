//! `If-Match` of votes: the digests of the plans that were looked at.

use crate::error::{Problem, kind};
use axum::extract::FromRequestParts;
use axum::http::header::IF_MATCH;
use axum::http::request::Parts;
use tidegate_core::digest::Digest;

/// Most plans of one vote; a release has no more environments.
const MOST: usize = 200;

/// The plans that were looked at; at least one.
#[derive(Debug)]
pub struct Plans(pub Vec<Digest>);

impl<S: Send + Sync> FromRequestParts<S> for Plans {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let sent = parts.headers.get_all(IF_MATCH).iter();
        let texts: Vec<&str> = sent
            .map(|value| value.to_str().unwrap_or("?"))
            .flat_map(|value| value.split(','))
            .map(str::trim)
            .filter(|tag| !tag.is_empty())
            .collect();
        if texts.is_empty() {
            return Err(missing("the vote does not say which plan was looked at"));
        }
        if texts.len() > MOST {
            return Err(missing("the vote names more than 200 plans"));
        }
        texts
            .iter()
            .map(|tag| {
                let digest = tag.trim_matches('"');
                digest
                    .parse()
                    .map_err(|_| missing(&format!("`{digest}` is no digest of a plan")))
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

fn missing(detail: &str) -> Problem {
    Problem::new(
        &kind::PLAN_NOT_NAMED,
        detail,
        "send `If-Match: \"sha256:...\"` with the member `plan.digest` of the change",
    )
}

impl Plans {
    /// The only plan, where there can be only one.
    ///
    /// # Errors
    /// Several were named.
    pub fn one(self) -> Result<Digest, Problem> {
        match <[Digest; 1]>::try_from(self.0) {
            Ok([plan]) => Ok(plan),
            Err(_) => Err(missing(
                "several plans are named, and a deployment carries out one",
            )),
        }
    }
}
