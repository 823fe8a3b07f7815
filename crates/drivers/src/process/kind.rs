//! What an artifact is, told by its content.

use super::error::Error;
use std::{fs::File, io::Read as _, path::Path};

/// Form of an artifact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Gzip-compressed tar archive; unpacked.
    TarGz,
    /// Plain tar archive; unpacked.
    Tar,
    /// Zip archive; unpacked.
    Zip,
    /// Python wheel: a zip archive that is installed from the file, so it is placed as it is.
    Wheel,
    /// Any other file (a program, a `.jar`): placed under its own name and made executable.
    File,
    /// Folder; copied.
    Directory,
}

impl Kind {
    /// Name for people and records.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::TarGz => "tar.gz",
            Self::Tar => "tar",
            Self::Zip => "zip",
            Self::Wheel => "wheel",
            Self::File => "binary",
            Self::Directory => "directory",
        }
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// Zip archives that are run or installed as they are, by the end of their name.
const WHOLE_ZIPS: [&str; 3] = [".jar", ".war", ".pyz"];

/// Looks at the first bytes of `path`; `name` decides only between forms that share a format.
///
/// # Errors
/// [`Error::Broken`] when the file cannot be read, [`Error::Failed`] for a wheel without wheel metadata.
pub fn kind_of(path: &Path, name: &str) -> Result<Kind, Error> {
    let what = "reading the artifact";
    if path.is_dir() {
        return Ok(Kind::Directory);
    }
    let mut head = Vec::new();
    let file = File::open(path).map_err(|e| Error::io(what, &e))?;
    file.take(512)
        .read_to_end(&mut head)
        .map_err(|e| Error::io(what, &e))?;
    let name = name.to_ascii_lowercase();
    if head.starts_with(&[0x1f, 0x8b]) {
        return Ok(Kind::TarGz);
    }
    if head.get(257..262) == Some(b"ustar") {
        return Ok(Kind::Tar);
    }
    if !head.starts_with(b"PK\x03\x04") && !head.starts_with(b"PK\x05\x06") {
        return match name.ends_with(".whl") {
            true => Err(Error::failed(format!(
                "{name} is named like a wheel and is not a zip archive"
            ))),
            false => Ok(Kind::File),
        };
    }
    if name.ends_with(".whl") {
        return wheel(path, &name);
    }
    Ok(if WHOLE_ZIPS.iter().any(|end| name.ends_with(end)) {
        Kind::File
    } else {
        Kind::Zip
    })
}

fn wheel(path: &Path, name: &str) -> Result<Kind, Error> {
    let file = File::open(path).map_err(|e| Error::io("reading the artifact", &e))?;
    let archive = zip::ZipArchive::new(std::io::BufReader::new(file))
        .map_err(|e| Error::failed(format!("{name} is not a readable zip archive: {e}")))?;
    let holds_metadata = archive.file_names().any(|n| {
        n.as_ref()
            .map(|n| n.ends_with(".dist-info/WHEEL"))
            .unwrap_or(false)
    });
    match holds_metadata {
        true => Ok(Kind::Wheel),
        false => Err(Error::failed(format!(
            "{name} is named like a wheel and holds no .dist-info/WHEEL"
        ))),
    }
}
