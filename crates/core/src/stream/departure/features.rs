//! Features promised for a departure: each needs releases, and is complete when all of them are aboard and green, or are there
//! already.

use super::checks::{is_there, not_green};
use super::decide::Turn;
use super::{Departure, Facts};
use crate::id::{DepartureId, Name, ReleaseId};
use crate::spec::{Spec, Train};
use crate::stream::train;
use crate::view::View;
use std::collections::{BTreeMap, BTreeSet};

/// What stands in the way of a feature; empty when it is complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feature {
    /// Releases it needs.
    pub requires: Vec<ReleaseId>,
    /// What is missing, in words.
    pub missing: Vec<String>,
}

/// The features promised for a departure. Those of the configuration belong to the first departure that is still ahead.
#[must_use]
pub fn promised(
    spec: &Spec,
    train: &Train,
    view: &dyn View,
    facts: &Facts,
) -> BTreeMap<Name, Vec<ReleaseId>> {
    let mut all = facts.features.clone();
    if is_first(view, &facts.id) {
        for (name, requires) in &train.features {
            let delivered = requires.iter().all(|id| is_there(spec, train, view, id));
            if !delivered {
                all.entry(name.clone()).or_insert_with(|| requires.clone());
            }
        }
    }
    all
}

/// Each promised feature and what it lacks, when `aboard` travel.
#[must_use]
pub fn features(
    spec: &Spec,
    train: &Train,
    view: &dyn View,
    facts: &Facts,
    aboard: &BTreeSet<ReleaseId>,
) -> BTreeMap<Name, Feature> {
    let lacks = |id: &ReleaseId| {
        if is_there(spec, train, view, id) {
            return None;
        }
        if !aboard.contains(id) {
            return Some(format!("{id} is not aboard"));
        }
        not_green(spec, train, view, id).map(|why| format!("{id} is {why}"))
    };
    promised(spec, train, view, facts)
        .into_iter()
        .map(|(name, requires)| {
            let missing = requires.iter().filter_map(lacks).collect();
            (name, Feature { requires, missing })
        })
        .collect()
}

/// Of the departures ahead, the one that leaves first.
fn is_first(view: &dyn View, id: &DepartureId) -> bool {
    let Ok(train) = view.load::<train::Train>(id.train.as_str()) else {
        return false;
    };
    let date = |number: &u64| {
        let other = DepartureId::new(id.train.clone(), *number);
        let state = view.load::<Departure>(&other.key()).ok()?;
        let at = state.facts.as_ref()?.timetable.departs;
        state.phase.is_ahead().then_some((at, *number))
    };
    train.open.iter().filter_map(date).min().map(|(_, n)| n) == Some(id.number)
}

impl Turn<'_, '_> {
    /// Every release that a promised feature needs.
    pub(super) fn required(&self) -> BTreeSet<ReleaseId> {
        let (Some(train), Some(facts)) = (self.train(), self.facts()) else {
            return BTreeSet::new();
        };
        promised(self.cx.spec, train, self.cx.view, facts)
            .into_values()
            .flatten()
            .collect()
    }

    /// Is something promised, and all of it complete?
    pub(super) fn is_complete(&self) -> bool {
        let (Some(train), Some(facts)) = (self.train(), self.facts()) else {
            return false;
        };
        let aboard = facts.passengers.keys().cloned().collect();
        let all = features(self.cx.spec, train, self.cx.view, facts, &aboard);
        !all.is_empty() && all.values().all(|f| f.missing.is_empty())
    }
}
