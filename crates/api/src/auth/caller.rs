//! The bearer of a valid token, as handlers see it.

use crate::App;
use crate::error::{Problem, kind};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use tidegate_core::actor::{Actor, Role};
use tidegate_core::refusal::Refusal;

/// Who asks. Present in every request that passed the guard.
#[derive(Debug, Clone)]
pub struct Caller(Actor);

impl Caller {
    pub(crate) fn new(name: String, role: Role) -> Self {
        let person = matches!(
            role,
            Role::Admin | Role::Operator | Role::Approver | Role::Viewer
        );
        Self(if person {
            Actor::account(name, role)
        } else {
            Actor::machine(name, role)
        })
    }

    /// Its name, as it will stand in the ledger.
    pub(crate) fn name(&self) -> &str {
        &self.0.name
    }

    /// Its role.
    pub(crate) fn role(&self) -> &Role {
        &self.0.role
    }

    /// As core knows it.
    pub(crate) fn actor(&self) -> Actor {
        self.0.clone()
    }

    /// The refusal of something this role may not do.
    pub(crate) fn refused(&self, action: impl Into<String>) -> Problem {
        Refusal::NotAllowed {
            actor: self.0.name.clone(),
            role: self.0.role.as_str().to_owned(),
            action: action.into(),
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
