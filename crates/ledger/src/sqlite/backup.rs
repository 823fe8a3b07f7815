//! A copy of a ledger in one file, made while a server goes on writing, and the way back from it. The copy holds everything that
//! commits with the ledger and the large texts beside it; it is checked as a whole before it gets its name.
//!
//! Keys are not part of it: a restored server seals with a key of its own.

use super::FILE;
use super::connect;
use super::refusal::Doing;
use crate::chain::{VerifyError, verify_rows};
use crate::error::StoreError;
use crate::row::{Head, LedgerId};
use crate::sql::Session;
use crate::store::Result;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags, params};
use std::fs;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Tries to begin a copy when the database is busy with something that lets nobody in.
const TRIES: u32 = 50;
/// Between two of them.
const PAUSE: Duration = Duration::from_millis(100);

/// Copy the ledger in `folder`, and the large texts in `blobs`, into a new file. A server may be writing: the copy is as of one
/// instant. Answers the newest entry in it.
///
/// # Errors
/// There is no ledger, the file exists or cannot be written, or what was copied does not verify.
pub fn backup(folder: &Path, blobs: &Path, out: &Path, ledger: LedgerId) -> Result<Head> {
    let source = folder.join(FILE);
    if !source.exists() {
        return Err(at(&source, "there is no ledger here"));
    }
    if out.exists() {
        return Err(at(out, "exists already; a backup never replaces a file"));
    }
    let part = beside(out)?;
    let made = fill(&source, blobs, &part, ledger);
    let head = made.inspect_err(|_| drop(fs::remove_file(&part)))?;
    named(&part, out)?;
    Ok(head)
}

fn fill(source: &Path, blobs: &Path, part: &Path, ledger: LedgerId) -> Result<Head> {
    let from = connect::reader(source)?;
    let mut to = Connection::open(part).doing("opening the copy")?;
    whole(&from, &mut to)?;
    to.execute_batch(
        "PRAGMA journal_mode = DELETE; CREATE TABLE backup_blob (name TEXT NOT NULL PRIMARY KEY, bytes BLOB NOT NULL);",
    )
    .doing("preparing the copy")?;
    for (name, path) in files(blobs)? {
        let bytes = fs::read(&path).map_err(|e| at(&path, &e.to_string()))?;
        to.execute(
            "INSERT INTO backup_blob (name, bytes) VALUES (?1, ?2)",
            params![name, bytes],
        )
        .doing("copying a large text")?;
    }
    checked(&to, part, ledger)
}

/// All pages in one step, so that they are those of one instant.
fn whole(from: &Connection, to: &mut Connection) -> Result<()> {
    let copy = Backup::new(from, to).doing("beginning to copy")?;
    for _ in 0..TRIES {
        match copy.step(-1).doing("copying")? {
            StepResult::Done => return Ok(()),
            _ => std::thread::sleep(PAUSE),
        }
    }
    Err(StoreError::Busy {
        doing: "copying".to_owned(),
    })
}

/// Everything in a file that [`backup`] made: entries, tree and checkpoints. Answers the newest entry.
///
/// # Errors
/// It is no backup, or the first entry that does not hold.
pub fn verify(file: &Path, ledger: LedgerId) -> Result<Head> {
    if !file.exists() {
        return Err(at(file, "there is no such file"));
    }
    let connection = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)
        .doing("opening the backup")?;
    checked(&connection, file, ledger)
}

fn checked(connection: &Connection, file: &Path, ledger: LedgerId) -> Result<Head> {
    let sound: String = connection
        .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
        .map_err(|e| at(file, &format!("cannot be read as a ledger: {e}")))?;
    if sound != "ok" {
        return Err(at(file, &format!("is damaged: {sound}")));
    }
    let transaction = connection
        .unchecked_transaction()
        .doing("beginning to read")?;
    let session = Session::new(&*transaction, ledger);
    verify_rows(&session, Head::empty()).map_err(|error| match error {
        VerifyError::Broken(broken) => at(file, &format!("does not verify: {broken}")),
        VerifyError::Store(error) => error,
    })
}

