//! Work that collides with work: the same service, what needs each other, and what only so many may use.

use super::{Clash, Reason, Work};
use crate::agenda::Kind;
use crate::id::ServiceId;
use crate::queue::Pool;
use crate::spec::Spec;
use crate::time::Timestamp;
use std::collections::BTreeMap;

/// Work that is going on, by a key; what has ended is dropped on the way.
#[derive(Default)]
struct Going<'k>(BTreeMap<(&'k str, &'k str), Vec<usize>>);

impl<'k> Going<'k> {
    fn at(&mut self, key: (&'k str, &'k str), now: Timestamp, all: &[Work<'_>]) -> &mut Vec<usize> {
        let going = self.0.entry(key).or_default();
        going.retain(|other| all[*other].span.end() > now);
        going
    }
}

/// Each with another that is still going on when it begins.
pub(super) fn among<'a>(spec: &Spec, all: &'a [Work<'a>]) -> Vec<Clash<'a>> {
    let mut found = Vec::new();
    let mut lanes = Going::default();
    let mut pools: BTreeMap<Pool, Vec<usize>> = BTreeMap::new();
    let mut needed_by: BTreeMap<&ServiceId, Vec<&ServiceId>> = BTreeMap::new();
    for (name, service) in &spec.services {
        for need in service.needs.keys() {
            needed_by.entry(need).or_default().push(name);
        }
    }
    for (index, work) in all.iter().enumerate() {
        let (env, now) = (work.environment.as_str(), work.span.start());
        let clash = |reason, mover: usize, other: usize| {
            // Of two that are under way neither can be moved, and of one that is the other is; what belongs together is put in
            // order by the gates.
            let under_way = |index: usize| all[index].item.kind == Kind::Deployment;
            let (mover, other) = match (under_way(mover), under_way(other)) {
                (true, true) => return None,
                (true, false) => (other, mover),
                _ => (mover, other),
            };
            let (work, with): (&'a Work<'a>, &'a Work<'a>) = (&all[mover], &all[other]);
            if work.item.id == with.item.id {
                return None;
            }
            Some(Clash {
                reason,
                work: mover,
                with: Some(with.item),
                overlap: work.span.overlap(with.span)?,
                over: with.span.end(),
            })
        };
        let own = lanes.at((env, work.service.as_str()), now, all);
        found.extend(
            own.iter()
                .filter_map(|other| clash(Reason::SameService, index, *other)),
        );
        own.push(index);
        let needs = spec.services.get(&work.service).map(|s| s.needs.keys());
        let users = needed_by.get(&work.service).into_iter().flatten().copied();
        for near in needs.into_iter().flatten().chain(users) {
            let going = lanes.at((env, near.as_str()), now, all);
            found.extend(
                going
                    .iter()
                    .filter_map(|other| clash(Reason::DependencyOrder, index, *other)),
            );
        }
        let environment = spec.environments.get(&work.environment);
        let before = environment.into_iter().flat_map(|e| &e.after);
        for earlier in before {
            let going = lanes.at((earlier.as_str(), work.service.as_str()), now, all);
            found.extend(
                going
                    .iter()
                    .filter_map(|other| clash(Reason::DependencyOrder, index, *other)),
            );
        }
        // The one that comes after it on the path is the one to move.
        let later = spec.environments.iter();
        for (name, _) in later.filter(|(_, e)| e.after.contains(&work.environment)) {
            let going = lanes.at((name.as_str(), work.service.as_str()), now, all);
            let moved = going.iter();
            found.extend(moved.filter_map(|other| clash(Reason::DependencyOrder, *other, index)));
        }
        for (pool, places) in spec.pools(&work.service, &work.environment) {
            let reason = match pool {
                Pool::Resource(_) => Reason::SharedResource,
                Pool::Environment(_) | Pool::Window(_) => Reason::TooMany,
            };
            let going = pools.entry(pool).or_default();
            going.retain(|other| all[*other].span.end() > now);
            // Of the same service it is told already.
            let others = going
                .iter()
                .filter(|other| all[**other].service != work.service);
            let mut others: Vec<usize> = others.copied().collect();
            others.sort_by_key(|other| all[*other].span.end());
            // As many must be over as there are too many.
            let over = (others.len() + 1).checked_sub(places as usize);
            let last = over.filter(|n| *n > 0).and_then(|n| others.get(n - 1));
            found.extend(last.and_then(|other| clash(reason, index, *other)));
            going.push(index);
        }
    }
    found
}
