//! A clock for real processes that a story moves: `libfaketime` in front of the C library. Monotonic time is left alone, so
//! that leases and timeouts take as long as they do.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

/// Where the clock of some processes stands, as a distance from the machine's, in a file that they read each time.
#[derive(Debug)]
pub struct MovedClock {
    library: PathBuf,
    file: PathBuf,
}

impl MovedClock {
    /// The library of this machine; `None`, and a word about it, where it is not installed.
    pub fn library() -> Option<PathBuf> {
        let folders = std::fs::read_dir("/usr/lib").ok()?.flatten();
        let found = folders
            .map(|folder| folder.path().join("faketime/libfaketimeMT.so.1"))
            .chain([PathBuf::from("/usr/lib/faketime/libfaketimeMT.so.1")])
            .find(|path| path.exists());
        if found.is_none() {
            eprintln!("skipped: clocks cannot be moved here; `apt-get install faketime` lets them");
        }
        found
    }

    pub fn new(library: PathBuf, file: PathBuf) -> Self {
        Self { library, file }
    }

    /// It is this time now, and goes on from there.
    pub fn set(&self, when: &str) {
        let then: jiff::Zoned = when.parse().unwrap();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let apart = then.timestamp().as_duration().as_secs_f64() - now.as_secs_f64();
        // Replaced as a whole: a process that reads meanwhile sees the old or the new one.
        let fresh = self.file.with_extension("new");
        std::fs::write(&fresh, format!("{apart:+.3}\n")).unwrap();
        std::fs::rename(&fresh, &self.file).unwrap();
    }

    /// A process with this clock, and all that it starts.
    pub fn give(&self, command: &mut Command) {
        let path = |path: &Path| path.display().to_string();
        command
            .env("LD_PRELOAD", path(&self.library))
            .env("FAKETIME_TIMESTAMP_FILE", path(&self.file))
            .env("FAKETIME_NO_CACHE", "1")
            .env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    }
}
