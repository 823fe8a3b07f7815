//! Sign-ins of this user of this machine, by server: one file that only its owner can read.

use crate::exit::{Exit, Failure};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use tidegate_core::time::Timestamp;

/// Largest file that is read, in bytes.
const CAP: u64 = 1 << 20;

/// A sign-in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignIn {
    /// Bearer text: a secret.
    pub token: String,
    /// Account.
    pub account: String,
    /// Until when at the latest.
    pub until: Timestamp,
}

/// Where they are kept.
fn file() -> Option<PathBuf> {
    Some(folder()?.join("sign-ins.json"))
}

/// What is this user's own: `TIDEGATE_HOME`, else the folder for configuration.
#[must_use]
pub fn folder() -> Option<PathBuf> {
    let folder = |name: &str| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    folder("TIDEGATE_HOME")
        .or_else(|| folder("XDG_CONFIG_HOME").map(|f| f.join("tidegate")))
        .or_else(|| folder("HOME").map(|f| f.join(".config/tidegate")))
}

/// The sign-in at a server.
///
/// # Errors
/// The file cannot be read, or others can read it.
pub fn of(url: &str) -> Result<Option<SignIn>, Failure> {
    let Some(file) = file() else {
        return Ok(None);
    };
    Ok(read(&file)?.remove(&key(url)))
}

/// Keep a sign-in; the former one at this server is forgotten.
///
/// # Errors
/// The file cannot be written.
pub fn keep(url: &str, sign_in: SignIn) -> Result<(), Failure> {
    change(|all| {
        all.insert(key(url), sign_in);
    })
}

/// Forget the sign-in at a server.
///
/// # Errors
/// The file cannot be written.
pub fn forget(url: &str) -> Result<(), Failure> {
    change(|all| {
        all.remove(&key(url));
    })
}

fn key(url: &str) -> String {
    url.trim().trim_end_matches('/').to_owned()
}

fn change(change: impl FnOnce(&mut BTreeMap<String, SignIn>)) -> Result<(), Failure> {
    let file = file().ok_or_else(|| {
        Failure::usage("there is no folder for the sign-in").help("set HOME or TIDEGATE_HOME")
    })?;
    let mut all = read(&file)?;
    change(&mut all);
    let text = serde_json::to_string_pretty(&all)
        .map_err(|e| Failure::new(Exit::Failed, format!("the sign-in cannot be kept: {e}")))?;
    write(&file, &text).map_err(|e| trouble(&file, &e))
}

/// Never half a file, never readable by others: a new one beside it takes its place.
fn write(file: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = file.parent() {
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)?;
    }
    let beside = file.with_extension(format!("{}.new", std::process::id()));
    let mut new = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&beside)?;
    new.write_all(text.as_bytes())?;
    new.sync_all()?;
    std::fs::rename(&beside, file)
}

fn read(file: &Path) -> Result<BTreeMap<String, SignIn>, Failure> {
    let meta = match std::fs::metadata(file) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(e) => return Err(trouble(file, &e)),
        Ok(meta) => meta,
    };
    if meta.permissions().mode() & 0o077 != 0 {
        return Err(Failure::new(
            Exit::NotAllowed,
            format!("{} holds secrets and others can read it", file.display()),
        )
        .help(format!("chmod 600 {}", file.display())));
    }
    if meta.len() > CAP {
        return Err(trouble(
            file,
            &std::io::Error::other("it is larger than 1 MiB"),
        ));
    }
    let text = std::fs::read_to_string(file).map_err(|e| trouble(file, &e))?;
    serde_json::from_str(&text).map_err(|e| trouble(file, &std::io::Error::other(e.to_string())))
}

fn trouble(file: &Path, error: &std::io::Error) -> Failure {
    Failure::new(
        Exit::NotAllowed,
        format!("{} cannot be used: {error}", file.display()),
    )
    .help("remove it and sign in again")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_others_can_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("deep/sign-ins.json");
        assert!(read(&file).unwrap().is_empty());
        write(&file, "{}").unwrap();
        assert_eq!(
            std::fs::metadata(&file).unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert!(read(&file).unwrap().is_empty());
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
        let failure = read(&file).err().unwrap();
        assert_eq!(failure.exit, Exit::NotAllowed);
        assert!(failure.message.contains("others can read it"));
    }
}
