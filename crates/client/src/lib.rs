//! How programs talk to a Tidegate server: the HTTP client, the calls there are, and the types that travel.
//!
//! It decides nothing and keeps no state; the command line and the agent are both built on it.

pub mod calls;
pub mod events;
pub mod http;
pub mod lines;
pub mod problem;
pub mod wire;

pub use calls::{
    CalendarQuery, ChangeFilter, DeploymentFilter, EntryFilter, IssueFilter, KeptBodies,
    ListFilter, Notices, OverrideFilter, SlotQuery, Voted,
};
pub use events::{EventFilter, Events};
pub use http::{Client, Error, Proven, Prover};
pub use lines::Lines;
pub use problem::Problem;
