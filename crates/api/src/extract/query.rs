//! Query parameters and path segments.

use crate::error::{Problem, kind};
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Query parameters, with a problem that names the bad one.
pub struct Search<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Search<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let query = Query::<T>::from_request_parts(parts, state).await;
        query
            .map(|Query(query)| Self(query))
            .map_err(|e: QueryRejection| {
                Problem::new(
                    &kind::MALFORMED,
                    format!("the query is not what is expected here: {}", e.body_text()),
                    "see /api/openapi.json",
                )
            })
    }
}

/// One segment of the path.
pub struct Ref(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Ref {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        path.map(|Path(text)| Self(text))
            .map_err(|e: PathRejection| {
                Problem::new(
                    &kind::MALFORMED,
                    format!("the path is not what is expected here: {}", e.body_text()),
                    "see /api/openapi.json",
                )
            })
    }
}

/// Two parts of the path.
pub struct Refs(pub String, pub String);

impl<S: Send + Sync> FromRequestParts<S> for Refs {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::<(String, String)>::from_request_parts(parts, state).await;
        path.map(|Path((one, two))| Self(one, two))
            .map_err(|e: PathRejection| {
                Problem::new(
                    &kind::MALFORMED,
                    format!("the path is not what is expected here: {}", e.body_text()),
                    "see /api/openapi.json",
                )
            })
    }
}

/// Whether only the plan and the decision are wanted.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DryRunQuery {
    /// `true`: answer with plan and decision and change nothing.
    #[serde(default)]
    pub dry_run: bool,
}

/// [`DryRunQuery`], extracted.
pub type DryRun = Search<DryRunQuery>;

/// How a departure is named in a path; for the document only, [`Refs`] reads it.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "its fields are read by the macro")]
pub struct DepartureName {
    /// Name
    train: String,
    /// Number, or `next`
    number: String,
}
