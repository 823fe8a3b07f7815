//! What collides on the calendar before it hurts: work with work, and work with what stands on the calendar, each with both
//! sides, the time they share, and what may be done.
//!
//! It warns; gates decide. Work is looked at in the order of its beginning, beside what is still going on in the same place or
//! around the same service, so the effort grows with what collides and not with the square of what is planned.

use super::probe::{self, Probe};
use super::{Effect, Found, Item, Kind, Known, Question, State, Time, Unknown, collect, slots};
use crate::calendar::{Intervals, Span};
use crate::id::{EnvId, ServiceId};
use crate::queue::Pool;
use crate::refusal::Refusal;
use crate::spec::Spec;
use crate::time::{Millis, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Most conflicts of one answer.
pub const MOST: usize = 200;
/// Most work that is looked at.
const MOST_WORK: usize = 20_000;

/// Why two things should not be at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// Both change one service in one environment.
    SameService,
    /// Both use a thing that takes one user at a time.
    SharedResource,
    /// One changes what the other needs, or comes before what it must come after.
    DependencyOrder,
    /// A freeze holds.
    Freeze,
    /// The window is not open for the whole of it.
    Window,
    /// Maintenance, an outage, an audit or a patch.
    Maintenance,
    /// Nobody is on duty.
    Cover,
    /// A vendor works on what it relies on.
    Vendor,
    /// A campaign or a peak of the business.
    Peak,
    /// The environment is booked.
    Booking,
    /// A batch program runs.
    BatchRun,
    /// More at a time than the environment takes.
    TooMany,
}

impl Reason {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::SameService,
        Self::SharedResource,
        Self::DependencyOrder,
        Self::Freeze,
        Self::Window,
        Self::Maintenance,
        Self::Cover,
        Self::Vendor,
        Self::Peak,
        Self::Booking,
        Self::BatchRun,
        Self::TooMany,
    ];

    /// As written and shown.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SameService => "same-service",
            Self::SharedResource => "shared-resource",
            Self::DependencyOrder => "dependency-order",
            Self::Freeze => "freeze",
            Self::Window => "window",
            Self::Maintenance => "maintenance",
            Self::Cover => "cover",
            Self::Vendor => "vendor",
            Self::Peak => "peak",
            Self::Booking => "booking",
            Self::BatchRun => "batch-run",
            Self::TooMany => "too-many",
        }
    }

    /// Why work collides with an item, if it does.
    const fn of(kind: Kind) -> Option<Self> {
        match kind {
            Kind::Freeze => Some(Self::Freeze),
            Kind::Maintenance | Kind::Outage | Kind::Audit | Kind::Patch => Some(Self::Maintenance),
            Kind::Campaign | Kind::Peak => Some(Self::Peak),
            Kind::Vendor => Some(Self::Vendor),
            Kind::Batch => Some(Self::BatchRun),
            Kind::Booking => Some(Self::Booking),
            Kind::CoverGap => Some(Self::Cover),
            Kind::Window
            | Kind::Departure
            | Kind::Slot
            | Kind::Deployment
            | Kind::Board
            | Kind::Holiday
            | Kind::QuarterEnd
            | Kind::Delegation => None,
        }
    }
}

/// What may be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proposal {
    /// Begin when the other is over.
    After {
        /// When that is.
        at: Timestamp,
    },
    /// Move it to the next time at which the whole of it fits and this conflict is gone.
    Move {
        /// That time.
        to: Span,
    },
    /// Let it wait: it begins by itself then.
    Wait {
        /// When.
        until: Timestamp,
    },
}

/// Two things that should not be at the same time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// Why.
    pub reason: Reason,
    /// The one that may be moved: work that has not begun, or else began later.
    pub work: Item,
    /// Service of it that collides.
    pub service: ServiceId,
    /// Where.
    pub environment: EnvId,
    /// What it collides with. For a window the opening that is too short, or the next one.
    pub with: Option<Item>,
    /// The time they share; for a window the time outside it.
    pub overlap: Span,
    /// What may be done, the least first.
    pub proposals: Vec<Proposal>,
}

/// The answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Conflicts {
    /// By beginning.
    pub conflicts: Vec<Conflict>,
    /// How many later ones were left out.
    pub left_out: usize,
    /// How much work was looked at: one for each service in each environment.
    pub looked_at: usize,
    /// Rules that could not be read.
    pub unknown: Vec<Unknown>,
}

/// One service in one environment at a time.
struct Work<'a> {
    item: &'a Item,
    service: ServiceId,
    environment: EnvId,
    span: Span,
    probe: Probe,
}

