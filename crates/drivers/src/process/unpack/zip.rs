//! Zip archives.

use super::{
    super::error::Error,
    path::entry_path,
    tree::{Tree, corrupt},
};
use std::{
    fs::File,
    io::{BufReader, Read as _},
    path::Path,
};

/// Longest link target, in bytes.
const LINK_CAP: u64 = 1024;

/// Unpacks `file` into `tree`.
///
/// # Errors
/// [`Error::Failed`] for corrupt or encrypted archives and anything that is not a plain file, folder or inside link.
pub fn unpack(file: File, tree: &mut Tree) -> Result<(), Error> {
    let unreadable = |e: ::zip::result::ZipError| match e {
        ::zip::result::ZipError::Io(e) => corrupt(Path::new("the archive"), &e),
        e => Error::failed(format!(
            "archive refused: it is not a readable zip archive: {e}"
        )),
    };
    let mut archive = ::zip::ZipArchive::new(BufReader::new(file)).map_err(unreadable)?;
    for index in 0..archive.len() {
        tree.count()?;
        let mut entry = archive.by_index(index).map_err(unreadable)?;
        let Some(path) = entry_path(entry.name_raw())? else {
            continue;
        };
        let mode = entry.unix_mode().unwrap_or(0o644);
        if entry.is_dir() {
            tree.folder(&path)?;
        } else if entry.is_symlink() {
            let mut target = String::new();
            let read = entry.by_ref().take(LINK_CAP).read_to_string(&mut target);
            read.map_err(|e| corrupt(&path, &e))?;
            tree.link(&path, Path::new(&target))?;
        } else if matches!(mode & 0o170_000, 0 | 0o100_000) {
            tree.file(&path, mode & 0o111 != 0, entry)?;
        } else {
            return Err(Error::failed(format!(
                "archive entry {} refused: it is neither file, folder nor link",
                path.display()
            )));
        }
    }
    Ok(())
}
