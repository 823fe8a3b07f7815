//! From figures to a verdict.

use super::{
    Base, Counts, Figures, Judgement, MetricVerdict, Sample, Tail, Unclear, Verdict, evidence,
    interval,
};
use crate::spec::{Analysis, Metric, Tolerance};

/// Gross failure: at least this many requests of the newest moments, …
const GROSS_REQUESTS: u64 = 30;
/// … which last at least so many milliseconds, nine of ten failed, and no such thing on the old side. Where traffic is
/// thinner than that, the evidence over all requests decides alone.
const GROSS_MS: u64 = 500;

/// The verdict on all metrics of an analysis.
#[must_use]
pub fn judge(analysis: &Analysis, samples: &[Sample]) -> Verdict {
    let metrics: Vec<MetricVerdict> = analysis
        .metrics
        .iter()
        .map(|(name, metric)| {
            let sample = samples.iter().find(|s| &s.metric == name);
            match sample.map(|s| &s.figures) {
                Some(Figures::Errors {
                    new,
                    old,
                    recent_new,
                    recent_old,
                    recent_ms,
                    base,
                }) => errors(
                    name,
                    metric,
                    analysis.at_least,
                    (new, old),
                    (recent_new, recent_old, *recent_ms),
                    *base,
                ),
                Some(Figures::Latency {
                    percentile,
                    new,
                    old,
                    limit_us,
                    base,
                }) => latency(
                    name,
                    metric,
                    analysis.at_least,
                    *percentile,
                    (new, old),
                    *limit_us,
                    *base,
                ),
                Some(Figures::Missing { because }) => {
                    MetricVerdict::missing(name, metric.critical, because)
                }
                None => MetricVerdict::missing(name, metric.critical, "no figures came"),
            }
        })
        .collect();
    let any_critical = metrics.iter().any(|m| m.critical);
    let deciding: Vec<&MetricVerdict> = metrics
        .iter()
        .filter(|m| m.critical || !any_critical)
        .collect();
    let judgement = if deciding.iter().any(|m| m.judgement == Judgement::Regressed) {
        Judgement::Regressed
    } else if let Some(unclear) = deciding
        .iter()
        .find(|m| matches!(m.judgement, Judgement::Inconclusive { .. }))
    {
        unclear.judgement.clone()
    } else if deciding.iter().any(|m| m.judgement == Judgement::Degraded) {
        Judgement::Degraded
    } else if deciding.is_empty() {
        Judgement::Inconclusive {
            why: Unclear::NoData,
        }
    } else {
        Judgement::Healthy
    };
    Verdict { judgement, metrics }
}

fn ppm(rate: f64) -> i64 {
    (rate * 1e6).round() as i64
}

