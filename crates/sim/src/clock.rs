//! The clock of the simulation: it stands still until it is moved.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tidegate_core::time::{Millis, Timestamp};
use tidegate_engine::Clock;

/// A clock that somebody moves. It may be moved back, as broken clocks are; the time that passed goes forward all the same.
#[derive(Debug)]
pub struct SimulatedClock(Mutex<Shown>);

#[derive(Debug)]
struct Shown {
    now: Timestamp,
    passed: Duration,
}

impl SimulatedClock {
    /// A clock that shows `now`.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        let passed = Duration::from_secs(24 * 60 * 60);
        Self(Mutex::new(Shown { now, passed }))
    }

    /// Show another instant. When it is later, so much time passed.
    pub fn set(&self, now: Timestamp) {
        let mut shown = self.shown();
        let forward = Millis::between(shown.now, now);
        shown.passed += Duration::from_millis(forward.0);
        shown.now = now;
    }

    /// Show another instant although no time passed: somebody sets the clock.
    pub fn wrong(&self, now: Timestamp) {
        self.shown().now = now;
    }

    fn shown(&self) -> MutexGuard<'_, Shown> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for SimulatedClock {
    fn now(&self) -> Timestamp {
        self.shown().now
    }

    fn monotonic(&self) -> Duration {
        self.shown().passed
    }
}
