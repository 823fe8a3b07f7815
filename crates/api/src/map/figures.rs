//! Verdicts and the figures behind them.

use tidegate_client::wire;
use tidegate_core::analysis::{
    Base, Counts, Figures, Judgement, MetricVerdict, Sample, Tail, Unclear, Verdict,
};

fn judgement(judgement: &Judgement) -> (wire::Judgement, Option<wire::Unclear>) {
    match judgement {
        Judgement::Healthy => (wire::Judgement::Healthy, None),
        Judgement::Degraded => (wire::Judgement::Degraded, None),
        Judgement::Regressed => (wire::Judgement::Regressed, None),
        Judgement::Inconclusive { why } => {
            let why = match why {
                Unclear::NoData => wire::Unclear::NoData,
                Unclear::TooFew => wire::Unclear::TooFew,
                Unclear::Stale => wire::Unclear::Stale,
            };
            (wire::Judgement::Inconclusive, Some(why))
        }
    }
}

/// A verdict.
pub(crate) fn verdict(verdict: &Verdict) -> wire::Verdict {
    let (all, why) = judgement(&verdict.judgement);
    wire::Verdict {
        judgement: all,
        why,
        sentence: verdict.sentence(),
        metrics: verdict.metrics.iter().map(metric).collect(),
    }
}

fn metric(m: &MetricVerdict) -> wire::MetricVerdict {
    let (says, why) = judgement(&m.judgement);
    wire::MetricVerdict {
        metric: m.metric.clone(),
        critical: m.critical,
        judgement: says,
        why,
        unit: m.unit.clone(),
        new_requests: m.new_requests,
        old_requests: m.old_requests,
        new_value: m.new_value,
        old_value: m.old_value,
        difference: m.difference,
        low: m.low,
        high: m.high,
        limit: m.limit,
        sentence: m.line(),
    }
}

/// Figures of one metric.
pub(crate) fn sample(sample: &Sample) -> wire::Sample {
    let figures = match &sample.figures {
        Figures::Errors {
            new,
            old,
            recent_new,
            recent_old,
            recent_ms,
            base: when,
        } => wire::Figures::Errors {
            new: counts(new),
            old: counts(old),
            recent_new: counts(recent_new),
            recent_old: counts(recent_old),
            recent_ms: *recent_ms,
            base: base(*when),
        },
        Figures::Latency {
            percentile,
            new,
            old,
            limit_us,
            base: when,
        } => wire::Figures::Latency {
            percentile: *percentile,
            new: tail(new),
            old: tail(old),
            limit_us: *limit_us,
            base: base(*when),
        },
        Figures::Missing { because } => wire::Figures::Missing {
            because: because.clone(),
        },
    };
    wire::Sample {
        metric: sample.metric.clone(),
        figures,
    }
}

fn base(base: Base) -> wire::Base {
    match base {
        Base::Concurrent => wire::Base::Concurrent,
        Base::Earlier => wire::Base::Earlier,
    }
}

fn counts(c: &Counts) -> wire::Counts {
    wire::Counts {
        requests: c.requests,
        errors: c.errors,
        blocks: c.blocks,
        error_blocks: c.error_blocks,
    }
}

fn tail(t: &Tail) -> wire::Tail {
    wire::Tail {
        requests: t.requests,
        at_us: t.at_us,
        over: t.over,
    }
}
