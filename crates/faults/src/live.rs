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
        match told(folder, name) {
            None => {}
            Some(Signal::STOP) => {
                // Who let it go on sees that it did.
                let _ = kill_process(getpid(), Signal::STOP);
            }
            Some(_) => {
                // The signal cannot be caught; the abort is for a system on which it comes late.
                let _ = kill_process(getpid(), Signal::KILL);
                std::process::abort();
            }
        }
    }
}

/// Read once: a process has one version for as long as it lives.
pub(crate) fn versions_ahead() -> u32 {
    static AHEAD: OnceLock<u32> = OnceLock::new();
    *AHEAD.get_or_init(|| {
        let text = folder().and_then(|folder| fs::read_to_string(folder.join("ahead")).ok());
        text.and_then(|text| text.trim().parse().ok()).unwrap_or(0)
    })
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

/// Is this the pass at which something happens, and what? Of several processes and threads one wins.
fn told(folder: &Path, name: &str) -> Option<Signal> {
    let armed = folder.join("armed").join(name);
    let text = fs::read_to_string(&armed).ok()?;
    let (passes, what) = match text.trim().split_once(' ') {
        Some((passes, "stop")) => (passes, Signal::STOP),
        Some((passes, _)) => (passes, Signal::KILL),
        None => (text.trim(), Signal::KILL),
    };
    match passes.parse::<u32>() {
        Ok(left) if left > 1 => {
            let less = text.trim().replacen(passes, &(left - 1).to_string(), 1);
            // Two threads at once may count one pass for two: how many it was does not matter.
            let _ = fs::write(&armed, less);
            None
        }
        _ => {
            let fired = fs::rename(&armed, folder.join("fired").join(name));
            fired.is_ok().then_some(what)
        }
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
        let at = || told(folder.path(), "agent.here");
        assert_eq!(at(), None, "not armed");
        for (text, what) in [("3", Signal::KILL), ("3 stop", Signal::STOP)] {
            fs::write(folder.path().join("armed/agent.here"), text).unwrap();
            assert_eq!([at(), at(), at(), at()], [None, None, Some(what), None]);
            assert!(folder.path().join("fired/agent.here").exists());
        }
    }
}
