//! Who grants exceptions from a freeze: members of the teams that it names, never the one who asked, by whatever account.

use crate::id::TeamId;
use crate::people;
use crate::spec::{FreezePolicy, Spec};
use crate::view::View;
use std::collections::BTreeSet;

/// Teams and people that decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deciders {
    /// Teams that the freeze names.
    pub teams: Vec<TeamId>,
    /// The people in them, each once, in order.
    pub members: Vec<String>,
}

/// Those who decide about exceptions from a freeze with this policy.
#[must_use]
pub fn deciders(policy: &FreezePolicy, spec: &Spec, view: &dyn View) -> Deciders {
    let teams = policy.exception_by.clone();
    let members = teams
        .iter()
        .flat_map(|team| people::members(spec, view, team));
    let members: BTreeSet<String> = members.collect();
    Deciders {
        teams,
        members: members.into_iter().collect(),
    }
}

impl Deciders {
    /// May a person decide what `asker`, a person too, asked for?
    #[must_use]
    pub fn may(&self, person: &str, asker: &str) -> bool {
        person != asker && self.members.iter().any(|m| m == person)
    }

    /// Is there anybody who may decide what the person `asker` asks for?
    #[must_use]
    pub fn any_for(&self, asker: &str) -> bool {
        self.members.iter().any(|m| m != asker)
    }

    /// `cfo-office (hugo, dina)`, for people; empty when nobody decides.
    #[must_use]
    pub fn text(&self) -> String {
        if self.members.is_empty() {
            return String::new();
        }
        format!("{} ({})", self.names(), self.members.join(", "))
    }

    /// The same without the person who asked; empty when nobody else decides.
    #[must_use]
    pub fn others(&self, asker: &str) -> String {
        let mut rest = self.clone();
        rest.members.retain(|member| member != asker);
        rest.text()
    }

    /// `cfo-office, release-office`.
    #[must_use]
    pub fn names(&self) -> String {
        let teams: Vec<&str> = self.teams.iter().map(TeamId::as_str).collect();
        teams.join(", ")
    }
}
