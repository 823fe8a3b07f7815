//! How the health of a new revision is judged.

use crate::time::Millis;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Metrics that are compared between the new and the old revision during the same minutes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Analysis {
    /// How often it is looked at for people; evidence itself is weighed as it arrives.
    pub every: Millis,
    /// Requests per side below which nothing counts as healthy.
    pub at_least: u64,
    /// What happens when a hold ends without enough data and the extension ran out.
    pub no_data: NoData,
    /// Metrics by name.
    pub metrics: BTreeMap<String, Metric>,
}

/// One metric.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metric {
    /// Direction.
    pub better: Better,
    /// How much worse than the old revision is still accepted.
    pub tolerate: Tolerance,
    /// A regression of a critical metric decides alone; others only show.
    pub critical: bool,
    /// Where it comes from.
    pub source: Source,
}

/// Which direction is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Better {
    /// Less is better.
    Lower,
    /// More is better.
    Higher,
}

/// An accepted difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tolerance {
    /// Absolute, in hundredths of a percentage point (`+0.5pp` is 50).
    Points(u32),
    /// Relative to the old revision, in basis points (`+20%` is 2 000).
    Relative(u32),
}

/// Where a metric comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// Share of requests with an error, counted by the router.
    RouterErrors,
    /// A latency percentile in basis points (9 500 is p95), counted by the router.
    RouterLatency(u32),
    /// A PromQL query.
    Prometheus(String),
}

/// What happens when there is not enough data.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoData {
    /// Stay and call a person.
    #[default]
    Pause,
    /// Undo.
    RollBack,
}
