//! The traffic splitter of Tidegate: a process of its own, so that traffic flows on when server or agent die.
//!
//! It serves the [`Table`](tidegate_plugin::router::Table) an agent hands it, counts what happens, and answers for both on
//! a loopback admin address. It must not decide whether a release is healthy, must not change weights by itself, and must
//! not hide the failures of a group by sending its requests to another one.
//!
//! One thread per core owns its connections and its backend pool; threads share only atomics and the table in force.

mod admin;
mod counters;
mod error;
mod group;
mod limits;
mod proxy;
mod run;
mod split;
mod stick;
mod table;
mod wire;
mod worker;

pub use error::Error;
pub use limits::Limits;
pub use run::{Options, run, run_with};
