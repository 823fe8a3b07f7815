//! Which days a rule takes: the parts of a rule that look at a date, made ready to be asked often.
//!
//! A date is a number of days since 1970-01-01 here. Lists are limits in every period, also where RFC 5545 forbids them
//! (`BYWEEKNO` in a monthly rule): an occurrence must satisfy all of them.

use super::super::rule::{Freq, Rule};
use jiff::civil::{Date, DateTime, Weekday};

/// A date with what rules ask about it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Day {
    /// Days since 1970-01-01.
    pub number: i64,
    pub year: i64,
    pub month: i64,
    pub day: i64,
}

/// Days since 1970-01-01 of a date of the proleptic Gregorian calendar. Months may lie outside 1 to 12.
pub(super) fn number(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = (
        year + (month - 1).div_euclid(12),
        (month - 1).rem_euclid(12) + 1,
    );
    // Years begin in March here, so that the leap day comes last.
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let in_era = year.rem_euclid(400);
    let in_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + in_era * 365 + in_era / 4 - in_era / 100 + in_year - 719_468
}

impl Day {
    pub fn of(number: i64) -> Self {
        let shifted = number + 719_468;
        let era = shifted.div_euclid(146_097);
        let in_era = shifted.rem_euclid(146_097);
        let year = (in_era - in_era / 1_460 + in_era / 36_524 - in_era / 146_096) / 365;
        let in_year = in_era - (365 * year + year / 4 - year / 100);
        let shifted_month = (5 * in_year + 2) / 153;
        let day = in_year - (153 * shifted_month + 2) / 5 + 1;
        let month = if shifted_month < 10 {
            shifted_month + 3
        } else {
            shifted_month - 9
        };
        let year = year + era * 400 + i64::from(month <= 2);
        Self {
            number,
            year,
            month,
            day,
        }
    }
    pub fn month_length(self) -> i64 {
        match self.month {
            2 if leap(self.year) => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        }
    }
    /// The next day, cheaper than [`Day::of`].
    pub fn next(self) -> Self {
        let mut next = self;
        next.number += 1;
        next.day += 1;
        if next.day > self.month_length() {
            (next.day, next.month) = (1, self.month + 1);
            if next.month > 12 {
                (next.month, next.year) = (1, self.year + 1);
            }
        }
        next
    }
}

fn leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// Monday is 0.
pub(super) fn weekday(number: i64) -> i64 {
    (number + 3).rem_euclid(7)
}

fn offset(day: Weekday) -> i64 {
    i64::from(day.to_monday_zero_offset())
}

/// Seconds since 1970-01-01T00:00:00 on the same clock.
pub(super) fn seconds(civil: DateTime) -> i64 {
    let (year, month, day) = (civil.year(), civil.month(), civil.day());
    number(year.into(), month.into(), day.into()) * 86_400
        + i64::from(civil.hour()) * 3_600
        + i64::from(civil.minute()) * 60
        + i64::from(civil.second())
}

/// The civil time of [`seconds`]; none beyond the year 9999.
pub(super) fn civil(seconds: i64) -> Option<DateTime> {
    let day = Day::of(seconds.div_euclid(86_400));
    let clock = i32::try_from(seconds.rem_euclid(86_400)).ok()?;
    let date = Date::new(
        i16::try_from(day.year).ok()?,
        i8::try_from(day.month).ok()?,
        i8::try_from(day.day).ok()?,
    );
    let part = |n: i32| i8::try_from(n).ok();
    let (hour, minute) = (part(clock / 3_600)?, part(clock / 60 % 60)?);
    Some(date.ok()?.at(hour, minute, part(clock % 60)?, 0))
}

/// The parts of a rule that look at dates.
#[derive(Debug)]
pub(super) struct DayFilter {
    months: u16,
    month_days: u32,
    month_days_from_end: u32,
    weekdays: u8,
    nth_weekdays: Vec<(i64, i64)>,
    year_days: Vec<i64>,
    weeks: Vec<i64>,
    week_start: i64,
    /// Whether nth weekdays are counted in the year and not in the month.
    nth_of_year: bool,
}

