//! One server per ledger folder. The system releases the lock when the process ends, however it ends.

use crate::error::StoreError;
use crate::store::Result;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;

/// Name of the lock file; it stays behind and means nothing by itself.
const FILE: &str = "ledger.lock";

/// Held while a ledger is open.
pub(super) struct FolderLock {
    _file: File,
}

impl FolderLock {
    /// Take the lock of a folder or say who has it.
    pub(super) fn take(folder: &Path) -> Result<Self> {
        let path = folder.join(FILE);
        let failed = |e: std::io::Error| StoreError::Folder {
            path: path.clone(),
            because: format!("cannot be locked: {e}"),
        };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(StoreError::InUse {
                    folder: folder.to_owned(),
                    holder: holder(&mut file),
                });
            }
            Err(TryLockError::Error(e)) => return Err(failed(e)),
        }
        // For the message of the next one only: a full disk must not keep a server from opening its ledger.
        drop(note_holder(&mut file));
        Ok(Self { _file: file })
    }
}

fn note_holder(file: &mut File) -> std::io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    write!(file, "{}", std::process::id())
}

fn holder(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.take(16).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}
