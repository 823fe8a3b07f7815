//! The agent as a process, against a server on loopback that speaks the lease API.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test ends at the first surprise"
)]

mod server;
mod story;
mod support;
mod trust;
