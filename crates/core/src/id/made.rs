//! Ids that this program makes: time-ordered, and the same again when the same command is decided again.

use super::{BadName, as_text};
use crate::digest::Digest;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

macro_rules! made {
    ($name:ident, $prefix:literal, $doc:literal) => {
        #[doc = $doc]
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);
        as_text!($name);
        impl $name {
            /// From text a person or an agent sent; only the shape is checked here.
            pub fn parse(text: &str) -> Result<Self, BadName> {
                let ok = text.strip_prefix($prefix).is_some_and(|rest| {
                    rest.len() == 26
                        && rest
                            .bytes()
                            .all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
                });
                if ok {
                    Ok(Self(text.into()))
                } else {
                    Err(BadName {
                        what: "id",
                        text: text.to_owned(),
                        rule: concat!("it looks like `", $prefix, "01J…`"),
                    })
                }
            }
            fn made(ulid: ulid::Ulid) -> Self {
                Self(format!("{}{ulid}", $prefix).into())
            }
            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }
    };
}

made!(DeploymentId, "dep_", "Id of a deployment.");
made!(ActionId, "act_", "Id of an action.");

/// Chosen by the client; the same id is the same command, however often it is sent.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CommandId(pub String);

/// Source of ids for one command: the same command at the same ledger time makes the same ids.
#[derive(Debug, Clone)]
pub struct Ids {
    seed: Digest,
    at: Timestamp,
    next: std::cell::Cell<u64>,
}

impl Ids {
    /// Ids for the command `id` decided at `at`.
    #[must_use]
    pub fn new(id: &CommandId, at: Timestamp) -> Self {
        Self {
            seed: Digest::of(id.0.as_bytes()),
            at,
            next: std::cell::Cell::new(0),
        }
    }
    fn ulid(&self) -> ulid::Ulid {
        let n = self.next.get();
        self.next.set(n + 1);
        let bits = Digest::of(format!("{}/{n}", self.seed).as_bytes()).leading_u128();
        let millis = u64::try_from(self.at.as_millisecond()).unwrap_or(0);
        ulid::Ulid::from_parts(millis, bits)
    }
    /// A new deployment id.
    #[must_use]
    pub fn deployment(&self) -> DeploymentId {
        DeploymentId::made(self.ulid())
    }
    /// A new action id.
    #[must_use]
    pub fn action(&self) -> ActionId {
        ActionId::made(self.ulid())
    }
}
