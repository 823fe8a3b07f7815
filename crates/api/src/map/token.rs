//! Tokens and roles.

use crate::auth::role_of;
use crate::error::Problem;
use std::collections::BTreeSet;
use tidegate_client::wire;
use tidegate_core::actor::Role;
use tidegate_core::id::EnvId;
use tidegate_core::refusal::Refusal;
use tidegate_ledger::TokenRow;

/// The role a request asks for.
pub(crate) fn role(request: &wire::TokenRequest) -> Result<Role, Problem> {
    let environments = request
        .environments
        .iter()
        .map(EnvId::new)
        .collect::<Result<BTreeSet<_>, _>>()?;
    let invalid = |because: &str, help: &str| Refusal::Invalid {
        because: because.to_owned(),
        help: help.to_owned(),
    };
    match (request.role, environments.is_empty()) {
        (wire::Role::Agent, false) => Ok(Role::Agent { environments }),
        (wire::Role::Agent, true) => Err(invalid(
            "an agent's token names no environment",
            "name every environment it works for",
        )
        .into()),
        (wire::Role::Feed, _) => Err(invalid(
            "a token for a calendar feed is part of its address",
            "`tidegate calendar ics create` makes one",
        )
        .into()),
        (_, false) => Err(invalid(
            "only an agent's token is bound to environments",
            "leave them out",
        )
        .into()),
        (wire::Role::Admin, true) => Ok(Role::Admin),
        (wire::Role::Operator, true) => Ok(Role::Operator),
        (wire::Role::Publisher, true) => Ok(Role::Publisher),
        (wire::Role::Approver, true) => Ok(Role::Approver),
        (wire::Role::Viewer, true) => Ok(Role::Viewer),
    }
}

/// A role with its environments, as it travels.
fn parts(role: &Role) -> (wire::Role, Vec<String>) {
    match role {
        // No token is the system's; one that claimed to be is shown as the strongest there is.
        Role::Admin | Role::System => (wire::Role::Admin, Vec::new()),
        Role::Operator => (wire::Role::Operator, Vec::new()),
        Role::Publisher => (wire::Role::Publisher, Vec::new()),
        Role::Approver => (wire::Role::Approver, Vec::new()),
        Role::Viewer => (wire::Role::Viewer, Vec::new()),
        Role::Feed(scope) => (
            wire::Role::Feed,
            scope.environments.iter().map(ToString::to_string).collect(),
        ),
        Role::Agent { environments } => (
            wire::Role::Agent,
            environments.iter().map(ToString::to_string).collect(),
        ),
    }
}

/// A token without its text.
pub(crate) fn token(row: &TokenRow) -> Result<wire::Token, Problem> {
    let (role, environments) = parts(&role_of(row)?);
    Ok(wire::Token {
        name: row.name.clone(),
        role,
        environments,
        created_at: row.created,
        expires_at: row.expires,
    })
}
