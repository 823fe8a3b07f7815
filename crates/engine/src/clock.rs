//! The only place of the server that reads the clock.

use std::sync::LazyLock;
use std::time::{Duration, Instant};
use tidegate_core::time::Timestamp;

/// The beginning of [`Clock::monotonic`] lies this long before the first look at it, so that a silence that began before the
/// process did can be told.
const BEFORE: Duration = Duration::from_secs(24 * 60 * 60);

/// Source of time.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;

    /// Time that only goes forward, whatever is done to the clock: for silences and newest moments, never for a decision.
    fn monotonic(&self) -> Duration {
        static FIRST: LazyLock<Instant> = LazyLock::new(Instant::now);
        BEFORE + FIRST.elapsed()
    }
}

/// The system's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one clock of the server")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}
