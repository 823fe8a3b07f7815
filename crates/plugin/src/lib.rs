//! The contract between Tidegate and everything outside it.
//!
//! Everything outside is either *changed* ([`Actuator`]) or *looked at* ([`Sensor`]); each has one trait. This crate also
//! holds the types that travel between server, agent and router. It does no I/O and decides nothing.

pub mod action;
pub mod actuator;
mod of;
pub mod router;
pub mod wire;

pub use action::{Action, ActionKind, Outcome, Unit};
pub use actuator::{Actuator, Fault, Handle, Progress, Sensor};
