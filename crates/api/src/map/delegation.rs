//! Rights to decide that one person lends another, for people.

use crate::error::Problem;
use crate::look::Look;
use tidegate_client::wire;
use tidegate_core::limits;
use tidegate_core::model::delegation::ALL;
use tidegate_core::people;
use tidegate_core::refusal::Refusal;
use tidegate_core::stream::delegation::{Delegation, Phase};

/// Delegations listed.
const MOST: usize = 500;

/// The newest first; those that are over only with `all`.
pub(crate) fn delegations(look: &Look<'_>, all: bool) -> Result<Vec<wire::Delegation>, Problem> {
    let mut found = Vec::new();
    for (_, body) in look.view().scan(ALL, "", limits::PEOPLE) {
        let state: Delegation = serde_json::from_str(&body)?;
        let one = delegation(look, &state)?;
        if all || matches!(one.state.as_str(), "to-come" | "in-force") {
            found.push(one);
        }
    }
    found.sort_by_key(|d| std::cmp::Reverse(d.at));
    found.truncate(MOST);
    Ok(found)
}

/// One delegation by name.
pub(crate) fn delegation_of(look: &Look<'_>, name: &str) -> Result<wire::Delegation, Problem> {
    let state: Delegation = look.load("delegation", name)?;
    delegation(look, &state)
}

fn delegation(look: &Look<'_>, state: &Delegation) -> Result<wire::Delegation, Problem> {
    let Some(facts) = state.facts.as_deref() else {
        let (what, name) = ("delegation".to_owned(), String::new());
        return Err(Refusal::NotFound { what, name }.into());
    };
    let in_force = match &state.phase {
        Phase::Absent => "absent",
        Phase::Revoked { .. } => "revoked",
        Phase::Ended { .. } => "ended",
        Phase::Lent if look.now < facts.since => "to-come",
        Phase::Lent if look.now < facts.until => "in-force",
        Phase::Lent => "ended",
    };
    let member = |who: &str| {
        let spec = &look.in_force.spec;
        people::is_member(spec, look.view(), &facts.team, who)
    };
    let note = match &state.phase {
        Phase::Revoked { by, reason, .. } => Some(format!("revoked by {by}: {reason}")),
        Phase::Lent if !member(&facts.from) => Some(format!(
            "worth nothing: {} is no member of {} any more",
            facts.from, facts.team
        )),
        Phase::Lent if people::is_gone(look.view(), &facts.to) => {
            Some(format!("worth nothing: {} has left", facts.to))
        }
        _ => None,
    };
    Ok(wire::Delegation {
        id: facts.id.to_string(),
        team: facts.team.to_string(),
        from: facts.from.clone(),
        to: facts.to.clone(),
        since: facts.since,
        until: facts.until,
        state: in_force.to_owned(),
        reason: facts.reason.clone(),
        at: facts.at,
        note,
    })
}
