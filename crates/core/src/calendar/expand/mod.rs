//! From a set of rules to its occurrences, always with an end.
//!
//! Rules are expanded in civil time and each occurrence is mapped to an instant apart ([`Zone`]), which is RFC 5545's order. Every
//! call has bounds: from, until, how many, and how many days may be looked at. Nothing here knows the present.
//!
//! The expansion is our own and not that of a library: it starts at `from` and not at `DTSTART`, its budget is the caller's, it
//! needs no second zone database, and it agrees with more published cases (`docs/explanation/calendar.md` has the figures).

mod day;
mod occurrences;

use super::civil::Zone;
use super::rule::{Freq, Moment, RuleSet};
use crate::time::Timestamp;
use day::{civil, seconds};
use jiff::civil::DateTime;
use occurrences::{Budget, Next, Occurrences};
use std::collections::{BTreeMap, BTreeSet};
use thiserror::Error;

/// Days and occurrences looked at when nobody says otherwise: a few thousand years of a rule that never fits.
pub const USUAL_BUDGET: u32 = 1_000_000;

/// Clocks on the wall never differ from an even clock by more than this, in seconds: a day was left out once (Samoa, 2011).
const MARGIN: i64 = 25 * 3_600;

/// How far an expansion goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// First instant that counts.
    pub from: Timestamp,
    /// First instant that does not count any more.
    pub until: Timestamp,
    /// At most so many occurrences.
    pub limit: usize,
    /// At most so many days and occurrences looked at.
    pub budget: u32,
}

impl Bounds {
    /// From `from` up to `until`, at most `limit`.
    #[must_use]
    pub const fn new(from: Timestamp, until: Timestamp, limit: usize) -> Self {
        let budget = USUAL_BUDGET;
        Self {
            from,
            until,
            limit,
            budget,
        }
    }
}

/// One occurrence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Occurrence {
    /// When.
    pub at: Timestamp,
    /// What the rule says; clocks show something else when they skip it.
    pub civil: DateTime,
}

/// Why an expansion ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// There is nothing after it, ever.
    Finished,
    /// There may be more at or after `until`.
    Until,
    /// There may be more than the limit.
    Limit,
    /// The budget was used up before the next occurrence was found.
    Budget,
}

/// Occurrences in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expansion {
    /// The occurrences; no two at the same instant.
    pub occurrences: Vec<Occurrence>,
    /// Why there are no more.
    pub ended: Ended,
}

/// A set of rules that cannot be expanded.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ExpandError {
    /// It repeats more often than daily where clocks change.
    #[error(
        "FREQ={freq} in {zone}: clocks there are put forward and back, so an hour would be left out or repeated"
    )]
    SubDaily {
        /// Period.
        freq: Freq,
        /// Zone.
        zone: String,
    },
    /// `until` is not after `from`.
    #[error("the end {until} is not after the start {from}")]
    NoTime {
        /// Start.
        from: Timestamp,
        /// End.
        until: Timestamp,
    },
}

/// The occurrences of `set` within `bounds`. `zone` counts when the set names none.
///
/// # Errors
/// A rule below a day in a zone whose clocks change; no time between the bounds.
pub fn expand(set: &RuleSet, zone: &Zone, bounds: Bounds) -> Result<Expansion, ExpandError> {
    let zone = set.zone_or(zone);
    let rules = set.rules.iter().chain(&set.except_rules);
    if let Some(rule) = rules
        .filter(|rule| rule.freq < Freq::Daily)
        .find(|_| !zone.is_fixed())
    {
        let (freq, zone) = (rule.freq, zone.name().to_owned());
        return Err(ExpandError::SubDaily { freq, zone });
    }
    if bounds.from >= bounds.until {
        let Bounds { from, until, .. } = bounds;
        return Err(ExpandError::NoTime { from, until });
    }
    Ok(Walk::new(set, &zone, bounds).run())
}

