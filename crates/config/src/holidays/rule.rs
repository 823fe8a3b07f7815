//! A holiday as a law says it: which day of a year, since when, and what becomes of one at a weekend.

use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday};
use std::collections::BTreeSet;

/// Which day of a year.
#[derive(Debug, Clone, Copy)]
pub enum On {
    /// Month and day.
    Fixed(i8, i8),
    /// The nth such weekday of a month, from the end when negative.
    Nth(i8, Weekday, i8),
    /// The first such weekday at or after month and day.
    From(i8, i8, Weekday),
    /// The last such weekday before month and day.
    Before(i8, i8, Weekday),
    /// So many days after Easter Sunday of the Gregorian calendar, before it when negative.
    Easter(i16),
}

/// What becomes of a holiday at a weekend. The day itself is none for work anyway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// It is lost.
    AsItFalls,
    /// On the Friday before a Saturday, on the Monday after a Sunday.
    Nearest,
    /// On the Monday after a Sunday; lost on a Saturday.
    Monday,
    /// On the Saturday before a Sunday.
    SaturdayBefore,
    /// On the next day from Monday to Friday that is no holiday itself.
    NextFree,
}

/// A holiday.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// Which day.
    pub on: On,
    /// At a weekend.
    pub kept: Kept,
    since: i16,
    last: i16,
}

impl Rule {
    /// Each year on this day.
    pub const fn on(on: On) -> Self {
        Self {
            on,
            kept: Kept::AsItFalls,
            since: i16::MIN,
            last: i16::MAX,
        }
    }
    /// Each year on this month and day.
    pub const fn fixed(month: i8, day: i8) -> Self {
        Self::on(On::Fixed(month, day))
    }
    /// Each year on the nth such weekday of a month.
    pub const fn nth(n: i8, weekday: Weekday, month: i8) -> Self {
        Self::on(On::Nth(n, weekday, month))
    }
    /// Each year so many days after Easter Sunday.
    pub const fn easter(days: i16) -> Self {
        Self::on(On::Easter(days))
    }
    /// Only in one year.
    pub const fn once(year: i16, month: i8, day: i8) -> Self {
        Self::fixed(month, day).since(year).until(year)
    }
    /// Not before this year.
    pub const fn since(self, year: i16) -> Self {
        Self {
            since: year,
            ..self
        }
    }
    /// Not after this year.
    pub const fn until(self, year: i16) -> Self {
        Self { last: year, ..self }
    }
    /// What becomes of it at a weekend.
    pub const fn kept(self, kept: Kept) -> Self {
        Self { kept, ..self }
    }

    /// Its day in a year, if it holds then.
    pub fn day(&self, year: i16) -> Option<Date> {
        if !(self.since..=self.last).contains(&year) {
            return None;
        }
        let date = |month, day| Date::new(year, month, day).ok();
        match self.on {
            On::Fixed(month, day) => date(month, day),
            On::Nth(n, weekday, month) => date(month, 1)?.nth_weekday_of_month(n, weekday).ok(),
            On::From(month, day, weekday) => date(month, day)?
                .yesterday()
                .ok()?
                .nth_weekday(1, weekday)
                .ok(),
            On::Before(month, day, weekday) => date(month, day)?.nth_weekday(-1, weekday).ok(),
            On::Easter(days) => easter(year)?.checked_add(i64::from(days).days()).ok(),
        }
    }
}

impl Kept {
    /// The day that stands in for `day`, if one does. `taken` are the holidays so far.
    pub fn moved(self, day: Date, taken: &BTreeSet<Date>) -> Option<Date> {
        let weekday = day.weekday();
        let by = |days: i64| day.checked_add(days.days()).ok();
        match (self, weekday) {
            (Self::Nearest, Weekday::Saturday) | (Self::SaturdayBefore, Weekday::Sunday) => by(-1),
            (Self::Nearest | Self::Monday, Weekday::Sunday) => by(1),
            (Self::NextFree, Weekday::Saturday | Weekday::Sunday) => {
                let free = |day: &Date| {
                    !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
                        && !taken.contains(day)
                };
                (1..10).filter_map(by).find(free)
            }
            _ => None,
        }
    }
}

/// Easter Sunday by the Gregorian computus (Meeus, Jones, Butcher).
fn easter(year: i16) -> Option<Date> {
    let y = i32::from(year);
    let (a, b, c) = (y % 19, y / 100, y % 100);
    let (d, e) = (b / 4, b % 4);
    let g = (b - (b + 8) / 25 + 1) / 3;
    let h = (19 * a + b - d - g + 15) % 30;
    let l = (32 + 2 * e + 2 * (c / 4) - h - c % 4) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let n = h + l - 7 * m + 114;
    let (month, day) = (i8::try_from(n / 31).ok()?, i8::try_from(n % 31 + 1).ok()?);
    Date::new(year, month, day).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn easter_is_where_the_church_puts_it() {
        for day in [
            date(2008, 3, 23),
            date(2024, 3, 31),
            date(2025, 4, 20),
            date(2026, 4, 5),
            date(2027, 3, 28),
            date(2038, 4, 25),
        ] {
            assert_eq!(easter(day.year()), Some(day));
        }
    }

    #[test]
    fn days_are_found_from_either_side() {
        let weekday = Weekday::Wednesday;
        // The Wednesday before 23 November, which is a Wednesday itself in 2022.
        let repentance = Rule::on(On::Before(11, 23, weekday));
        assert_eq!(repentance.day(2022), Some(date(2022, 11, 16)));
        assert_eq!(repentance.day(2026), Some(date(2026, 11, 18)));
        // The Tuesday after the first Monday of November.
        let election = Rule::on(On::From(11, 2, Weekday::Tuesday));
        assert_eq!(election.day(2027), Some(date(2027, 11, 2)));
        assert_eq!(election.day(2026), Some(date(2026, 11, 3)));
        assert_eq!(Rule::once(2025, 5, 8).day(2026), None);
    }

    #[test]
    fn a_day_at_a_weekend_is_kept_as_the_law_says() {
        let (saturday, sunday) = (date(2027, 12, 25), date(2027, 12, 26));
        let taken = BTreeSet::from([saturday, sunday]);
        assert_eq!(
            Kept::Nearest.moved(saturday, &taken),
            Some(date(2027, 12, 24))
        );
        assert_eq!(Kept::Monday.moved(saturday, &taken), None);
        assert_eq!(Kept::Monday.moved(sunday, &taken), Some(date(2027, 12, 27)));
        let monday = Kept::NextFree.moved(saturday, &taken);
        assert_eq!(monday, Some(date(2027, 12, 27)));
        let taken: BTreeSet<Date> = taken.into_iter().chain(monday).collect();
        assert_eq!(
            Kept::NextFree.moved(sunday, &taken),
            Some(date(2027, 12, 28))
        );
        assert_eq!(Kept::NextFree.moved(date(2027, 12, 29), &taken), None);
    }
}
