//! Work that collides with what stands on the calendar of its environment.

use super::{Clash, Reason, Work};
use crate::agenda::{Effect, Item, Kind, State, Time};
use crate::calendar::{Intervals, Span};
use crate::id::EnvId;
use crate::spec::Spec;
use crate::time::{Millis, Timestamp};
use std::collections::BTreeMap;

/// Each with what it touches, and with the first time outside its window.
pub(super) fn against<'a>(spec: &Spec, all: &[Work<'_>], items: &'a [Item]) -> Vec<Clash<'a>> {
    let mut found = Vec::new();
    let mut places: BTreeMap<&EnvId, Place<'a>> = BTreeMap::new();
    for (index, work) in all.iter().enumerate() {
        // What is under way goes on, or does what the freeze says of it.
        if work.item.kind == Kind::Deployment {
            continue;
        }
        let windowed = spec
            .environments
            .get(&work.environment)
            .is_some_and(|e| e.window.is_some());
        let place = places
            .entry(&work.environment)
            .or_insert_with(|| Place::of(&work.environment, items));
        for (item, span) in place.touching(work.span) {
            let concerned = item.services.is_empty() || item.services.contains(&work.service);
            // Called off, or a freeze of other operations.
            let shown = item.state == State::Cancelled
                || (item.kind == Kind::Freeze && item.effect == Effect::Informs);
            let reason = Reason::of(item.kind).filter(|_| concerned && !shown);
            found.extend(reason.and_then(|reason| {
                Some(Clash {
                    reason,
                    work: index,
                    with: Some(item),
                    overlap: work.span.overlap(span)?,
                    over: span.end(),
                })
            }));
        }
        found.extend(
            place
                .outside(work.span)
                .filter(|_| windowed)
                .map(|(overlap, with)| Clash {
                    reason: Reason::Window,
                    work: index,
                    with,
                    overlap,
                    over: overlap.end(),
                }),
        );
    }
    found
}

/// What stands on the calendar of one environment.
struct Place<'a> {
    /// Items by beginning, with the largest end so far.
    items: Vec<(&'a Item, Span, Timestamp)>,
    openings: Vec<(&'a Item, Span)>,
    open: Intervals,
}

impl<'a> Place<'a> {
    fn of(env: &EnvId, items: &'a [Item]) -> Self {
        let here = |item: &&Item| item.environments.is_empty() || item.environments.contains(env);
        let spans = |item: &'a Item| match item.time {
            Time::Within(span) => Some((item, span)),
            Time::At(at) => Span::lasting(at, Millis(1)).map(|span| (item, span)),
        };
        let all = items.iter().filter(here).filter_map(spans);
        let (openings, rest): (Vec<_>, Vec<_>) =
            all.partition(|(item, _)| item.effect == Effect::Opens);
        let mut latest = Timestamp::MIN;
        let rest = rest.into_iter().map(|(item, span)| {
            latest = latest.max(span.end());
            (item, span, latest)
        });
        Self {
            items: rest.collect(),
            open: openings.iter().map(|(_, span)| *span).collect(),
            openings,
        }
    }

    fn touching(&self, wanted: Span) -> impl Iterator<Item = (&'a Item, Span)> {
        let end = self
            .items
            .partition_point(|(_, span, _)| span.start() < wanted.end());
        let begin = self.items[..end].partition_point(|(.., latest)| *latest <= wanted.start());
        let some = self.items[begin..end].iter();
        some.filter(move |(_, span, _)| span.end() > wanted.start())
            .map(|(item, span, _)| (*item, *span))
    }

    /// The first time outside every opening, with the opening that is too short, or the next one.
    fn outside(&self, wanted: Span) -> Option<(Span, Option<&'a Item>)> {
        let shut = self.open.complement(wanted);
        let first = shut.spans().first().copied()?;
        let near = |span: &Span| span.end() >= first.start() && span.start() <= first.end();
        let next = self
            .openings
            .iter()
            .find(|(_, span)| span.start() >= first.start());
        let by = self.openings.iter().find(|(_, span)| near(span)).or(next);
        Some((first, by.map(|(item, _)| *item)))
    }
}
