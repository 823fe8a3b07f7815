//! Who has which part in a change: wrote it, asked for it, operates it.
//!
//! An account stands for the person behind it. An author whom nobody knows is kept as such: whoever asks for authors to be
//! somebody else must not read "unknown" as "somebody else".

use crate::id::ReleaseId;
use crate::people;
use crate::spec::Part;
use crate::stream::artifact::Artifact;
use crate::view::View;
use std::collections::BTreeSet;

/// Everybody with a part in a change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parties {
    /// Persons who wrote commits of the artifact.
    pub authors: BTreeSet<String>,
    /// Authors as registered whom nobody is known by; `None` when the artifact names no authors at all.
    pub unknown: Option<BTreeSet<String>>,
    /// Persons who asked for the release or the deployment.
    pub requesters: BTreeSet<String>,
    /// Persons who operate the deployment.
    pub deployers: BTreeSet<String>,
}

/// The parties of a change to `release`, asked for by these accounts and operated by those.
///
/// # Errors
/// The artifact's stored state cannot be read.
pub fn parties<'a>(
    view: &dyn View,
    release: &ReleaseId,
    requesters: impl IntoIterator<Item = &'a str>,
    deployers: impl IntoIterator<Item = &'a str>,
) -> Result<Parties, crate::refusal::Refusal> {
    let artifact: Artifact = view.load(&release.to_string())?;
    let written = artifact
        .bits()
        .map(|b| b.authors.clone())
        .unwrap_or_default();
    let mut found = Parties {
        requesters: requesters
            .into_iter()
            .map(|a| people::behind(view, a))
            .collect(),
        deployers: deployers
            .into_iter()
            .map(|a| people::behind(view, a))
            .collect(),
        unknown: (!written.is_empty()).then(BTreeSet::new),
        ..Parties::default()
    };
    for address in written {
        match (people::by_address(view, &address), &mut found.unknown) {
            (Some(person), _) => {
                found.authors.insert(person);
            }
            (None, Some(unknown)) => {
                unknown.insert(address);
            }
            (None, None) => {}
        }
    }
    Ok(found)
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
        match &self.unknown {
            None => Some("the artifact was registered without its authors".to_owned()),
            Some(unknown) if unknown.is_empty() => None,
            Some(unknown) => {
                let names: Vec<&str> = unknown.iter().map(String::as_str).collect();
                Some(format!("nobody is known by {}", names.join(", ")))
            }
        }
    }
}
