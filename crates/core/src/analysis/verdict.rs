//! A verdict with its arithmetic, and the sentence people read.

use serde::{Deserialize, Serialize};

/// What the figures say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "judgement", rename_all = "kebab-case")]
pub enum Judgement {
    /// Enough data on both sides and no worse than tolerated.
    Healthy,
    /// Truly worse; whether beyond the limit is open.
    Degraded,
    /// Beyond the limit.
    Regressed,
    /// Could not be told.
    Inconclusive {
        /// Why.
        why: Unclear,
    },
}

/// Why something could not be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unclear {
    /// Nothing came.
    NoData,
    /// Fewer requests than asked for.
    TooFew,
    /// The newest figures are old.
    Stale,
}

/// A verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verdict {
    /// All critical metrics together.
    pub judgement: Judgement,
    /// By metric.
    pub metrics: Vec<MetricVerdict>,
}

/// Verdict on one metric. Rates and relative differences are in parts per million, latencies in microseconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MetricVerdict {
    /// Metric.
    pub metric: String,
    /// Does it decide?
    pub critical: bool,
    /// What its figures say.
    pub judgement: Judgement,
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
    /// New − old.
    pub difference: i64,
    /// Lower end of the interval.
    pub low: Option<i64>,
    /// Upper end of the interval.
    pub high: Option<i64>,
    /// Tolerated difference.
    pub limit: i64,
    /// More, for people; may be empty.
    pub because: String,
}

impl Judgement {
    /// One or two words for people.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Degraded => "degraded",
            Self::Regressed => "REGRESSED",
            Self::Inconclusive {
                why: Unclear::NoData,
            } => "no data",
            Self::Inconclusive {
                why: Unclear::TooFew,
            } => "too few",
            Self::Inconclusive {
                why: Unclear::Stale,
            } => "stale",
        }
    }
}

impl MetricVerdict {
    pub(super) fn missing(name: &str, critical: bool, because: &str) -> Self {
        Self {
            metric: name.to_owned(),
            critical,
            judgement: Judgement::Inconclusive {
                why: Unclear::NoData,
            },
            unit: "pp".to_owned(),
            new_requests: 0,
            old_requests: 0,
            new_value: 0,
            old_value: 0,
            difference: 0,
            low: None,
            high: None,
            limit: 0,
            because: because.to_owned(),
        }
    }

    /// One line: both values, difference, interval, limit, samples.
    #[must_use]
    pub fn line(&self) -> String {
        if matches!(
            self.judgement,
            Judgement::Inconclusive {
                why: Unclear::NoData
            }
        ) {
            let why = if self.because.is_empty() { "" } else { ": " };
            return format!("{} no data{why}{}", self.metric, self.because);
        }
        let value = |v: i64| {
            if self.unit == "pp" {
                format!("{:.2}%", v as f64 / 1e4)
            } else {
                format!("{:.1}ms", v as f64 / 1e3)
            }
        };
        let signed = |v: i64| format!("{:+.2}", v as f64 / 1e4);
        let interval = match (self.low, self.high) {
            (Some(low), Some(high)) => format!(" [{}..{}]", signed(low), signed(high)),
            _ => String::new(),
        };
        let more = if self.because.is_empty() {
            String::new()
        } else {
            format!(" ({})", self.because)
        };
        format!(
            "{} canary {} base {} diff {}{}{interval} limit {}{} n={}/{}{more}",
            self.metric,
            value(self.new_value),
            value(self.old_value),
            signed(self.difference),
            self.unit,
            signed(self.limit),
            self.unit,
            self.new_requests,
            self.old_requests,
        )
    }
}

impl Verdict {
    /// The verdict when nobody answered with figures.
    #[must_use]
    pub fn no_answer() -> Self {
        Self {
            judgement: Judgement::Inconclusive {
                why: Unclear::NoData,
            },
            metrics: Vec::new(),
        }
    }

    /// The verdict as one line: the metric that decided it, with its arithmetic.
    #[must_use]
    pub fn sentence(&self) -> String {
        let deciding = self
            .metrics
            .iter()
            .find(|m| m.critical && m.judgement == self.judgement)
            .or_else(|| self.metrics.iter().find(|m| m.judgement == self.judgement))
            .or_else(|| self.metrics.first());
        match deciding {
            None => format!("{}: no figures came", self.judgement.word()),
            Some(m) => format!("{} {}", self.judgement.word(), m.line()),
        }
    }
}
