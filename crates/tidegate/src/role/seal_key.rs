//! The key that signs checkpoints of the ledger: a file for its owner only, made when there is none.
//!
//! Servers that share a ledger have a key each, for the same log. The secret stands in this file and nowhere else.

use crate::exit::{Exit, Failure};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;
use tidegate_ledger::Store;
use tidegate_ledger::seal::SealKey;

/// Name of the file in the server's folder.
pub const FILE: &str = "checkpoint.key";

/// The key in the file; a new one, for the log that the store holds, when there is no file.
///
/// # Errors
/// The file cannot be read or written, or its key is for another log.
pub fn ensure(path: &Path, store: &dyn Store) -> Result<Arc<SealKey>, Failure> {
    let trouble = |why: String| Failure::new(Exit::Failed, format!("{} {why}", path.display()));
    let known = store
        .read_with(|rows| rows.checkpoint_keys())
        .map_err(|e| Failure::new(Exit::Failed, e.to_string()))?;
    let origin = known.first().and_then(|key| key.split('+').next());
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            let mut seed = [0; 32];
            getrandom::fill(&mut seed)
                .map_err(|e| trouble(format!("cannot be made without random numbers: {e}")))?;
            let name = match origin {
                Some(origin) => origin.to_owned(),
                None => new_origin().map_err(|e| trouble(format!("cannot be made: {e}")))?,
            };
            let text = SealKey::generate(&name, seed).map_err(|e| trouble(e.to_string()))?;
            write(path, &text).map_err(|e| trouble(format!("cannot be written: {e}")))?;
            text
        }
        Err(e) => return Err(trouble(format!("cannot be read: {e}"))),
    };
    let key = SealKey::parse(&text).map_err(|e| trouble(e.to_string()))?;
    match origin {
        Some(origin) if origin != key.origin() => Err(trouble(format!(
            "is the key of the log {}, this ledger is {origin}",
            key.origin()
        ))
        .help("put the right file there, or move this one away and a new key is made")),
        _ => Ok(Arc::new(key)),
    }
}

/// A name nobody else has.
fn new_origin() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes)?;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("tidegate.local/ledger/{hex}"))
}

fn write(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}
