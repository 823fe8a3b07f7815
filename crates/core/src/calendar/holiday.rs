//! Working days and fiscal quarters: days that a company counts in its own way.
//!
//! A working day is Monday to Friday and no holiday. Which days are holidays is data of the caller; none is known here.

use jiff::civil::{Date, Weekday};
use std::collections::BTreeSet;

/// Monday to Friday without holidays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WorkingDays {
    holidays: BTreeSet<Date>,
}

impl WorkingDays {
    /// Every day from Monday to Friday that is not one of `holidays`.
    #[must_use]
    pub fn without(holidays: impl IntoIterator<Item = Date>) -> Self {
        let holidays = holidays.into_iter().collect();
        Self { holidays }
    }
    /// Whether `day` is one.
    #[must_use]
    pub fn contains(&self, day: Date) -> bool {
        !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
            && !self.holidays.contains(&day)
    }
    /// The `count`th working day before `day`, which does not count itself. None beyond the calendar.
    #[must_use]
    pub fn before(&self, day: Date, count: u16) -> Option<Date> {
        self.walk(day, count, Date::yesterday)
    }
    /// The `count`th working day after `day`, which does not count itself. None beyond the calendar.
    #[must_use]
    pub fn after(&self, day: Date, count: u16) -> Option<Date> {
        self.walk(day, count, Date::tomorrow)
    }

    /// Ends: holidays are finitely many, and so is the calendar.
    fn walk(
        &self,
        from: Date,
        count: u16,
        step: impl Fn(Date) -> Result<Date, jiff::Error>,
    ) -> Option<Date> {
        let (mut day, mut left) = (from, count);
        while left > 0 {
            day = step(day).ok()?;
            left -= u16::from(self.contains(day));
        }
        Some(day)
    }
}

/// A fiscal year that begins with a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FiscalYear {
    first_month: u8,
}

impl Default for FiscalYear {
    /// The calendar year.
    fn default() -> Self {
        Self { first_month: 1 }
    }
}

impl FiscalYear {
    /// A fiscal year that begins with this month, 1 to 12.
    #[must_use]
    pub fn starting(first_month: u8) -> Option<Self> {
        (1..=12)
            .contains(&first_month)
            .then_some(Self { first_month })
    }
    /// Months whose last day ends a quarter, in order.
    #[must_use]
    pub fn quarter_ends(self) -> [i16; 4] {
        let first = i16::from(self.first_month);
        let mut months = [2, 5, 8, 11].map(|offset| (first - 1 + offset) % 12 + 1);
        months.sort_unstable();
        months
    }
}
