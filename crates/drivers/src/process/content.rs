//! What the files of a release were when it was made ready, and which of them somebody changed since.
//!
//! Only the artifact's own files are compared: programs may write others beside them. A look costs one question to the file
//! system for each file; contents are read again when size, times or number of the file are others than at the last look.
//! What stands in a file never leaves this host, only its digest.

use super::{
    clock::now_ms,
    digest::{self, Listed},
    error::Error,
    files::{self, Keep},
};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fs,
    io::ErrorKind,
    os::unix::{ffi::OsStrExt as _, fs::MetadataExt as _},
    path::Path,
};
use tidegate_core::digest::Digest;

const CONTENT: &str = "content.json";
/// Changed files that were put right, by the milliseconds since 1970 at which they were.
const ASIDE: &str = "changed";
/// How often that is kept.
const MOST_ASIDE: usize = 5;

/// The record of a release: what stood at each path of the artifact, in words.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Content(BTreeMap<String, String>);

/// A file that is another one than was made ready.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// Path inside the release.
    pub path: String,
    /// What stood there: `sha256:…`, with ` executable` behind it, or `link to sha256:…`.
    pub declared: String,
    /// What stands there, the same way, or `gone`.
    pub seen: String,
}

/// What the file system says of a file without reading it. The time of change cannot be set by whoever edits.
type Stamp = (u64, u64, i64, i64, u32);

/// Words for files that were looked at before, by path.
pub type Known = BTreeMap<String, (Stamp, String)>;

/// Keeps what the files in `own` are now.
///
/// # Errors
/// [`Error::Broken`] for disk trouble.
pub fn keep(folder: &Path, own: &[Listed]) -> Result<(), Error> {
    let tree = folder.join("tree");
    let mut content = Content::default();
    for listed in own {
        // What preparing took away belongs to the release no more.
        if let (Some(path), Some((_, words))) =
            (listed.path.to_str(), words(&tree.join(&listed.path), None)?)
        {
            content.0.insert(path.to_owned(), words);
        }
    }
    files::replace_json(&folder.join(CONTENT), &content, Keep::Power)
        .map_err(|e| Error::io("recording a release", &e))
}

/// The artifact's own files that are others than they were. None when nothing was recorded.
///
/// # Errors
/// [`Error::Broken`] for disk trouble.
pub fn changed(folder: &Path, known: &mut Known) -> Result<Vec<Changed>, Error> {
    let content = files::read_json::<Content>(&folder.join(CONTENT))
        .map_err(|e| Error::io("reading the record of a release", &e))?;
    let (tree, mut found) = (folder.join("tree"), Vec::new());
    for (path, declared) in content.unwrap_or_default().0 {
        let seen = match words(&tree.join(&path), known.get(&path))? {
            Some((stamp, seen)) => {
                known.insert(path.clone(), (stamp, seen.clone()));
                seen
            }
            None => "gone".to_owned(),
        };
        if seen != declared {
            found.push(Changed {
                path,
                declared,
                seen,
            });
        }
    }
    Ok(found)
}

/// Puts files back from a copy that was unpacked afresh. What stood there is kept beside the release: it may be somebody's
/// work. Whoever reads one of them now goes on with what was there.
///
/// # Errors
/// [`Error::Failed`] for a file that preparing had changed too: the artifact does not say what it was.
pub fn put_back(folder: &Path, fresh: &Path, changed: &[Changed]) -> Result<(), Error> {
    let io = |e: std::io::Error| Error::io("putting files of a release back", &e);
    let kept = folder.join(ASIDE).join(format!("{:020}", now_ms()));
    for file in changed {
        let (from, to) = (fresh.join(&file.path), folder.join("tree").join(&file.path));
        if words(&from, None)?.is_none_or(|(_, words)| words != file.declared) {
            return Err(Error::failed(format!(
                "{} was changed at the target, and preparing the release had changed it before: it cannot be put back; deploy another version, or the same as a new artifact",
                file.path
            )));
        }
        let aside = kept.join(&file.path);
        for parent in [&to, &aside].into_iter().filter_map(|path| path.parent()) {
            fs::create_dir_all(parent).map_err(io)?;
        }
        match fs::rename(&to, &aside) {
            Err(e) if e.kind() != ErrorKind::NotFound => return Err(io(e)),
            Ok(()) | Err(_) => {}
        }
        fs::rename(&from, &to).map_err(io)?;
    }
    forget_old(&folder.join(ASIDE)).map_err(io)
}

/// Removes all but the newest of what was kept aside.
fn forget_old(aside: &Path) -> std::io::Result<()> {
    let mut sets: Vec<_> = fs::read_dir(aside)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    sets.sort();
    sets.iter()
        .rev()
        .skip(MOST_ASIDE)
        .try_for_each(|old| files::remove_folder(old))
}

/// What stands at a path, in words; as before when its stamp is. None when nothing does.
fn words(path: &Path, known: Option<&(Stamp, String)>) -> Result<Option<(Stamp, String)>, Error> {
    let io = |e: std::io::Error| Error::io("looking at a release", &e);
    let meta = match fs::symlink_metadata(path) {
        Ok(meta) => meta,
        Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(e) => return Err(io(e)),
    };
    let stamp = (
        meta.len(),
        meta.ino(),
        meta.ctime(),
        meta.ctime_nsec(),
        meta.mode(),
    );
    if let Some((_, words)) = known.filter(|(before, _)| *before == stamp) {
        return Ok(Some((stamp, words.clone())));
    }
    let words = if meta.is_symlink() {
        let target = fs::read_link(path).map_err(io)?;
        format!("link to {}", Digest::of(target.as_os_str().as_bytes()))
    } else if meta.is_file() {
        let file = fs::File::open(path).map_err(io)?;
        let (digest, _) = digest::copy(file, std::io::sink()).map_err(io)?;
        let executable = match meta.mode() & 0o111 != 0 {
            true => " executable",
            false => "",
        };
        format!("{digest}{executable}")
    } else {
        "no file".to_owned()
    };
    Ok(Some((stamp, words)))
}
