//! Names inside an artifact: what may be written, and where a link may point.

use super::super::error::Error;
use std::path::{Component, Path, PathBuf};

/// Longest path inside an artifact, in bytes.
const LONGEST: usize = 1024;

/// The path an archive entry asks for, when it is a plain path below the release folder. `None` is the folder itself.
///
/// # Errors
/// [`Error::Failed`] for absolute paths, `..`, NUL, backslashes, names that are not UTF-8 or too long.
pub fn entry_path(raw: &[u8]) -> Result<Option<PathBuf>, Error> {
    let refuse = |why: &str| {
        Error::failed(format!(
            "archive entry {:?} refused: {why}",
            String::from_utf8_lossy(raw)
        ))
    };
    let text = std::str::from_utf8(raw).map_err(|_| refuse("its name is not UTF-8"))?;
    if text.len() > LONGEST {
        return Err(Error::failed(format!(
            "archive entry refused: its name is longer than {LONGEST} bytes"
        )));
    }
    if text.contains('\0') || text.contains('\\') {
        return Err(refuse("its name holds a NUL or a backslash"));
    }
    let mut path = PathBuf::new();
    for part in Path::new(text).components() {
        match part {
            Component::Normal(name) => path.push(name),
            Component::CurDir => {}
            Component::ParentDir => {
                return Err(refuse("it leads out of the release folder (`..`)"));
            }
            Component::RootDir | Component::Prefix(_) => {
                return Err(refuse("its path is absolute"));
            }
        }
    }
    Ok((!path.as_os_str().is_empty()).then_some(path))
}

/// Checks that a link at `link` (a path inside the release) ends inside the release.
///
/// `..` is accepted at the beginning only: behind a name it could climb out through another link.
///
/// # Errors
/// [`Error::Failed`] otherwise.
pub fn link_stays_inside(link: &Path, target: &Path) -> Result<(), Error> {
    let refuse = |why: &str| {
        Error::failed(format!(
            "link {} -> {} refused: {why}",
            link.display(),
            target.display()
        ))
    };
    let mut left = link.components().count().saturating_sub(1);
    let mut named = false;
    for part in target.components() {
        match part {
            Component::Normal(_) => named = true,
            Component::CurDir => {}
            Component::ParentDir if named => return Err(refuse("`..` behind a name")),
            Component::ParentDir => {
                left = left
                    .checked_sub(1)
                    .ok_or_else(|| refuse("it leads out of the release folder"))?;
            }
            Component::RootDir | Component::Prefix(_) => return Err(refuse("it is absolute")),
        }
    }
    Ok(())
}
