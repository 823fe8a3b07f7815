//! Words that are taken out of an entry of the ledger.

use super::Path;
use crate::http::{Client, Error};
use crate::wire::{Erasure, ErasureRequest, Page, Reason};

impl Client {
    /// Erasures, the newest first.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn erasures(&self) -> Result<Page<Erasure>, Error> {
        self.get(&Path::new("audit/erasures").end()).await
    }

    /// One erasure.
    ///
    /// # Errors
    /// See [`Error`]; 404 when there is none.
    pub async fn erasure(&self, id: &str) -> Result<Erasure, Error> {
        self.get(&Path::new("audit/erasures").segment(id).end())
            .await
    }

    /// Asks that words are taken out of an entry.
    ///
    /// # Errors
    /// See [`Error`]; 422 when something rests on them.
    pub async fn erase(&self, request: &ErasureRequest, key: &str) -> Result<Erasure, Error> {
        self.post("/api/v1/audit/erasures", request, Some(key))
            .await
    }

    /// Confirms an erasure that somebody else asked for; then it is carried out.
    ///
    /// # Errors
    /// See [`Error`]; 403 for whoever asked.
    pub async fn confirm_erasure(
        &self,
        id: &str,
        reason: &Reason,
        key: &str,
    ) -> Result<Erasure, Error> {
        let path = Path::new("audit/erasures").segment(id);
        self.post(&path.segment("confirmations").end(), reason, Some(key))
            .await
    }

    /// Refuses an erasure.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn refuse_erasure(
        &self,
        id: &str,
        reason: &Reason,
        key: &str,
    ) -> Result<Erasure, Error> {
        let path = Path::new("audit/erasures").segment(id);
        self.post(&path.segment("refusals").end(), reason, Some(key))
            .await
    }
}
