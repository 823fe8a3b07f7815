//! What collides on the calendar before it hurts: work with work, and work with what stands on the calendar, each with both
//! sides, the time they share, and what may be done.
//!
//! It warns; gates decide. Work is looked at in the order of its beginning, beside what is still going on in the same place or
//! around the same service, so the effort grows with what collides and not with the square of what is planned.

mod against;
mod among;
mod reason;
mod told;

pub use reason::Reason;

use super::probe::{self, Probe};
use super::taken::Taken;
use super::{Found, Item, Kind, Known, Question, State, Time, Unknown, collect};
use crate::calendar::Span;
use crate::id::{EnvId, ServiceId};
use crate::refusal::Refusal;
use crate::time::{Millis, Timestamp};

/// Most conflicts of one answer.
pub const MOST: usize = 200;
/// Most work that is looked at.
const MOST_WORK: usize = 20_000;

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
    let mut found = among::among(known.spec, &all);
    found.extend(against::against(known.spec, &all, &items));
    let filter = super::filter::Filter::of(known.spec, question);
    found.retain(|clash| {
        let work = &all[clash.work];
        clash.overlap.overlap(question.time).is_some()
            && filter.is_about(&work.service, &work.environment)
    });
    found.sort_by_key(|clash| (clash.overlap, clash.reason, clash.work));
    answer.left_out = found.len().saturating_sub(MOST);
    found.truncate(MOST);
    let taken = taken(known, &all);
    let told = found.iter().map(|clash| clash.told(known, &taken, &all));
    answer.conflicts = told.collect();
    Ok(answer)
}

/// The times that are reserved or in use. A departure has none before its deployments have theirs.
fn taken(known: &Known<'_>, all: &[Work<'_>]) -> Taken {
    let mut taken = Taken::default();
    for work in all.iter().filter(|w| w.item.kind != Kind::Departure) {
        let place = (&work.service, &work.environment);
        let what = format!("{} in {}", work.item.name, work.environment);
        taken.add(known.spec, place, work.span, what);
    }
    taken
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
