//! How long each occurrence of a rule lasts: `DTEND` and `DURATION`.
//!
//! `DTEND` is civil: a window until 06:00 ends when clocks show 06:00, also in the night in which they change. RFC 5545 would
//! give every occurrence the length of the first. Hours of a `DURATION` are time that goes by; its days and weeks are civil.

use super::part::Trouble;
use crate::calendar::civil::Zone;
use crate::calendar::expand::Occurrence;
use crate::calendar::intervals::Span;
use crate::time::Millis;
use jiff::civil::DateTime;
use jiff::{SignedDuration, ToSpan as _};
use std::fmt;

/// Longest occurrence, in days: a longer one is no time that repeats.
pub const LONGEST: u32 = 400;
const DAY: i64 = 86_400;

/// How long an occurrence lasts. Never empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lasts {
    /// Until clocks show what lies this many seconds ahead on an even clock.
    Civil(i64),
    /// So many calendar days, and then time that goes by.
    Exact {
        /// Days.
        days: u32,
        /// Time after them, not zero.
        rest: Millis,
    },
}

impl Lasts {
    /// The span of an occurrence. None when clocks skip the whole of it, and at the end of time.
    #[must_use]
    pub fn from(self, occurrence: Occurrence, zone: &Zone) -> Option<Span> {
        let Occurrence {
            at: first,
            civil: start,
        } = occurrence;
        match self {
            Self::Civil(seconds) => {
                let end = start.checked_add(SignedDuration::from_secs(seconds)).ok()?;
                Span::new(first, zone.instant(end)?)
            }
            Self::Exact { days: 0, rest } => Span::lasting(first, rest),
            Self::Exact { days, rest } => {
                let last = start.checked_add(i64::from(days).days()).ok()?;
                Span::new(first, rest.after(zone.instant(last)?))
            }
        }
    }

    /// Hours within which an occurrence is surely over, whatever clocks do.
    pub(in crate::calendar) fn reach(self) -> i64 {
        let hours = match self {
            Self::Civil(seconds) => seconds / 3_600,
            Self::Exact { days, rest } => {
                i64::from(days) * 24 + i64::try_from(rest.0 / 3_600_000).unwrap_or(0)
            }
        };
        // Clocks jump by less than a day, and once by a whole one.
        hours + 26
    }

    /// Until what clocks show at `end`, from `start` on.
    pub(super) fn until(start: DateTime, end: DateTime) -> Result<Self, (String, String)> {
        let seconds = end.duration_since(start).as_secs();
        if seconds <= 0 {
            let what = format!("it ends at {end}, which is not after its start {start}");
            return Err((what, "exchange the two".to_owned()));
        }
        Self::Civil(seconds).bounded()
    }

    /// The value of a `DURATION`, such as `PT3H`, `P2D`, `P1DT12H` or `P1W`.
    pub(super) fn duration(text: &str) -> Result<Self, (String, String)> {
        let bad = |what: &str| {
            let what = format!("`{}` is no length: {what}", super::read::shown(text));
            (
                what,
                "write for example PT3H, PT90M, P2D or P1DT12H".to_owned(),
            )
        };
        let upper = text.to_ascii_uppercase();
        let rest = upper.strip_prefix('+').unwrap_or(&upper);
        let rest = rest
            .strip_prefix('P')
            .ok_or_else(|| bad("it begins with P"))?;
        let (dates, times) = match rest.split_once('T') {
            Some((_, "")) => return Err(bad("nothing follows the T")),
            Some((dates, times)) => (dates, times),
            None => (rest, ""),
        };
        let days =
            units(dates, &[('W', 7), ('D', 1)]).ok_or_else(|| bad("W and D stand before the T"))?;
        let seconds = units(times, &[('H', 3_600), ('M', 60), ('S', 1)])
            .ok_or_else(|| bad("H, M and S stand after the T, in this order"))?;
        match (u32::try_from(days), u64::try_from(seconds)) {
            (Ok(0), Ok(0)) => Err(bad("it is empty")),
            (Ok(_), Ok(0)) => Self::Civil(days * DAY).bounded(),
            (Ok(days), Ok(seconds)) => Self::Exact {
                days,
                rest: Millis::secs(seconds),
            }
            .bounded(),
            _ => Err(bad("it is too long")),
        }
    }

    fn bounded(self) -> Result<Self, (String, String)> {
        if self.reach() - 26 > i64::from(LONGEST) * 24 {
            let what = format!("an occurrence of more than {LONGEST} days");
            return Err((
                what,
                "write a shorter one; two dates say a single long time".to_owned(),
            ));
        }
        Ok(self)
    }

    /// As a line of a set; `date` writes a civil end as the set writes its start.
    pub(super) fn line(
        self,
        f: &mut fmt::Formatter<'_>,
        start: DateTime,
        date: impl Fn(&mut fmt::Formatter<'_>, DateTime) -> fmt::Result,
    ) -> fmt::Result {
        match self {
            Self::Civil(seconds) => {
                let end = start.saturating_add(SignedDuration::from_secs(seconds));
                date(f, end)
            }
            Self::Exact { days, rest } => {
                f.write_str("\nDURATION:P")?;
                if days > 0 {
                    write!(f, "{days}D")?;
                }
                f.write_str("T")?;
                let seconds = rest.0 / 1_000;
                let parts = [
                    ("H", seconds / 3_600),
                    ("M", seconds / 60 % 60),
                    ("S", seconds % 60),
                ];
                let mut shown = parts.iter().filter(|(_, count)| *count > 0);
                shown.try_for_each(|(unit, count)| write!(f, "{count}{unit}"))
            }
        }
    }
}

/// Counts with their units, in order, each at most once; their sum. None when something else stands there.
fn units(text: &str, units: &[(char, i64)]) -> Option<i64> {
    let (mut rest, mut total, mut next) = (text, 0i64, 0);
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let count: i64 = rest
            .get(..digits)?
            .parse()
            .ok()
            .filter(|n| *n <= 100_000_000)?;
        let letter = rest[digits..].chars().next()?;
        let place = units[next..].iter().position(|(unit, _)| *unit == letter)? + next;
        total = total.checked_add(count.checked_mul(units[place].1)?)?;
        next = place + 1;
        rest = &rest[digits + letter.len_utf8()..];
    }
    Some(total)
}

/// Trouble at a place of the text.
pub(super) fn at<T>(place: usize, result: Result<T, (String, String)>) -> Result<T, Trouble> {
    result.map_err(|(what, help)| Trouble {
        at: place,
        what,
        help,
    })
}
