//! The admin address: health for everybody on this machine, table and counters for whoever holds the token.

mod auth;
mod probe;
mod serve;

pub use auth::Token;
pub use probe::probe;
pub use serve::serve;

use crate::table::{Registry, Store};
use std::cell::RefCell;
use tokio::sync::Mutex;

/// What the admin thread owns.
pub struct Admin {
    pub token: Token,
    pub store: Store,
    /// Borrowed only between two waits.
    pub registry: RefCell<Registry>,
    /// Held while a table is checked, kept and put in force: a slow disk must not hold up the readers of counters.
    pub changing: Mutex<()>,
}
