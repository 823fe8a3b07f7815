//! What was seen of the files of releases, kept between two looks.

use super::{
    content::{self, Changed, Known},
    error::{Error, blocking},
};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// A change that was put right is told for this long, so that whoever asks every few seconds hears of it.
const TOLD: Duration = Duration::from_secs(10);

/// By folder name of the release.
#[derive(Debug)]
pub struct Looks {
    dir: PathBuf,
    seen: Mutex<BTreeMap<String, Seen>>,
}

#[derive(Debug, Default)]
struct Seen {
    known: Known,
    changed: Vec<Changed>,
    /// When a changed file was seen last.
    at: Option<Instant>,
}

impl Looks {
    /// Nothing was looked at yet in this folder of releases.
    #[must_use]
    pub fn new(dir: &Path) -> Self {
        Self {
            dir: dir.to_owned(),
            seen: Mutex::default(),
        }
    }

    /// Files of a release that somebody changed, as they are now.
    ///
    /// # Errors
    /// [`Error::Broken`] for disk trouble.
    pub async fn look(&self, name: &str) -> Result<Vec<Changed>, Error> {
        let folder = self.dir.join(name);
        let known = self.with(|all| all.get_mut(name).map(|l| std::mem::take(&mut l.known)));
        let mut known = known.unwrap_or_default();
        let (changed, known) =
            blocking(move || Ok((content::changed(&folder, &mut known)?, known))).await?;
        self.with(|all| {
            let seen = all.entry(name.to_owned()).or_default();
            seen.known = known;
            if !changed.is_empty() {
                seen.changed.clone_from(&changed);
                seen.at = Some(Instant::now());
            } else if seen.at.is_none_or(|at| at.elapsed() > TOLD) {
                seen.changed = Vec::new();
            }
        });
        Ok(changed)
    }

    /// Files of a release that somebody changed, as last seen. Those put right a moment ago are among them.
    #[must_use]
    pub fn changed(&self, name: &str) -> Vec<Changed> {
        self.with(|all| all.get(name).map(|l| l.changed.clone()).unwrap_or_default())
    }

    /// The release is gone.
    pub fn forget(&self, name: &str) {
        self.with(|all| all.remove(name));
    }

    fn with<T>(&self, of: impl FnOnce(&mut BTreeMap<String, Seen>) -> T) -> T {
        of(&mut self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
