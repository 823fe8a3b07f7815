//! What a release leaves behind, as one file that anybody can check without a server.
//!
//! A bundle holds the ledger's entries of a release with the proof that each stands in the signed log, and documents for people
//! and programs that are worked out from nothing but those entries. Whoever checks a bundle works them out again and compares,
//! so that no document can say anything that the log does not. This crate reads a ledger and writes bytes; it decides nothing, reads
//! no clock, opens no file and no connection.

pub mod belongs;
pub mod bundle;
pub mod collect;
pub mod documents;
pub mod population;
pub mod verify;

mod facts;
mod page;
mod unpack;

pub use bundle::{Bundle, FORMAT, Manifest, Material, Proved};
pub use facts::words;
pub use verify::{Checked, Wrong, check};
