//! From a verified artifact to a folder of plain files.
//!
//! Everything is refused that could write outside the folder or fill the disk. The caller unpacks into a temporary folder
//! and moves it into place, so nothing half unpacked is ever used.

pub mod folder;
pub mod path;
mod tar;
pub mod tree;
mod zip;

use super::{error::Error, kind::Kind, options::Limits, stop::Stop};
use std::{fs::File, path::Path};
use tree::Tree;

/// Unpacks (or places) `artifact`, called `name`, into the new folder `into`, unless `stop` is asked meanwhile. Returns the
/// bytes written.
///
/// # Errors
/// [`Error::Failed`] when the artifact is not acceptable, [`Error::Broken`] for trouble with the disk, or the reason to stop.
pub fn unpack(
    artifact: &Path,
    name: &str,
    kind: Kind,
    into: &Path,
    limits: &Limits,
    stop: &Stop,
) -> Result<u64, Error> {
    let open = || File::open(artifact).map_err(|e| Error::io("reading the artifact", &e));
    let packed = match kind {
        // A copy cannot be a bomb: it is as large as what it was copied from.
        Kind::Directory => u64::MAX,
        _ => open()?
            .metadata()
            .map_err(|e| Error::io("reading the artifact", &e))?
            .len(),
    };
    let mut tree = Tree::new(into, packed, limits, stop)?;
    match kind {
        Kind::TarGz => tar::unpack(flate2::read::MultiGzDecoder::new(open()?), &mut tree)?,
        Kind::Tar => tar::unpack(open()?, &mut tree)?,
        Kind::Zip => zip::unpack(open()?, &mut tree)?,
        Kind::Directory => folder::copy(artifact, &mut tree)?,
        Kind::Wheel | Kind::File => {
            tree.count()?;
            tree.file(Path::new(name), kind == Kind::File, open()?)?;
        }
    }
    tree.finish()
}
