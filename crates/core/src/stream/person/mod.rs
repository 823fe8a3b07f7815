//! Person: a human being with accounts, addresses, groups, keys and a role.
//!
//! `Absent → Active ⇄ Disabled`. An account, an address and a key belong to one person, so that one person never counts as two.
//! Passwords, sessions and tokens are kept beside the ledger; nothing here lets anybody in.

mod decide;
mod event;

pub use event::Event;

use crate::actor::Role;
use crate::decider::{Ctx, Decider, Decision};
use crate::id::{AccountId, Name, StreamKind};
use crate::refusal::Refusal;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Fired by every change of a person.
pub const TRIGGER: &str = "people";

/// What a person may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Read.
    Viewer,
    /// Register artifacts and create releases.
    Publisher,
    /// Read, and say yes or no where a team of theirs is asked.
    Approver,
    /// Register artifacts, make releases, deploy, roll back.
    Operator,
    /// Everything a person may do.
    Admin,
}

impl Standing {
    /// As shown to people.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Publisher => "publisher",
            Self::Approver => "approver",
            Self::Operator => "operator",
            Self::Admin => "admin",
        }
    }

    /// By its name.
    #[must_use]
    pub fn named(text: &str) -> Option<Self> {
        let all = [
            Self::Viewer,
            Self::Publisher,
            Self::Approver,
            Self::Operator,
            Self::Admin,
        ];
        all.into_iter().find(|standing| standing.as_str() == text)
    }

    /// The role of an actor who is this person.
    #[must_use]
    pub fn role(self) -> Role {
        match self {
            Self::Viewer => Role::Viewer,
            Self::Publisher => Role::Publisher,
            Self::Approver => Role::Approver,
            Self::Operator => Role::Operator,
            Self::Admin => Role::Admin,
        }
    }
}

/// A person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Phase.
    pub phase: Phase,
}

/// Phase of a person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "phase", rename_all = "kebab-case")]
pub enum Phase {
    /// Nobody of this name is known.
    #[default]
    Absent,
    /// May sign in.
    Active {
        /// What is known.
        facts: Facts,
    },
    /// Has left: signs in no more and decides nothing.
    Disabled {
        /// What is known.
        facts: Facts,
        /// Who said so.
        by: String,
        /// Why.
        because: String,
        /// Since when.
        at: Timestamp,
    },
}

/// What is known of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// What the person may do.
    pub standing: Standing,
    /// Accounts to sign in with.
    pub accounts: BTreeSet<AccountId>,
    /// Addresses under which the person writes commits, in lower case.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub emails: BTreeSet<String>,
    /// Groups at the identity provider, as of the newest sign-in.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub groups: BTreeSet<String>,
    /// Public ed25519 keys, base64, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub keys: BTreeMap<Name, String>,
    /// Public keys that count no more, with the name they had.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub revoked: BTreeMap<String, Name>,
}

/// What can be asked of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "kebab-case")]
pub enum Command {
    /// Make known, with the account of the same name.
    Add {
        /// What the person may do.
        standing: Standing,
        /// Addresses under which the person writes commits.
        emails: BTreeSet<String>,
    },
    /// Another account belongs to the same person.
    Link {
        /// Which.
        account: AccountId,
        /// Why.
        because: String,
    },
    /// An account no longer belongs to the person.
    Unlink {
        /// Which.
        account: AccountId,
        /// Why.
        because: String,
    },
    /// Replace the addresses under which the person writes commits.
    Address {
        /// All of them.
        emails: BTreeSet<String>,
        /// Why.
        because: String,
    },
    /// Give another role.
    Stand {
        /// What the person may do.
        standing: Standing,
        /// Why.
        because: String,
    },
    /// What the identity provider said at a sign-in (from the server itself).
    SignedIn {
        /// With which account.
        account: AccountId,
        /// Groups.
        groups: BTreeSet<String>,
    },
    /// Register a key for signed votes; nobody else may do it for a person.
    RegisterKey {
        /// Its name.
        key: Name,
        /// The public key: 32 bytes in base64.
        public: String,
    },
    /// A key counts no more.
    RevokeKey {
        /// Which.
        key: Name,
        /// Why.
        because: String,
    },
    /// Has left.
    Disable {
        /// Why.
        because: String,
    },
    /// Is back.
    Restore {
        /// Why.
        because: String,
    },
}

