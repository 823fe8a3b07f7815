//! Freezes and exceptions from them.

use super::Path;
use crate::http::{Client, Error};
use crate::wire::{
    Exception, ExceptionRequest, ExtendRequest, Freeze, FreezePreview, FreezeRequest, GrantRequest,
    Page, Reason,
};

impl Client {
    /// Freezes of the configuration and declared ones; with `all` also those that ended.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn freezes(&self, all: bool) -> Result<Page<Freeze>, Error> {
        let path = Path::new("freezes").query("all", all.then_some(true));
        self.get(&path.end()).await
    }

    /// One freeze.
    ///
    /// # Errors
    /// See [`Error`]; 404 when there is none.
    pub async fn freeze(&self, id: &str) -> Result<Freeze, Error> {
        self.get(&Path::new("freezes").segment(id).end()).await
    }

    /// Lets nothing start from now on.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn declare_freeze(
        &self,
        request: &FreezeRequest,
        key: &str,
    ) -> Result<Freeze, Error> {
        self.post("/api/v1/freezes", request, Some(key)).await
    }

    /// What a freeze would do in the next `days`; changes nothing.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn freeze_preview(
        &self,
        request: &FreezeRequest,
        days: u32,
    ) -> Result<FreezePreview, Error> {
        let path = Path::new("freezes")
            .query("dry_run", Some(true))
            .query("days", Some(days));
        self.post(&path.end(), request, None).await
    }

    /// Gives a freeze another end.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn extend_freeze(
        &self,
        id: &str,
        request: &ExtendRequest,
        key: &str,
    ) -> Result<Freeze, Error> {
        let path = Path::new("freezes").segment(id).segment("extensions");
        self.post(&path.end(), request, Some(key)).await
    }

    /// Ends a freeze now.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn lift_freeze(&self, id: &str, reason: &Reason, key: &str) -> Result<Freeze, Error> {
        let path = Path::new("freezes").segment(id).segment("liftings");
        self.post(&path.end(), reason, Some(key)).await
    }

    /// Asks for an exception from a freeze.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn ask_exception(
        &self,
        freeze: &str,
        request: &ExceptionRequest,
        key: &str,
    ) -> Result<Exception, Error> {
        let path = Path::new("freezes").segment(freeze).segment("exceptions");
        self.post(&path.end(), request, Some(key)).await
    }

    /// Exceptions, the newest first.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn exceptions(&self) -> Result<Page<Exception>, Error> {
        self.get("/api/v1/exceptions").await
    }

    /// One exception.
    ///
    /// # Errors
    /// See [`Error`]; 404 when there is none.
    pub async fn exception(&self, id: &str) -> Result<Exception, Error> {
        self.get(&Path::new("exceptions").segment(id).end()).await
    }

    /// Grants an exception.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn grant_exception(
        &self,
        id: &str,
        request: &GrantRequest,
        key: &str,
    ) -> Result<Exception, Error> {
        let path = Path::new("exceptions").segment(id).segment("grants");
        self.post(&path.end(), request, Some(key)).await
    }

    /// Refuses, revokes or reviews an exception: `change` is `refusals`, `revocations` or `reviews`.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn change_exception(
        &self,
        id: &str,
        change: &str,
        reason: &Reason,
        key: &str,
    ) -> Result<Exception, Error> {
        let path = Path::new("exceptions").segment(id).segment(change);
        self.post(&path.end(), reason, Some(key)).await
    }
}
