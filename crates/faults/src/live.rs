//! Points of a test build: a look at a small file each time one is passed.

use rustix::process::{Signal, getpid, kill_process};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

fn folder() -> Option<&'static Path> {
    static NAMED: OnceLock<Option<PathBuf>> = OnceLock::new();
    let named = NAMED.get_or_init(|| std::env::var_os(crate::FOLDER).map(PathBuf::from));
    named.as_deref()
}

pub(crate) fn handed_on() -> Option<(String, String)> {
    let folder = folder()?.to_str()?.to_owned();
    Some((crate::FOLDER.to_owned(), folder))
}

pub(crate) fn kill_point(name: &'static str) {
    if let Some(folder) = folder() {
        note(folder, name);
        if dies(folder, name) {
            // The signal cannot be caught; the abort is for a system on which it comes late.
            let _ = kill_process(getpid(), Signal::KILL);
            std::process::abort();
        }
    }
}

pub(crate) fn is_off(defence: &str) -> bool {
    static OFF: OnceLock<BTreeSet<String>> = OnceLock::new();
    let off = OFF.get_or_init(|| {
        let listed = folder().map(|folder| fs::read_dir(folder.join("off")));
        let files = listed.into_iter().flatten().flatten().flatten();
        files
            .map(|file| file.file_name().to_string_lossy().into_owned())
            .collect()
    });
    off.contains(defence)
}

/// Once in the life of a process.
fn note(folder: &Path, name: &'static str) {
    static SEEN: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let new = SEEN
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .insert(name);
    if new {
        // A point that nobody is seen to pass is what the test complains about.
        let _ = fs::write(folder.join("seen").join(name), "");
    }
}

/// Is this the pass that kills? Of several processes and threads one wins.
fn dies(folder: &Path, name: &str) -> bool {
    let armed = folder.join("armed").join(name);
    let Ok(text) = fs::read_to_string(&armed) else {
        return false;
    };
    match text.trim().parse::<u32>() {
        Ok(left) if left > 1 => {
            // Two threads at once may count one pass for two: how many it was does not matter.
            let _ = fs::write(&armed, (left - 1).to_string());
            false
        }
        _ => fs::rename(&armed, folder.join("fired").join(name)).is_ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_armed_point_fires_once_and_at_the_pass_that_was_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        for part in ["armed", "fired"] {
            fs::create_dir(folder.path().join(part)).unwrap();
        }
        let at = || dies(folder.path(), "agent.here");
        assert!(!at(), "not armed");
        fs::write(folder.path().join("armed/agent.here"), "3").unwrap();
        assert_eq!([at(), at(), at(), at()], [false, false, true, false]);
        assert!(folder.path().join("fired/agent.here").exists());
    }
}