impl Command {
    /// As shown to people.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Add { .. } => "add",
            Self::Link { .. } => "link",
            Self::Unlink { .. } => "unlink",
            Self::Address { .. } => "address",
            Self::Stand { .. } => "change role",
            Self::SignedIn { .. } => "sign in",
            Self::RegisterKey { .. } => "register key",
            Self::RevokeKey { .. } => "revoke key",
            Self::Disable { .. } => "disable",
            Self::Restore { .. } => "restore",
        }
    }

    /// What somebody wrote as the reason, where one is needed.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Link { because, .. }
            | Self::Unlink { because, .. }
            | Self::Address { because, .. }
            | Self::Stand { because, .. }
            | Self::RevokeKey { because, .. }
            | Self::Disable { because }
            | Self::Restore { because } => Some(because),
            Self::Add { .. } | Self::SignedIn { .. } | Self::RegisterKey { .. } => None,
        }
    }
}

impl Phase {
    /// As shown to people.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Active { .. } => "active",
            Self::Disabled { .. } => "disabled",
        }
    }

    /// What is known.
    #[must_use]
    pub fn facts(&self) -> Option<&Facts> {
        match self {
            Self::Absent => None,
            Self::Active { facts } | Self::Disabled { facts, .. } => Some(facts),
        }
    }

    fn facts_mut(&mut self) -> Option<&mut Facts> {
        match self {
            Self::Absent => None,
            Self::Active { facts } | Self::Disabled { facts, .. } => Some(facts),
        }
    }
}

impl Decider for Person {
    const KIND: StreamKind = StreamKind::Person;
    const FOLD: u32 = 2;
    type Command = Command;
    type Event = Event;

    fn decide(&self, command: Command, cx: &Ctx<'_>) -> Result<Decision<Event>, Refusal> {
        decide::decide(self, command, cx).map(Decision::resting)
    }

    fn evolve(&mut self, at: Timestamp, event: &Event) {
        match event {
            Event::Added {
                standing,
                accounts,
                emails,
                ..
            } => {
                self.phase = Phase::Active {
                    facts: Facts {
                        standing: *standing,
                        accounts: accounts.clone(),
                        emails: emails.clone(),
                        groups: BTreeSet::new(),
                        keys: BTreeMap::new(),
                        revoked: BTreeMap::new(),
                    },
                };
            }
            Event::Disabled { by, because } => {
                if let Phase::Active { facts } = &self.phase {
                    self.phase = Phase::Disabled {
                        facts: facts.clone(),
                        by: by.clone(),
                        because: because.clone(),
                        at,
                    };
                }
            }
            Event::Restored { .. } => {
                if let Phase::Disabled { facts, .. } = &self.phase {
                    self.phase = Phase::Active {
                        facts: facts.clone(),
                    };
                }
            }
            change => {
                if let Some(facts) = self.phase.facts_mut() {
                    changed(facts, change);
                }
            }
        }
    }
}

fn changed(facts: &mut Facts, event: &Event) {
    match event {
        Event::Linked { account, .. } => {
            facts.accounts.insert(account.clone());
        }
        Event::Unlinked { account, .. } => {
            facts.accounts.remove(account);
        }
        Event::Addressed { emails, .. } => facts.emails.clone_from(emails),
        Event::RoleChanged { standing, .. } => facts.standing = *standing,
        Event::GroupsChanged { groups, .. } => facts.groups.clone_from(groups),
        Event::KeyRegistered { key, public } => {
            facts.keys.insert(key.clone(), public.clone());
        }
        Event::KeyRevoked { key, public, .. } => {
            facts.keys.remove(key);
            facts.revoked.insert(public.clone(), key.clone());
        }
        Event::Added { .. } | Event::Disabled { .. } | Event::Restored { .. } => {}
    }
}
