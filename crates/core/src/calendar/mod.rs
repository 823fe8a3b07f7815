//! Time that people agreed on: rules that repeat, phrases, windows, freezes, and when a whole operation fits.
//!
//! Pure: zones come from the bundled database, the present and the holidays are parameters, and every expansion has an end. What a
//! window or a freeze is for is not known here.
//!
//! From text to answer: [`written`] ([`phrase`] or [`rule`]) → [`schedule`] (with [`expand`], [`holiday`], [`country`]) → [`intervals`] → [`slot`].

pub mod changes;
pub mod civil;
pub mod country;
pub mod expand;
pub mod holiday;
pub mod intervals;
pub mod phrase;
pub mod rule;
pub mod schedule;
pub mod slot;
pub mod written;

pub use civil::{Zone, zone_data_version};
pub use expand::{Bounds, Ended, Occurrence};
pub use intervals::{Intervals, Span};
pub use schedule::{Schedule, Setting};
pub use written::{Unread, Written};
