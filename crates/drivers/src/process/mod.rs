//! Services as plain processes on one host, behind a router process.
//!
//! An agent owns a [`ProcessTarget`]. It fetches and unpacks releases, runs instances under supervisor processes, and tells
//! the router where traffic goes. Instances and router outlive the agent; a new agent finds them again. Nothing here judges
//! a release or decides about a rollout.

mod adopt;
mod clock;
mod command;
mod content;
mod digest;
mod effects;
mod error;
mod fetch;
mod files;
mod generations;
mod health;
mod instance;
mod jobs;
mod kind;
mod link;
mod logs;
mod looks;
mod observe;
mod options;
mod ports;
mod prepare;
mod proc;
mod records;
mod redact;
mod release;
mod retire;
mod scale;
mod secrets;
mod shift;
mod shim;
mod site;
mod start;
mod stop;
mod supervise;
mod sweep;
mod table;
mod target;
mod unpack;
mod world;

pub use digest::{Measured, digest_of};
pub use effects::{Cause, Effect};
pub use error::Error;
pub use kind::Kind;
pub use options::{CrashRule, Limits, Options};
pub use secrets::secret;
pub use shim::shim_main;
pub use sweep::end_all;
pub use target::ProcessTarget;