/// One source of occurrences: a rule, or a single date.
enum Source<'a> {
    Rule {
        rule: Occurrences<'a>,
        until: Option<Timestamp>,
    },
    Dates(std::vec::IntoIter<i64>),
}

/// A source with its next occurrence.
struct Head<'a> {
    source: Source<'a>,
    next: Next,
}

struct Walk<'a> {
    zone: &'a Zone,
    bounds: Bounds,
    last: i64,
    budget: Budget,
    heads: Vec<Head<'a>>,
    except: Vec<Head<'a>>,
    except_days: BTreeSet<i64>,
    except_instants: BTreeSet<Timestamp>,
    /// Dates given as instants, by civil seconds: of an hour that clocks show twice they may mean the second.
    exact: BTreeMap<i64, Timestamp>,
    /// Whether occurrences are spans.
    lasts: bool,
}

impl<'a> Walk<'a> {
    fn new(set: &'a RuleSet, zone: &'a Zone, bounds: Bounds) -> Self {
        let (first, last) = (
            seconds(zone.civil(bounds.from)) - MARGIN,
            seconds(zone.civil(bounds.until)) + MARGIN,
        );
        let start = seconds(set.start);
        let source = |rule: &'a super::rule::Rule| {
            let until = match rule.until {
                Some(Moment::Civil(civil)) => zone.instant(civil),
                Some(Moment::Instant(at)) => Some(at),
                Some(Moment::Day(_)) | None => None,
            };
            let rule = Occurrences::new(rule, start, first);
            Head {
                source: Source::Rule { rule, until },
                next: Next::Spent,
            }
        };
        let mut dates: Vec<i64> = set.dates.iter().map(|date| at_start(*date, zone)).collect();
        if set.rules.is_empty() {
            dates.push(start);
        }
        dates.sort_unstable();
        dates.retain(|at| *at >= first);
        let mut heads: Vec<Head<'a>> = set.rules.iter().map(source).collect();
        heads.push(Head {
            source: Source::Dates(dates.into_iter()),
            next: Next::Spent,
        });
        let mut except_days = BTreeSet::new();
        let mut except_instants = BTreeSet::new();
        for date in &set.except_dates {
            match date {
                Moment::Day(day) => {
                    except_days.insert(seconds(day.at(0, 0, 0, 0)).div_euclid(86_400));
                }
                Moment::Civil(civil) => except_instants.extend(zone.instant(*civil)),
                Moment::Instant(at) => {
                    except_instants.insert(*at);
                }
            }
        }
        let exact = set.dates.iter().filter_map(|date| match date {
            Moment::Instant(at) => Some((at_start(*date, zone), *at)),
            Moment::Civil(_) | Moment::Day(_) => None,
        });
        Self {
            zone,
            bounds,
            last,
            exact: exact.collect(),
            lasts: set.lasts.is_some(),
            budget: Budget(bounds.budget),
            heads,
            except: set.except_rules.iter().map(source).collect(),
            except_days,
            except_instants,
        }
    }

    fn run(mut self) -> Expansion {
        let mut found: Vec<Occurrence> = Vec::new();
        let mut beyond_until = false;
        for index in 0..self.heads.len() {
            self.step(index);
        }
        for head in &mut self.except {
            advance(head, self.last, &mut self.budget, self.zone);
        }
        let ended = loop {
            let mut all = self.heads.iter().chain(&self.except);
            if all.any(|head| head.next == Next::Spent) {
                break Ended::Budget;
            }
            let Some(at) = self.heads.iter().filter_map(Head::at).min() else {
                break if beyond_until || self.goes_on() {
                    Ended::Until
                } else {
                    Ended::Finished
                };
            };
            // A skipped time may overtake the next one: a day more settles the order.
            let settled = found
                .get(self.bounds.limit)
                .is_some_and(|o| at > seconds(o.civil) + MARGIN);
            if settled {
                break Ended::Limit;
            }
            let exact = self.take(at);
            let Some((at, civil)) =
                civil(at).and_then(|c| Some((exact.or_else(|| self.zone.instant(c))?, c)))
            else {
                break Ended::Finished;
            };
            if at >= self.bounds.until {
                beyond_until = true;
            } else if at >= self.bounds.from && !self.excepted(civil, at) {
                found.push(Occurrence { at, civil });
            }
        };
        found.sort_unstable();
        // Where two meet behind a gap, spans last as long as the later one: the end of the other may lie before the gap.
        found.dedup_by(|later, kept| {
            let meet = later.at == kept.at;
            if meet && self.lasts {
                kept.civil = later.civil;
            }
            meet
        });
        let more = found.len() > self.bounds.limit;
        found.truncate(self.bounds.limit);
        let ended = if more { Ended::Limit } else { ended };
        Expansion {
            occurrences: found,
            ended,
        }
    }

    /// Let every source that stands at `at` go on. The exact instant, when only a date with one stood there.
    fn take(&mut self, at: i64) -> Option<Timestamp> {
        let mut by_rule = false;
        for index in 0..self.heads.len() {
            if self.heads[index].at() == Some(at) {
                by_rule |= matches!(self.heads[index].source, Source::Rule { .. });
                self.step(index);
            }
        }
        self.exact.get(&at).copied().filter(|_| !by_rule)
    }

    fn step(&mut self, index: usize) {
        advance(
            &mut self.heads[index],
            self.last,
            &mut self.budget,
            self.zone,
        );
    }

    /// Whether a rule has more behind the bounds.
    fn goes_on(&self) -> bool {
        self.heads.iter().any(|head| match &head.source {
            Source::Rule { rule, until } => {
                !rule.is_over() && until.is_none_or(|until| until >= self.bounds.until)
            }
            Source::Dates(dates) => !dates.as_slice().is_empty(),
        })
    }

    fn excepted(&mut self, civil: DateTime, at: Timestamp) -> bool {
        let wanted = seconds(civil);
        let mut excepted = self.except_days.contains(&wanted.div_euclid(86_400))
            || self.except_instants.contains(&at);
        for head in &mut self.except {
            while head.at().is_some_and(|next| next < wanted) {
                advance(head, self.last, &mut self.budget, self.zone);
            }
            // When the budget ends here, nobody knows: it does not count.
            excepted |= head.at() == Some(wanted) || head.next == Next::Spent;
        }
        excepted
    }
}