/// Everything that collides in the time of a question, among deployments, departures and what stands on the calendar.
///
/// # Errors
/// More work than can be looked at.
pub fn conflicts(known: &Known<'_>, question: &Question) -> Result<Conflicts, Refusal> {
    // What overlaps the end of the time reaches behind it.
    let wide = Span::new(
        question.time.start(),
        Millis(7 * 86_400_000).after(question.time.end()),
    );
    let everything = Question {
        time: wide.unwrap_or(question.time),
        environments: Vec::new(),
        services: Vec::new(),
        teams: Vec::new(),
        kinds: Vec::new(),
        most: usize::MAX,
    };
    let Found { items, unknown, .. } = collect(known, &everything);
    let mut found = of_items(known, question, items)?;
    found.unknown = unknown;
    Ok(found)
}

/// Everything that collides among these items, in the time of a question: also among some that are only thought of.
///
/// # Errors
/// As [`conflicts`].
pub fn of_items(
    known: &Known<'_>,
    question: &Question,
    mut items: Vec<Item>,
) -> Result<Conflicts, Refusal> {
    items.sort_by(|a, b| (a.time.start(), &a.id).cmp(&(b.time.start(), &b.id)));
    let mut all: Vec<Work<'_>> = Vec::new();
    for item in &items {
        if question.time.end() > item.time.start() {
            work(known, item, &mut all);
        }
        if all.len() > MOST_WORK {
            return Err(Refusal::OverLimit {
                what: "the work between two instants".to_owned(),
                limit: MOST_WORK as u64,
            });
        }
    }
    all.sort_by(|a, b| (a.span, &a.item.id).cmp(&(b.span, &b.item.id)));
    let mut answer = Conflicts {
        looked_at: all.len(),
        ..Conflicts::default()
    };
    let mut found = among(known.spec, &all);
    found.extend(against(known.spec, &all, &items));
    let filter = super::filter::Filter::of(known.spec, question);
    found.retain(|clash| {
        let work = &all[clash.work];
        clash.overlap.overlap(question.time).is_some()
            && filter.is_about(&work.service, &work.environment)
    });
    found.sort_by_key(|clash| (clash.overlap, clash.reason, clash.work));
    answer.left_out = found.len().saturating_sub(MOST);
    found.truncate(MOST);
    answer.conflicts = found.iter().map(|clash| clash.told(known, &all)).collect();
    Ok(answer)
}

/// What an item is as work; nothing for what is none.
fn work<'a>(known: &Known<'_>, item: &'a Item, all: &mut Vec<Work<'a>>) {
    let over = matches!(item.state, State::Over | State::Cancelled);
    if over || !matches!(item.kind, Kind::Slot | Kind::Deployment | Kind::Departure) {
        return;
    }
    for environment in &item.environments {
        // A departure enters one environment after the other, as its releases get on.
        let spec = known.spec.environments.get(environment);
        let follows = spec.is_some_and(|e| {
            e.after
                .iter()
                .any(|before| item.environments.contains(before))
        });
        if follows && item.kind == Kind::Departure {
            continue;
        }
        for service in &item.services {
            // A path that does not lead there has no work there.
            let Ok(probe) = probe::probe(known.spec, known.view, (service, environment), None)
            else {
                continue;
            };
            let span = match item.time {
                Time::Within(span) => Some(span),
                Time::At(at) => Span::lasting(at, probe.needs()),
            };
            if let Some(span) = span {
                all.push(Work {
                    item,
                    service: service.clone(),
                    environment: environment.clone(),
                    span,
                    probe,
                });
            }
        }
    }
}

/// A conflict while it is only indexes.
struct Clash<'a> {
    reason: Reason,
    work: usize,
    with: Option<&'a Item>,
    overlap: Span,
    /// When the other is over.
    over: Timestamp,
}

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

fn among<'a>(spec: &Spec, all: &'a [Work<'a>]) -> Vec<Clash<'a>> {
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

fn against<'a>(spec: &Spec, all: &[Work<'_>], items: &'a [Item]) -> Vec<Clash<'a>> {
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

impl Clash<'_> {
    fn told(&self, known: &Known<'_>, all: &[Work<'_>]) -> Conflict {
        let work = &all[self.work];
        Conflict {
            reason: self.reason,
            work: work.item.clone(),
            service: work.service.clone(),
            environment: work.environment.clone(),
            with: self.with.cloned(),
            overlap: self.overlap,
            proposals: self.proposals(known, work),
        }
    }

    fn proposals(&self, known: &Known<'_>, work: &Work<'_>) -> Vec<Proposal> {
        let fits = |from: Timestamp| slots::first_fit(known, &work.probe, from.max(known.now));
        let mut all = Vec::new();
        match self.reason {
            // The gates hold it until then.
            Reason::Freeze | Reason::Window => {
                let until = fits(work.span.start()).map(Span::start);
                all.extend(
                    until
                        .filter(|at| *at > work.span.start())
                        .map(|until| Proposal::Wait { until }),
                );
            }
            _ if self.over < Timestamp::MAX => all.push(Proposal::After { at: self.over }),
            _ => {}
        }
        if self.over < Timestamp::MAX {
            let to = fits(self.over.max(work.span.start()));
            all.extend(
                to.filter(|to| *to != work.span)
                    .map(|to| Proposal::Move { to }),
            );
        }
        all
    }
}
