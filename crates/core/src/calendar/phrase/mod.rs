//! Phrases that people write for times: a tiny grammar that is read into one shape and written back in one canonical way.
//!
//! | Written | Means |
//! | --- | --- |
//! | `Mon-Thu 09:00-16:00`, `last Fri of month 20:00-24:00` | a window |
//! | `Fri 18:00 - Mon 06:00` | a window over days |
//! | `every 2 weeks on Tue at 10:00 from 2026-12-01` | a point in time that repeats |
//! | `2026-11-25 09:00` | one point in time |
//! | `fiscal-quarter-end` | the last day of each fiscal quarter |
//! | `3 working days before fiscal-quarter-end`, `24h before …` | an offset from any of these |
//!
//! What a phrase means as a rule is in `rule`; the zone, the fiscal year and the holidays come with `super::schedule`.

mod across;
mod days;
mod read;
mod rule;
mod suggest;
mod text;
mod words;

pub(super) use suggest::suggest;
pub use words::PhraseError;

use jiff::civil::{Date, Time, Weekday};

/// What somebody wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Phrase {
    /// `2026-11-25` (its first instant) or `2026-11-25 09:00`.
    Instant(Date, Option<Time>),
    /// Days that repeat, with a time or a range.
    Pattern(Pattern),
    /// The last day of each fiscal quarter.
    QuarterEnd,
    /// Before or after something; nothing is named when the place where it stands says what.
    Offset(Offset, Option<Box<Self>>),
}

/// Days that repeat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// Every so many units, at least 1.
    pub every: u32,
    /// Which days.
    pub days: Days,
    /// When on these days.
    pub clock: Clock,
    /// Not before this day; with `every` above 1 the units are counted from it.
    pub from: Option<Date>,
}

/// Which days, and with that the unit in which they repeat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Days {
    /// Every day.
    Each,
    /// Weekdays of a week: never empty, in order, each once.
    OfWeek(Vec<Weekday>),
    /// Weekdays of a month, such as the last Friday: never empty, in order.
    NthOfMonth(Vec<(i8, Weekday)>),
    /// Days of a month by number, from the end when negative: never empty, in order.
    OfMonth(Vec<i8>),
}

/// When on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// The whole day.
    AllDay,
    /// At one time.
    At(Minute),
    /// From one time to another; over midnight when the end is not later.
    Range(Minute, Minute),
    /// From one time until the first such weekday at this time that lies a day or more later, at most a week; only of days
    /// that are all the same weekday.
    Across(Minute, Weekday, Minute),
}

/// Minutes since 00:00; 24:00 is 1440 and is only an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Minute(pub u16);

/// A distance from something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offset {
    /// How many, 1 to 1000.
    pub count: u16,
    /// Of what.
    pub unit: OffsetUnit,
    /// In which direction.
    pub side: Side,
}

/// What an offset counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OffsetUnit {
    /// Hours that go by.
    Hours,
    /// Calendar days, whole ones.
    Days,
    /// Working days, whole ones.
    WorkingDays,
}

/// Direction of an offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Earlier. Whole days begin at 00:00.
    Before,
    /// Later. Whole days end at 24:00.
    After,
}

impl Phrase {
    /// Read a phrase.
    ///
    /// # Errors
    /// What is wrong, at which column, and the way out.
    pub fn read(text: &str) -> Result<Self, PhraseError> {
        read::phrase(text)
    }
}
