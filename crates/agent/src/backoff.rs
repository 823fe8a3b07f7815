//! Pauses while a server is away: short, growing a little, never in step with other agents.
//!
//! They stay short because a restarted server waits for its agents before it can go on.

use std::{
    hash::{BuildHasher as _, RandomState},
    time::Duration,
};

const FIRST: Duration = Duration::from_millis(50);
const LONGEST: Duration = Duration::from_millis(500);

/// A row of pauses.
#[derive(Debug, Default)]
pub struct Backoff {
    failures: u32,
}

impl Backoff {
    /// Failures in a row.
    pub fn failures(&self) -> u32 {
        self.failures
    }

    /// Notes a success.
    pub fn reset(&mut self) {
        self.failures = 0;
    }

    /// The next pause: between half of it and all of it, by chance.
    pub fn next(&mut self) -> Duration {
        let full = (FIRST * 2_u32.pow(self.failures.min(8))).min(LONGEST);
        self.failures = self.failures.saturating_add(1);
        let chance = (RandomState::new().hash_one(self.failures) % 1000) as u32;
        full / 2 + full / 2 * chance / 1000
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_half_a_second_and_start_small_again() {
        let mut backoff = Backoff::default();
        assert!(backoff.next() <= FIRST);
        let later: Vec<_> = (0..40).map(|_| backoff.next()).collect();
        assert!(
            later
                .iter()
                .skip(8)
                .all(|pause| *pause >= LONGEST / 2 && *pause <= LONGEST),
            "{later:?}"
        );
        backoff.reset();
        assert!(backoff.next() <= FIRST);
    }
}
