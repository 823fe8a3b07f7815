//! One rule, occurrence by occurrence, in the order of civil time.
//!
//! Works period by period (year, month, week, day, hour ...) on plain numbers: seconds of a clock that never changes. Every look
//! at a day costs one unit of the caller's budget, so a rule that never fits comes to an end.

use super::super::rule::{Freq, Rule};
use super::day::{Day, DayFilter, number, weekday};

/// How much may still be looked at.
#[derive(Debug)]
pub(super) struct Budget(pub u32);

impl Budget {
    fn spend(&mut self, cost: u32) -> bool {
        let enough = self.0 >= cost;
        self.0 = self.0.saturating_sub(cost);
        enough
    }
}

/// What comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// An occurrence, in civil seconds.
    At(i64),
    /// Nothing before the given end.
    Beyond,
    /// The budget is used up.
    Spent,
}

/// A rule under way.
#[derive(Debug)]
pub(super) struct Occurrences<'a> {
    rule: &'a Rule,
    days: DayFilter,
    start: i64,
    /// Number of the next period, from the one that holds the start.
    period: i64,
    hours: u32,
    minutes: u64,
    seconds: u64,
    /// Seconds within the period's unit (a day, an hour, a minute) at which it happens.
    clocks: Vec<i64>,
    /// Results of the period under way, latest first.
    ready: Vec<i64>,
    left: Option<u32>,
}

impl<'a> Occurrences<'a> {
    /// `rule` from `start` on. Occurrences before `from` may be left out; those of a rule with `COUNT` are all made, as they
    /// must be counted.
    pub fn new(rule: &'a Rule, start: i64, from: i64) -> Self {
        let bits = |list: &[i16]| list.iter().fold(0u64, |set, n| set | 1 << n.unsigned_abs());
        let mut this = Self {
            rule,
            days: DayFilter::new(rule, Day::of(start.div_euclid(86_400))),
            start,
            period: 0,
            hours: u32::try_from(bits(&rule.by_hour)).unwrap_or(u32::MAX),
            minutes: bits(&rule.by_minute),
            seconds: bits(&rule.by_second),
            clocks: clocks(rule, start.rem_euclid(86_400)),
            ready: Vec::new(),
            left: rule.count,
        };
        if rule.count.is_none() && from > start {
            this.period = this.period_of(from);
        }
        this
    }

    /// The next occurrence that is not after `last`.
    pub fn next(&mut self, last: i64, budget: &mut Budget) -> Next {
        loop {
            if self.left == Some(0) {
                return Next::Beyond;
            }
            while let Some(&at) = self.ready.last() {
                if at > last {
                    return Next::Beyond;
                }
                self.ready.pop();
                if at >= self.start {
                    self.left = self.left.map(|n| n - 1);
                    return if budget.spend(1) {
                        Next::At(at)
                    } else {
                        Next::Spent
                    };
                }
            }
            let Some(begin) = self.begin(self.period) else {
                return Next::Beyond;
            };
            if begin > last {
                return Next::Beyond;
            }
            if !self.fill(begin, budget) {
                return Next::Spent;
            }
        }
    }

    /// Nothing more comes.
    pub fn end(&mut self) {
        self.left = Some(0);
    }

    /// Whether nothing more can come.
    pub fn is_over(&self) -> bool {
        self.left == Some(0)
    }

    fn takes_second(&self, at: i64) -> bool {
        self.seconds == 0 || (self.seconds >> at.rem_euclid(60)) & 1 == 1
    }

    fn step(&self) -> i64 {
        i64::from(self.rule.interval)
    }

    /// Length of the unit of sub-daily rules, in seconds.
    fn unit(&self) -> i64 {
        match self.rule.freq {
            Freq::Hourly => 3_600,
            Freq::Minutely => 60,
            Freq::Secondly => 1,
            _ => 86_400,
        }
    }

    /// Number of the last period that begins at or before `at`.
    fn period_of(&self, at: i64) -> i64 {
        let (first, day) = (
            Day::of(self.start.div_euclid(86_400)),
            Day::of(at.div_euclid(86_400)),
        );
        let periods = match self.rule.freq {
            Freq::Yearly => day.year - first.year,
            Freq::Monthly => (day.year - first.year) * 12 + day.month - first.month,
            Freq::Weekly => (day.number - self.week_of(first.number)).div_euclid(7),
            _ => at.div_euclid(self.unit()) - self.start.div_euclid(self.unit()),
        };
        periods.div_euclid(self.step())
    }

    fn week_of(&self, day: i64) -> i64 {
        let first = i64::from(self.rule.week_start.to_monday_zero_offset());
        day - (weekday(day) - first).rem_euclid(7)
    }

