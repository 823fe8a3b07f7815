//! Agents, and how they are let in: a join token that is used once, then a short-lived credential bound to a key of their own.

use super::Timestamp;
use serde::{Deserialize, Serialize};

/// An agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Agent {
    /// Name.
    pub name: String,
    /// Environments it serves; those it may serve while it was not heard of.
    pub environments: Vec<String>,
    /// When it was heard of last, since the start of the server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen_at: Option<Timestamp>,
    /// Was it heard of lately?
    pub reachable: bool,
    /// Its version, as it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Milliseconds that the oldest work of its environments has waited for somebody to take it; 0 when none waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lag_ms: Option<u64>,
    /// How it was let in; absent for one with a token that a person made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enrolment: Option<AgentEnrolment>,
}

/// How an agent was let in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AgentEnrolment {
    /// How it stands.
    pub state: EnrolmentState,
    /// Who made the join token.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// When the open join token ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub join_token_ends_at: Option<Timestamp>,
    /// When the newest credential ends unless the agent renews it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential_ends_at: Option<Timestamp>,
    /// The newest attempt to come in as this agent that was refused: a token used twice, or a copied credential.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<RefusedJoin>,
}

/// How an enrolment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum EnrolmentState {
    /// The join token was not used yet.
    Open,
    /// It has a credential.
    Enrolled,
    /// The join token or the credential ended.
    Ended,
    /// Somebody ended it.
    Revoked,
}

/// An attempt to come in that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct RefusedJoin {
    /// When.
    pub at: Timestamp,
    /// Why.
    pub because: String,
    /// How many, counted at most once a minute.
    pub times: u64,
}

/// `POST /enrolments`: let an agent in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EnrolmentRequest {
    /// Name of the agent.
    pub agent: String,
    /// Environments it may serve; at least one.
    pub environments: Vec<String>,
    /// Seconds in which the join token must be used; 15 minutes when absent, a day at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in_s: Option<u64>,
    /// Seconds for which each credential is good; 8 hours when absent, a day at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential_s: Option<u64>,
}

/// A join token, whose text is shown only here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct NewEnrolment {
    /// Name of the agent.
    pub agent: String,
    /// Environments it may serve.
    pub environments: Vec<String>,
    /// The join token: a secret, good for one use.
    pub token: String,
    /// Until when.
    pub expires_at: Timestamp,
}

/// `POST /agents/{agent}/credentials`: exchange a join token.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct JoinRequest {
    /// The join token.
    pub token: String,
    /// Public key the agent made: ed25519, 32 bytes in base64.
    pub public_key: String,
    /// Signature of that key over agent, key and the token's digest.
    pub signature: String,
}

impl std::fmt::Debug for JoinRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut text = f.debug_struct("JoinRequest");
        text.field("public_key", &self.public_key)
            .finish_non_exhaustive()
    }
}

/// A credential, bound to the agent's key: without a signature of it on each request it lets nobody in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct NewCredential {
    /// The text: sent with each request, worth nothing without the key.
    pub token: String,
    /// Environments it may serve.
    pub environments: Vec<String>,
    /// Until when, unless it is renewed.
    pub expires_at: Timestamp,
    /// The server's clock, by which signatures are dated.
    pub time: Timestamp,
}

impl std::fmt::Debug for NewCredential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut text = f.debug_struct("NewCredential");
        text.field("environments", &self.environments)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}
