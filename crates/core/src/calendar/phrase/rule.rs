//! Patterns as RFC 5545 rules, and back.

use super::{Clock, Days, Minute, Pattern};
use crate::calendar::civil::Zone;
use crate::calendar::expand::{Bounds, expand};
use crate::calendar::rule::{ByDay, Freq, Lasts, Rule, RuleSet};
use crate::time::Timestamp;
use jiff::civil::{Date, Time, Weekday};

impl Pattern {
    /// The rule of this pattern. Where it names no first day, `anchor` is the first that counts; `DTSTART` is the first day that
    /// fits, at or after it.
    #[must_use]
    pub fn rule(&self, anchor: Date) -> RuleSet {
        let minute = match self.clock {
            Clock::AllDay => Minute(0),
            Clock::At(time) | Clock::Range(time, _) | Clock::Across(time, ..) => time,
        };
        let mut set = RuleSet::starting(self.from.unwrap_or(anchor).to_datetime(minute.time()));
        let mut rule = Rule::every(1, Freq::Daily);
        match &self.days {
            Days::Each => {}
            Days::OfWeek(days) => {
                rule.freq = Freq::Weekly;
                rule.by_day = days.iter().map(|day| ByDay { nth: 0, day: *day }).collect();
            }
            Days::NthOfMonth(days) => {
                rule.freq = Freq::Monthly;
                let by = |(nth, day): &(i8, Weekday)| ByDay {
                    nth: i16::from(*nth),
                    day: *day,
                };
                rule.by_day = days.iter().map(by).collect();
            }
            Days::OfMonth(days) => {
                rule.freq = Freq::Monthly;
                rule.by_month_day = days.iter().map(|day| i16::from(*day)).collect();
                rule.by_month_day.sort_unstable();
            }
        }
        set.rules.push(rule);
        if let Some(first) = first(&set) {
            set.start = first;
        }
        set.rules[0].interval = self.every;
        set.lasts = self.lasts();
        set
    }

    /// How long each lasts; a point does not.
    fn lasts(&self) -> Option<Lasts> {
        let minutes = match self.clock {
            Clock::At(_) => return None,
            Clock::AllDay => 1_440,
            Clock::Range(start, end) if start < end => i64::from(end.0 - start.0),
            Clock::Range(start, end) => i64::from(end.0) + 1_440 - i64::from(start.0),
            Clock::Across(start, day, end) => {
                let first = self.days.weekday()?;
                let days = (offset(day) + 7 - offset(first)) % 7;
                let ahead = days * 1_440 + i64::from(end.0) - i64::from(start.0);
                ahead + if ahead < 1_440 { 7 * 1_440 } else { 0 }
            }
        };
        Some(Lasts::Civil(minutes * 60))
    }

    /// The pattern of a rule, if it is one; the start of the rule is its first day.
    #[must_use]
    pub fn of(set: &RuleSet) -> Option<Self> {
        let [rule] = set.rules.as_slice() else {
            return None;
        };
        let mut bare = Rule::every(rule.interval, rule.freq);
        bare.by_day.clone_from(&rule.by_day);
        bare.by_month_day.clone_from(&rule.by_month_day);
        let dates = !set.dates.is_empty() || !set.except_dates.is_empty();
        let more = dates || !set.except_rules.is_empty() || *rule != bare;
        let start = set.start.time();
        if more || start.second() != 0 || start.subsec_nanosecond() != 0 || rule.interval > 1_000 {
            return None;
        }
        let minute = Minute(
            u16::from(start.hour().unsigned_abs()) * 60 + u16::from(start.minute().unsigned_abs()),
        );
        let days = days(rule, set.start.date())?;
        let clock = match set.lasts {
            None | Some(Lasts::Civil(86_400)) if set.whole_days => Clock::AllDay,
            None => Clock::At(minute),
            Some(Lasts::Civil(seconds)) => clock(minute, seconds, &days)?,
            Some(Lasts::Exact { .. }) => return None,
        };
        Some(Self {
            every: rule.interval,
            days,
            clock,
            from: Some(set.start.date()),
        })
    }
}

