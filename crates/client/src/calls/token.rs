//! Access tokens; for administrators.

use super::Path;
use crate::http::{Client, Error};
use crate::wire::{NewToken, Page, Token, TokenRequest};

impl Client {
    /// Makes a token. Its text is in this answer and never again.
    ///
    /// # Errors
    /// See [`Error`]; 409 when the name is taken.
    pub async fn create_token(&self, request: &TokenRequest) -> Result<NewToken, Error> {
        self.post("/api/v1/tokens", request, None).await
    }

    /// All tokens without their texts, by name.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn tokens(&self) -> Result<Page<Token>, Error> {
        self.get("/api/v1/tokens").await
    }

    /// Ends a token at once.
    ///
    /// # Errors
    /// See [`Error`]; 404 when there is none of this name.
    pub async fn revoke_token(&self, name: &str) -> Result<(), Error> {
        self.delete(&Path::new("tokens").segment(name).end()).await
    }
}
