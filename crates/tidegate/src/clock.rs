//! The one place of the command line that reads the clock.

use tidegate_core::time::Timestamp;

/// This instant.
#[expect(
    clippy::disallowed_methods,
    reason = "the command line shows people how long something has taken"
)]
pub fn now() -> Timestamp {
    Timestamp::now()
}
