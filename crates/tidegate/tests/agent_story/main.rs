//! The agent of the real binary, with server, router, supervisors and programs as processes: killed, misled and left alone.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test ends at the first surprise"
)]

mod proxy;
mod secrets;
mod story;
mod world;