/// From a time for so many seconds: a range when it is over within a day, else until a weekday.
fn clock(start: Minute, seconds: i64, days: &Days) -> Option<Clock> {
    let end = i64::from(start.0) + seconds / 60;
    let minute = Minute(u16::try_from(end % 1_440).ok()?);
    match () {
        () if seconds % 60 != 0 => None,
        () if start.0 == 0 && seconds == 86_400 => Some(Clock::AllDay),
        () if seconds < 86_400 && minute.0 == 0 => Some(Clock::Range(start, Minute(1_440))),
        () if seconds < 86_400 => Some(Clock::Range(start, minute)),
        () if seconds < 7 * 86_400 => {
            let last = (offset(days.weekday()?) + end / 1_440) % 7;
            let last = Weekday::from_monday_zero_offset(i8::try_from(last).ok()?).ok()?;
            Some(Clock::Across(start, last, minute))
        }
        () => None,
    }
}

fn offset(day: Weekday) -> i64 {
    i64::from(day.to_monday_zero_offset())
}

impl Days {
    /// The weekday that all of them are.
    pub(super) fn weekday(&self) -> Option<Weekday> {
        match self {
            Self::OfWeek(days) if days.len() == 1 => days.first().copied(),
            Self::NthOfMonth(days) => {
                let (_, first) = days.first()?;
                days.iter().all(|(_, day)| day == first).then_some(*first)
            }
            _ => None,
        }
    }
}

fn days(rule: &Rule, start: Date) -> Option<Days> {
    let short = |n: i16| i8::try_from(n).ok();
    match (
        rule.freq,
        rule.by_day.as_slice(),
        rule.by_month_day.as_slice(),
    ) {
        (Freq::Daily, [], []) => Some(Days::Each),
        (Freq::Weekly, [], []) => Some(Days::OfWeek(vec![start.weekday()])),
        (Freq::Weekly, by, []) => {
            let mut days: Vec<Weekday> = by.iter().map(|by| by.day).collect();
            days.sort_by_key(|day| day.to_monday_zero_offset());
            days.dedup();
            Some(Days::OfWeek(days))
        }
        (Freq::Monthly, [], []) => Some(Days::OfMonth(vec![start.day()])),
        (Freq::Monthly, [], days) => {
            let (last, first): (Vec<i16>, Vec<i16>) = days.iter().partition(|day| **day < 0);
            let known = last.is_empty() || last == [-1];
            let days = first
                .into_iter()
                .chain(last)
                .map(short)
                .collect::<Option<Vec<i8>>>();
            known.then_some(())?;
            days.map(Days::OfMonth)
        }
        (Freq::Monthly, by, []) => {
            let known = |by: &&ByDay| by.nth == -1 || (1..=5).contains(&by.nth);
            let mut days: Vec<(i8, Weekday)> = by
                .iter()
                .filter(known)
                .map(|by| Some((short(by.nth)?, by.day)))
                .collect::<Option<_>>()?;
            let order = |nth: i8| {
                if nth < 0 {
                    i16::from(nth) + 100
                } else {
                    i16::from(nth)
                }
            };
            days.sort_by_key(|(nth, day)| (order(*nth), day.to_monday_zero_offset()));
            days.dedup();
            by.iter()
                .all(|by| known(&by))
                .then_some(Days::NthOfMonth(days))
        }
        _ => None,
    }
}

/// The first day that fits, whatever the zone: days are the same in all. None when none does within forty years.
fn first(set: &RuleSet) -> Option<jiff::civil::DateTime> {
    let utc = Zone::utc();
    let from = utc.instant(set.start)?;
    let until = crate::time::Millis(40 * 366 * 86_400_000).after(from);
    let found = expand(set, &utc, Bounds::new(from, until.min(Timestamp::MAX), 1)).ok()?;
    found.occurrences.first().map(|first| first.civil)
}

impl Minute {
    /// As a time; 24:00 is 00:00.
    pub(in crate::calendar) fn time(self) -> Time {
        let part = |n: u16| i8::try_from(n).unwrap_or(0);
        Time::constant(part(self.0 / 60 % 24), part(self.0 % 60), 0, 0)
    }
}
