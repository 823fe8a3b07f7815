//! Who asks. Authentication happens at the edge; here an actor is a fact.

use crate::id::EnvId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

/// Who asks for a change, with what role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Actor {
    /// Stable name, for example `admin`, `ci`, `agent:local`, `tidegate` for the system itself.
    pub name: String,
    /// What it may do.
    pub role: Role,
}

/// What an actor may do. Everything not listed is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "role", rename_all = "kebab-case")]
pub enum Role {
    /// Everything a person may do.
    Admin,
    /// Register artifacts, make releases, deploy, roll back; not configuration and tokens.
    Operator,
    /// Register artifacts and create releases; for CI.
    Publisher,
    /// Read.
    Viewer,
    /// Work for these environments.
    Agent {
        /// Environments the agent may serve.
        environments: BTreeSet<EnvId>,
    },
    /// The server's own timers and runners.
    System,
}

impl Role {
    /// As shown to people.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Operator => "operator",
            Self::Publisher => "publisher",
            Self::Viewer => "viewer",
            Self::Agent { .. } => "agent",
            Self::System => "system",
        }
    }
}

impl Actor {
    /// The server itself.
    #[must_use]
    pub fn system() -> Self {
        Self {
            name: "tidegate".to_owned(),
            role: Role::System,
        }
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}
