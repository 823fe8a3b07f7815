//! Percentiles and ratios.

use std::fmt;

/// Samples in microseconds with their percentiles.
#[derive(Default, Clone)]
pub struct Figures {
    samples: Vec<f64>,
    /// Median.
    pub p50: f64,
    /// 99th percentile.
    pub p99: f64,
}

impl Figures {
    /// So many samples of `work`, which is given its number.
    pub fn of(count: usize, mut work: impl FnMut(usize)) -> Self {
        let mut all = Self::default();
        let sample = |n| crate::timed(|| work(n));
        all.samples = (0..count).map(sample).collect();
        all.settle();
        all
    }

    pub fn extend(&mut self, other: Self) {
        self.samples.extend(other.samples);
        self.settle();
    }

    fn settle(&mut self) {
        self.samples.sort_by(f64::total_cmp);
        let at = |share: f64| {
            let last = self.samples.len().saturating_sub(1);
            self.samples[(share * last as f64).round() as usize]
        };
        (self.p50, self.p99) = (at(0.5), at(0.99));
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.samples.len();
        write!(
            f,
            "p50 {:.1} us, p99 {:.1} us ({count} samples)",
            self.p50, self.p99
        )
    }
}

/// One ratio for each round.
#[derive(Default)]
pub struct Ratio(Vec<f64>);

impl Ratio {
    pub fn add(&mut self, ratio: f64) {
        self.0.push(ratio);
        self.0.sort_by(f64::total_cmp);
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0.first(), self.0.get(self.0.len() / 2), self.0.last()) {
            (Some(least), Some(median), Some(most)) => {
                write!(f, "{median:.1} ({least:.1} to {most:.1})")
            }
            _ => f.write_str("not measured"),
        }
    }
}
