//! The times that others have: reserved slots and work under way, in what takes only so many at a time.
//!
//! The gates know who is in the line now and not who will be then, so a slot that is proposed for later has to be looked up among
//! what is reserved. A deployment of the same service in the same environment does not count: the newer one replaces it.

use super::{Kind, Known, Question, deployments};
use crate::calendar::Span;
use crate::gate::{Asked, GateReport};
use crate::id::{EnvId, ServiceId};
use crate::queue::Pool;
use crate::spec::Spec;
use crate::time::{Millis, Timestamp};
use std::collections::BTreeMap;

/// One that has a place for a time.
#[derive(Clone)]
struct Held {
    span: Span,
    what: String,
    service: ServiceId,
    environment: EnvId,
}

/// Who has places when, by pool.
#[derive(Clone, Default)]
pub(super) struct Taken(BTreeMap<Pool, Vec<Held>>);

impl Taken {
    /// Everything that is reserved or under way.
    pub(super) fn of(known: &Known<'_>, question: &Question) -> Self {
        let mut taken = Self::default();
        for item in deployments::of(known, question) {
            let Some(end) = item.time.end() else { continue };
            let Some(span) = Span::new(item.time.start(), end) else {
                continue;
            };
            let state = match item.kind {
                Kind::Slot => "is reserved",
                _ => "is under way",
            };
            for (service, env) in item.services.iter().zip(&item.environments) {
                let what = format!("{} in {env} {state}", item.name);
                taken.add(known.spec, (service, env), span, what);
            }
        }
        taken
    }

    /// One more.
    pub(super) fn add(
        &mut self,
        spec: &Spec,
        (service, env): (&ServiceId, &EnvId),
        span: Span,
        what: String,
    ) {
        for (pool, _) in spec.pools(service, env) {
            self.0.entry(pool).or_default().push(Held {
                span,
                what: what.clone(),
                service: service.clone(),
                environment: env.clone(),
            });
        }
    }

    /// What leaves no place for the whole of `wanted`: the answer of the gate `capacity` at that time, with the first instant at
    /// which there is a place for as long. Nothing when there is a place.
    pub(super) fn hinders(
        &self,
        asked: &Asked<'_>,
        wanted: Span,
    ) -> Option<(GateReport, Timestamp)> {
        let (pool, places, mut holders) = self.full(asked, wanted)?;
        holders.sort_by_key(|held| held.span.end());
        let over = holders.first().map(|held| held.span.end())?;
        let report = asked.reserved(&pool, places, over, &told(&holders));
        let next = gap(&self.others(&pool, asked), places, wanted);
        Some((report, next.max(over)))
    }

    /// The last instant at which an operation that fits at `at` may start before others need its place.
    pub(super) fn latest(
        &self,
        asked: &Asked<'_>,
        at: Timestamp,
        needs: Millis,
    ) -> Option<Timestamp> {
        let mut first: Option<Timestamp> = None;
        for (pool, places) in asked
            .spec
            .pools(&asked.plan.service, &asked.plan.environment)
        {
            let held = self.others(&pool, asked);
            let starts = held.iter().map(|held| held.span.start());
            let full = starts.filter(|start| *start > at && covering(&held, *start) >= places);
            first = first.into_iter().chain(full).min();
        }
        let back = i64::try_from(needs.0).ok()?;
        first?
            .checked_sub(jiff::SignedDuration::from_millis(back))
            .ok()
    }

    /// The first pool without a place, with those that have them.
    fn full(&self, asked: &Asked<'_>, wanted: Span) -> Option<(Pool, u32, Vec<&Held>)> {
        let pools = asked
            .spec
            .pools(&asked.plan.service, &asked.plan.environment);
        pools.into_iter().find_map(|(pool, places)| {
            let mut held = self.others(&pool, asked);
            held.retain(|held| held.span.overlap(wanted).is_some());
            // Places run out where somebody begins, if they do at all.
            let begins = held.iter().map(|held| held.span.start());
            let instants = std::iter::once(wanted.start()).chain(begins);
            let full = instants
                .filter(|at| *at >= wanted.start() && covering(&held, *at) >= places)
                .min()?;
            held.retain(|held| held.span.contains(full));
            Some((pool, places, held))
        })
    }

    fn others(&self, pool: &Pool, asked: &Asked<'_>) -> Vec<&Held> {
        let (service, env) = (&asked.plan.service, &asked.plan.environment);
        let other = |held: &&Held| (&held.service, &held.environment) != (service, env);
        let all = self.0.get(pool).into_iter().flatten();
        all.filter(other).collect()
    }
}

/// The first instant, not before `wanted` begins, from which on a place is free for as long as `wanted` is.
fn gap(held: &[&Held], places: u32, wanted: Span) -> Timestamp {
    // An end comes before a beginning at the same instant: spans are half-open.
    let edges = held
        .iter()
        .flat_map(|held| [(held.span.end(), false), (held.span.start(), true)]);
    let mut edges: Vec<(Timestamp, bool)> = edges.collect();
    edges.sort_unstable();
    let (mut count, mut free) = (0, wanted.start());
    for (at, begins) in edges {
        if begins {
            if count < places && at > free && Millis::between(free, at) >= wanted.length() {
                return free;
            }
            count += 1;
        } else {
            let full = count >= places;
            count -= 1;
            if full && count < places {
                free = free.max(at);
            }
        }
    }
    free
}

fn covering(held: &[&Held], at: Timestamp) -> u32 {
    let count = held.iter().filter(|held| held.span.contains(at)).count();
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn told(holders: &[&Held]) -> Vec<(String, Span)> {
    let one = |held: &&Held| (held.what.clone(), held.span);
    holders.iter().map(one).collect()
}
