//! Why an agent could not start or go on.

/// An end of the agent that was not asked for.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A setting cannot be used.
    #[error("agent setting {setting} cannot be used: {reason}")]
    Setting {
        /// Which.
        setting: &'static str,
        /// Why, for people.
        reason: String,
    },
    /// The process target could not be opened.
    #[error("agent cannot open its target: {0}")]
    Target(#[from] tidegate_drivers::process::Error),
    /// The server does not accept this agent (401 or 403 at the first contact).
    #[error(
        "server does not accept agent {agent}: {reason}; give it a token that allows environments {environments}"
    )]
    Refused {
        /// Name of the agent.
        agent: String,
        /// Answer of the server.
        reason: String,
        /// Environments asked for.
        environments: String,
    },
    /// There is nothing to come in with.
    #[error(
        "agent {agent} is not let in: {because}; an administrator makes a join token with `tidegate agent enroll {agent} --environments ...`, given here as --join-token-file"
    )]
    NotEnrolled {
        /// Name of the agent.
        agent: String,
        /// Why.
        because: String,
    },
}
