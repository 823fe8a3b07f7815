//! Confidence sequence for a difference of two rates: an interval that may be looked at at any time.
//!
//! Asymptotic normal-mixture boundary (Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas 2021, theorem 2.2):
//! `radius = σ · sqrt((1 + 1/(t ρ²)) · ln((t ρ² + 1)/α²))`, with `σ²` the variance of the estimated difference, `t` the
//! smaller sample and `ρ` tuned to be tightest at `best` samples. It is wider than a fixed-sample interval; that is its price.

use super::Counts;

/// Confidence level of intervals shown to people: 95 %.
const ALPHA: f64 = 0.05;

/// Difference new − old with its interval, as fractions.
pub(super) fn difference(new: &Counts, old: &Counts, best: u64) -> (f64, f64, f64) {
    let diff = rate(new) - rate(old);
    let sigma = (variance(new) + variance(old)).sqrt();
    let t = new.requests.min(old.requests).max(1) as f64;
    let l = -2.0 * f64::ln(ALPHA);
    let rho2 = (l + l.ln() + 1.0) / best.max(1) as f64;
    let radius =
        sigma * ((1.0 + 1.0 / (t * rho2)) * ((t * rho2 + 1.0) / (ALPHA * ALPHA)).ln()).sqrt();
    (diff, (diff - radius).max(-1.0), (diff + radius).min(1.0))
}

fn rate(side: &Counts) -> f64 {
    side.errors as f64 / side.requests.max(1) as f64
}

/// Variance of a side's rate, from a smoothed rate: a side without errors is not a side without doubt. It grows with the
/// design effect (Kish 1965), so that one bad second does not count as as many witnesses as it had requests.
fn variance(side: &Counts) -> f64 {
    let n = side.requests as f64;
    let p = (side.errors as f64 + 1.0) / (n + 2.0);
    design_effect(side) * p * (1.0 - p) / n.max(1.0)
}

/// Errors per block with errors, relative to what independent errors of the same rate would show; never below 1.
fn design_effect(side: &Counts) -> f64 {
    if side.errors == 0 || side.error_blocks == 0 || side.blocks == 0 {
        return 1.0;
    }
    let per_block = side.requests as f64 / side.blocks as f64;
    let p = rate(side).min(1.0);
    let with_errors = 1.0 - (1.0 - p).powf(per_block);
    let expected = (per_block * p / with_errors.max(1e-12)).max(1.0);
    (side.errors as f64 / side.error_blocks as f64 / expected).max(1.0)
}
