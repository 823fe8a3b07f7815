//! Releases through a running engine, with an agent played by the test: what a person would see happen.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test ends at the first surprise"
)]

mod access;
mod durability;
mod rollouts;
mod world;
