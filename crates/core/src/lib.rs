//! The business of Tidegate: what may happen, when, and what follows from it.
//!
//! Pure by law: no I/O, no clock, no randomness, no locks, never `async`. Every function here can be called a million
//! times in a simulation and gives the same answer for the same arguments.

pub mod digest;
pub mod id;
pub mod spec;
pub mod time;
