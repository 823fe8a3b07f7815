//! How long the steps of a plan are expected to take, and how that is known. It has no effect on what is done, so it is no part of the
//! plan's digest; it decides only how much time must be free.

use crate::time::Millis;
use serde::{Deserialize, Serialize};

/// Learned durations: at least so many must be known.
pub const AT_LEAST: usize = 3;
/// The newest so many count.
pub const NEWEST: usize = 20;

/// How long the steps are expected to take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// From the start to the end of the last step.
    pub lasting: Millis,
    /// How it is known.
    pub known: Known,
}

/// How an expectation is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "kebab-case")]
pub enum Known {
    /// Nine of ten earlier ones took no longer.
    Learned {
        /// How many were looked at.
        of: usize,
    },
    /// The service says so (`expected`).
    Declared,
}

/// How long the newest successful deployments of one service with one kind of strategy to one environment took.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lasted {
    /// From start to last step, the oldest first.
    pub lasted: Vec<Millis>,
}

impl Lasted {
    /// One more.
    pub fn add(&mut self, one: Millis) {
        self.lasted.push(one);
        let over = self.lasted.len().saturating_sub(NEWEST);
        self.lasted.drain(..over);
    }

    /// The smallest of them that at least nine of ten do not exceed; none when there are too few.
    #[must_use]
    pub fn expected(&self) -> Option<Expected> {
        let mut sorted = self.lasted.clone();
        sorted.sort_unstable();
        let of = sorted.len();
        let nth = (of * 9).div_ceil(10).checked_sub(1)?;
        let lasting = *sorted.get(nth).filter(|_| of >= AT_LEAST)?;
        Some(Expected {
            lasting,
            known: Known::Learned { of },
        })
    }
}

impl std::fmt::Display for Expected {
    /// `35m expected (p90 of 12)`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.known {
            Known::Learned { of } => write!(f, "{} expected (p90 of {of})", self.lasting),
            Known::Declared => write!(f, "{} expected (declared)", self.lasting),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_are_too_few_and_the_slowest_of_twenty_does_not_count() {
        let mut lasted = Lasted::default();
        lasted.add(Millis::minutes(90));
        lasted.add(Millis::minutes(5));
        assert_eq!(lasted.expected(), None);
        lasted.add(Millis::minutes(6));
        let three = lasted.expected().unwrap();
        assert_eq!(three.to_string(), "1h30m expected (p90 of 3)");
        for minutes in 1..=19 {
            lasted.add(Millis::minutes(minutes));
        }
        // The first two fell out; 6 and 1 to 19 are left.
        let twenty = lasted.expected().unwrap();
        assert_eq!(twenty.lasting, Millis::minutes(17));
        assert_eq!(twenty.known, Known::Learned { of: 20 });
    }
}
