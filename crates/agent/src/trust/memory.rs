//! What was let in, on disk.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;
use tidegate_core::digest::Digest;
use tidegate_core::time::Timestamp;

/// Revisions of one service that a return may go to.
const REVISIONS: usize = 100;

/// What was let in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Memory {
    /// Newest plan by `environment/service`.
    pub plans: BTreeMap<String, Plan>,
    /// Revisions of plans that were let in, by `environment/service`, the newest last.
    pub revisions: BTreeMap<String, Vec<Digest>>,
    /// What used the votes of a change, while any of those is good.
    pub used: BTreeMap<String, Used>,
}

/// A plan that was let in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Digest over its effects.
    pub digest: Digest,
    /// Its generation.
    pub generation: u64,
}

/// The use of the votes of a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Used {
    /// Deployment that used them.
    pub deployment: String,
    /// Its generation.
    pub generation: u64,
    /// When the last of them ends.
    pub until: Timestamp,
}

impl Memory {
    /// Would a plan only bring back what was let in before?
    pub fn is_return(&self, place: &str, sides: &[Digest]) -> bool {
        let known = self.revisions.get(place);
        known.is_some_and(|known| sides.iter().all(|side| known.contains(side)))
    }

    /// Note a plan, what it runs, and the use of the votes of its change.
    pub fn admit(
        &mut self,
        place: String,
        plan: Plan,
        sides: Vec<Digest>,
        used: Option<(String, Used)>,
    ) {
        let known = self.revisions.entry(place.clone()).or_default();
        known.retain(|had| !sides.contains(had));
        known.extend(sides.into_iter().rev());
        known.drain(..known.len().saturating_sub(REVISIONS));
        self.plans.insert(place, plan);
        self.used.extend(used);
    }
}

/// What is on disk; nothing when there is no file.
pub fn read(file: &Path) -> io::Result<Memory> {
    match fs::read_to_string(file) {
        Ok(text) => serde_json::from_str(&text).map_err(io::Error::from),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(Memory::default()),
        Err(e) => Err(e),
    }
}

/// On disk when it returns: the whole of it or nothing.
pub fn write(file: &Path, memory: &Memory) -> io::Result<()> {
    let fresh = file.with_extension("new");
    let mut out = File::create(&fresh)?;
    out.write_all(&serde_json::to_vec(memory)?)?;
    out.sync_all()?;
    fs::rename(&fresh, file)?;
    match file.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}
