//! The fence: the highest generation seen per service is kept on disk, and older work is refused, also after a restart.

use super::files::{self, Keep};
use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
    sync::Mutex,
};
use tidegate_plugin::Fault;

/// Highest generations by `environment/service`.
#[derive(Debug)]
pub struct Generations {
    path: PathBuf,
    seen: Mutex<BTreeMap<String, u64>>,
}

impl Generations {
    /// Loads the record in the folder of a target.
    ///
    /// # Errors
    /// When it exists and cannot be read: without it, old work could not be told from new.
    pub fn open(root: &Path) -> io::Result<Self> {
        let path = root.join("generations.json");
        let seen = files::read_json(&path)?.unwrap_or_default();
        Ok(Self {
            path,
            seen: Mutex::new(seen),
        })
    }

    /// Lets work of this generation in. A newer one is on disk before this returns; blocks for the time of a flush.
    ///
    /// # Errors
    /// [`Fault::Refused`] for an older generation, [`Fault::Broken`] when the record cannot be kept.
    pub fn admit(&self, service: &str, generation: u64) -> Result<(), Fault> {
        let mut seen = self
            .seen
            .lock()
            .map_err(|_| Fault::Broken("the generation record is damaged".to_owned()))?;
        let newest = seen.get(service).copied().unwrap_or(0);
        if generation < newest {
            let text = format!(
                "generation {generation} of {service} is older than {newest}, which was seen before"
            );
            return Err(Fault::Refused(text));
        }
        if generation > newest {
            let mut next = seen.clone();
            next.insert(service.to_owned(), generation);
            files::replace_json(&self.path, &next, Keep::Power).map_err(|e| {
                Fault::Broken(format!("the generation record cannot be written: {e}"))
            })?;
            *seen = next;
        }
        Ok(())
    }

    /// The highest generation seen.
    #[must_use]
    pub fn newest(&self, service: &str) -> u64 {
        self.seen
            .lock()
            .map_or(u64::MAX, |seen| seen.get(service).copied().unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_older_generation_is_refused_by_its_number_also_after_a_restart() {
        let dir = tempfile::tempdir().unwrap();
        let fence = Generations::open(dir.path()).unwrap();
        fence.admit("prod/web", 7).unwrap();
        fence.admit("prod/web", 7).unwrap();
        fence.admit("prod/api", 1).unwrap();
        drop(fence);
        let fence = Generations::open(dir.path()).unwrap();
        let fault = fence.admit("prod/web", 6).unwrap_err();
        let text = "refused: generation 6 of prod/web is older than 7, which was seen before";
        assert_eq!(fault.to_string(), text);
        fence.admit("prod/web", 8).unwrap();
    }

    #[test]
    fn a_damaged_record_is_an_error_and_never_an_empty_one() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("generations.json"), "{\"prod/web\": ").unwrap();
        assert!(
            Generations::open(dir.path())
                .unwrap_err()
                .to_string()
                .contains("generations.json")
        );
    }
}
