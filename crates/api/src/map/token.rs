//! Tokens and roles.

use crate::auth::{Used, grant_of, of_token, role_of};
use crate::error::Problem;
use crate::look::Look;
use std::collections::BTreeSet;
use tidegate_client::wire;
use tidegate_core::actor::{Reach, Role};
use tidegate_core::id::{EnvId, ServiceId};
use tidegate_core::refusal::Refusal;
use tidegate_ledger::TokenRow;

/// The role a request asks for, and what it may touch at most.
pub(crate) fn role(request: &wire::TokenRequest) -> Result<(Role, Option<Reach>), Problem> {
    let environments = request
        .environments
        .iter()
        .map(EnvId::new)
        .collect::<Result<BTreeSet<_>, _>>()?;
    let services = request
        .services
        .iter()
        .map(ServiceId::new)
        .collect::<Result<BTreeSet<_>, _>>()?;
    let invalid = |because: &str, help: &str| Refusal::Invalid {
        because: because.to_owned(),
        help: help.to_owned(),
    };
    let role = match request.role {
        wire::Role::Agent if environments.is_empty() => {
            return Err(invalid(
                "an agent's token names no environment",
                "name every environment it works for",
            )
            .into());
        }
        wire::Role::Agent if !services.is_empty() => {
            return Err(invalid(
                "an agent works for all services of its environments",
                "leave the services out",
            )
            .into());
        }
        wire::Role::Agent => return Ok((Role::Agent { environments }, None)),
        wire::Role::Feed => {
            return Err(invalid(
                "a token for a calendar feed is part of its address",
                "`tidegate calendar ics create` makes one",
            )
            .into());
        }
        wire::Role::Admin => Role::Admin,
        wire::Role::Operator => Role::Operator,
        wire::Role::Publisher => Role::Publisher,
        wire::Role::Approver => Role::Approver,
        wire::Role::Viewer => Role::Viewer,
    };
    let reach = Reach {
        environments,
        services,
    };
    Ok((role, (!reach.is_everything()).then_some(reach)))
}

/// A role with its environments, as it travels.
pub(crate) fn parts(role: &Role) -> (wire::Role, Vec<String>) {
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
pub(crate) fn token(look: &Look<'_>, row: &TokenRow) -> Result<wire::Token, Problem> {
    let known = (look.view(), &look.in_force.spec);
    let actor = of_token(known, row, look.now)?;
    let local = actor.iter().flat_map(|actor| &actor.within);
    let within = local.map(|(unit, standing)| (unit.to_string(), standing.as_str().to_owned()));
    let within = within.collect();
    let (role, environments) = parts(&role_of(row)?);
    let grant = grant_of(row)?.unwrap_or_default();
    let reach = grant.reach.unwrap_or_default();
    Ok(wire::Token {
        name: row.name.clone(),
        role,
        gives: actor.map(|actor| parts(&actor.role).0),
        within,
        environments: environments
            .into_iter()
            .chain(reach.environments.iter().map(ToString::to_string))
            .collect(),
        services: reach.services.iter().map(ToString::to_string).collect(),
        account: grant.account,
        owner: grant.owner,
        last_used_at: Used::of(look.rows, &row.hash)?,
        created_at: row.created,
        expires_at: row.expires,
    })
}
