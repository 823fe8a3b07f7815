//! When a phrase or a rule happens: points in time, or spans when it says until when.
//!
//! The place where a phrase stands gives the rest: a zone, a fiscal year, holidays, and a day from which phrases without a
//! first day count.

use super::civil::Zone;
use super::expand::{Bounds, Ended, ExpandError, Expansion, Occurrence, expand};
use super::holiday::{FiscalYear, WorkingDays};
use super::intervals::Span;
use super::phrase::{Offset, OffsetUnit, Pattern, Phrase, Side};
use super::rule::{Freq, Lasts, Rule, RuleSet};
use crate::time::{Millis, Timestamp};
use jiff::ToSpan as _;
use jiff::civil::{Date, Time};
use thiserror::Error;

/// Most occurrences of one question.
pub const MOST: usize = 100_000;

/// What a phrase leaves open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// The zone of rules that name none.
    pub zone: Zone,
    /// When fiscal years begin.
    pub fiscal_year: FiscalYear,
    /// Days that count as working days.
    pub working_days: WorkingDays,
}

impl Setting {
    /// A zone, the calendar year, no holidays.
    #[must_use]
    pub fn in_zone(zone: Zone) -> Self {
        let (fiscal_year, working_days) = (FiscalYear::default(), WorkingDays::default());
        Self {
            zone,
            fiscal_year,
            working_days,
        }
    }
}

/// Points or spans that repeat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    base: RuleSet,
    offset: Option<Offset>,
}

/// A phrase that says no time.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{offset}` does not say from what")]
pub struct NoAnchor {
    /// The offset.
    pub offset: String,
}

/// One occurrence of a schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Happening {
    /// When it begins, as the rule says and as an instant.
    pub start: Occurrence,
    /// The span, when the schedule says until when. None too when clocks skip the whole of it.
    pub span: Option<Span>,
}

impl Schedule {
    /// A set of rules as it is.
    #[must_use]
    pub const fn of_rules(base: RuleSet) -> Self {
        let offset = None;
        Self { base, offset }
    }

    /// A phrase. `anchor` is the first day of patterns that name none.
    ///
    /// # Errors
    /// An offset that does not say from what.
    pub fn of_phrase(phrase: &Phrase, setting: &Setting, anchor: Date) -> Result<Self, NoAnchor> {
        match phrase {
            Phrase::Offset(offset, None) => Err(NoAnchor {
                offset: offset.to_string(),
            }),
            Phrase::Offset(offset, Some(from)) => {
                // What lies before the first day may have its offset after it, unless steps are counted from that day.
                let counted = matches!(&**from, Phrase::Pattern(p) if p.every > 1);
                let back = anchor.saturating_sub(if counted { 0.days() } else { 7.years() });
                let base = Self::of_phrase(from, setting, back)?.base.points();
                let offset = Some(*offset);
                Ok(Self { base, offset })
            }
            Phrase::Instant(day, time) => {
                let start = day.to_datetime(time.unwrap_or(Time::midnight()));
                Ok(Self::of_rules(RuleSet::starting(start)))
            }
            Phrase::QuarterEnd => {
                let mut rule = Rule::every(1, Freq::Monthly);
                rule.by_month = setting.fiscal_year.quarter_ends().to_vec();
                rule.by_month_day = vec![-1];
                let mut base = RuleSet::starting(anchor.to_datetime(Time::midnight()));
                base.rules.push(rule);
                base.lasts = Some(Lasts::Civil(86_400));
                Ok(Self::of_rules(base))
            }
            Phrase::Pattern(pattern) => Ok(Self::of_rules(pattern.rule(anchor))),
        }
    }

    /// The rule behind it; an offset is no rule.
    #[must_use]
    pub fn rules(&self) -> Option<&RuleSet> {
        self.offset.is_none().then_some(&self.base)
    }

    /// Its canonical phrase, if there is one for a rule.
    #[must_use]
    pub fn pattern(&self) -> Option<Pattern> {
        self.rules().and_then(Pattern::of)
    }

    /// Whether it says until when.
    #[must_use]
    pub fn has_spans(&self) -> bool {
        self.base.lasts.is_some()
    }

    /// The zone in which it is counted: its own, else that of the place where it stands.
    #[must_use]
    pub fn zone(&self, setting: &Setting) -> Zone {
        self.base.zone_or(&setting.zone)
    }

    /// What happens within `bounds`, in order, and why there is no more. What began before and still lasts counts too.
    ///
    /// # Errors
    /// As [`expand`].
    pub fn happenings(
        &self,
        setting: &Setting,
        bounds: Bounds,
    ) -> Result<(Vec<Happening>, Ended), ExpandError> {
        let zone = self.base.zone_or(&setting.zone);
        let expansion = match self.offset {
            Some(offset) => self.shifted(offset, setting, &zone, bounds)?,
            None => match self.base.lasts {
                Some(lasts) => self.with_running(lasts, &zone, bounds)?,
                None => expand(&self.base, &zone, bounds)?,
            },
        };
        let happening = |start: Occurrence| {
            let span = self.base.lasts.and_then(|lasts| lasts.from(start, &zone));
            Happening { start, span }
        };
        let mut all: Vec<Happening> = expansion.occurrences.into_iter().map(happening).collect();
        if self.has_spans() {
            all.retain(|happening| happening.span.is_some_and(|span| span.end() > bounds.from));
        }
        let more = all.len() > bounds.limit;
        all.truncate(bounds.limit);
        Ok((all, if more { Ended::Limit } else { expansion.ended }))
    }

