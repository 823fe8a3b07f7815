//! The statistics each metric of an analysis asks for, from counters.

use std::collections::BTreeMap;
use tidegate_core::analysis::{Base, Counts, Figures, Sample, Tail};
use tidegate_core::spec::{Analysis, Source, Tolerance};
use tidegate_plugin::router::bucket_end;

/// Requests and errors of both sides.
pub(super) struct Sums {
    pub(super) new: Counts,
    pub(super) old: Counts,
    /// Newest moments: new, old, milliseconds.
    pub(super) recent: (Counts, Counts, u64),
    pub(super) base: Base,
}

/// One sample for each metric. Latencies are counts by bucket.
pub(super) fn of(
    analysis: &Analysis,
    sums: &Sums,
    new: &BTreeMap<u16, u64>,
    old: &BTreeMap<u16, u64>,
) -> Vec<Sample> {
    let sample = |(name, metric): (&String, &tidegate_core::spec::Metric)| Sample {
        metric: name.clone(),
        figures: match &metric.source {
            Source::RouterErrors => Figures::Errors {
                new: sums.new,
                old: sums.old,
                recent_new: sums.recent.0,
                recent_old: sums.recent.1,
                recent_ms: sums.recent.2,
                base: sums.base,
            },
            Source::RouterLatency(percentile) => {
                latency(*percentile, metric.tolerate, new, old, sums.base)
            }
            Source::Prometheus(_) => Figures::Missing {
                because: "Prometheus queries are not answered by this version".to_owned(),
            },
        },
    };
    analysis.metrics.iter().map(sample).collect()
}

fn latency(
    percentile: u32,
    tolerate: Tolerance,
    new: &BTreeMap<u16, u64>,
    old: &BTreeMap<u16, u64>,
    base: Base,
) -> Figures {
    let at = |buckets: &BTreeMap<u16, u64>| -> u64 {
        let all: u64 = buckets.values().sum();
        let rank = (all * u64::from(percentile)).div_ceil(10_000).max(1);
        let mut sum = 0;
        for (bucket, n) in buckets {
            sum += n;
            if sum >= rank {
                return bucket_end(*bucket);
            }
        }
        0
    };
    let of_old = at(old);
    let limit_us = match tolerate {
        Tolerance::Relative(bp) => of_old + of_old * u64::from(bp) / 10_000,
        // Points make no sense for a latency; `validate` refuses them, so the old side's own value is the limit.
        Tolerance::Points(_) => of_old,
    };
    let tail = |buckets: &BTreeMap<u16, u64>| Tail {
        requests: buckets.values().sum(),
        at_us: at(buckets),
        over: buckets
            .iter()
            .filter(|(b, _)| bucket_end(**b) > limit_us)
            .map(|(_, n)| n)
            .sum(),
    };
    Figures::Latency {
        percentile,
        new: tail(new),
        old: tail(old),
        limit_us,
        base,
    }
}
