//! Rules that repeat, as RFC 5545 writes them: what one says, and its text.
//!
//! Reading is in `read`, the limits of each part in `part`. What a rule means is `super::expand`; nothing here makes an
//! occurrence.

mod lasts;
mod part;
mod read;
mod text;

pub use lasts::Lasts;
pub use read::RuleError;

use super::civil::Zone;
use crate::time::Timestamp;
use jiff::civil::{Date, DateTime, Weekday};

/// The period of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Freq {
    /// Every second.
    Secondly,
    /// Every minute.
    Minutely,
    /// Every hour.
    Hourly,
    /// Every day.
    Daily,
    /// Every week.
    Weekly,
    /// Every month.
    Monthly,
    /// Every year.
    Yearly,
}

/// A weekday, or the nth of them in the month or year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ByDay {
    /// Which one, from the end when negative; zero means each.
    pub nth: i16,
    /// The weekday.
    pub day: Weekday,
}

/// An instant as RFC 5545 texts write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// What clocks in the rule's zone show.
    Civil(DateTime),
    /// The same everywhere.
    Instant(Timestamp),
    /// A whole day in the rule's zone.
    Day(Date),
}

/// One `RRULE` or `EXRULE`. An empty list means that the part is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// `FREQ`.
    pub freq: Freq,
    /// `INTERVAL`, at least 1.
    pub interval: u32,
    /// `COUNT`, at least 1.
    pub count: Option<u32>,
    /// `UNTIL`; an occurrence then still counts.
    pub until: Option<Moment>,
    /// `WKST`: first day of the week.
    pub week_start: Weekday,
    /// `BYMONTH`, 1 to 12.
    pub by_month: Vec<i16>,
    /// `BYWEEKNO`, 1 to 53 or from the end.
    pub by_week: Vec<i16>,
    /// `BYYEARDAY`, 1 to 366 or from the end.
    pub by_year_day: Vec<i16>,
    /// `BYMONTHDAY`, 1 to 31 or from the end.
    pub by_month_day: Vec<i16>,
    /// `BYDAY`.
    pub by_day: Vec<ByDay>,
    /// `BYHOUR`, 0 to 23.
    pub by_hour: Vec<i16>,
    /// `BYMINUTE`, 0 to 59.
    pub by_minute: Vec<i16>,
    /// `BYSECOND`, 0 to 59: there are no leap seconds in civil time.
    pub by_second: Vec<i16>,
    /// `BYSETPOS`, 1 to 366 or from the end.
    pub by_position: Vec<i16>,
}

impl Rule {
    /// A rule with nothing but its period.
    #[must_use]
    pub const fn every(interval: u32, freq: Freq) -> Self {
        Self {
            freq,
            interval,
            count: None,
            until: None,
            week_start: Weekday::Monday,
            by_month: Vec::new(),
            by_week: Vec::new(),
            by_year_day: Vec::new(),
            by_month_day: Vec::new(),
            by_day: Vec::new(),
            by_hour: Vec::new(),
            by_minute: Vec::new(),
            by_second: Vec::new(),
            by_position: Vec::new(),
        }
    }
}

/// Where a set of rules has its zone from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuleZone {
    /// It names none: the caller's counts.
    Floating,
    /// It names one.
    Named(Zone),
}

/// `DTSTART` with all rules and dates that belong to it.
///
/// `DTSTART` is an occurrence of its own only when there is no `RRULE`; otherwise the rules say whether it is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleSet {
    /// `DTSTART`.
    pub start: DateTime,
    /// Whether `DTSTART` is a date without a time.
    pub whole_days: bool,
    /// The zone.
    pub zone: RuleZone,
    /// How long each occurrence lasts, when the set says so.
    pub lasts: Option<Lasts>,
    /// `RRULE` lines: an occurrence of any counts.
    pub rules: Vec<Rule>,
    /// `RDATE`: further occurrences.
    pub dates: Vec<Moment>,
    /// `EXRULE` lines: what they give does not count.
    pub except_rules: Vec<Rule>,
    /// `EXDATE`: does not count.
    pub except_dates: Vec<Moment>,
}

impl RuleSet {
    /// A set with `DTSTART` only, in the caller's zone.
    #[must_use]
    pub const fn starting(start: DateTime) -> Self {
        Self {
            start,
            whole_days: false,
            zone: RuleZone::Floating,
            lasts: None,
            rules: Vec::new(),
            dates: Vec::new(),
            except_rules: Vec::new(),
            except_dates: Vec::new(),
        }
    }
    /// The zone it names, else `otherwise`.
    #[must_use]
    pub fn zone_or(&self, otherwise: &Zone) -> Zone {
        match &self.zone {
            RuleZone::Named(zone) => zone.clone(),
            RuleZone::Floating => otherwise.clone(),
        }
    }
    /// The same occurrences as points.
    #[must_use]
    pub fn points(&self) -> Self {
        let lasts = None;
        Self {
            lasts,
            ..self.clone()
        }
    }
    /// Read the text of a set: lines `DTSTART`, `DTEND` or `DURATION`, `RRULE`, `RDATE`, `EXRULE`, `EXDATE`. Line ends may also be written as spaces or
    /// as `\n`, which is what command lines have.
    ///
    /// # Errors
    /// What is wrong, at which line and column, and the way out.
    pub fn read(text: &str) -> Result<Self, RuleError> {
        read::set(text)
    }
    /// Whether a text is meant to be one, and not a phrase.
    #[must_use]
    pub fn looks_like(text: &str) -> bool {
        let text = text.trim_start();
        let head = text.split([':', ';', '=']).next().unwrap_or_default();
        read::is_name(head) || head.eq_ignore_ascii_case("FREQ")
    }
}
