//! What the judge says about a new revision, with the arithmetic.

use serde::{Deserialize, Serialize};

/// A verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    /// All critical metrics together.
    pub judgement: Judgement,
    /// Why it could not be told, when it could not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<Unclear>,
    /// One line: the metric that decided, with its arithmetic.
    pub sentence: String,
    /// By metric.
    pub metrics: Vec<MetricVerdict>,
}

/// What figures say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Judgement {
    /// Enough data on both sides and no worse than tolerated.
    Healthy,
    /// Truly worse; whether beyond the limit is open.
    Degraded,
    /// Beyond the limit.
    Regressed,
    /// Could not be told.
    Inconclusive,
}

/// Why something could not be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Unclear {
    /// Nothing came.
    NoData,
    /// Fewer requests than asked for.
    TooFew,
    /// The newest figures are old.
    Stale,
}

/// Verdict on one metric. Rates and relative differences are in parts per million, latencies in microseconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct MetricVerdict {
    /// Metric.
    pub metric: String,
    /// Does it decide?
    pub critical: bool,
    /// What its figures say.
    pub judgement: Judgement,
    /// Why it could not be told, when it could not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<Unclear>,
    /// `pp` for rates, `%` for relative differences.
    pub unit: String,
    /// Requests of the new side.
    pub new_requests: u64,
    /// Requests of the old side.
    pub old_requests: u64,
    /// Value of the new side.
    pub new_value: i64,
    /// Value of the old side.
    pub old_value: i64,
    /// New minus old.
    pub difference: i64,
    /// Lower end of the interval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low: Option<i64>,
    /// Upper end of the interval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high: Option<i64>,
    /// Tolerated difference.
    pub limit: i64,
    /// One line with all of it.
    pub sentence: String,
}

/// What was seen of one metric on both sides so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Sample {
    /// Metric.
    pub metric: String,
    /// Figures.
    pub figures: Figures,
}

/// Figures of a metric.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(
    tag = "kind",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum Figures {
    /// Requests and errors since the step began, and of the newest moments.
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
        base: Base,
    },
    /// A latency percentile.
    Latency {
        /// Percentile in basis points: 9 500 is the 95th.
        percentile: u32,
        /// New side.
        new: Tail,
        /// Old side.
        old: Tail,
        /// Old side's percentile plus tolerance, in microseconds.
        limit_us: u64,
        /// When the old side was seen.
        base: Base,
    },
    /// The source did not answer or not with a number.
    Missing {
        /// Why.
        because: String,
    },
}

/// When the old side was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Base {
    /// During the same moments as the new one.
    Concurrent,
    /// Before the new one took over all traffic.
    Earlier,
}

/// Requests and errors of one side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Tail {
    /// Finished requests.
    pub requests: u64,
    /// The percentile in microseconds.
    pub at_us: u64,
    /// Requests beyond the limit.
    pub over: u64,
}