/// Put a backup into a folder that has no ledger. Answers the newest entry.
///
/// # Errors
/// There is a ledger already, or the file does not verify.
pub fn restore(file: &Path, folder: &Path, blobs: &Path, ledger: LedgerId) -> Result<Head> {
    let head = verify(file, ledger)?;
    connect::make_folder(folder)?;
    let target = folder.join(FILE);
    if target.exists() {
        let because = "there is a ledger already: move it away first, or name another folder";
        return Err(at(&target, because));
    }
    let part = beside(&target)?;
    let restored = unpack(file, &part, blobs);
    restored.inspect_err(|_| drop(fs::remove_file(&part)))?;
    named(&part, &target)?;
    Ok(head)
}

fn unpack(file: &Path, part: &Path, blobs: &Path) -> Result<()> {
    let from = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)
        .doing("opening the backup")?;
    let mut to = Connection::open(part).doing("opening the ledger")?;
    whole(&from, &mut to)?;
    let mut statement = to
        .prepare("SELECT name, bytes FROM backup_blob")
        .map_err(|e| at(file, &format!("was not made by `tidegate backup`: {e}")))?;
    let mut rows = statement.query([]).doing("reading large texts")?;
    connect::make_folder(blobs)?;
    while let Some(row) = rows.next().doing("reading large texts")? {
        let name: String = row.get(0).doing("reading large texts")?;
        let bytes: Vec<u8> = row.get(1).doing("reading large texts")?;
        if !is_name(&name) {
            return Err(at(file, "holds a large text under a name that is none"));
        }
        let folder = blobs.join(&name[..2]);
        connect::make_folder(&folder)?;
        let path = folder.join(name);
        fs::write(&path, bytes).map_err(|e| at(&path, &e.to_string()))?;
    }
    drop(rows);
    drop(statement);
    to.execute_batch("DROP TABLE backup_blob;")
        .doing("finishing the ledger")
}

/// Large texts by name: a file is in a folder of the first two letters of its name. None when there is no folder.
fn files(blobs: &Path) -> Result<Vec<(String, PathBuf)>> {
    let listed = |folder: &Path| -> Result<Vec<PathBuf>> {
        let Ok(listed) = fs::read_dir(folder) else {
            return Ok(Vec::new());
        };
        let files = listed.map(|file| file.map(|file| file.path()));
        files
            .collect::<std::io::Result<_>>()
            .map_err(|e| at(folder, &e.to_string()))
    };
    let mut found = Vec::new();
    for folder in listed(blobs)? {
        for file in listed(&folder)? {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            // Half-written ones have another name; nothing refers to them.
            if is_name(&name) && file.is_file() {
                found.push((name.into_owned(), file));
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Names are digests in hexadecimal digits.
fn is_name(name: &str) -> bool {
    name.len() == 64 && name.chars().all(|c| c.is_ascii_hexdigit())
}

/// An empty file for its owner only, to be renamed when it is whole.
fn beside(out: &Path) -> Result<PathBuf> {
    let mut name = out.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    let part = out.with_file_name(name);
    drop(fs::remove_file(&part));
    fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&part)
        .map_err(|e| at(&part, &e.to_string()))?;
    Ok(part)
}

/// On disk first, then under its name.
fn named(part: &Path, out: &Path) -> Result<()> {
    fs::File::open(part)
        .and_then(|file| file.sync_all())
        .and_then(|()| fs::rename(part, out))
        .map_err(|e| at(out, &e.to_string()))?;
    match out.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        Some(parent) => connect::sync_folder(parent),
        None => connect::sync_folder(Path::new(".")),
    }
}

fn at(path: &Path, because: &str) -> StoreError {
    StoreError::Folder {
        path: path.to_owned(),
        because: because.to_owned(),
    }
}
