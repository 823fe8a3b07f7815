//! The points at which processes die, as files in a folder that the processes look at.

use anyhow::Result;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Between two looks whether a point has fired.
const LOOK: Duration = Duration::from_millis(5);

/// The folder that arms points.
#[derive(Debug, Clone)]
pub struct Points {
    folder: PathBuf,
}

impl Points {
    /// An empty one.
    pub fn new(folder: &Path) -> Result<Self> {
        for part in ["armed", "fired", "seen", "off"] {
            fs::create_dir_all(folder.join(part))?;
        }
        Ok(Self {
            folder: folder.to_owned(),
        })
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whoever passes `point` for the `pass`-th time dies. True when somebody did within the patience; else the point is taken
    /// back, unless it fired at that very moment.
    pub async fn kill_at(&self, point: &str, pass: u64, patience: Duration) -> Result<bool> {
        self.at(point, &pass.to_string(), patience).await
    }

    /// The same, but whoever comes by stands still there until it is told to go on.
    pub async fn stop_at(&self, point: &str, pass: u64, patience: Duration) -> Result<bool> {
        self.at(point, &format!("{pass} stop"), patience).await
    }

    /// Processes that start from now on stand for a version that is so many steps of the schema ahead.
    pub fn ahead(&self, versions: u32) -> Result<()> {
        Ok(fs::write(self.folder.join("ahead"), versions.to_string())?)
    }

    async fn at(&self, point: &str, text: &str, patience: Duration) -> Result<bool> {
        let (armed, fired) = (self.path("armed", point), self.path("fired", point));
        let beside = self.folder.join(format!("{point}.new"));
        fs::write(&beside, text)?;
        fs::rename(&beside, &armed)?;
        let begun = Instant::now();
        while begun.elapsed() < patience && !fired.exists() {
            tokio::time::sleep(LOOK).await;
        }
        // Taken back by a rename, so that either it fires or it is taken, never both.
        let taken = fs::rename(&armed, &beside).is_ok();
        let died = !taken && fired.exists();
        if died {
            fs::remove_file(&fired)?;
        }
        Ok(died)
    }

    /// Processes that start from now on leave this defence out.
    pub fn switch_off(&self, defence: &str) -> Result<()> {
        Ok(fs::write(self.path("off", defence), "")?)
    }

    /// Did a process come by at all?
    pub fn was_passed(&self, point: &str) -> bool {
        self.path("seen", point).exists()
    }

    fn path(&self, part: &str, point: &str) -> PathBuf {
        self.folder.join(part).join(point)
    }
}
