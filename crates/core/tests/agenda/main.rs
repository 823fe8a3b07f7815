//! The calendar as people look at it.
#![expect(clippy::unwrap_used, reason = "a test ends at the first surprise")]

mod many;

use tidegate_core::time::Timestamp;

/// An instant.
fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}
