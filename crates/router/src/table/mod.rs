//! The table in force: checked, kept on disk, and turned into what the workers read.

mod build;
mod check;
mod listen;
mod registry;
mod store;

pub use listen::Listener;
pub use registry::{Refused, Registry};
pub use store::{Store, write_whole};
