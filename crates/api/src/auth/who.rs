//! From an account or a token to the person behind it, as of one snapshot: whoever has left is nobody at once, and whoever
//! may do less now may do less with every token.

use super::row::{grant_of, is_live, role_of};
use crate::error::Problem;
use std::collections::BTreeMap;
use tidegate_core::actor::{Actor, Role};
use tidegate_core::id::{Name, PersonId};
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
        within: within(view, spec, &people::behind(view, account)),
        reach: None,
        signed_in: None,
    }))
}

/// Who uses a token. `None` when it has ended, when the person behind it has left, and when the account it is for is no
/// longer that person's.
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
    let mut actor = Actor::machine(row.name.clone(), role);
    let Some(grant) = grant else {
        return Ok(of_its_name(view, actor));
    };
    actor.reach = grant.reach;
    if let Some(account) = &grant.account {
        let Some(own) = of_account(view, spec, account)? else {
            return Ok(None);
        };
        actor.within = no_more(&actor.role, own.within);
        actor.role = lesser(actor.role, own.role);
        (actor.person, actor.groups) = (own.person, own.groups);
        return Ok(Some(actor));
    }
    let Some(owner) = &grant.owner else {
        return Ok(Some(actor));
    };
    let name = people::behind(view, owner);
    let person: Person = view.load(&name)?;
    match person.phase {
        Phase::Active { facts } => {
            actor.within = no_more(&actor.role, within(view, spec, &name));
            actor.role = lesser(actor.role, standing(spec, &facts).role());
            actor.groups = facts.groups;
        }
        Phase::Disabled { .. } => return Ok(None),
        // Made with a token of the server's own or of an earlier version, whose name is nobody's who is known.
        Phase::Absent if PersonId::new(&name).is_ok() => {}
        // An account that is nobody's any more.
        Phase::Absent => return Ok(None),
    }
    actor.person = Some(name);
    Ok(Some(actor))
}

/// Made by the server for whoever sits at it, or by an earlier version: of the account of its own name.
fn of_its_name(view: &dyn View, mut actor: Actor) -> Option<Actor> {
    let somebodys = matches!(
        actor.role,
        Role::Admin | Role::Operator | Role::Approver | Role::Viewer
    );
    if !somebodys {
        return Some(actor);
    }
    let name = people::behind(view, &actor.name);
    if let Some(row) = person::row(view, &name) {
        if row.disabled {
            return None;
        }
        actor.groups = row.groups;
    }
    actor.person = Some(name);
    Some(actor)
}

/// May whoever carries this token do all that an administrator may?
pub(crate) fn administers(
    known: (&dyn View, &Spec),
    row: &TokenRow,
    now: Timestamp,
) -> Result<bool, Problem> {
    let actor = of_token(known, row, now)?;
    Ok(actor.is_some_and(|actor| actor.role == Role::Admin && actor.reach.is_none()))
}

/// Whose name this is: as an account or as a person.
pub(crate) fn called(view: &dyn View, name: &str) -> Option<String> {
    let known = view.model(person::ACCOUNTS, name).is_some();
    (known || view.model(person::PEOPLE, name).is_some()).then(|| people::behind(view, name))
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

/// Roles that the teams of a person give in business units; of several the strongest.
fn within(view: &dyn View, spec: &Spec, person: &str) -> BTreeMap<Name, Standing> {
    let mut all = BTreeMap::new();
    for (name, unit) in &spec.units {
        let given = unit
            .roles
            .iter()
            .filter(|(team, _)| people::is_member(spec, view, team, person))
            .map(|(_, standing)| *standing);
        all.extend(given.max().map(|standing| (name.clone(), standing)));
    }
    all
}

/// No token gives in a unit more than it is for.
fn no_more(role: &Role, within: BTreeMap<Name, Standing>) -> BTreeMap<Name, Standing> {
    let lessened = |(unit, standing): (Name, Standing)| {
        let role = lesser(role.clone(), standing.role());
        Some((unit, Standing::named(role.as_str())?))
    };
    within.into_iter().filter_map(lessened).collect()
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

/// No token gives its person more than the person has.
fn lesser(role: Role, own: Role) -> Role {
    let rank = |role: &Role| match role {
        Role::Viewer => 0,
        Role::Publisher | Role::Approver => 1,
        Role::Operator => 2,
        Role::Admin => 3,
        Role::Agent { .. } | Role::Feed(_) | Role::System => -1,
    };
    // Neither may what the other may.
    if rank(&role) == 1 && rank(&own) == 1 && role != own {
        return Role::Viewer;
    }
    if rank(&role) > rank(&own) { own } else { role }
}
