//! Checked trees to the types of `tidegate_core::spec`.
//!
//! Problems are told by the walk over the same tree; here an unreadable value only becomes its default, and a spec made
//! with any error on record is thrown away by the caller.

mod archive;
mod board;
mod calendar;
mod holidays;
mod identity;
mod layers;
mod policy;
mod read;
mod service;
mod strategy;
mod surroundings;
mod template;
mod traffic;
mod train;

pub use archive::retention;
pub use board::board;
pub use calendar::{MONTHS, freeze, holidays, window};
pub use holidays::{FILES as IMPORTS, Unimported, imported, lists};
pub use layers::{booking, legacy, vendor};
pub use policy::{guardrail, policy, policy_text, risk, risk_question};
pub use read::{texts, valid};
pub use service::service;
pub use strategy::{analysis, strategy};
pub use surroundings::{company, environments, pipeline, teams, units};
pub use template::template;
pub use traffic::{HOURS, Traffic};
pub use train::train;
