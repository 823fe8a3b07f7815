//! The server about itself.

use crate::http::{Client, Error};
use crate::wire::{Agent, Check, Health, Page, Status};

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

    /// Agents seen since the start of the server.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn agents(&self) -> Result<Page<Agent>, Error> {
        self.get("/api/v1/agents").await
    }
}
