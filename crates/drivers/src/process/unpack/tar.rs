//! Tar archives, plain and gzip-compressed.

use super::{
    super::error::Error,
    path::entry_path,
    tree::{Tree, corrupt},
};
use std::{
    io::{BufReader, Read},
    path::Path,
};
use tar::EntryType;

/// Unpacks what `archive` gives into `tree`.
///
/// # Errors
/// [`Error::Failed`] for anything that is not a plain file, folder or inside link; see [`Tree`] for the caps.
pub fn unpack(archive: impl Read, tree: &mut Tree) -> Result<(), Error> {
    let mut archive = tar::Archive::new(BufReader::with_capacity(128 << 10, archive));
    for entry in archive
        .entries()
        .map_err(|e| corrupt(Path::new("the archive"), &e))?
    {
        let entry = entry.map_err(|e| corrupt(Path::new("the archive"), &e))?;
        tree.count()?;
        place(entry, tree)?;
    }
    Ok(())
}

fn place(entry: tar::Entry<'_, impl Read>, tree: &mut Tree) -> Result<(), Error> {
    let kind = entry.header().entry_type();
    if matches!(kind, EntryType::XGlobalHeader) {
        return Ok(());
    }
    let Some(path) = entry_path(&entry.path_bytes())? else {
        return Ok(());
    };
    let target = entry
        .link_name_bytes()
        .map(|bytes| bytes.into_owned())
        .unwrap_or_default();
    match kind {
        EntryType::Directory => tree.folder(&path),
        EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => {
            let mode = entry.header().mode().map_err(|e| corrupt(&path, &e))?;
            tree.file(&path, mode & 0o111 != 0, entry)
        }
        EntryType::Symlink => {
            let target = String::from_utf8(target)
                .map_err(|_| refused(&path, "a link to a name that is not UTF-8"))?;
            tree.link(&path, Path::new(&target))
        }
        EntryType::Link => match entry_path(&target)? {
            Some(first) => tree.hard_link(&path, &first),
            None => Err(refused(&path, "a hard link to nothing")),
        },
        EntryType::Char | EntryType::Block => Err(refused(&path, "a device")),
        EntryType::Fifo => Err(refused(&path, "a pipe")),
        _ => Err(refused(&path, "an entry of unknown kind")),
    }
}

fn refused(path: &Path, what: &str) -> Error {
    Error::failed(format!(
        "archive entry {} refused: it is {what}",
        path.display()
    ))
}
