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
        /// When the old side was seen.
        #[serde(default, skip_serializing_if = "Base::is_concurrent")]
        base: Base,
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
        /// When the old side was seen.
        #[serde(default, skip_serializing_if = "Base::is_concurrent")]
        base: Base,
    },
    /// The source did not answer or not with a number.
    Missing {
        /// Why.
        because: String,
    },
}

/// When the old side was seen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Base {
    /// During the same moments as the new one.
    #[default]
    Concurrent,
    /// Before the new one took over all traffic. A failure that hits everybody alike cannot be told apart then.
    Earlier,
}

impl Base {
    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "serde passes a reference"
    )]
    fn is_concurrent(&self) -> bool {
        matches!(self, Self::Concurrent)
    }

    /// For people; empty in the usual case.
    fn words(self) -> &'static str {
        match self {
            Self::Concurrent => "",
            Self::Earlier => "base: before all traffic moved",
        }
    }
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
