//! The table on disk: whole or not at all, and there before anybody is told.

use crate::Error;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use tidegate_faults::kill_point;
use tidegate_plugin::router::Table;

/// The state folder of one router.
#[derive(Debug, Clone)]
pub struct Store {
    folder: PathBuf,
}

impl Store {
    /// Makes the folder when it is not there.
    ///
    /// # Errors
    /// The folder cannot be made or read.
    pub fn open(folder: &Path) -> Result<Store, Error> {
        fs::create_dir_all(folder).map_err(|source| Error::State {
            path: folder.to_owned(),
            source,
        })?;
        Ok(Store {
            folder: folder.to_owned(),
        })
    }

    /// The table kept last; `None` when there is none. A file that cannot be understood is set aside under
    /// `table.json.unreadable`, so that the owner of the table can send it again.
    ///
    /// # Errors
    /// The file is there but cannot be read or moved.
    pub fn load(&self) -> Result<Option<Table>, Error> {
        let path = self.folder.join("table.json");
        let failed = |source| Error::State {
            path: path.clone(),
            source,
        };
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(none) if none.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(failed(source)),
        };
        match serde_json::from_slice::<Table>(&text) {
            Ok(table) => Ok(Some(table)),
            Err(why) => {
                let aside = self.folder.join("table.json.unreadable");
                tracing::error!(path = %path.display(), aside = %aside.display(), %why, "kept table is unreadable; set aside, waiting for a new one");
                fs::rename(&path, aside).map_err(failed)?;
                Ok(None)
            }
        }
    }

    /// Keeps a table; on return it survives a crash of the machine.
    pub fn save(&self, table: &Table) -> io::Result<()> {
        let text = serde_json::to_vec(table)?;
        write_whole(&self.folder.join("table.json"), &text)
    }
}

/// Replaces a file so that readers see the old or the new content, never a part.
pub fn write_whole(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let fresh = path.with_file_name(name);
    let mut file = File::create(&fresh)?;
    file.write_all(content)?;
    file.sync_data()?;
    kill_point("router.file.written");
    fs::rename(&fresh, path)?;
    kill_point("router.file.renamed");
    match path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
    {
        Some(parent) => File::open(parent)?.sync_all(),
        None => Ok(()),
    }
}
