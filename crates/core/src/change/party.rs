//! Who has which part in a change: wrote it, asked for it, operates it.
//!
//! An account stands for the person behind it. An author whom nobody knows is kept as such: whoever asks for authors to be
//! somebody else must not read "unknown" as "somebody else".

use super::carries::{Carried, carried};
use crate::id::ReleaseId;
use crate::people;
use crate::plan::PlanBody;
use crate::spec::Part;
use crate::view::View;
use std::collections::BTreeSet;

/// Everybody with a part in a change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parties {
    /// Persons who wrote what is new since what runs.
    pub authors: BTreeSet<String>,
    /// Authors as registered whom nobody is known by.
    pub unknown: BTreeSet<String>,
    /// Versions that the plan brings and that were registered without their authors.
    pub without_authors: BTreeSet<ReleaseId>,
    /// More versions lie between what runs and the new one than are looked at.
    pub is_cut: bool,
    /// Persons who asked for the release or the deployment.
    pub requesters: BTreeSet<String>,
    /// Persons who operate the deployment.
    pub deployers: BTreeSet<String>,
}

/// The parties of a change, asked for by these accounts and operated by those. Authors are those of every version that the plan
/// brings, also of versions that never came to this environment.
///
/// # Errors
/// The stored state of an artifact cannot be read.
pub fn parties<'a>(
    view: &dyn View,
    plan: &PlanBody,
    requesters: impl IntoIterator<Item = &'a str>,
    deployers: impl IntoIterator<Item = &'a str>,
) -> Result<Parties, crate::refusal::Refusal> {
    let carried = carried(view, plan)?;
    Ok(of(
        view,
        &plan.to.release,
        &carried,
        (requesters, deployers),
    ))
}

/// The parties of what is carried to a release.
pub(crate) fn of<'a>(
    view: &dyn View,
    release: &ReleaseId,
    carried: &Carried,
    (requesters, deployers): (
        impl IntoIterator<Item = &'a str>,
        impl IntoIterator<Item = &'a str>,
    ),
) -> Parties {
    let mut found = Parties {
        requesters: requesters
            .into_iter()
            .map(|a| people::behind(view, a))
            .collect(),
        deployers: deployers
            .into_iter()
            .map(|a| people::behind(view, a))
            .collect(),
        without_authors: carried.without_authors().into_iter().cloned().collect(),
        is_cut: carried.is_cut,
        ..Parties::default()
    };
    if carried.versions.is_empty() {
        found.without_authors.insert(release.clone());
    }
    for address in carried.authors() {
        match people::by_address(view, address) {
            Some(person) => found.authors.insert(person),
            None => found.unknown.insert(address.to_owned()),
        };
    }
    found
}

impl Parties {
    /// The parts among `barred` that a person has.
    #[must_use]
    pub fn parts(&self, person: &str, barred: &BTreeSet<Part>) -> Vec<Part> {
        let has = |part: &Part| match part {
            Part::Author => self.authors.contains(person),
            Part::Requester => self.requesters.contains(person),
            Part::Deployer => self.deployers.contains(person),
        };
        barred.iter().copied().filter(has).collect()
    }

    /// Why it cannot be told who is barred, when it cannot.
    #[must_use]
    pub fn unclear(&self, barred: &BTreeSet<Part>) -> Option<String> {
        if !barred.contains(&Part::Author) {
            return None;
        }
        if self.is_cut {
            return Some("too many versions lie between what runs and this one".to_owned());
        }
        let listed = |all: Vec<String>| all.join(", ");
        if !self.without_authors.is_empty() {
            let versions = self.without_authors.iter().map(ToString::to_string);
            let versions = listed(versions.collect());
            return Some(format!("{versions} was registered without its authors"));
        }
        let names = self.unknown.iter().cloned().collect();
        (!self.unknown.is_empty()).then(|| format!("nobody is known by {}", listed(names)))
    }
}
