//! Dates to which a departure may be postponed: those of the timetable of its train that no other departure stands for.

use super::{Departure, Facts};
use crate::id::DepartureId;
use crate::spec::Spec;
use crate::stream::train;
use crate::time::Timestamp;
use crate::view::View;
use std::collections::BTreeSet;

/// The next dates of the timetable after its own, without those on which somebody counts for another departure. None when the
/// timetable cannot be read.
#[must_use]
pub fn free_dates(spec: &Spec, view: &dyn View, facts: &Facts, now: Timestamp) -> Vec<Timestamp> {
    dates(spec, view, facts, now).unwrap_or_default()
}

fn dates(spec: &Spec, view: &dyn View, facts: &Facts, now: Timestamp) -> Option<Vec<Timestamp>> {
    let id = &facts.id;
    let train = spec.trains.get(&id.train)?;
    let state: train::Train = view.load(id.train.as_str()).ok()?;
    let setting = spec.setting_of(train).ok()?;
    let phrase = train.phrase(state.step);
    let after = now.max(facts.timetable.slot);
    let limit = crate::limits::DEPARTURES;
    let mut slots = train.slots(phrase, &setting, after, limit).ok()?;
    let others = state.open.iter().filter(|number| **number != id.number);
    let mut taken = BTreeSet::new();
    for number in others {
        let other = DepartureId::new(id.train.clone(), *number);
        let other = view.load::<Departure>(&other.key()).unwrap_or_default();
        let counted_on = other.phase.is_ahead() && !other.is_movable();
        if let Some(facts) = other.facts.filter(|_| counted_on) {
            taken.insert(facts.timetable.slot);
            taken.extend(facts.postponed.iter().map(|given_up| given_up.from));
        }
    }
    slots.retain(|slot| !taken.contains(slot));
    Some(slots)
}
