//! Working days and fiscal quarters: days that a company counts in its own way.
//!
//! A working day is Monday to Friday and no holiday. Which days are holidays is data of the caller; none is known here. A holiday of
//! a country counts where the clocks are those of that country.

use super::Zone;
use super::country::country_of;
use jiff::civil::{Date, Weekday};

/// Monday to Friday without holidays: those of the company everywhere, those of a country or region in its zones.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WorkingDays {
    everywhere: Vec<Date>,
    /// Days by the country whose zones they count in.
    of_countries: Vec<(String, Vec<Date>)>,
}

/// The working days of one place.
#[derive(Debug, Clone)]
pub struct DaysIn<'a> {
    lists: Vec<&'a [Date]>,
}

impl WorkingDays {
    /// Every day from Monday to Friday that is not one of `holidays`, wherever it is.
    #[must_use]
    pub fn without(holidays: impl IntoIterator<Item = Date>) -> Self {
        Self {
            everywhere: sorted(holidays),
            of_countries: Vec::new(),
        }
    }
    /// Nor one of `holidays` in the zones of a country (`DE`).
    #[must_use]
    pub fn nor_in(mut self, country: &str, holidays: impl IntoIterator<Item = Date>) -> Self {
        let of = (country.to_owned(), sorted(holidays));
        self.of_countries.push(of);
        self
    }
    /// Those of a place: its holidays are those of the country of its zone.
    #[must_use]
    pub fn in_zone(&self, zone: &Zone) -> DaysIn<'_> {
        let here = country_of(zone.name());
        let of = self.of_countries.iter();
        let of = of.filter(|(country, _)| Some(country.as_str()) == here);
        let lists = std::iter::once(&self.everywhere).chain(of.map(|(_, days)| days));
        DaysIn {
            lists: lists.map(Vec::as_slice).collect(),
        }
    }
}

fn sorted(days: impl IntoIterator<Item = Date>) -> Vec<Date> {
    let mut all: Vec<Date> = days.into_iter().collect();
    all.sort_unstable();
    all.dedup();
    all
}

impl DaysIn<'_> {
    /// Whether `day` is one.
    #[must_use]
    pub fn contains(&self, day: Date) -> bool {
        !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
            && !self
                .lists
                .iter()
                .any(|days| days.binary_search(&day).is_ok())
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
