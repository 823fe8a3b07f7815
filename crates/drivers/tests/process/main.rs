//! The process target with real processes, a real router and real artifacts.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test ends at the first surprise"
)]

mod archives;
mod artifacts;
mod by_hand;
mod fence;
mod running;
mod secrets;
mod support;
mod survival;
mod traffic;
