//! Evidence that a rate is beyond its limit, valid at every look.
//!
//! A mixture of likelihood ratios of a Bernoulli stream: the average over alternatives `p = m × limit` of
//! `Π (p/limit)^errors · ((1-p)/(1-limit))^(n-errors)`. Under the limit its expectation never exceeds 1, so by Ville's
//! inequality it passes `1/α` with probability at most `α`, however often one looks (Wald 1945; Howard et al. 2021).

/// Alternatives, as multiples of the limit.
const MULTIPLES: [f64; 7] = [1.5, 2.0, 3.0, 5.0, 10.0, 30.0, 100.0];

/// Error probability of a false alarm per stream of looks.
pub(super) const ALPHA: f64 = 1e-3;

/// Natural logarithm of the evidence that `errors` of `n` come from a rate above `limit`.
pub(super) fn log_evidence(n: u64, errors: u64, limit: f64) -> f64 {
    let limit = limit.clamp(1e-9, 0.98);
    let (k, rest) = (errors.min(n) as f64, n.saturating_sub(errors) as f64);
    let mut logs = Vec::with_capacity(MULTIPLES.len());
    for multiple in MULTIPLES {
        // Alternatives beyond certainty move halfway to it, so that high limits keep alternatives at all.
        let p = if limit * multiple < 0.99 {
            limit * multiple
        } else {
            (1.0 + limit) / 2.0
        };
        logs.push(k * (p / limit).ln() + rest * ((1.0 - p) / (1.0 - limit)).ln());
    }
    let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    top + (logs.iter().map(|l| (l - top).exp()).sum::<f64>() / MULTIPLES.len() as f64).ln()
}

/// Is the evidence decisive?
pub(super) fn decisive(log_evidence: f64) -> bool {
    log_evidence >= (1.0 / ALPHA).ln()
}

/// Is there evidence enough not to call a side healthy? By the same inequality, at most 1 healthy side in 20 is ever
/// suspected while its rate lies at the limit; far fewer below it.
pub(super) fn suspicious(log_evidence: f64) -> bool {
    log_evidence >= f64::ln(20.0)
}
