//! One method for each operation of the API, by noun.
//!
//! A `key` is the idempotency key of a command: the same key with the same body is the same command, however often it is
//! sent, so a caller that got no answer may send it again.

mod agent;
mod archive;
mod artifact;
mod audit;
mod board;
mod calendar;
mod calendar_feed;
mod calendar_import;
mod change;
mod config;
mod delegation;
mod deployment;
mod entry;
mod environment;
mod erasure;
mod freeze;
mod notice;
mod path;
mod release;
mod rollback_decision;
mod server;
mod service;
mod token;
mod train;
mod user;

pub use archive::KeptBodies;
pub use audit::{EntryFilter, OverrideFilter};
pub use calendar::{CalendarQuery, SlotQuery};
pub use change::{ChangeFilter, Voted};
pub use deployment::DeploymentFilter;
pub use notice::Notices;
pub(crate) use path::Path;
pub use service::IssueFilter;

/// Which part of a list is wanted.
#[derive(Debug, Clone, Default)]
pub struct ListFilter {
    /// Only this service.
    pub service: Option<String>,
    /// Only with this regulatory tag (releases).
    pub tag: Option<String>,
    /// At most this many; the server gives at most 200.
    pub limit: Option<u32>,
    /// `next` of the page before.
    pub after: Option<String>,
}

impl ListFilter {
    fn path(&self, noun: &str) -> String {
        Path::new(noun)
            .query("service", self.service.as_deref())
            .query("tag", self.tag.as_deref())
            .query("limit", self.limit)
            .query("after", self.after.as_deref())
            .end()
    }
}
