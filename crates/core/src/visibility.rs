//! Which services somebody does not see.
//!
//! A service with `visible-to` is seen by its owners, by the teams it names, by whoever administers its unit, by auditors and by
//! administrators of the company. For everybody else it is not there. Nothing here hides anything; whoever answers reads does.

use crate::actor::{Actor, Role};
use crate::id::{ServiceId, TeamId};
use crate::people;
use crate::spec::Spec;
use crate::stream::person::Standing;
use crate::view::View;
use std::collections::BTreeSet;

/// The services that are not there for somebody.
#[must_use]
pub fn hidden_from(actor: &Actor, spec: &Spec, view: &dyn View) -> BTreeSet<ServiceId> {
    let restricted = spec.services.iter().filter_map(|(name, service)| {
        let teams = service.visible_to.as_ref()?;
        Some((name, &service.owner, teams))
    });
    let mut restricted = restricted.peekable();
    if restricted.peek().is_none() || sees_everything(actor, spec, view) {
        return BTreeSet::new();
    }
    let teams = teams_of(actor, spec, view);
    restricted
        .filter(|(name, owner, visible_to)| {
            let member = teams.contains(*owner) || !teams.is_disjoint(visible_to);
            !member && !administers(actor, spec, name)
        })
        .map(|(name, _, _)| name.clone())
        .collect()
}

/// Is anything hidden from anybody?
#[must_use]
pub fn hides_something(spec: &Spec) -> bool {
    spec.services.values().any(|s| s.visible_to.is_some())
}

fn sees_everything(actor: &Actor, spec: &Spec, view: &dyn View) -> bool {
    match actor.role {
        Role::Admin | Role::System | Role::Agent { .. } => true,
        Role::Feed(_) => false,
        Role::Operator | Role::Publisher | Role::Approver | Role::Viewer => {
            !teams_of(actor, spec, view).is_disjoint(&spec.auditors)
        }
    }
}

fn teams_of(actor: &Actor, spec: &Spec, view: &dyn View) -> BTreeSet<TeamId> {
    let person = actor.person.as_deref();
    let person = person.map(|person| people::behind(view, person));
    person.map_or_else(BTreeSet::new, |person| {
        people::teams_of(spec, view, &person)
    })
}

fn administers(actor: &Actor, spec: &Spec, service: &ServiceId) -> bool {
    let unit = spec.unit_of_service(service);
    let all = unit.map_or_else(Vec::new, |unit| spec.with_those_above(&unit));
    all.iter()
        .any(|unit| actor.within.get(unit) == Some(&Standing::Admin))
}
