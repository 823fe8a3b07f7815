//! What nobody could do any more: actions on which others wait, and which the policies forbid to everybody, everywhere.

use super::{Policies, sample};
use std::collections::BTreeSet;
use tidegate_core::authority::{Judge as _, Rule, Ruling, Thing};
use tidegate_core::spec::Spec;

/// Actions without which something waits for ever, with what it is.
const NEEDED: [(&str, Thing, &str); 9] = [
    ("change approve", Thing::Change, "changes wait for a yes"),
    (
        "change review",
        Thing::Change,
        "emergencies wait for their review",
    ),
    (
        "config apply",
        Thing::Company,
        "the configuration could never be corrected",
    ),
    (
        "deployment abort",
        Thing::Deployment,
        "a bad deployment could not be stopped",
    ),
    (
        "deployment propose",
        Thing::Deployment,
        "nothing could be deployed or brought back",
    ),
    (
        "environment open",
        Thing::Environment,
        "an environment that is held would stay closed",
    ),
    (
        "exception grant",
        Thing::Company,
        "exceptions wait for a yes",
    ),
    (
        "freeze lift",
        Thing::Company,
        "a freeze could not be lifted",
    ),
    (
        "release promote",
        Thing::Release,
        "no release could be promoted",
    ),
];

/// An action that nobody could do any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Impossible {
    /// Which.
    pub action: &'static str,
    /// What comes of it.
    pub so: &'static str,
    /// The policies that forbid it.
    pub by: Vec<Rule>,
}

/// Actions that are forbidden to everybody everywhere by texts of the configuration.
#[must_use]
pub fn impossible(policies: &Policies, spec: &Spec) -> Vec<Impossible> {
    let people = sample::people(spec);
    let mut found = Vec::new();
    for (action, kind, so) in NEEDED {
        let things = sample::things(spec, kind);
        let mut by: BTreeSet<Rule> = BTreeSet::new();
        let mut somebody = false;
        'all: for what in &things {
            for who in &people {
                match policies.judge(&sample::request(action, who, what)) {
                    Ruling::Allowed { .. } => {
                        somebody = true;
                        break 'all;
                    }
                    Ruling::Forbidden { by: rules } => by.extend(rules),
                    Ruling::Broken { rules, .. } => by.extend(rules),
                    Ruling::Unlisted => {}
                }
            }
        }
        if !somebody {
            let by = by.into_iter().collect();
            found.push(Impossible { action, so, by });
        }
    }
    found
}
