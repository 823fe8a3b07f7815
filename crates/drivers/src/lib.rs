//! Built-in actuators and sensors, one folder each.
//!
//! A driver changes one kind of target and reports what it saw. It decides nothing about a rollout, and it is only ever
//! called by an agent.

pub mod process;

pub use process::{Options, ProcessTarget, digest_of, secret, shim_main};
