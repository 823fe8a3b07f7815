//! Notices.

use super::Path;
use crate::http::{Client, Error};
use crate::wire::{Notice, Page, Timestamp};

/// Which notices.
#[derive(Debug, Clone, Default)]
pub struct Notices {
    /// Only those for this person or team; `me` for the caller.
    pub to: Option<String>,
    /// Only those about this release.
    pub release: Option<String>,
    /// Only since this instant.
    pub since: Option<Timestamp>,
    /// `next` of the part before.
    pub after: Option<String>,
    /// At most so many.
    pub limit: Option<usize>,
}

impl Client {
    /// What was told to whom, the newest first.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn notices(&self, which: &Notices) -> Result<Page<Notice>, Error> {
        let path = Path::new("notices")
            .query("to", which.to.as_deref())
            .query("release", which.release.as_deref())
            .query("since", which.since)
            .query("after", which.after.as_deref())
            .query("limit", which.limit);
        self.get(&path.end()).await
    }
}