impl DayFilter {
    /// The filter of a rule that starts on `start`: what the rule leaves open, `DTSTART` says.
    pub fn new(rule: &Rule, start: Day) -> Self {
        let numbers = |list: &[i16]| list.iter().map(|n| i64::from(*n)).collect::<Vec<_>>();
        let bit = |set: u32, n: &i16| set | 1 << n.unsigned_abs();
        let mut months = rule
            .by_month
            .iter()
            .fold(0, |set, n| set | 1u16 << n.unsigned_abs());
        let mut month_days = rule.by_month_day.iter().filter(|n| **n > 0).fold(0, bit);
        let month_days_from_end = rule.by_month_day.iter().filter(|n| **n < 0).fold(0, bit);
        let each = rule.by_day.iter().filter(|by| by.nth == 0);
        let mut weekdays = each.fold(0u8, |set, by| set | 1 << offset(by.day));
        let nth = rule.by_day.iter().filter(|by| by.nth != 0);
        let nth_weekdays = nth.map(|by| (i64::from(by.nth), offset(by.day))).collect();
        let open = rule.by_week.is_empty()
            && rule.by_year_day.is_empty()
            && rule.by_month_day.is_empty()
            && rule.by_day.is_empty();
        match rule.freq {
            Freq::Yearly if open => {
                if months == 0 {
                    months = 1 << start.month;
                }
                month_days = 1 << start.day;
            }
            Freq::Monthly if open => month_days = 1 << start.day,
            Freq::Weekly if open => weekdays = 1 << weekday(start.number),
            _ => {}
        }
        Self {
            months,
            month_days,
            month_days_from_end,
            weekdays,
            nth_weekdays,
            year_days: numbers(&rule.by_year_day),
            weeks: numbers(&rule.by_week),
            week_start: offset(rule.week_start),
            nth_of_year: rule.freq == Freq::Yearly && rule.by_month.is_empty(),
        }
    }

    /// Whether any day of this month can be taken.
    pub fn takes_month(&self, month: i64) -> bool {
        self.months == 0 || self.months >> month & 1 == 1
    }

    /// Whether the rule takes this day.
    pub fn takes(&self, day: Day) -> bool {
        self.takes_month(day.month)
            && self.takes_month_day(day)
            && self.takes_weekday(day)
            && (self.year_days.is_empty() || self.takes_year_day(day))
            && (self.weeks.is_empty() || self.takes_week(day))
    }

    fn takes_month_day(&self, day: Day) -> bool {
        let open = self.month_days == 0 && self.month_days_from_end == 0;
        let from_end = day.month_length() - day.day + 1;
        open || self.month_days >> day.day & 1 == 1 || self.month_days_from_end >> from_end & 1 == 1
    }

    fn takes_weekday(&self, day: Day) -> bool {
        let weekday = weekday(day.number);
        if self.weekdays == 0 && self.nth_weekdays.is_empty() {
            return true;
        }
        self.weekdays >> weekday & 1 == 1
            || self
                .nth_weekdays
                .iter()
                .any(|&(nth, wanted)| wanted == weekday && self.is_nth(day, nth))
    }

    fn is_nth(&self, day: Day, nth: i64) -> bool {
        let (first, last) = if self.nth_of_year {
            (number(day.year, 1, 1), number(day.year, 12, 31))
        } else {
            let first = day.number - day.day + 1;
            (first, first + day.month_length() - 1)
        };
        if nth > 0 {
            (day.number - first) / 7 + 1 == nth
        } else {
            (last - day.number) / 7 + 1 == -nth
        }
    }

    fn takes_year_day(&self, day: Day) -> bool {
        let from_start = day.number - number(day.year, 1, 1) + 1;
        let from_end = day.number - number(day.year, 12, 31) - 1;
        let is = |wanted: &i64| *wanted == from_start || *wanted == from_end;
        self.year_days.iter().any(is)
    }

    /// Weeks belong to the year that has at least four of their days.
    fn takes_week(&self, day: Day) -> bool {
        let first = |year| {
            let new_year = number(year, 1, 1);
            let into = (weekday(new_year) - self.week_start).rem_euclid(7);
            if into <= 3 {
                new_year - into
            } else {
                new_year - into + 7
            }
        };
        let year = match day.year {
            year if day.number < first(year) => year - 1,
            year if day.number >= first(year + 1) => year + 1,
            year => year,
        };
        let week = (day.number - first(year)) / 7 + 1;
        let weeks = (first(year + 1) - first(year)) / 7;
        self.weeks
            .iter()
            .any(|&wanted| wanted == week || wanted == week - weeks - 1)
    }
}
