//! What is kept beside the log, and holds.

use super::Path;
use crate::http::{Client, Error};
use crate::wire::{KeptBody, LegalHold, LegalHoldRequest, Page, Reason, Timestamp};

/// Which bodies.
#[derive(Debug, Clone, Default)]
pub struct KeptBodies {
    /// Only those of this release.
    pub release: Option<String>,
    /// Only those that would go by then.
    pub by: Option<Timestamp>,
    /// `next` of the part before.
    pub after: Option<String>,
    /// At most so many.
    pub limit: Option<usize>,
}

impl Client {
    /// Bodies beside the log with what becomes of them, the oldest first.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn kept_bodies(&self, which: &KeptBodies) -> Result<Page<KeptBody>, Error> {
        let path = Path::new("audit/retention")
            .query("release", which.release.as_deref())
            .query("by", which.by)
            .query("after", which.after.as_deref())
            .query("limit", which.limit);
        self.get(&path.end()).await
    }

    /// Holds, the newest first.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn holds(&self) -> Result<Page<LegalHold>, Error> {
        self.get(&Path::new("audit/holds").end()).await
    }

    /// Places a hold.
    ///
    /// # Errors
    /// See [`Error`]; 404 when it names something that is not there.
    pub async fn place_hold(
        &self,
        request: &LegalHoldRequest,
        key: &str,
    ) -> Result<LegalHold, Error> {
        self.post("/api/v1/audit/holds", request, Some(key)).await
    }

    /// Ends a hold.
    ///
    /// # Errors
    /// See [`Error`]; 409 when it was ended before.
    pub async fn release_hold(
        &self,
        id: &str,
        reason: &Reason,
        key: &str,
    ) -> Result<LegalHold, Error> {
        let path = Path::new("audit/holds").segment(id);
        self.post(&path.segment("releases").end(), reason, Some(key))
            .await
    }
}
