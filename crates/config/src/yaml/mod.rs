//! YAML text to a tree that remembers the source text and the place of every node.
//!
//! Built on parser events, not on resolved values: `010` and `yes` must still be seen as they were written, a duplicate
//! key or an anchor must be told with both places, and one broken document must not hide the others of its file.

mod node;
mod position;
mod read;
pub mod scalar;

pub use node::{Entry, Node, Spot, Tree};
pub use read::{Document, read};
