//! Confidence sequence for a difference of two rates: an interval that may be looked at at any time.
//!
//! Asymptotic normal-mixture boundary (Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas 2021, theorem 2.2):
//! `radius = σ · sqrt((1 + 1/(t ρ²)) · ln((t ρ² + 1)/α²))`, with `σ²` the variance of the estimated difference, `t` the
//! smaller sample and `ρ` tuned to be tightest at `best` samples. It is wider than a fixed-sample interval; that is its price.

/// Confidence level of intervals shown to people: 95 %.
const ALPHA: f64 = 0.05;

/// Difference new − old with its interval, as fractions.
pub(super) fn difference(new: (u64, u64), old: (u64, u64), best: u64) -> (f64, f64, f64) {
    let rate = |(n, k): (u64, u64)| k as f64 / (n.max(1)) as f64;
    // Variance from smoothed rates: a side without errors is not a side without doubt.
    let variance = |(n, k): (u64, u64)| {
        let n = n as f64;
        let p = (k as f64 + 1.0) / (n + 2.0);
        p * (1.0 - p) / n.max(1.0)
    };
    let diff = rate(new) - rate(old);
    let sigma = (variance(new) + variance(old)).sqrt();
    let t = new.0.min(old.0).max(1) as f64;
    let l = -2.0 * f64::ln(ALPHA);
    let rho2 = (l + l.ln() + 1.0) / best.max(1) as f64;
    let radius =
        sigma * ((1.0 + 1.0 / (t * rho2)) * ((t * rho2 + 1.0) / (ALPHA * ALPHA)).ln()).sqrt();
    (diff, (diff - radius).max(-1.0), (diff + radius).min(1.0))
}