impl Head<'_> {
    fn at(&self) -> Option<i64> {
        match self.next {
            Next::At(at) => Some(at),
            Next::Beyond | Next::Spent => None,
        }
    }
}

/// Go to the next occurrence of one source.
fn advance(head: &mut Head<'_>, last: i64, budget: &mut Budget, zone: &Zone) {
    head.next = match &mut head.source {
        Source::Dates(dates) => match dates.as_slice().first() {
            Some(at) if *at <= last => dates.next().map_or(Next::Beyond, Next::At),
            _ => Next::Beyond,
        },
        Source::Rule { rule, until } => {
            let next = rule.next(last, budget);
            match (next, *until) {
                (Next::At(at), Some(until)) if past(at, until, zone) => {
                    rule.end();
                    Next::Beyond
                }
                _ => next,
            }
        }
    };
}

fn past(at: i64, until: Timestamp, zone: &Zone) -> bool {
    civil(at)
        .and_then(|civil| zone.instant(civil))
        .is_none_or(|at| at > until)
}

/// Civil seconds of a date of the set.
fn at_start(date: Moment, zone: &Zone) -> i64 {
    match date {
        Moment::Civil(civil) => seconds(civil),
        Moment::Day(day) => seconds(day.at(0, 0, 0, 0)),
        Moment::Instant(at) => seconds(zone.civil(at)),
    }
}
