//! The agent: asks a server for work, has a driver do it, and reports.
//!
//! It pulls; the server never dials it. It keeps serving and supervising while the server is away, and leaves everything
//! running when it stops. It decides nothing about a rollout.

mod backoff;
mod clock;
mod credential;
mod error;
mod lease;
mod observe;
mod options;
mod report;
mod run;
mod trust;
mod work;

pub use error::Error;
pub use options::{Access, AgentOptions};
pub use run::run;
