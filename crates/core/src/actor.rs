//! Who asks. Authentication happens at the edge; here an actor is a fact.

use crate::id::{EnvId, Name, ServiceId};
use crate::stream::person::Standing;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Name of the server itself, for what follows without anybody asking.
pub const SYSTEM: &str = "tidegate";

/// Who asks for a change, with what role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Actor {
    /// Stable name, for example `admin`, `ci`, `agent:local`, `tidegate` for the system itself.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// The human being who answers for it: the same for every account of one person, the owner for a service account.
    /// Nobody is known for it when absent; it then counts for nothing wherever people are told apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// Groups at the identity provider, as of the sign-in.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub groups: BTreeSet<String>,
    /// Roles in business units, beside the role that holds everywhere.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub within: BTreeMap<Name, Standing>,
    /// Narrower than the role, when it is a token for less.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reach: Option<Reach>,
    /// When its person signed in, where this is a sign-in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_in: Option<Timestamp>,
}

/// What a token may touch at most. What is empty narrows nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reach {
    /// Only these environments.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub environments: BTreeSet<EnvId>,
    /// Only these services.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub services: BTreeSet<ServiceId>,
}

impl Reach {
    /// Does it narrow anything?
    #[must_use]
    pub fn is_everything(&self) -> bool {
        self.environments.is_empty() && self.services.is_empty()
    }
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
    /// Read, and decide where a team of theirs is asked.
    Approver,
    /// Read.
    Viewer,
    /// Work for these environments.
    Agent {
        /// Environments the agent may serve.
        environments: BTreeSet<EnvId>,
    },
    /// Read one calendar feed, and nothing else.
    Feed(FeedScope),
    /// The server's own timers and runners.
    System,
}

/// What a calendar feed shows at most. What is empty narrows nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedScope {
    /// Only what concerns one of these environments.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub environments: BTreeSet<EnvId>,
    /// Only these kinds, as the calendar calls them.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub kinds: BTreeSet<String>,
    /// Titles and scopes only: nothing that a person typed as a reason, and no names of persons.
    #[serde(default)]
    pub public: bool,
}

impl Role {
    /// As shown to people.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Operator => "operator",
            Self::Publisher => "publisher",
            Self::Approver => "approver",
            Self::Viewer => "viewer",
            Self::Agent { .. } => "agent",
            Self::Feed(_) => "feed",
            Self::System => "system",
        }
    }
}

impl Actor {
    /// An account of the person of the same name.
    #[must_use]
    pub fn account(name: impl Into<String>, role: Role) -> Self {
        let name = name.into();
        Self {
            person: Some(name.clone()),
            name,
            role,
            groups: BTreeSet::new(),
            within: BTreeMap::new(),
            reach: None,
            signed_in: None,
        }
    }

    /// Something that nobody sits at: an agent, a feed, the server.
    #[must_use]
    pub fn machine(name: impl Into<String>, role: Role) -> Self {
        Self {
            name: name.into(),
            role,
            person: None,
            groups: BTreeSet::new(),
            within: BTreeMap::new(),
            reach: None,
            signed_in: None,
        }
    }

    /// The server itself.
    #[must_use]
    pub fn system() -> Self {
        Self::machine(SYSTEM, Role::System)
    }

    /// Its roles, for people: `viewer`, or `viewer, operator in retail`.
    #[must_use]
    pub fn roles(&self) -> String {
        let local = self.within.iter();
        let local = local.map(|(unit, standing)| format!("{} in {unit}", standing.as_str()));
        let all: Vec<String> = std::iter::once(self.role.as_str().to_owned())
            .chain(local)
            .collect();
        all.join(", ")
    }

    /// The human being behind it, or the account where nobody is known: for reading, never for telling people apart.
    #[must_use]
    pub fn who(&self) -> &str {
        self.person.as_deref().unwrap_or(&self.name)
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}
