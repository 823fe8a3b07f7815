//! Agents: who they are, and letting them in.

use super::Path;
use crate::http::{Client, Error};
use crate::wire::{Agent, EnrolmentRequest, JoinRequest, NewCredential, NewEnrolment, Page};

impl Client {
    /// Agents that were heard of since the start of the server or were ever let in, by name.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn agents(&self) -> Result<Page<Agent>, Error> {
        self.get("/api/v1/agents").await
    }

    /// Makes a join token for an agent. Its text is in this answer and never again.
    ///
    /// # Errors
    /// See [`Error`]; 409 when the agent can come in already.
    pub async fn enroll_agent(&self, request: &EnrolmentRequest) -> Result<NewEnrolment, Error> {
        self.post("/api/v1/enrolments", request, None).await
    }

    /// Ends the credential and the open join token of an agent at once.
    ///
    /// # Errors
    /// See [`Error`]; 404 when there is none of this name.
    pub async fn revoke_agent(&self, agent: &str) -> Result<(), Error> {
        self.delete(&Path::new("enrolments").segment(agent).end())
            .await
    }

    /// As an agent: exchanges a join token for a credential. Needs no other token.
    ///
    /// # Errors
    /// See [`Error`]; 401 when the join token is not good for this.
    pub async fn join(&self, agent: &str, request: &JoinRequest) -> Result<NewCredential, Error> {
        let path = Path::new("agents").segment(agent).segment("credentials");
        self.post(&path.end(), request, None).await
    }

    /// As an agent: the credential that follows the one in use.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn renew_credential(&self, agent: &str) -> Result<NewCredential, Error> {
        let path = Path::new("agents").segment(agent).segment("renewals");
        self.post(&path.end(), &serde_json::json!({}), None).await
    }
}
