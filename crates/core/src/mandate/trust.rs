//! Whom an agent believes: its own file, which no server writes.
//!
//! It names people with their public keys and teams, and for each environment how many of them must have said yes to a plan
//! before anything of it is done there. An environment that it does not name is served by nobody with such a file.

use crate::id::{EnvId, TeamId};
use crate::spec::Part;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// Whom an agent believes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Trust {
    /// People, by name.
    pub people: BTreeMap<String, Trusted>,
    /// What each environment asks for.
    pub environments: BTreeMap<EnvId, Rule>,
}

/// A person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Trusted {
    /// Public ed25519 keys, base64, by name.
    pub keys: BTreeMap<String, String>,
    /// Teams for which the person decides.
    #[serde(default)]
    pub teams: BTreeSet<TeamId>,
}

/// What an environment asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Rule {
    /// Who must have said yes, each another person; nobody when empty.
    pub approvals: Vec<Quorum>,
    /// Parts in a change because of which somebody's yes never counts; whoever asked never does.
    #[serde(default)]
    pub never_by: BTreeSet<Part>,
}

/// So many people.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Quorum {
    /// Whose members; anybody in the file when absent.
    #[serde(default)]
    pub from: Option<TeamId>,
    /// How many.
    pub count: u32,
}

impl Quorum {
    /// Does a person count for it?
    #[must_use]
    pub fn takes(&self, person: &Trusted) -> bool {
        self.from
            .as_ref()
            .is_none_or(|team| person.teams.contains(team))
    }
}

impl std::fmt::Display for Quorum {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.from {
            Some(team) => write!(f, "{} of {team}", self.count),
            None => write!(f, "{} of anybody", self.count),
        }
    }
}

impl Trust {
    /// What is wrong with the file, each one line: a key of two people, a rule that nobody can keep.
    #[must_use]
    pub fn mistakes(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut owners: BTreeMap<&str, &str> = BTreeMap::new();
        for (name, person) in &self.people {
            if person.keys.is_empty() {
                found.push(format!("people.{name} has no key"));
            }
            for key in person.keys.values() {
                match owners.insert(key, name) {
                    Some(other) if other != name => {
                        found.push(format!("{other} and {name} have the same key"));
                    }
                    _ => {}
                }
            }
        }
        for (env, rule) in &self.environments {
            if rule.approvals.iter().any(|quorum| quorum.count == 0) {
                found.push(format!(
                    "environments.{env} asks for nobody: leave the line out"
                ));
            }
            let people: Vec<&Trusted> = self.people.values().collect();
            let missing = rule.open(&people);
            if !missing.is_empty() {
                let texts: Vec<String> = missing.iter().map(|q| q.to_string()).collect();
                found.push(format!(
                    "environments.{env} can never be satisfied: {} with the people of this file",
                    texts.join(", ")
                ));
            }
        }
        found
    }
}

impl Rule {
    /// What is still missing when these people said yes, each counted once.
    #[must_use]
    pub fn open(&self, people: &[&Trusted]) -> Vec<Quorum> {
        let slots: Vec<&Quorum> = self
            .approvals
            .iter()
            .flat_map(|quorum| std::iter::repeat_n(quorum, quorum.count as usize))
            .collect();
        let serves = |person: usize, slot: usize| {
            let both = people.get(person).zip(slots.get(slot));
            both.is_some_and(|(person, quorum)| quorum.takes(person))
        };
        let given = crate::change::matching(people.len(), slots.len(), serves);
        let mut missing: Vec<Quorum> = Vec::new();
        for (quorum, _) in slots.iter().zip(given).filter(|(_, given)| given.is_none()) {
            match missing.iter_mut().find(|had| had.from == quorum.from) {
                Some(had) => had.count += 1,
                None => missing.push(Quorum {
                    from: quorum.from.clone(),
                    count: 1,
                }),
            }
        }
        missing
    }
}
