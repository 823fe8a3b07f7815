//! The business of Tidegate: what may happen, when, and what follows from it.
//!
//! Pure by law: no I/O, no clock, no randomness, no locks, never `async`. Every function here can be called a million
//! times in a simulation and gives the same answer for the same arguments.

pub mod actor;
pub mod agenda;
pub mod analysis;
pub mod archive;
pub mod authority;
pub mod batch;
pub mod calendar;
mod canonical;
pub mod change;
pub mod command;
pub mod decider;
pub mod digest;
pub mod freeze;
pub mod gate;
pub mod id;
pub mod limits;
pub mod mandate;
pub mod model;
pub mod people;
pub mod plan;
pub mod possession;
pub mod queue;
pub(crate) mod reach;
pub mod refusal;
pub mod replan;
pub mod risk;
pub mod scope;
pub mod spec;
pub mod step;
pub mod strategy;
pub mod stream;
pub mod time;
pub mod view;
pub mod visibility;
pub mod work;
