//! Controls that a team answers for: only its members weaken them. What is weaker is worked out beside core, from the
//! configuration in force and the one that follows; here is what it comes to.

use super::{Spec, Team};
use crate::id::TeamId;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A control that becomes weaker, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnedControl {
    /// Dotted path of the value that causes it.
    pub path: String,
    /// What becomes weaker, for people.
    pub reason: String,
    /// What the team answers for, as a dotted path: `policies.money`, or `risk.default`.
    pub rule: String,
    /// Who answers for it.
    pub owner: TeamId,
}

/// Teams that answer for a policy or the model of risk and are other people in `new`, with what they answer for. Whoever
/// could make themselves one of them could weaken it alone.
#[must_use]
pub fn in_other_hands(old: &Spec, new: &Spec) -> BTreeMap<TeamId, BTreeSet<String>> {
    let mut owned: BTreeMap<&TeamId, BTreeSet<String>> = BTreeMap::new();
    for (name, policy) in &old.policies {
        if let Some(owner) = &policy.owner {
            owned
                .entry(owner)
                .or_default()
                .insert(format!("policies.{name}"));
        }
    }
    if let Some((owner, model)) = old.risk.as_ref().and_then(|m| Some((m.owner.as_ref()?, m))) {
        let path = format!("risk.{}", model.label());
        owned.entry(owner).or_default().insert(path);
    }
    let others = |team: &TeamId| {
        let was = people(old.teams.get(team));
        was != people(None) && was != people(new.teams.get(team))
    };
    owned
        .into_iter()
        .filter(|(team, _)| others(team))
        .map(|(team, rules)| (team.clone(), rules))
        .collect()
}

/// Who belongs to a team: its members, whatever their order, and its group.
pub(super) fn people(team: Option<&Team>) -> (BTreeSet<&str>, Option<&str>) {
    let members = team.iter().flat_map(|team| &team.members);
    let group = team.and_then(|team| team.group.as_deref());
    (members.map(String::as_str).collect(), group)
}
