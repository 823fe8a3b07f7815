//! Times, as people read them.

use std::time::Duration;

/// Times of one kind.
#[derive(Debug, Default, Clone)]
pub struct Spread(Vec<Duration>);

impl Spread {
    /// One more.
    pub fn add(&mut self, time: Duration) {
        self.0.push(time);
    }
}

impl std::fmt::Display for Spread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut times = self.0.clone();
        times.sort();
        let at = |share: usize| {
            let last = times.len().saturating_sub(1);
            let found = times.get((times.len() * share / 100).min(last));
            found.map_or(0.0, Duration::as_secs_f64)
        };
        write!(
            f,
            "{:.2} s (p50), {:.2} s (p99), {:.2} s (max) of {}",
            at(50),
            at(99),
            at(100),
            times.len()
        )
    }
}

/// By the rule of three: none in `trials` means less than this share, 95 times in 100.
pub fn bound(trials: u32, violations: usize) -> String {
    match (trials, violations) {
        (1.., 0) => format!("at most {:.2} % at 95 % (3/n)", 300.0 / f64::from(trials)),
        _ => "no bound".to_owned(),
    }
}
