//! Which tokens are the business of somebody who administers business units and not the company: their own, and those of
//! agents that serve environments of these units alone.

use super::row::{grant_of, role_of};
use crate::error::Problem;
use tidegate_core::actor::{Actor, Role};
use tidegate_core::authority::{Right, within};
use tidegate_core::people;
use tidegate_core::refusal::Refusal;
use tidegate_core::spec::Spec;
use tidegate_core::view::View;
use tidegate_ledger::TokenRow;

/// Is it the business of an administrator, as of now?
pub(crate) fn theirs(
    by: &Actor,
    row: &TokenRow,
    (view, spec): (&dyn View, &Spec),
) -> Result<bool, Problem> {
    if by.role == Role::Admin {
        return Ok(true);
    }
    let role = role_of(row)?;
    if let Role::Agent { .. } = role {
        return Ok(serves_theirs(by, &role, spec));
    }
    let grant = grant_of(row)?.unwrap_or_default();
    let whose = grant.account.or(grant.owner);
    let whose = whose.map(|account| people::behind(view, &account));
    Ok(whose.is_some() && whose == by.person)
}

/// May an administrator make a token of this role for this person?
pub(crate) fn may_make(
    by: &Actor,
    role: &Role,
    whose: Option<&str>,
    spec: &Spec,
) -> Result<(), Refusal> {
    let fine = match role {
        _ if by.role == Role::Admin => true,
        Role::Agent { .. } => serves_theirs(by, role, spec),
        _ => whose.is_some() && whose == by.person.as_deref(),
    };
    if fine {
        return Ok(());
    }
    Err(Refusal::NotAllowed {
        actor: by.name.clone(),
        role: by.roles(),
        action: "make tokens for others, or for agents beyond environments of their unit"
            .to_owned(),
        needs: "admin of the company".to_owned(),
    })
}

fn serves_theirs(by: &Actor, role: &Role, spec: &Spec) -> bool {
    let Role::Agent { environments } = role else {
        return false;
    };
    let whose = environments.iter();
    let whose = whose.map(|env| spec.unit_of_environment(env)).collect();
    !environments.is_empty() && within(by, Right::Administer, &whose, spec)
}
