//! Every "no" of this API as one shape: RFC 9457 problem documents.
//!
//! A [`Problem`] travels inside the response until the outermost layer, which knows request id and path, writes it out.

pub mod kind;
mod page;
mod refusal;
mod write;

pub use kind::Kind;
pub use page::pages;
pub(crate) use write::panicked;
pub use write::problems;

use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse, Response};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use tidegate_client::wire::{Change, Decision, Diagnostic};

/// A refused request. Nothing was changed unless the kind says otherwise.
#[derive(Debug, Clone)]
pub struct Problem {
    kind: &'static Kind,
    detail: String,
    help: String,
    pub(crate) decision: Option<Box<Decision>>,
    change: Option<Box<Change>>,
    diagnostics: Vec<Diagnostic>,
    may_not: Option<String>,
}

impl Problem {
    /// A problem of a kind, with what happened in this case and the way out.
    pub fn new(kind: &'static Kind, detail: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            kind,
            detail: detail.into(),
            help: help.into(),
            decision: None,
            change: None,
            diagnostics: Vec::new(),
            may_not: None,
        }
    }

    /// What whoever asks may not, when this is about who they are.
    pub(crate) fn may_not(&self) -> Option<&str> {
        self.may_not.as_deref()
    }

    pub(super) fn of_somebody(self, may_not: Option<String>) -> Self {
        Self { may_not, ..self }
    }

    /// What happened.
    pub(crate) fn detail(&self) -> &str {
        &self.detail
    }

    /// The way out.
    pub(crate) fn help(&self) -> &str {
        &self.help
    }

    /// As HTTP says it.
    pub(crate) fn status(&self) -> axum::http::StatusCode {
        self.kind.status
    }

    /// As somebody sees it from whom something is hidden.
    #[must_use]
    pub(crate) fn seen_through(
        self,
        text: impl Fn(&str) -> String,
        data: impl Fn(Value) -> Option<Value>,
    ) -> Self {
        let diagnostics = self.diagnostics.into_iter();
        Self {
            kind: self.kind,
            detail: text(&self.detail),
            help: text(&self.help),
            decision: self.decision.and_then(|d| through(*d, &data)).map(Box::new),
            change: self.change.and_then(|c| through(*c, &data)).map(Box::new),
            diagnostics: diagnostics.filter_map(|d| through(d, &data)).collect(),
            may_not: self.may_not,
        }
    }

    /// With all gates.
    #[must_use]
    pub fn with_decision(mut self, decision: Option<Decision>) -> Self {
        self.decision = decision.map(Box::new).or(self.decision);
        self
    }

    /// With the change as it is now.
    #[must_use]
    pub fn with_change(mut self, change: Change) -> Self {
        self.change = Some(Box::new(change));
        self
    }

    /// Is it of this kind?
    #[must_use]
    pub fn is(&self, kind: &Kind) -> bool {
        self.kind == kind
    }

    /// The same words as another kind of problem.
    #[must_use]
    pub fn of_kind(self, kind: &'static Kind) -> Self {
        Self { kind, ..self }
    }

    /// With what is wrong with configuration files.
    #[must_use]
    pub fn with_diagnostics(mut self, diagnostics: Vec<Diagnostic>) -> Self {
        self.diagnostics = diagnostics;
        self
    }
}

fn through<T: Serialize + DeserializeOwned>(
    whole: T,
    data: &impl Fn(Value) -> Option<Value>,
) -> Option<T> {
    serde_json::from_value(data(serde_json::to_value(whole).ok()?)?).ok()
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.kind.status.into_response();
        if matches!(self.kind.code, "TG3009" | "TG2010") {
            let second = axum::http::HeaderValue::from_static("1");
            response.headers_mut().insert(RETRY_AFTER, second);
        }
        response.extensions_mut().insert(self);
        response
    }
}
