//! People, and signing in and out.

use super::Path;
use crate::http::{Client, Error};
use crate::wire::{
    NewPassword, NewSession, NewUser, Page, PasswordRequest, Permission, ProviderAddress,
    ProviderSignIn, Reason, SignInCompletion, SignInRequest, SignedOut, User, UserRequest, WhoAmI,
};
use serde::Serialize;

impl Client {
    /// Who asks.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn whoami(&self) -> Result<WhoAmI, Error> {
        self.get("/api/v1/whoami").await
    }

    /// What the caller may do, about a release, service or environment where they are named.
    ///
    /// # Errors
    /// See [`Error`]; 422 for a name that is none.
    pub async fn permissions(
        &self,
        action: Option<&str>,
        on: Option<&str>,
        environment: Option<&str>,
    ) -> Result<Page<Permission>, Error> {
        let path = Path::new("permissions")
            .query("action", action)
            .query("on", on)
            .query("environment", environment);
        self.get(&path.end()).await
    }

    /// Signs in with a local account; the client needs no token.
    ///
    /// # Errors
    /// See [`Error`]; 401 when account or password is wrong, 403 when the password must be replaced, 429 after too many
    /// failures.
    pub async fn sign_in(&self, request: &SignInRequest) -> Result<NewSession, Error> {
        self.post("/api/v1/sessions", request, None).await
    }

    /// Begins a sign-in at the identity provider.
    ///
    /// # Errors
    /// See [`Error`]; 422 when none is configured, 502 when it cannot be used.
    pub async fn begin_sign_in(&self, request: &ProviderSignIn) -> Result<ProviderAddress, Error> {
        self.post("/api/v1/sign-ins", request, None).await
    }

    /// Fetches a sign-in that the identity provider confirmed.
    ///
    /// # Errors
    /// See [`Error`]; 401 when it is unknown, fetched already, or older than a minute.
    pub async fn complete_sign_in(&self, request: &SignInCompletion) -> Result<NewSession, Error> {
        self.post("/api/v1/sign-ins/completions", request, None)
            .await
    }

    /// Ends this sign-in.
    ///
    /// # Errors
    /// See [`Error`]; 422 when it is a token.
    pub async fn sign_out(&self) -> Result<(), Error> {
        self.delete("/api/v1/sessions/current").await
    }

    /// Ends every sign-in of a person.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn end_sessions(&self, user: &str, reason: &Reason) -> Result<SignedOut, Error> {
        let path = Path::new("users").segment(user).segment("sign-outs");
        self.post(&path.end(), reason, None).await
    }

    /// Everybody known, by name.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn users(&self) -> Result<Page<User>, Error> {
        self.get("/api/v1/users").await
    }

    /// One person.
    ///
    /// # Errors
    /// See [`Error`]; 404 when there is none.
    pub async fn user(&self, name: &str) -> Result<User, Error> {
        self.get(&Path::new("users").segment(name).end()).await
    }

    /// Makes a person known.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn create_user(&self, request: &UserRequest, key: &str) -> Result<NewUser, Error> {
        self.post("/api/v1/users", request, Some(key)).await
    }

    /// Changes a person: `change` is `links`, `unlinks`, `roles`, `addresses`, `disablements`, `restorations`, `keys` or
    /// `key-revocations`, with the body that belongs to it.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn change_user(
        &self,
        name: &str,
        change: &str,
        body: &impl Serialize,
        key: &str,
    ) -> Result<User, Error> {
        let path = Path::new("users").segment(name).segment(change);
        self.post(&path.end(), body, Some(key)).await
    }

    /// Sets a password.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn set_password(
        &self,
        name: &str,
        request: &PasswordRequest,
    ) -> Result<NewPassword, Error> {
        let path = Path::new("users").segment(name).segment("passwords");
        self.post(&path.end(), request, None).await
    }
}
