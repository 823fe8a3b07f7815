//! First tokens, so that a new server can be used at once: made when none exists, kept in a file only its owner can read.

use super::record::granted;
use super::row::{role_of, row_of};
use super::{AccessToken, who};
use crate::look::look;
use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use tidegate_core::actor::{Actor, Role};
use tidegate_core::id::EnvId;
use tidegate_engine::Engine;
use tidegate_ledger::{StoreError, TokenRow};

/// A token that could not be made sure of.
#[derive(Debug, thiserror::Error)]
pub enum EnsureError {
    /// Its file.
    #[error("token file {}: {because}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        because: String,
    },
    /// The ledger.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Who the tokens let in.
    #[error("who may administer cannot be told: {0}")]
    Unclear(String),
    /// The system's random numbers.
    #[error("the system gives no random numbers: {0}")]
    Random(String),
}

/// When no token in the ledger lets in an administrator for everything, makes one named `admin` and writes its text to `path` with
/// mode 0600. Returns whether one was made.
///
/// # Errors
/// The file or the ledger cannot be written.
pub fn ensure_admin_token(engine: &Engine, path: &Path) -> Result<bool, EnsureError> {
    let exists = look(engine, |look| {
        for row in look.rows.tokens()? {
            if who::administers((look.view(), &look.in_force.spec), &row, look.now)? {
                return Ok(true);
            }
        }
        Ok(false)
    });
    if exists.map_err(|problem| EnsureError::Unclear(problem.detail().to_owned()))? {
        return Ok(false);
    }
    make(engine, "admin", &Role::Admin, path)?;
    Ok(true)
}

/// The token of an agent: the one in `path` when the ledger knows it, else a new one, written there with mode 0600. It may
/// serve exactly these environments.
///
/// # Errors
/// The file or the ledger cannot be read or written.
pub fn ensure_agent_token(
    engine: &Engine,
    agent: &str,
    environments: &BTreeSet<EnvId>,
    path: &Path,
) -> Result<AccessToken, EnsureError> {
    let role = Role::Agent {
        environments: environments.clone(),
    };
    let name = format!("agent:{agent}");
    let Some(token) = read(path)? else {
        return make(engine, &name, &role, path);
    };
    let hash = token.hash();
    match engine.read(|rows| rows.token(&hash))? {
        Some(row) if row.name == name && role_of(&row)? == role && row.expires.is_none() => {
            Ok(token)
        }
        Some(row) if row.name == name => {
            keep(
                engine,
                &row_of(&token, &name, (&role, None), row.created, None)?,
            )?;
            Ok(token)
        }
        _ => make(engine, &name, &role, path),
    }
}

/// The file first: a file without a row is made again, a row without a file would lock everybody out.
fn make(engine: &Engine, name: &str, role: &Role, path: &Path) -> Result<AccessToken, EnsureError> {
    let token = AccessToken::new().map_err(|e| EnsureError::Random(e.to_string()))?;
    write(path, token.reveal()).map_err(|e| EnsureError::File {
        path: path.to_owned(),
        because: e.to_string(),
    })?;
    keep(
        engine,
        &row_of(&token, name, (role, None), engine.now(), None)?,
    )?;
    Ok(token)
}

/// Keep a row; others of its name end.
fn keep(engine: &Engine, row: &TokenRow) -> Result<(), StoreError> {
    let now = engine.now();
    engine.write_rows(|tx| {
        for old in tx.tokens()? {
            if old.name == row.name {
                tx.drop_token(&old.hash)?;
            }
        }
        tx.put_token(row)?;
        granted(tx, &Actor::system(), row, now)
    })
}

fn read(path: &Path) -> Result<Option<AccessToken>, EnsureError> {
    let bad = |e: std::io::Error| EnsureError::File {
        path: path.to_owned(),
        because: e.to_string(),
    };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(bad(e)),
    };
    let mut text = String::new();
    // A token is far shorter; more is another file.
    file.take(1_024).read_to_string(&mut text).map_err(bad)?;
    Ok(AccessToken::parse(text.trim()))
}

/// Never half a token, never readable by others: a new file beside it takes its place.
fn write(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        std::fs::create_dir_all(folder)?;
    }
    let beside = path.with_extension("new");
    match std::fs::remove_file(&beside) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(e),
        _ => {}
    }
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&beside)?;
    file.write_all(format!("{text}\n").as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&beside, path)
}
