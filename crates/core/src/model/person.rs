//! People, and which of their accounts is whose.
//!
//! Gates and votes tell people apart by these rows alone, so that what decided is provable from the ledger. Passwords,
//! sessions and tokens are no part of them.

use super::{Happened, Models, Rows};
use crate::batch::ModelChange;
use crate::decider::Trigger;
use crate::digest::canonical;
use crate::id::TeamId;
use crate::stream::delegation::DelegationId;
use crate::stream::person::{Person, Phase};
use crate::time::Timestamp;
use crate::view::View;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// People, by name.
pub const PEOPLE: &str = "person";
/// Name of the person, by account.
pub const ACCOUNTS: &str = "account";

/// Rights that one person lends another, by `team/id`.
pub const DELEGATIONS: &str = "delegation";

/// A right to decide for a team, lent for a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delegation {
    /// Its name.
    pub id: DelegationId,
    /// Who lends it.
    pub from: String,
    /// Who has it meanwhile.
    pub to: String,
    /// From.
    pub since: Timestamp,
    /// To, not part of it.
    pub until: Timestamp,
}

/// What is lent of a team's right to decide, not yet begun or not yet over.
#[must_use]
pub fn lent(view: &dyn View, team: &TeamId) -> Vec<Delegation> {
    let rows = view.scan(DELEGATIONS, &format!("{team}/"), crate::limits::PEOPLE);
    rows.into_iter()
        .filter_map(|(_, body)| serde_json::from_str(&body).ok())
        .collect()
}

/// A human being, as gates know it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Name, unique.
    pub person: String,
    /// Accounts it signs in with.
    pub accounts: BTreeSet<String>,
    /// Addresses under which it writes commits, in lower case.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub emails: BTreeSet<String>,
    /// Groups at the identity provider, as of the newest sign-in.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub groups: BTreeSet<String>,
    /// Public ed25519 keys for signed votes, base64, by the id of the key.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub keys: BTreeMap<String, String>,
    /// Public keys that count no more, base64, with the id they had.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub revoked: BTreeMap<String, String>,
    /// Has left: decides nothing any more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub disabled: bool,
}

/// The row of a person.
#[must_use]
pub fn row(view: &dyn View, person: &str) -> Option<Row> {
    let body = view.model(PEOPLE, person)?;
    serde_json::from_str(&body).ok()
}

impl Models for Person {
    fn project(h: &Happened<'_, Self, Self::Event>, rows: &mut dyn Rows) -> Vec<Trigger> {
        let name = h.stream.key();
        let Some(facts) = h.state.phase.facts() else {
            return Vec::new();
        };
        let before: Option<Row> = rows
            .row(PEOPLE, name)
            .and_then(|body| serde_json::from_str(&body).ok());
        let row = Row {
            person: name.to_owned(),
            accounts: facts.accounts.iter().map(ToString::to_string).collect(),
            emails: facts.emails.clone(),
            groups: facts.groups.clone(),
            keys: facts
                .keys
                .iter()
                .map(|(id, key)| (id.to_string(), key.clone()))
                .collect(),
            revoked: facts
                .revoked
                .iter()
                .map(|(key, id)| (key.clone(), id.to_string()))
                .collect(),
            disabled: matches!(h.state.phase, Phase::Disabled { .. }),
        };
        let mut put = |model, key: &str, body: Option<String>| {
            let key = key.to_owned();
            rows.put(ModelChange { model, key, body });
        };
        for gone in before
            .iter()
            .flat_map(|b| b.accounts.difference(&row.accounts))
        {
            put(ACCOUNTS, gone, None);
        }
        for account in &row.accounts {
            put(ACCOUNTS, account, canonical(&name).ok());
        }
        put(PEOPLE, name, canonical(&row).ok());
        Vec::new()
    }
}
