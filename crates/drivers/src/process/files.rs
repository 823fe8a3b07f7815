//! Small files that must be whole or absent, and folders that only this user may read.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::Path,
};

/// How a small file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// Survives the death of this process.
    Process,
    /// Survives the loss of power.
    Power,
}

/// Replaces a file as a whole; only this user may read it.
///
/// # Errors
/// Those of the file system; the former content is then untouched.
pub fn replace(path: &Path, bytes: &[u8], keep: Keep) -> io::Result<()> {
    let temporary = path.with_extension("new");
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&temporary)?;
    file.write_all(bytes)?;
    if keep == Keep::Power {
        file.sync_all()?;
    }
    fs::rename(&temporary, path)?;
    match path.parent() {
        Some(parent) if keep == Keep::Power => File::open(parent)?.sync_all(),
        _ => Ok(()),
    }
}

/// Replaces a file with the JSON text of `value`.
///
/// # Errors
/// As [`replace`].
pub fn replace_json<T: serde::Serialize>(path: &Path, value: &T, keep: Keep) -> io::Result<()> {
    replace(path, &serde_json::to_vec_pretty(value)?, keep)
}

/// Reads a JSON file; `None` when it does not exist.
///
/// # Errors
/// Those of the file system; `InvalidData` when the text is not such a value.
pub fn read_json<T: serde::de::DeserializeOwned>(path: &Path) -> io::Result<Option<T>> {
    match fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|e| {
            io::Error::new(
                io::ErrorKind::InvalidData,
                format!("{}: {e}", path.display()),
            )
        }),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(e),
    }
}

/// Random text that a file keeps: made at the first call, the same ever after. At least `bytes` random bytes as hex digits.
///
/// # Errors
/// Those of the file system.
pub fn kept_random(path: &Path, bytes: usize) -> io::Result<String> {
    match fs::read_to_string(path) {
        Ok(text) if text.trim().len() >= 2 * bytes => return Ok(text.trim().to_owned()),
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
        _ => {}
    }
    let mut random = vec![0; bytes];
    File::open("/dev/urandom")?.read_exact(&mut random)?;
    let text: String = random.iter().map(|b| format!("{b:02x}")).collect();
    replace(path, text.as_bytes(), Keep::Power)?;
    Ok(text)
}

/// Makes a folder and those above it, readable by this user alone.
///
/// # Errors
/// Those of the file system.
pub fn private_folder(path: &Path) -> io::Result<()> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
}

/// Removes a folder with all it holds; an absent one is fine.
///
/// # Errors
/// Those of the file system.
pub fn remove_folder(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
        _ => Ok(()),
    }
}
