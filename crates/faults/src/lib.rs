//! Instants at which a process of a test build can be told to die, so that what it promises can be checked with real deaths, and
//! defences that it can be told to leave out, so that the checks are checked.
//!
//! A point stands at each boundary where something becomes true: before and after a commit, an effect, an acknowledgement. Its
//! name begins with the process that dies there. The feature `torture`, which only `cargo xtask torture` builds with, brings them
//! to life; in every other build all of this is empty. Nothing here may decide, wait or change what a process does otherwise.

#[cfg(feature = "torture")]
mod live;

/// Variable with the folder in which a test says who dies where. A process of a test build without it lives as ever.
pub const FOLDER: &str = "TIDEGATE_TORTURE";

/// The process dies here, as by SIGKILL, when the folder says so: a file `armed/<name>` holds how often the point is still to be
/// passed, this time included. It becomes `fired/<name>` at the death, and `seen/<name>` is there once a process came by. With the
/// word `stop` behind the number the process stands still instead, as by SIGSTOP, and goes on from here when it is told to.
#[inline]
pub fn kill_point(name: &'static str) {
    #[cfg(feature = "torture")]
    live::kill_point(name);
    #[cfg(not(feature = "torture"))]
    let _ = name;
}

/// Is this defence switched off? Never, except in a test build whose folder has a file `off/<name>`: a judge that never found anything
/// proves nothing.
#[inline]
#[must_use]
pub fn is_off(defence: &str) -> bool {
    #[cfg(feature = "torture")]
    return live::is_off(defence);
    #[cfg(not(feature = "torture"))]
    {
        let _ = defence;
        false
    }
}

/// By how many versions of the schema this process is ahead of its source. None, except in a test build whose folder has a file
/// `ahead` with a number: so that one build can stand for an old and a new version at the same time.
#[must_use]
pub fn versions_ahead() -> u32 {
    #[cfg(feature = "torture")]
    return live::versions_ahead();
    #[cfg(not(feature = "torture"))]
    0
}

/// What a process that starts another with an environment of its own hands on: nothing, except in a test build.
#[must_use]
pub fn handed_on() -> Option<(String, String)> {
    #[cfg(feature = "torture")]
    return live::handed_on();
    #[cfg(not(feature = "torture"))]
    None
}
