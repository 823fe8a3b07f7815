//! What happened to a person, as the ledger tells it.

use super::Standing;
use crate::decider::{EventBody, Trigger};
use crate::id::{AccountId, Name, StreamId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What happened to a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body")]
pub enum Event {
    /// Became known.
    #[serde(rename = "person.added/1")]
    Added {
        /// What the person may do.
        standing: Standing,
        /// Accounts that belong to the person.
        accounts: BTreeSet<AccountId>,
        /// Addresses under which the person writes commits.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        emails: BTreeSet<String>,
        /// Who said so.
        by: String,
    },
    /// Another account belongs to the same person.
    #[serde(rename = "person.account_linked/1")]
    Linked {
        /// Which.
        account: AccountId,
        /// Who said so.
        by: String,
        /// Why.
        because: String,
    },
    /// An account no longer belongs to the person.
    #[serde(rename = "person.account_unlinked/1")]
    Unlinked {
        /// Which.
        account: AccountId,
        /// Who said so.
        by: String,
        /// Why.
        because: String,
    },
    /// Commits are written under other addresses.
    #[serde(rename = "person.addresses_changed/1")]
    Addressed {
        /// All of them from now on.
        emails: BTreeSet<String>,
        /// All of them before.
        before: BTreeSet<String>,
        /// Who said so.
        by: String,
        /// Why.
        because: String,
    },
    /// May do more or less.
    #[serde(rename = "person.role_changed/1")]
    RoleChanged {
        /// From now on.
        standing: Standing,
        /// Before.
        before: Standing,
        /// Who said so.
        by: String,
        /// Why.
        because: String,
    },
    /// The identity provider told other groups at a sign-in.
    #[serde(rename = "person.groups_changed/1")]
    GroupsChanged {
        /// The account of that sign-in.
        account: AccountId,
        /// From now on.
        groups: BTreeSet<String>,
        /// Before.
        before: BTreeSet<String>,
    },
    /// Registered a key for signed votes.
    #[serde(rename = "person.key_registered/1")]
    KeyRegistered {
        /// Its name.
        key: Name,
        /// The public key, base64.
        public: String,
    },
    /// A key counts no more.
    #[serde(rename = "person.key_revoked/1")]
    KeyRevoked {
        /// Which.
        key: Name,
        /// The public key, base64.
        public: String,
        /// Who said so.
        by: String,
        /// Why.
        because: String,
    },
    /// Has left.
    #[serde(rename = "person.disabled/1")]
    Disabled {
        /// Who said so.
        by: String,
        /// Why.
        because: String,
    },
    /// Is back.
    #[serde(rename = "person.restored/1")]
    Restored {
        /// Who said so.
        by: String,
        /// Why.
        because: String,
    },
}

impl EventBody for Event {
    fn triggers(&self, stream: &StreamId) -> Vec<Trigger> {
        vec![stream.to_string(), super::TRIGGER.to_owned()]
    }
}
