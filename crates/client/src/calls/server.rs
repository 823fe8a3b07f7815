//! The server about itself.

use crate::http::{Client, Error};
use crate::wire::{Check, Health, Page, Status};

impl Client {
    /// Does it answer? Needs no token.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn health(&self) -> Result<Health, Error> {
        self.get("/api/v1/health").await
    }

    /// How the server does.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn status(&self) -> Result<Status, Error> {
        self.get("/api/v1/status").await
    }

    /// What the server finds when it looks at itself.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn doctor(&self) -> Result<Page<Check>, Error> {
        self.get("/api/v1/doctor").await
    }
}
