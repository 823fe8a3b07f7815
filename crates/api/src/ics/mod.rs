//! The calendar as a feed that other programs subscribe to (iCalendar, RFC 5545).
//!
//! It shows what `tidegate_core::agenda` shows and adds what clients need: ids that stay, sequences that rise, and for some
//! time what was called off. It decides nothing. A feed is read with a secret in its address, because clients cannot sign in;
//! that secret opens nothing else.

pub mod effect;
mod event;
mod gather;
pub(crate) mod import;
mod render;
mod route;
mod rules;
mod shelf;
mod text;
mod vtimezone;

pub(crate) use event::kinds;
pub(crate) use route::routes;
pub(crate) use shelf::Shelf;
