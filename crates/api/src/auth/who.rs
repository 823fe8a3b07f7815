//! From an account or a token to the person behind it, as of one snapshot: whoever has left is nobody at once, and whoever
//! may do less now may do less with every token.

use super::row::{Grant, grant_of, is_live, role_of};
use crate::error::Problem;
use tidegate_core::actor::{Actor, Role};
use tidegate_core::model::person;
use tidegate_core::people;
use tidegate_core::spec::Spec;
use tidegate_core::stream::person::{Facts, Person, Phase, Standing};
use tidegate_core::time::Timestamp;
use tidegate_core::view::View;
use tidegate_ledger::TokenRow;

/// Who uses an account that has signed in. `None` when nobody may.
pub(crate) fn of_account(
    view: &dyn View,
    spec: &Spec,
    account: &str,
) -> Result<Option<Actor>, Problem> {
    let name = people::behind(view, account);
    let person: Person = view.load(&name)?;
    let Phase::Active { facts } = &person.phase else {
        return Ok(None);
    };
    if !facts.accounts.iter().any(|a| a.as_str() == account) {
        return Ok(None);
    }
    Ok(Some(Actor {
        name: account.to_owned(),
        role: standing(spec, facts).role(),
        person: Some(name),
        groups: facts.groups.clone(),
        reach: None,
    }))
}

/// Who uses a token. `None` when it has ended or the person behind it has left.
pub(crate) fn of_token(
    (view, spec): (&dyn View, &Spec),
    row: &TokenRow,
    now: Timestamp,
) -> Result<Option<Actor>, Problem> {
    let (role, grant) = (role_of(row)?, grant_of(row)?);
    let void = grant.as_ref().and_then(|g| g.void);
    if !is_live(row, now) || void.is_some_and(|at| now >= at) {
        return Ok(None);
    }
    let known = behind(view, row, &role, grant.as_ref());
    let mut actor = Actor::machine(row.name.clone(), role);
    actor.reach = grant.as_ref().and_then(|g| g.reach.clone());
    let Some(name) = known else {
        return Ok(Some(actor));
    };
    if let Some(row) = person::row(view, &name) {
        if row.disabled {
            return Ok(None);
        }
        actor.groups = row.groups;
    }
    if grant.is_some_and(|g| g.account.is_some()) {
        let person: Person = view.load(&name)?;
        if let Phase::Active { facts } = &person.phase {
            actor.role = lesser(actor.role, standing(spec, facts));
        }
    }
    actor.person = Some(name);
    Ok(Some(actor))
}

/// The person's own role, or a stronger one that a group gives.
fn standing(spec: &Spec, facts: &Facts) -> Standing {
    let given = spec
        .sign_in
        .iter()
        .flat_map(|sign_in| &sign_in.roles)
        .filter(|(group, _)| facts.groups.contains(*group))
        .map(|(_, standing)| *standing);
    given.fold(facts.standing, Standing::max)
}

/// Does it need a look at the ledger to say who it is? Agents and feeds are nobody's.
pub(crate) fn is_somebodys(row: &TokenRow) -> bool {
    match (role_of(row), grant_of(row)) {
        (Ok(Role::Agent { .. } | Role::Feed(_)), Ok(grant)) => {
            grant.is_some_and(|g| g.account.is_some() || g.owner.is_some())
        }
        _ => true,
    }
}

fn behind(view: &dyn View, row: &TokenRow, role: &Role, grant: Option<&Grant>) -> Option<String> {
    match grant {
        Some(grant) => match (&grant.account, &grant.owner) {
            (Some(account), _) => Some(people::behind(view, account)),
            (None, owner) => owner.clone(),
        },
        // Made by the server for whoever sits at it, or by an earlier version: the account of its own name.
        None => matches!(
            role,
            Role::Admin | Role::Operator | Role::Approver | Role::Viewer
        )
        .then(|| people::behind(view, &row.name)),
    }
}

/// No token gives its person more than the person has.
fn lesser(role: Role, standing: Standing) -> Role {
    let rank = |role: &Role| match role {
        Role::Viewer => 0,
        Role::Publisher | Role::Approver => 1,
        Role::Operator => 2,
        Role::Admin => 3,
        Role::Agent { .. } | Role::Feed(_) | Role::System => -1,
    };
    let own = standing.role();
    // Neither may what the other may.
    if rank(&role) == 1 && rank(&own) == 1 && role != own {
        return Role::Viewer;
    }
    if rank(&role) > rank(&own) { own } else { role }
}
