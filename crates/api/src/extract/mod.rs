//! What handlers take out of a request, with problems that name the place.

mod body;
mod key;
mod list;
mod matching;
mod query;

pub use body::Body;
pub(crate) use key::HEADER as KEY_HEADER;
pub use key::Key;
pub use list::{Limit, ListQuery};
pub use matching::Plans;
pub use query::{DepartureName, DryRun, DryRunQuery, Ref, Refs, Search};
