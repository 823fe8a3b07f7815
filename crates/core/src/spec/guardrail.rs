//! Guardrails: what the company lets nobody do. Texts only; what reads them is outside of core.

use super::Spec;
use super::owned::people;
use crate::id::{Name, TeamId};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A guardrail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guardrail {
    /// Business unit whose services and environments it is about; the whole company when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Name>,
    /// Team that answers for it.
    pub owner: TeamId,
    /// Cedar policies, each a `forbid`.
    pub forbid: String,
}

/// Guardrails that are gone or other ones in `new`, with the team that answers for each. Whether another text forbids less,
/// nothing here can tell: whoever answers for it says so.
#[must_use]
pub fn loosened(old: &Spec, new: &Spec) -> BTreeMap<Name, TeamId> {
    let changed = old
        .guardrails
        .iter()
        .filter(|(name, was)| new.guardrails.get(*name) != Some(*was));
    changed
        .map(|(name, was)| (name.clone(), was.owner.clone()))
        .collect()
}

/// Teams that answer for a guardrail and are other people in `new`, with their guardrails. Whoever could make themselves one of
/// them could loosen it alone, so they say so themselves.
#[must_use]
pub fn handed_over(old: &Spec, new: &Spec) -> BTreeMap<TeamId, BTreeSet<Name>> {
    let mut found: BTreeMap<TeamId, BTreeSet<Name>> = BTreeMap::new();
    let people = |spec: &Spec, team: &TeamId| {
        let (members, group) = people(spec.teams.get(team));
        let members = members.into_iter().map(str::to_owned).collect();
        (members, group.map(str::to_owned))
    };
    let nobody = (BTreeSet::new(), None);
    for (name, guardrail) in &old.guardrails {
        let was = people(old, &guardrail.owner);
        // A team of nobody cannot be asked who its first members are.
        if was != nobody && was != people(new, &guardrail.owner) {
            let of = found.entry(guardrail.owner.clone()).or_default();
            of.insert(name.clone());
        }
    }
    found
}
