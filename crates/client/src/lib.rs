//! How programs talk to a Tidegate server: the HTTP client and, beside it, the types that travel.
//!
//! It decides nothing and keeps no state; the command line and the agent are both built on it.

pub mod http;
pub mod wire;

pub use http::{Client, Error, Lines, Problem};
