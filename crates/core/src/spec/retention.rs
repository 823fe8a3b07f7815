//! How long bodies are kept that lie beside the log: output of programs, figures behind verdicts.
//!
//! The log itself, its proofs, plans and configurations are kept for good; no rule here reaches them.

use crate::id::{EnvId, Name, ServiceId};
use crate::time::{Timestamp, zone};
use jiff::Span;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

/// What a rule may speak of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// What programs and preparing commands wrote, as far as it left the agent.
    Output,
    /// The figures that a verdict was made of, moment by moment.
    VerdictEvidence,
}

impl Class {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Output, Self::VerdictEvidence];

    /// As written in the configuration.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Output => "output",
            Self::VerdictEvidence => "verdict-evidence",
        }
    }
}

/// A length of time as people say it: `400 days`, `18 months`, `7 years`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Keep {
    /// Days of 24 hours.
    Days(u16),
    /// Months of the calendar.
    Months(u16),
    /// Years of the calendar.
    Years(u16),
}

/// Longest that may be written, in years.
const LONGEST: u16 = 100;

impl Keep {
    /// From its text.
    ///
    /// # Errors
    /// It is not a number and a unit, nothing, or beyond 100 years.
    pub fn parse(text: &str) -> Result<Self, String> {
        let form = || "write a number and `days`, `months` or `years`".to_owned();
        let (number, unit) = text.trim().split_once(' ').ok_or_else(form)?;
        let number: u16 = number.parse().map_err(|_| form())?;
        let (keep, most) = match unit.trim() {
            "day" | "days" => (Self::Days(number), 36_500),
            "month" | "months" => (Self::Months(number), 12 * LONGEST),
            "year" | "years" => (Self::Years(number), LONGEST),
            _ => return Err(form()),
        };
        match number {
            0 => Err("no time at all".to_owned()),
            n if n > most => Err(format!("more than {LONGEST} years")),
            _ => Ok(keep),
        }
    }

    /// The end of it, for something from `at`. Months and years are counted in UTC.
    #[must_use]
    pub fn until(self, at: Timestamp) -> Timestamp {
        let span = match self {
            Self::Days(n) => Span::new().days(i64::from(n)),
            Self::Months(n) => Span::new().months(i64::from(n)),
            Self::Years(n) => Span::new().years(i64::from(n)),
        };
        let utc = zone("UTC").map(|utc| at.to_zoned(utc));
        let end = utc.ok().and_then(|at| at.checked_add(span).ok());
        // What lies beyond the calendar never ends.
        end.map_or(Timestamp::MAX, |end| end.timestamp())
    }

    /// Fewest days that it can come to.
    #[must_use]
    pub fn least_days(self) -> u64 {
        match self {
            Self::Days(n) => u64::from(n),
            Self::Months(n) => u64::from(n) * 28,
            Self::Years(n) => u64::from(n) * 365,
        }
    }
}

impl fmt::Display for Keep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (n, unit) = match self {
            Self::Days(n) => (n, "day"),
            Self::Months(n) => (n, "month"),
            Self::Years(n) => (n, "year"),
        };
        let many = if *n == 1 { "" } else { "s" };
        write!(f, "{n} {unit}{many}")
    }
}

/// How long some bodies are kept. Of several rules that speak of one, the longest counts; without one it is kept for good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// How long.
    pub keep: Keep,
    /// Which classes; all of them when empty.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub of: BTreeSet<Class>,
    /// Of these services; of all when empty.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub services: BTreeSet<ServiceId>,
    /// In these environments; in all when empty.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub environments: BTreeSet<EnvId>,
    /// Of releases with one of these tags; of all when empty.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub tags: BTreeSet<Name>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_is_a_number_and_a_unit_and_a_year_is_one_of_the_calendar() {
        let at: Timestamp = "2024-02-29T12:00:00Z".parse().unwrap();
        let end = |text: &str| Keep::parse(text).unwrap().until(at).to_string();
        assert_eq!(end("1 year"), "2025-02-28T12:00:00Z");
        assert_eq!(end("7 years"), "2031-02-28T12:00:00Z");
        assert_eq!(end("18 months"), "2025-08-29T12:00:00Z");
        assert_eq!(end("400 days"), "2025-04-04T12:00:00Z");
        for bad in [
            "7",
            "7years",
            "0 days",
            "-1 days",
            "101 years",
            "7 weeks",
            "",
        ] {
            assert!(Keep::parse(bad).is_err(), "{bad}");
        }
    }
}
