//! Whoever passed the guard, as handlers see it.

use crate::App;
use crate::error::{Problem, kind};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use tidegate_core::actor::{Actor, Role};
use tidegate_core::digest::Digest;
use tidegate_core::refusal::Refusal;
use tidegate_core::stream::artifact::BuiltBy;
use tidegate_core::time::Timestamp;

/// How somebody showed who they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Way {
    /// An access token.
    Token {
        /// Hash of its text.
        hash: Digest,
        /// Public key of which each request must show that the caller holds it.
        key: Option<String>,
    },
    /// A sign-in.
    Session {
        /// Hash of its secret.
        hash: Digest,
        /// What a form or script must repeat when the secret came as a cookie.
        csrf: Option<String>,
    },
    /// The token of a CI, for one registration.
    Build(BuiltBy),
}

/// Who asks. Present in every request that passed the guard.
#[derive(Debug, Clone)]
pub struct Caller {
    actor: Actor,
    way: Way,
    until: Option<Timestamp>,
}

impl Caller {
    pub(crate) fn new(actor: Actor, way: Way, until: Option<Timestamp>) -> Self {
        Self { actor, way, until }
    }

    /// Its name, as it will stand in the ledger.
    pub(crate) fn name(&self) -> &str {
        &self.actor.name
    }

    /// Its role.
    pub(crate) fn role(&self) -> &Role {
        &self.actor.role
    }

    /// As core knows it.
    pub(crate) fn actor(&self) -> Actor {
        self.actor.clone()
    }

    /// How it showed who it is.
    pub(crate) fn way(&self) -> &Way {
        &self.way
    }

    /// When it ends by itself at the latest.
    pub(crate) fn until(&self) -> Option<Timestamp> {
        self.until
    }

    /// The refusal of something this role may not do.
    pub(crate) fn refused(&self, action: impl Into<String>) -> Problem {
        Refusal::NotAllowed {
            actor: self.actor.name.clone(),
            role: self.actor.roles(),
            action: action.into(),
            needs: String::new(),
        }
        .into()
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        // A route that forgot the guard must not become an open door.
        parts.extensions.get::<Self>().cloned().ok_or_else(|| {
            Problem::new(
                &kind::UNAUTHENTICATED,
                "the request carries no token",
                "send `Authorization: Bearer tg_...`",
            )
        })
    }
}
