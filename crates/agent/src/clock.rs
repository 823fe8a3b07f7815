//! The only place of the agent that reads the clock of its host: votes end by it, whatever the server says.

use tidegate_core::time::Timestamp;

/// Now.
#[expect(clippy::disallowed_methods, reason = "the one clock of the agent")]
pub fn now() -> Timestamp {
    Timestamp::now()
}
