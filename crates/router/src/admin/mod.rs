//! The admin address: health for everybody on this machine, table and counters for whoever holds the token.

mod auth;
mod probe;
mod serve;

pub use auth::Token;
pub use probe::probe;
pub use serve::serve;
