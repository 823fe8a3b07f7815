//! What a plan brings beyond what runs: every version after the running one, up to the new one.
//!
//! A version that never came to production is part of the next one that does. Whoever registers a version says what is new in
//! it since the version before; here that is added up, and what one of them leaves out is not known for all of them.

use crate::id::ReleaseId;
use crate::limits;
use crate::model::listing::ARTIFACTS;
use crate::plan::PlanBody;
use crate::refusal::Refusal;
use crate::stream::artifact::{Artifact, Bits};
use crate::view::View;
use std::collections::{BTreeMap, BTreeSet};

/// What a plan brings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Carried {
    /// The versions, with what was registered for each; the new one among them.
    pub versions: BTreeMap<ReleaseId, Bits>,
    /// There may be more versions than were looked at.
    pub is_cut: bool,
}

/// The versions between what runs and what shall run. At a first install, and on the way to an older version, only the new one.
///
/// # Errors
/// A stored state that cannot be read.
pub fn carried(view: &dyn View, plan: &PlanBody) -> Result<Carried, Refusal> {
    let from = plan.from.as_ref().map(|from| &from.release);
    between(view, from, &plan.to.release)
}

/// The same, of a version that is to replace another one.
///
/// # Errors
/// A stored state that cannot be read.
pub fn between(
    view: &dyn View,
    from: Option<&ReleaseId>,
    to: &ReleaseId,
) -> Result<Carried, Refusal> {
    let mut found = Carried::default();
    let mut take = |id: ReleaseId| -> Result<(), Refusal> {
        let (_, artifact) = view.shared::<Artifact>(&id.to_string())?;
        if let Some(bits) = artifact.bits() {
            found.versions.insert(id, bits.clone());
        }
        Ok(())
    };
    take(to.clone())?;
    let Some(from) = from else {
        return Ok(found);
    };
    let prefix = format!("{}@", to.service);
    let rows = view.scan(ARTIFACTS, &prefix, limits::CARRIED + 1);
    let is_cut = rows.len() > limits::CARRIED;
    for (key, _) in rows {
        let Ok(id) = key.parse::<ReleaseId>() else {
            continue;
        };
        if id.is_newer(from) && to.is_newer(&id) {
            take(id)?;
        }
    }
    found.is_cut = is_cut;
    Ok(found)
}

impl Carried {
    /// Commits since what runs; not known when one version does not say.
    #[must_use]
    pub fn commits(&self) -> Option<u32> {
        let each = self.versions.values().map(|bits| bits.commits);
        let sum = each.sum::<Option<u32>>();
        sum.filter(|_| !self.is_cut && !self.versions.is_empty())
    }

    /// Does any of them change a database? Not known when none says yes and one does not say.
    #[must_use]
    pub fn migrates(&self) -> Option<bool> {
        let each: BTreeSet<Option<bool>> =
            self.versions.values().map(|bits| bits.migrates).collect();
        if each.contains(&Some(true)) {
            return Some(true);
        }
        let told = !each.contains(&None) && !each.is_empty() && !self.is_cut;
        told.then_some(false)
    }

    /// Everybody who wrote something new, as registered.
    #[must_use]
    pub fn authors(&self) -> BTreeSet<&str> {
        let all = self.versions.values().flat_map(|bits| &bits.authors);
        all.map(String::as_str).collect()
    }

    /// Versions that were registered without their authors.
    #[must_use]
    pub fn without_authors(&self) -> Vec<&ReleaseId> {
        let none = self
            .versions
            .iter()
            .filter(|(_, bits)| bits.authors.is_empty());
        none.map(|(id, _)| id).collect()
    }
}
