//! What an agent is told when it starts.

use crate::error::Error;
use std::{path::PathBuf, time::Duration};
use tidegate_drivers::Options;

/// What lets an agent in.
#[derive(Clone)]
pub enum Access {
    /// A token that somebody made for it.
    Token(String),
    /// The credential in its folder, or the one it gets for this join token.
    Enrolled {
        /// Used once, when there is no credential.
        join_token: Option<String>,
    },
}

/// Settings of an agent.
#[derive(Clone)]
pub struct AgentOptions {
    /// Base URL of the server.
    pub server: String,
    /// What lets it in.
    pub access: Access,
    /// Name of this agent, unique at the server.
    pub name: String,
    /// Environments it serves; all that its credential allows when empty.
    pub environments: Vec<String>,
    /// Most actions at once, 1 to 64.
    pub at_once: u32,
    /// Time actions under way get to end when the agent is asked to stop.
    pub shutdown_grace: Duration,
    /// Text of its trust file: without one it believes the server.
    pub trust: Option<String>,
    /// The process target.
    pub target: Options,
}

impl AgentOptions {
    /// Settings with the usual limits. `root` belongs to this agent alone; `program` answers to `instance-shim` and `router`.
    #[must_use]
    pub fn new(
        server: &str,
        token: &str,
        name: &str,
        environments: Vec<String>,
        root: PathBuf,
        program: PathBuf,
    ) -> Self {
        Self {
            server: server.to_owned(),
            access: Access::Token(token.to_owned()),
            name: name.to_owned(),
            environments,
            at_once: 16,
            shutdown_grace: Duration::from_secs(5),
            trust: None,
            target: Options::new(root, program),
        }
    }

    /// Checks what can be checked before anything is opened.
    ///
    /// # Errors
    /// [`Error::Setting`] naming the setting.
    pub fn check(&self) -> Result<(), Error> {
        let refuse = |setting, reason: &str| {
            Err(Error::Setting {
                setting,
                reason: reason.to_owned(),
            })
        };
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
        if self.name.is_empty() || !self.name.bytes().all(plain) {
            return refuse("name", "use letters, digits and - _ .");
        }
        let by_token = matches!(self.access, Access::Token(_));
        if self.environments.is_empty() && by_token {
            return refuse("environments", "name at least one");
        }
        if !(1..=64).contains(&self.at_once) {
            return refuse("at_once", "use a number from 1 to 64");
        }
        Ok(())
    }
}

impl std::fmt::Debug for AgentOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut text = f.debug_struct("AgentOptions");
        text.field("server", &self.server)
            .field("name", &self.name)
            .field("environments", &self.environments);
        text.field("at_once", &self.at_once)
            .field("target", &self.target)
            .finish_non_exhaustive()
    }
}