    /// When a period begins; none when it is too far away for numbers.
    fn begin(&self, period: i64) -> Option<i64> {
        let first = Day::of(self.start.div_euclid(86_400));
        let offset = period.checked_mul(self.step())?;
        let day = match self.rule.freq {
            Freq::Yearly => number(first.year + offset, 1, 1),
            Freq::Monthly => number(first.year, first.month.checked_add(offset)?, 1),
            Freq::Weekly => self.week_of(first.number) + offset * 7,
            _ => {
                let unit = self.unit();
                return Some((self.start.div_euclid(unit) + offset) * unit);
            }
        };
        day.checked_mul(86_400)
    }

    /// Make the occurrences of the period that begins at `begin` and go to the next one. False when the budget is used up.
    fn fill(&mut self, begin: i64, budget: &mut Budget) -> bool {
        let day = Day::of(begin.div_euclid(86_400));
        self.period += 1;
        let length = match self.rule.freq {
            Freq::Yearly => number(day.year + 1, 1, 1) - day.number,
            Freq::Monthly => day.month_length(),
            Freq::Weekly => 7,
            Freq::Daily if !self.days.takes_month(day.month) => {
                self.jump((day.number + day.month_length() - day.day + 1) * 86_400);
                return budget.spend(1);
            }
            Freq::Daily => 1,
            _ => return self.fill_unit(begin, day, budget),
        };
        let mut found = Vec::new();
        let (mut day, end) = (day, day.number + length);
        while day.number < end {
            if !budget.spend(1) {
                return false;
            }
            if !self.days.takes_month(day.month) {
                day = Day::of((day.number + day.month_length() - day.day + 1).min(end));
                continue;
            }
            if self.days.takes(day) {
                found.extend(self.clocks.iter().map(|clock| day.number * 86_400 + clock));
            }
            day = day.next();
        }
        self.ready = picked(found, &self.rule.by_position);
        true
    }

    /// Go on with the first period that begins at `resume` or later.
    fn jump(&mut self, resume: i64) {
        let behind = self.period_of(resume - 1) + 1;
        self.period = self.period.max(behind);
    }

    /// As [`Self::fill`] for a period shorter than a day; what cannot fit is jumped over.
    fn fill_unit(&mut self, begin: i64, day: Day, budget: &mut Budget) -> bool {
        if !budget.spend(1) {
            return false;
        }
        let (hour, minute) = (
            begin.rem_euclid(86_400) / 3_600,
            begin.rem_euclid(3_600) / 60,
        );
        let resume = if !self.days.takes(day) {
            (day.number + 1) * 86_400
        } else if self.hours != 0 && self.hours >> hour & 1 == 0 {
            begin - begin.rem_euclid(3_600) + 3_600
        } else if self.rule.freq < Freq::Hourly
            && self.minutes != 0
            && self.minutes >> minute & 1 == 0
        {
            begin - begin.rem_euclid(60) + 60
        } else if self.rule.freq == Freq::Secondly && !self.takes_second(begin) {
            begin + 1
        } else {
            let found = self.clocks.iter().map(|clock| begin + clock).collect();
            self.ready = picked(found, &self.rule.by_position);
            return true;
        };
        self.jump(resume);
        true
    }
}

/// What `BYSETPOS` picks, latest first.
fn picked(found: Vec<i64>, positions: &[i16]) -> Vec<i64> {
    let mut all = found;
    if !positions.is_empty() {
        let index = |position: &i16| {
            let position = isize::from(*position);
            let count = isize::try_from(all.len()).unwrap_or(isize::MAX);
            let index = if position > 0 {
                position - 1
            } else {
                count + position
            };
            usize::try_from(index)
                .ok()
                .and_then(|index| all.get(index))
                .copied()
        };
        let mut chosen: Vec<i64> = positions.iter().filter_map(index).collect();
        chosen.sort_unstable();
        chosen.dedup();
        all = chosen;
    }
    all.reverse();
    all
}

/// Seconds within the period's unit at which it happens; what the rule leaves open, the start says.
fn clocks(rule: &Rule, start: i64) -> Vec<i64> {
    let or_start = |list: &[i16], own: i64| match list {
        [] => vec![own],
        list => list.iter().map(|n| i64::from(*n)).collect(),
    };
    let hours = match rule.freq {
        Freq::Hourly | Freq::Minutely | Freq::Secondly => vec![0],
        _ => or_start(&rule.by_hour, start / 3_600),
    };
    let minutes = match rule.freq {
        Freq::Minutely | Freq::Secondly => vec![0],
        _ => or_start(&rule.by_minute, start / 60 % 60),
    };
    let seconds = match rule.freq {
        // The period is the second itself: it is there, or the rule does not take it.
        Freq::Secondly => vec![0],
        _ => or_start(&rule.by_second, start % 60),
    };
    let mut all = Vec::with_capacity(hours.len() * minutes.len() * seconds.len());
    for hour in &hours {
        for minute in &minutes {
            all.extend(
                seconds
                    .iter()
                    .map(|second| hour * 3_600 + minute * 60 + second),
            );
        }
    }
    all
}
