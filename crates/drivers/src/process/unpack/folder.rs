//! Folders as artifacts: the listed files and links are copied, nothing else.

use super::{
    super::{
        digest::{self, Entry, Listed},
        error::Error,
    },
    tree::Tree,
};
use std::{fs::File, path::Path};

/// Copies `from` into `tree`.
///
/// # Errors
/// As [`digest::list`] and [`Tree`].
pub fn copy(from: &Path, tree: &mut Tree) -> Result<(), Error> {
    for Listed { path, entry } in digest::list(from)? {
        tree.count()?;
        match entry {
            Entry::Link(target) => tree.link(&path, &target)?,
            Entry::File { executable } => {
                let file = File::open(from.join(&path))
                    .map_err(|e| Error::io("reading the artifact", &e))?;
                tree.file(&path, executable, file)?;
            }
        }
    }
    Ok(())
}
