//! The one table of kinds and keys. The checker, the JSON Schema and the docs all read it, so they cannot drift apart.

mod archive;
mod board;
mod calendar;
mod identity;
mod kinds;
mod layers;
mod leaf;
mod policy;
mod quantity;
mod service;
mod shape;
mod strategy;
mod surroundings;
mod template;
mod train;

pub use kinds::{Body, KINDS, Kind, SINGLETONS, UNENFORCED, kind};
pub use leaf::{Accepts, Leaf};
pub use quantity::{band, command, health_path, metric, quota, requests, share, tolerance};
pub use shape::{KeyRule, Ref, Shape, Support, Table, Word};