    /// The spans from one offset to another around each occurrence (`around: fiscal-quarter-end`), as far as they lie within
    /// `bounds`, and why there are no more.
    ///
    /// # Errors
    /// As [`expand`].
    pub fn around(
        &self,
        (from, until): (Offset, Offset),
        setting: &Setting,
        bounds: Bounds,
    ) -> Result<(Vec<Span>, Ended), ExpandError> {
        let zone = self.base.zone_or(&setting.zone);
        let reach = from.reach().max(until.reach());
        let anchors = expand(&self.base, &zone, bounds.wider(reach))?;
        let end = |offset: Offset, anchor: Occurrence| {
            let shifted = offset.apply(anchor, &setting.working_days, &zone)?;
            Some(shifted.at)
        };
        let span = |anchor: &Occurrence| Span::new(end(from, *anchor)?, end(until, *anchor)?);
        let mut spans: Vec<Span> = anchors.occurrences.iter().filter_map(span).collect();
        spans.retain(|span| span.end() > bounds.from && span.start() < bounds.until);
        let more = spans.len() > bounds.limit;
        spans.truncate(bounds.limit);
        Ok((spans, if more { Ended::Limit } else { anchors.ended }))
    }

    /// With what began before and is still under way, however many those are: what cannot be followed back ends the expansion.
    fn with_running(
        &self,
        lasts: Lasts,
        zone: &Zone,
        bounds: Bounds,
    ) -> Result<Expansion, ExpandError> {
        let reach = jiff::SignedDuration::from_hours(lasts.reach());
        let back = Bounds {
            from: bounds.from.saturating_sub(reach).unwrap_or(Timestamp::MIN),
            until: bounds.from,
            limit: MOST,
            ..bounds
        };
        let mut all = Vec::new();
        if back.from < back.until {
            let before = expand(&self.base, zone, back)?;
            if matches!(before.ended, Ended::Limit | Ended::Budget) {
                return Ok(before);
            }
            let running = |start: &Occurrence| {
                let span = lasts.from(*start, zone);
                span.is_some_and(|span| span.end() > bounds.from)
            };
            all.extend(before.occurrences.into_iter().filter(running));
        }
        let limit = bounds.limit.saturating_add(1);
        let ahead = expand(&self.base, zone, Bounds { limit, ..bounds })?;
        all.extend(ahead.occurrences);
        Ok(Expansion {
            occurrences: all,
            ended: ahead.ended,
        })
    }

    fn shifted(
        &self,
        offset: Offset,
        setting: &Setting,
        zone: &Zone,
        bounds: Bounds,
    ) -> Result<Expansion, ExpandError> {
        let anchors = expand(&self.base, zone, bounds.wider(offset.reach()))?;
        let shift = |anchor: &Occurrence| offset.apply(*anchor, &setting.working_days, zone);
        let mut occurrences: Vec<Occurrence> =
            anchors.occurrences.iter().filter_map(shift).collect();
        occurrences.sort_unstable();
        occurrences.dedup_by_key(|occurrence| occurrence.at);
        let beyond = occurrences
            .last()
            .is_some_and(|last| last.at >= bounds.until);
        occurrences
            .retain(|occurrence| bounds.from <= occurrence.at && occurrence.at < bounds.until);
        let ended = if beyond { Ended::Until } else { anchors.ended };
        Ok(Expansion { occurrences, ended })
    }
}

impl Bounds {
    /// Bounds that hold every anchor whose offset may lie within these.
    fn wider(self, days: u16) -> Self {
        let reach = jiff::SignedDuration::from_hours(i64::from(days) * 24);
        let more = usize::from(days) * 2;
        Self {
            from: self.from.saturating_sub(reach).unwrap_or(self.from),
            until: self.until.saturating_add(reach).unwrap_or(self.until),
            limit: self.limit.saturating_add(more).min(MOST),
            ..self
        }
    }
}

impl Offset {
    /// Days within which it surely ends. Working days lie at most twice as far apart as days, and a month of holidays in a row
    /// is allowed for.
    const fn reach(self) -> u16 {
        self.count.saturating_mul(2).saturating_add(40)
    }

    /// This far from an occurrence. Days are whole: before begins at 00:00, after ends at 24:00. None beyond the calendar.
    #[must_use]
    pub fn apply(
        self,
        anchor: Occurrence,
        working_days: &WorkingDays,
        zone: &Zone,
    ) -> Option<Occurrence> {
        let count = i64::from(self.count);
        let day = anchor.civil.date();
        let shifted = match (self.unit, self.side) {
            (OffsetUnit::Hours, side) => {
                let sign = if side == Side::Before { -1 } else { 1 };
                let at = anchor
                    .at
                    .checked_add(jiff::SignedDuration::from_hours(sign * count))
                    .ok()?;
                return Some(Occurrence {
                    at,
                    civil: zone.civil(at),
                });
            }
            (OffsetUnit::Days, Side::Before) => day.checked_sub(count.days()).ok()?,
            (OffsetUnit::Days, Side::After) => day.checked_add((count + 1).days()).ok()?,
            (OffsetUnit::WorkingDays, Side::Before) => {
                working_days.in_zone(zone).before(day, self.count)?
            }
            (OffsetUnit::WorkingDays, Side::After) => {
                let days = working_days.in_zone(zone);
                days.after(day, self.count)?.tomorrow().ok()?
            }
        };
        let civil = shifted.to_datetime(Time::midnight());
        Some(Occurrence {
            at: zone.instant(civil)?,
            civil,
        })
    }
}

/// The spans of `length` from each of `starts` on.
#[must_use]
pub fn lasting(starts: &[Occurrence], length: Millis) -> Vec<Span> {
    let span = |start: &Occurrence| Span::lasting(start.at, length);
    starts.iter().filter_map(span).collect()
}

/// The end of a horizon of `days` from `from` on.
#[must_use]
pub fn horizon(from: Timestamp, days: u32) -> Timestamp {
    Millis(u64::from(days) * 86_400_000).after(from)
}
