//! A simulated world around the real server: its writer, deciders, planner, gates and store run as they are; only the clock,
//! the agents, the programs they run and the people are played. A year passes in seconds, and the same seed gives the same
//! ledger.
//!
//! Nothing here decides anything that the product decides, and nothing here is used to decide in production. What users ask it is
//! [`forecast`]; the rest is for tests.

mod agent;
mod chance;
mod clock;
pub mod forecast;
mod traffic;
pub mod trial;
mod world;

pub use agent::Target;
pub use chance::Chance;
pub use clock::SimulatedClock;
pub use traffic::Behaviour;
pub use world::{Trouble, World, person};
