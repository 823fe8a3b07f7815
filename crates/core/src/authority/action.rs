//! The table of actions: which right each command of a person takes, and which role has which right.
//!
//! What is not listed is the server's own: facts that only timers and other streams report.

/// A right. Roles have rights; nobody has one otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Right {
    /// Registers artifacts and creates releases.
    Publish,
    /// Says yes or no, and what belongs to it.
    Decide,
    /// Deploys, rolls back, freezes, and steers what is under way.
    Operate,
    /// Changes the rules, decides who people are, breaks somebody else's lock.
    Administer,
    /// What is everybody's own: keys. Whose it is stands in the stream.
    Own,
    /// Reports on work.
    Work,
}

/// Roles of people and programs, those who may do least first.
pub const ROLES: [&str; 5] = ["viewer", "publisher", "approver", "operator", "admin"];

impl Right {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Publish,
        Self::Decide,
        Self::Operate,
        Self::Administer,
        Self::Own,
        Self::Work,
    ];

    /// As policies call the group of its actions.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Publish => "publish",
            Self::Decide => "decide",
            Self::Operate => "operate",
            Self::Administer => "administer",
            Self::Own => "own",
            Self::Work => "work",
        }
    }

    /// Has a role this right?
    #[must_use]
    pub fn is_for(self, role: &str) -> bool {
        match role {
            "viewer" => self == Self::Own,
            "publisher" => matches!(self, Self::Own | Self::Publish),
            "approver" => matches!(self, Self::Own | Self::Decide),
            "operator" => matches!(
                self,
                Self::Own | Self::Publish | Self::Decide | Self::Operate
            ),
            "admin" => self != Self::Work,
            "agent" => self == Self::Work,
            _ => false,
        }
    }
}

use Right::{Administer, Decide, Operate, Own, Publish, Work};

/// Every action there is a right for, by the name of its command.
pub const ACTIONS: &[(&str, Right)] = &[
    ("archive hold", Administer),
    ("archive release", Administer),
    ("artifact recall", Operate),
    ("artifact register", Publish),
    ("artifact retire", Operate),
    ("change approve", Decide),
    ("change emergency", Operate),
    ("change lower", Decide),
    ("change own", Decide),
    ("change raise", Decide),
    ("change reject", Decide),
    ("change review", Decide),
    ("change write", Decide),
    ("config apply", Administer),
    ("config approve", Decide),
    ("config propose", Administer),
    ("config reject", Decide),
    ("decision open", Decide),
    ("decision order", Decide),
    ("delegation lend", Decide),
    ("delegation revoke", Decide),
    ("departure admit", Operate),
    ("departure cancel", Operate),
    ("departure depart", Operate),
    ("departure go", Decide),
    ("departure join", Operate),
    ("departure leave", Operate),
    ("departure no-go", Decide),
    ("departure postpone", Operate),
    ("departure promise", Operate),
    ("deployment abort", Operate),
    ("deployment advance", Operate),
    ("deployment observe", Work),
    ("deployment pause", Operate),
    ("deployment propose", Operate),
    ("deployment refuse to sign", Decide),
    ("deployment report", Work),
    ("deployment resume", Operate),
    ("deployment settle", Operate),
    ("deployment sign", Decide),
    ("entry cancel", Operate),
    ("entry consent", Operate),
    ("entry declare", Operate),
    ("entry move", Operate),
    ("entry withdraw", Operate),
    ("environment accept", Administer),
    ("environment break", Administer),
    ("environment fence", Administer),
    ("environment hold", Operate),
    ("environment open", Operate),
    ("erasure ask", Administer),
    ("erasure confirm", Administer),
    ("erasure refuse", Administer),
    ("exception ask", Operate),
    ("exception grant", Decide),
    ("exception refuse", Decide),
    ("exception review", Decide),
    ("exception revoke", Operate),
    ("feed end", Operate),
    ("feed read", Operate),
    ("freeze declare", Operate),
    ("freeze extend", Operate),
    ("freeze lift", Operate),
    ("meeting adopt", Decide),
    ("meeting answer", Decide),
    ("meeting attest", Decide),
    ("meeting confirm", Decide),
    ("meeting open", Decide),
    ("meeting vote", Decide),
    ("person add", Administer),
    ("person address", Administer),
    ("person change role", Administer),
    ("person disable", Administer),
    ("person link", Administer),
    ("person register key", Own),
    ("person restore", Administer),
    ("person revoke key", Own),
    ("person unlink", Administer),
    ("release answer", Publish),
    ("release cancel", Operate),
    ("release create", Publish),
    ("release lock", Operate),
    ("release promote", Operate),
    ("release scope", Publish),
    ("release unhold", Operate),
    ("release unlock", Decide),
    ("train keep", Operate),
];

/// The right an action takes; `None` for what nobody sends.
#[must_use]
pub fn right_of(action: &str) -> Option<Right> {
    let at = ACTIONS.binary_search_by(|(name, _)| (*name).cmp(action));
    at.ok().and_then(|at| ACTIONS.get(at)).map(|(_, r)| *r)
}

/// The roles that may, for people: `operator or admin`; empty when no role does.
#[must_use]
pub fn needed(action: &str) -> String {
    let right = right_of(action);
    let all = ROLES.iter().copied().chain(["agent"]);
    let roles: Vec<&str> = all
        .filter(|role| right.is_some_and(|right| right.is_for(role)))
        .collect();
    roles.join(" or ")
}
