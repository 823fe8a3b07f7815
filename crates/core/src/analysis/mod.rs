//! Judging the health of a new revision against the old one, during the same minutes.
//!
//! Evidence is anytime-valid: looking often raises no false alarms. Absence never passes: no data, too few and unclear are
//! verdicts of their own. Every verdict carries its arithmetic.

mod evidence;
mod interval;
mod judge;
mod verdict;

pub use judge::judge;
pub use verdict::{Judgement, MetricVerdict, Unclear, Verdict};

use serde::{Deserialize, Serialize};

/// What was seen of one metric on both sides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sample {
    /// Metric.
    pub metric: String,
    /// Figures.
    pub figures: Figures,
}

/// Sufficient statistics of a metric.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "figures", rename_all = "kebab-case")]
pub enum Figures {
    /// Requests and errors since the step began, and during the last second or so.
    Errors {
        /// New side.
        new: Counts,
        /// Old side.
        old: Counts,
        /// New side, newest moments only.
        recent_new: Counts,
        /// Old side, newest moments only.
        recent_old: Counts,
        /// How long the newest moments are, in milliseconds.
        recent_ms: u64,
    },
    /// A latency percentile, and how many requests lie beyond the accepted limit.
    Latency {
        /// Percentile in basis points.
        percentile: u32,
        /// New side.
        new: Tail,
        /// Old side.
        old: Tail,
        /// Old side's percentile plus tolerance, in microseconds.
        limit_us: u64,
    },
    /// The source did not answer or not with a number.
    Missing {
        /// Why.
        because: String,
    },
}

/// Requests and errors of one side.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// Finished requests.
    pub requests: u64,
    /// With an error.
    pub errors: u64,
    /// (instance, second) pairs with traffic.
    pub blocks: u64,
    /// (instance, second) pairs with an error: clusters of errors count once.
    pub error_blocks: u64,
}

/// Latency of one side.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tail {
    /// Finished requests.
    pub requests: u64,
    /// The percentile in microseconds.
    pub at_us: u64,
    /// Requests beyond the limit.
    pub over: u64,
}

#[cfg(test)]
mod tests;
