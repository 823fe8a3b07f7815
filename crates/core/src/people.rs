//! Telling people apart: who is behind an account or an address, and who belongs to a team.
//!
//! One person with two accounts is one person. Whoever cannot be told is nobody: it never counts as somebody else.

use crate::actor::Actor;
use crate::id::TeamId;
use crate::model::person::{self, ACCOUNTS, Row, lent};
use crate::refusal::Refusal;
use crate::spec::{Spec, Team, Train};
use crate::time::{Millis, Timestamp};
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
        // A name that nobody is known by is an unknown author, not somebody of that name.
        let name = address.trim();
        let known =
            view.model(ACCOUNTS, name).is_some() || view.model(person::PEOPLE, name).is_some();
        return known.then(|| behind(view, name));
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

/// The teams a person belongs to, in order.
#[must_use]
pub fn teams_of(spec: &Spec, view: &dyn View, person: &str) -> BTreeSet<TeamId> {
    let row = person::row(view, person);
    let of = |team: &Team| belongs(team, person, row.as_ref());
    let all = spec.teams.iter().filter(|(_, team)| of(team));
    all.map(|(name, _)| name.clone()).collect()
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

/// The teams that decide about a train, with their members: the one it names, else the owners of what it carries. None when
/// nobody is known to belong to any of those: then whoever may operate decides.
#[must_use]
pub fn of_train(spec: &Spec, view: &dyn View, train: &Train) -> Vec<(TeamId, Vec<String>)> {
    if let Some(team) = &train.decided_by {
        return vec![(team.clone(), members(spec, view, team))];
    }
    let carried = train.carries.iter();
    let owners: BTreeSet<&TeamId> = carried
        .filter_map(|service| Some(&spec.services.get(service)?.owner))
        .collect();
    let all = owners
        .into_iter()
        .map(|team| (team.clone(), members(spec, view, team)));
    all.filter(|(_, members)| !members.is_empty()).collect()
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
    lenders(view, deputy, team, now)
        .iter()
        .any(|from| from == holder)
}

/// In whose place `deputy` may decide for a team at an instant.
#[must_use]
pub fn lenders(view: &dyn View, deputy: &str, team: &TeamId, now: Timestamp) -> Vec<String> {
    lent(view, team)
        .into_iter()
        .filter(|d| d.to == deputy && d.since <= now && now < d.until)
        .map(|d| d.from)
        .collect()
}

/// Did the person sign in a short while ago, where that is asked for?
///
/// # Errors
/// Why not.
pub fn signed_in_within(
    actor: &Actor,
    within: Option<Millis>,
    (what, now): (&str, Timestamp),
) -> Result<(), Refusal> {
    let Some(within) = within else {
        return Ok(());
    };
    let since = actor.signed_in;
    if since.is_some_and(|since| Millis::between(since, now) <= within) {
        return Ok(());
    }
    let ago = match since {
        Some(since) => format!("signed in {} ago", Millis::between(since, now)),
        None => "did not sign in".to_owned(),
    };
    Err(Refusal::SignInAgain {
        actor: actor.name.clone(),
        action: what.to_owned(),
        because: format!(
            "whoever does signed in at most {within} before, and {} {ago}",
            actor.name
        ),
    })
}

/// Who may decide where the one who asked is nobody who does; for the line that says whom to ask.
pub const SIGNED_IN: &str = "a person who signed in with `tidegate login`";

/// The person who decides through an account of their own. A program decides nothing, and neither does a token that somebody
/// left with one: whoever says yes or no has signed in.
///
/// # Errors
/// Why nobody decides here, for people.
pub fn deciding(view: &dyn View, actor: &Actor) -> Result<String, String> {
    let Some(person) = &actor.person else {
        return Err("no person is known behind this account".to_owned());
    };
    let person = behind(view, person);
    if behind(view, &actor.name) != person {
        return Err(format!(
            "`{}` is no account of {person}: a token decides nothing, its owner signs in",
            actor.name
        ));
    }
    if is_gone(view, &person) {
        return Err(format!("{person} has left"));
    }
    Ok(person)
}

/// The accounts and persons that stand behind an account as one who asks: the account itself, and the person who answers for
/// it when it is a program's.
#[must_use]
pub fn asking(view: &dyn View, actor: &Actor) -> Vec<String> {
    let mut who = vec![actor.name.clone()];
    if let Some(person) = &actor.person
        && behind(view, &actor.name) != behind(view, person)
    {
        who.push(person.clone());
    }
    who
}
