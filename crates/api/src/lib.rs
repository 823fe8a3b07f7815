//! The HTTP API: extract, authenticate, turn into a command or query, submit, render.
//!
//! Nothing is decided here. Every change is a command that core authorises and decides; every answer is a mapping of what
//! the ledger and the engine say. Everything that goes wrong is a problem document with a code and a way out.

mod agent;
mod app;
mod auth;
mod command;
mod error;
mod extract;
mod feed;
mod hidden;
mod ics;
mod layer;
mod lease;
mod look;
mod map;
mod openapi;
mod pages;
mod query;
mod random;
mod render;
mod router;
mod serve;
mod space;
mod sse;

pub use app::{App, Options};
pub use auth::{AccessToken, EnsureError, ensure_admin_token, ensure_agent_token};
pub use error::kind;
pub use layer::host::Hosts;
pub use openapi::document;
pub use router::router;
pub use serve::serve;
pub use space::{Space, sample_space};