fn errors(
    name: &str,
    metric: &Metric,
    at_least: u64,
    (new, old): (&Counts, &Counts),
    (recent_new, recent_old, recent_ms): (&Counts, &Counts, u64),
    base_from: Base,
) -> MetricVerdict {
    // The old side's rate, never better than its sample allows to say, plus the tolerance.
    let base = (old.errors as f64 + 1.0) / (old.requests as f64 + 1.0);
    let tolerate = match metric.tolerate {
        Tolerance::Points(points) => f64::from(points) / 10_000.0,
        Tolerance::Relative(bp) => base * f64::from(bp) / 10_000.0,
    };
    let limit = (base + tolerate).min(1.0);
    let per_block = new.requests as f64 / new.blocks.max(1) as f64;
    let block_limit = 1.0 - (1.0 - limit.min(0.999)).powf(per_block.max(1.0));
    let decisive = evidence::decisive(evidence::log_evidence(
        new.blocks,
        new.error_blocks,
        block_limit,
    ));
    let suspicious = evidence::suspicious(evidence::log_evidence(new.requests, new.errors, limit));
    let gross = recent_new.requests >= GROSS_REQUESTS
        && recent_ms >= GROSS_MS
        && recent_new.errors * 10 >= recent_new.requests * 9
        && recent_old.errors * 2 <= recent_old.requests;
    let (diff, low, high) = interval::difference(new, old, at_least);
    let judgement = if new.requests == 0 && old.requests == 0 {
        Judgement::Inconclusive {
            why: Unclear::NoData,
        }
    } else if gross || decisive || (low > tolerate && new.requests >= at_least) {
        Judgement::Regressed
    } else if new.requests < at_least || old.requests < at_least {
        Judgement::Inconclusive {
            why: Unclear::TooFew,
        }
    } else if (low > 0.0 && high > tolerate) || suspicious {
        Judgement::Degraded
    } else {
        Judgement::Healthy
    };
    MetricVerdict {
        metric: name.to_owned(),
        critical: metric.critical,
        judgement,
        unit: "pp".to_owned(),
        new_requests: new.requests,
        old_requests: old.requests,
        new_value: ppm(new.errors as f64 / new.requests.max(1) as f64),
        old_value: ppm(old.errors as f64 / old.requests.max(1) as f64),
        difference: ppm(diff),
        low: Some(ppm(low)),
        high: Some(ppm(high)),
        limit: ppm(tolerate),
        because: if gross {
            "nearly every request of the last moments failed".to_owned()
        } else {
            // Whoever reads REGRESSED beside an interval that reaches below the limit learns what decided instead.
            let by_blocks = decisive && low <= tolerate;
            let blocks = by_blocks.then(|| blocks(new, block_limit));
            let words = Some(base_from.words().to_owned()).filter(|w| !w.is_empty());
            let parts: Vec<String> = blocks.into_iter().chain(words).collect();
            parts.join("; ")
        },
    }
}

/// `decided by blocks: in 9 of 40 an instance had an error within a second, the limit explains 2.1%; …`.
fn blocks(new: &Counts, limit: f64) -> String {
    format!(
        "decided by blocks: in {} of {} an instance had an error within a second, the limit explains {:.1}%; the interval still reaches below it",
        new.error_blocks,
        new.blocks,
        limit * 100.0
    )
}

fn latency(
    name: &str,
    metric: &Metric,
    at_least: u64,
    percentile: u32,
    (new, old): (&Tail, &Tail),
    limit_us: u64,
    base: Base,
) -> MetricVerdict {
    // Of a side that keeps within the limit, at most this share lies beyond it; the old side's percentile is an estimate,
    // so twice its standard error is allowed for.
    let tail = 1.0 - f64::from(percentile.min(9_999)) / 10_000.0;
    let doubt = 2.0 * (tail * (1.0 - tail) / old.requests.max(1) as f64).sqrt();
    let evidence = evidence::log_evidence(new.requests, new.over, tail + doubt);
    let relative = new.at_us as f64 / old.at_us.max(1) as f64 - 1.0;
    let judgement = if new.requests == 0 && old.requests == 0 {
        Judgement::Inconclusive {
            why: Unclear::NoData,
        }
    } else if old.requests >= at_least && evidence::decisive(evidence) {
        Judgement::Regressed
    } else if new.requests < at_least || old.requests < at_least {
        Judgement::Inconclusive {
            why: Unclear::TooFew,
        }
    } else if new.at_us > limit_us {
        Judgement::Degraded
    } else {
        Judgement::Healthy
    };
    let limit = limit_us as f64 / old.at_us.max(1) as f64 - 1.0;
    MetricVerdict {
        metric: name.to_owned(),
        critical: metric.critical,
        judgement,
        unit: "%".to_owned(),
        new_requests: new.requests,
        old_requests: old.requests,
        new_value: i64::try_from(new.at_us).unwrap_or(i64::MAX),
        old_value: i64::try_from(old.at_us).unwrap_or(i64::MAX),
        difference: ppm(relative),
        low: None,
        high: None,
        limit: ppm(limit),
        because: format!(
            "{} of {} requests beyond {:.1} ms{}{}",
            new.over,
            new.requests,
            limit_us as f64 / 1_000.0,
            if base == Base::Earlier { "; " } else { "" },
            base.words(),
        ),
    }
}
