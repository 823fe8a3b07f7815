//! Phrases as text: the one canonical way to write each.

use super::{Clock, Days, Minute, Offset, OffsetUnit, Pattern, Phrase, Side};
use jiff::civil::Weekday;
use std::fmt;

pub(super) const WEEKDAYS: [(&str, &str, Weekday); 7] = [
    ("Mon", "Monday", Weekday::Monday),
    ("Tue", "Tuesday", Weekday::Tuesday),
    ("Wed", "Wednesday", Weekday::Wednesday),
    ("Thu", "Thursday", Weekday::Thursday),
    ("Fri", "Friday", Weekday::Friday),
    ("Sat", "Saturday", Weekday::Saturday),
    ("Sun", "Sunday", Weekday::Sunday),
];

pub(super) const ORDINALS: [(&str, &str, i8); 6] = [
    ("first", "1st", 1),
    ("second", "2nd", 2),
    ("third", "3rd", 3),
    ("fourth", "4th", 4),
    ("fifth", "5th", 5),
    ("last", "last", -1),
];

pub(super) fn index(day: Weekday) -> usize {
    usize::from(day.to_monday_zero_offset().unsigned_abs())
}

fn short(day: Weekday) -> &'static str {
    WEEKDAYS[index(day)].0
}

fn ordinal(nth: i8) -> &'static str {
    let found = ORDINALS.iter().find(|(.., number)| *number == nth);
    found.map_or("last", |(word, ..)| word)
}

impl fmt::Display for Minute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.unit {
            OffsetUnit::Hours => "hour",
            OffsetUnit::Days => "day",
            OffsetUnit::WorkingDays => "working day",
        };
        let plural = if self.count == 1 { "" } else { "s" };
        let side = match self.side {
            Side::Before => "before",
            Side::After => "after",
        };
        write!(f, "{} {unit}{plural} {side}", self.count)
    }
}

impl fmt::Display for Phrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Instant(day, None) => write!(f, "{day}"),
            Self::Instant(day, Some(time)) => write!(f, "{day} {}", time.strftime("%H:%M")),
            Self::Pattern(pattern) => pattern.fmt(f),
            Self::QuarterEnd => f.write_str("fiscal-quarter-end"),
            Self::Offset(offset, None) => offset.fmt(f),
            Self::Offset(offset, Some(anchor)) => write!(f, "{offset} {anchor}"),
        }
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.days {
            Days::Each => "day",
            Days::OfWeek(_) => "week",
            Days::NthOfMonth(_) | Days::OfMonth(_) => "month",
        };
        let days = days(&self.days);
        match (&self.days, self.every, self.clock) {
            // A window of every week or month leads with its days, as people say it.
            (Days::OfWeek(_), 1, Clock::Range(..) | Clock::Across(..) | Clock::AllDay) => {
                f.write_str(&days)?
            }
            (
                Days::NthOfMonth(_) | Days::OfMonth(_),
                1,
                Clock::Range(..) | Clock::Across(..) | Clock::AllDay,
            ) => {
                write!(f, "{days} of month")?;
            }
            (Days::Each, 1, _) => f.write_str("every day")?,
            (Days::Each, n, _) => write!(f, "every {n} days")?,
            (_, 1, _) => write!(f, "every {unit} on {days}")?,
            (_, n, _) => write!(f, "every {n} {unit}s on {days}")?,
        }
        match self.clock {
            Clock::AllDay => {}
            Clock::At(time) => write!(f, " at {time}")?,
            Clock::Range(start, end) => write!(f, " {start}-{end}")?,
            Clock::Across(start, day, end) => write!(f, " {start} - {} {end}", short(day))?,
        }
        match self.from {
            Some(day) => write!(f, " from {day}"),
            None => Ok(()),
        }
    }
}

fn days(days: &Days) -> String {
    let list: Vec<String> = match days {
        Days::Each => Vec::new(),
        Days::OfWeek(list) => runs(list),
        Days::NthOfMonth(list) => {
            let one = |(nth, day): &(i8, Weekday)| format!("{} {}", ordinal(*nth), short(*day));
            list.iter().map(one).collect()
        }
        Days::OfMonth(list) => {
            let one = |day: &i8| match day {
                -1 => "last day".to_owned(),
                day => format!("day {day}"),
            };
            list.iter().map(one).collect()
        }
    };
    list.join(", ")
}

/// Three days in a row or more are written as a range.
fn runs(list: &[Weekday]) -> Vec<String> {
    let mut texts = Vec::new();
    let mut rest = list;
    while let Some(first) = rest.first() {
        let follows = |(n, day): &(usize, &Weekday)| index(**day) == index(*first) + n;
        let length = rest.iter().enumerate().take_while(follows).count();
        if length >= 3 {
            texts.push(format!("{}-{}", short(*first), short(rest[length - 1])));
        } else {
            texts.extend(rest[..length].iter().map(|day| short(*day).to_owned()));
        }
        rest = &rest[length..];
    }
    texts
}
