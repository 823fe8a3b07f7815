//! Telling people apart: who is behind an account or an address, and who belongs to a team.
//!
//! One person with two accounts is one person. Whoever cannot be told is nobody: it never counts as somebody else.

use crate::id::TeamId;
use crate::model::person::{self, ACCOUNTS, DELEGATIONS, Delegation, Row};
use crate::spec::{Spec, Team};
use crate::time::Timestamp;
use crate::view::View;
use std::collections::BTreeSet;

/// The person behind an account: as recorded, else the person of the account's own name.
#[must_use]
pub fn behind(view: &dyn View, account: &str) -> String {
    view.model(ACCOUNTS, account)
        .and_then(|body| serde_json::from_str(&body).ok())
        .unwrap_or_else(|| account.to_owned())
}

/// The person who writes under an address (or plain name); absent when nobody is known by it.
#[must_use]
pub fn by_address(view: &dyn View, address: &str) -> Option<String> {
    let wanted = address.trim().to_lowercase();
    if !wanted.contains('@') {
        return Some(behind(view, address.trim()));
    }
    let rows = view.scan(person::PEOPLE, "", crate::limits::PEOPLE);
    rows.into_iter().find_map(|(name, body)| {
        let row: Row = serde_json::from_str(&body).ok()?;
        row.emails.contains(&wanted).then_some(name)
    })
}

/// Has a person left? Whoever has decides nothing any more.
#[must_use]
pub fn is_gone(view: &dyn View, person: &str) -> bool {
    person::row(view, person).is_some_and(|row| row.disabled)
}

/// Does a person belong to a team? By configuration through name or any account, or by a group of the identity provider as
/// of the newest sign-in. Somebody who has left belongs to none.
#[must_use]
pub fn is_member(spec: &Spec, view: &dyn View, team: &TeamId, person: &str) -> bool {
    let Some(team) = spec.teams.get(team) else {
        return false;
    };
    belongs(team, person, person::row(view, person).as_ref())
}

/// Everybody known to belong to a team, each once, in order.
#[must_use]
pub fn members(spec: &Spec, view: &dyn View, team: &TeamId) -> Vec<String> {
    let Some(team) = spec.teams.get(team) else {
        return Vec::new();
    };
    let mut found: BTreeSet<String> = team.members.iter().map(|m| behind(view, m)).collect();
    for (name, body) in view.scan(person::PEOPLE, "", crate::limits::PEOPLE) {
        if serde_json::from_str::<Row>(&body).is_ok_and(|row| belongs(team, &name, Some(&row))) {
            found.insert(name);
        }
    }
    found.retain(|name| !person::row(view, name).is_some_and(|row| row.disabled));
    found.into_iter().collect()
}

fn belongs(team: &Team, person: &str, row: Option<&Row>) -> bool {
    let named = |name: &str| team.members.iter().any(|m| m == name);
    match row {
        None => named(person),
        Some(row) if row.disabled => false,
        Some(row) => {
            named(person)
                || row.accounts.iter().any(|a| named(a))
                || team.group.as_ref().is_some_and(|g| row.groups.contains(g))
        }
    }
}

/// Does `deputy` stand in for `holder` in a team at an instant?
#[must_use]
pub fn stands_in(
    view: &dyn View,
    holder: &str,
    deputy: &str,
    team: &TeamId,
    now: Timestamp,
) -> bool {
    delegations(view, team)
        .iter()
        .any(|d| d.from == holder && d.to == deputy && d.since <= now && now < d.until)
}

/// Delegations of a team that have not been taken back.
#[must_use]
pub fn delegations(view: &dyn View, team: &TeamId) -> Vec<Delegation> {
    let rows = view.scan(DELEGATIONS, &format!("{team}/"), crate::limits::PEOPLE);
    rows.into_iter()
        .filter_map(|(_, body)| serde_json::from_str(&body).ok())
        .collect()
}
