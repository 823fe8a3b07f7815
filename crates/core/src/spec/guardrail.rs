//! Guardrails: what the company lets nobody do. Texts only; what reads them is outside of core.

use super::Spec;
use crate::id::{Name, TeamId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A guardrail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guardrail {
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
