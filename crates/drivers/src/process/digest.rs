//! Digest of an artifact: SHA-256 of the file, or of the sorted listing of a folder.
//!
//! Listing of a folder: one line `path NUL mode NUL sha256 LF` per regular file and link, sorted by path bytes. The mode is
//! `100644`, `100755` (somebody may execute it) or `120000` (a link; the hash is that of its target text).

use super::{
    error::Error,
    kind::{self, Kind},
    unpack::path::link_stays_inside,
};
use sha2::{Digest as _, Sha256};
use std::{
    fs::{self, File},
    io::{Read, Write},
    os::unix::{ffi::OsStrExt as _, fs::PermissionsExt as _},
    path::{Path, PathBuf},
};
use tidegate_core::digest::Digest;

/// Deepest folder that is followed.
const DEPTH: usize = 64;

/// An artifact as it was measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measured {
    /// Its digest.
    pub digest: Digest,
    /// Its form.
    pub kind: Kind,
    /// Bytes of the file, or of all files of a folder.
    pub size: u64,
}

/// One line of a folder's listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Path inside the folder.
    pub path: PathBuf,
    /// What it is.
    pub entry: Entry,
}

/// What stands at a path of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// A regular file.
    File {
        /// Whether anybody may execute it.
        executable: bool,
    },
    /// A symbolic link with its target text.
    Link(PathBuf),
}

/// Digest, form and size of a file or folder, as `artifact register` needs them.
///
/// # Errors
/// [`Error::Failed`] when nothing is there or it holds something that cannot be released; [`Error::Broken`] for trouble
/// with the disk.
pub fn digest_of(path: &Path) -> Result<Measured, Error> {
    let what = format!("reading {}", path.display());
    let meta = fs::metadata(path).map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => Error::failed(format!("no artifact at {}", path.display())),
        _ => Error::io(&what, &e),
    })?;
    if meta.is_dir() {
        let (digest, size) = folder_digest(path)?;
        return Ok(Measured {
            digest,
            kind: Kind::Directory,
            size,
        });
    }
    if !meta.is_file() {
        return Err(Error::failed(format!(
            "{} is neither a file nor a folder",
            path.display()
        )));
    }
    let name = path
        .file_name()
        .map(|n| n.to_string_lossy().into_owned())
        .unwrap_or_default();
    let kind = kind::kind_of(path, &name)?;
    let file = File::open(path).map_err(|e| Error::io(&what, &e))?;
    let (digest, size) = copy(file, std::io::sink()).map_err(|e| Error::io(&what, &e))?;
    Ok(Measured { digest, kind, size })
}

/// Copies everything and returns digest and size of it.
///
/// # Errors
/// Those of reader and writer.
pub fn copy(mut from: impl Read, mut to: impl Write) -> std::io::Result<(Digest, u64)> {
    let mut hash = Sha256::new();
    let mut size = 0;
    let mut buffer = vec![0; 256 << 10];
    loop {
        let n = from.read(&mut buffer)?;
        let Some(part) = buffer.get(..n).filter(|part| !part.is_empty()) else {
            break;
        };
        hash.update(part);
        to.write_all(part)?;
        size += n as u64;
    }
    Ok((Digest::from_bytes(hash.finalize().into()), size))
}

/// Digest and size of a folder.
///
/// # Errors
/// As [`digest_of`].
pub fn folder_digest(root: &Path) -> Result<(Digest, u64), Error> {
    let (mut hash, mut total) = (Sha256::new(), 0);
    for Listed { path, entry } in list(root)? {
        let (mode, digest) = match entry {
            Entry::Link(target) => ("120000", Digest::of(target.as_os_str().as_bytes())),
            Entry::File { executable } => {
                let what = format!("reading {}", path.display());
                let file = File::open(root.join(&path)).map_err(|e| Error::io(&what, &e))?;
                let (digest, size) =
                    copy(file, std::io::sink()).map_err(|e| Error::io(&what, &e))?;
                total += size;
                (if executable { "100755" } else { "100644" }, digest)
            }
        };
        hash.update(path.as_os_str().as_bytes());
        hash.update(format!("\0{mode}\0{}\n", digest.hex()));
    }
    Ok((Digest::from_bytes(hash.finalize().into()), total))
}

/// Files and links of a folder, sorted by path.
///
/// # Errors
/// [`Error::Failed`] for devices, sockets, links out of the folder and folders nested too deep.
pub fn list(root: &Path) -> Result<Vec<Listed>, Error> {
    let mut found = Vec::new();
    let mut open = vec![(PathBuf::new(), 0)];
    while let Some((folder, depth)) = open.pop() {
        if depth > DEPTH {
            return Err(Error::failed(format!(
                "{} is nested deeper than {DEPTH} folders",
                folder.display()
            )));
        }
        let what = format!("reading {}", root.join(&folder).display());
        for entry in fs::read_dir(root.join(&folder)).map_err(|e| Error::io(&what, &e))? {
            let entry = entry.map_err(|e| Error::io(&what, &e))?;
            let path = folder.join(entry.file_name());
            let meta = entry.metadata().map_err(|e| Error::io(&what, &e))?;
            if meta.is_dir() {
                open.push((path, depth + 1));
            } else if meta.is_symlink() {
                let target = fs::read_link(entry.path()).map_err(|e| Error::io(&what, &e))?;
                link_stays_inside(&path, &target)?;
                found.push(Listed {
                    path,
                    entry: Entry::Link(target),
                });
            } else if meta.is_file() {
                let executable = meta.permissions().mode() & 0o111 != 0;
                found.push(Listed {
                    path,
                    entry: Entry::File { executable },
                });
            } else {
                return Err(Error::failed(format!(
                    "{} is neither file, folder nor link",
                    path.display()
                )));
            }
        }
    }
    found.sort_by(|a, b| {
        a.path
            .as_os_str()
            .as_bytes()
            .cmp(b.path.as_os_str().as_bytes())
    });
    Ok(found)
}
