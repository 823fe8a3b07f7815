//! Who grants exceptions from a freeze: members of the teams that it names, never the one who asked.

use crate::id::TeamId;
use crate::spec::{FreezePolicy, Spec};

/// Teams and accounts that decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deciders {
    /// Teams that the freeze names.
    pub teams: Vec<TeamId>,
    /// Their members, each once, in order.
    pub members: Vec<String>,
}

/// Those who decide about exceptions from a freeze with this policy.
#[must_use]
pub fn deciders(policy: &FreezePolicy, spec: &Spec) -> Deciders {
    let teams = policy.exception_by.clone();
    let configured = teams.iter().filter_map(|team| spec.teams.get(team));
    let mut members: Vec<String> = configured.flat_map(|t| t.members.clone()).collect();
    members.sort();
    members.dedup();
    Deciders { teams, members }
}

impl Deciders {
    /// May `account` decide what `asker` asked for?
    #[must_use]
    pub fn may(&self, account: &str, asker: &str) -> bool {
        account != asker && self.members.iter().any(|m| m == account)
    }

    /// Is there anybody who may decide what `asker` asks for?
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

    /// The same without the one who asked; empty when nobody else decides.
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
