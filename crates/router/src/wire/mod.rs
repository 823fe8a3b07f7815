//! What may pass from a client to the HTTP engine.
//!
//! The engine is lenient where RFC 9112 lets it be (bare line feeds, both kinds of body length); two parsers that read a
//! request differently are how requests are smuggled. So a guard reads every byte first and lets only messages through
//! that have one reading.

mod chunk;
mod gather;
mod guard;
mod head;
mod shared;

pub use gather::Gather;
pub use guard::Guard;
use head::is_token;
pub use shared::Shared;
