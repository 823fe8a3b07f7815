//! Rights to decide that one person lends another.

use super::Path;
use crate::http::{Client, Error};
use crate::wire::{Delegation, DelegationRequest, Page, Reason};

impl Client {
    /// Delegations, the newest first; with `all` also those that are over.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn delegations(&self, all: bool) -> Result<Page<Delegation>, Error> {
        let path = Path::new("delegations").query("all", all.then_some(true));
        self.get(&path.end()).await
    }

    /// One delegation.
    ///
    /// # Errors
    /// See [`Error`]; 404 when there is none.
    pub async fn delegation(&self, id: &str) -> Result<Delegation, Error> {
        self.get(&Path::new("delegations").segment(id).end()).await
    }

    /// Lends the right to decide for a team.
    ///
    /// # Errors
    /// See [`Error`]; 403 when the caller has none to lend.
    pub async fn delegate(
        &self,
        request: &DelegationRequest,
        key: &str,
    ) -> Result<Delegation, Error> {
        self.post("/api/v1/delegations", request, Some(key)).await
    }

    /// Takes a delegation back.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn revoke_delegation(
        &self,
        id: &str,
        reason: &Reason,
        key: &str,
    ) -> Result<Delegation, Error> {
        let path = Path::new("delegations").segment(id).segment("revocations");
        self.post(&path.end(), reason, Some(key)).await
    }
}
