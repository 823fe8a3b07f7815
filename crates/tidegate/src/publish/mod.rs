//! A signed checkpoint taken to where whoever runs the server cannot rewrite it: a file, a git repository, a webhook.
//!
//! The command line and the server do it by the same code. Nothing here decides whether a checkpoint is good, when it is due, or what
//! follows from a place that fails; only a place that holds a later state of the same log is left as it is.

mod git;
mod webhook;

use std::path::{Path, PathBuf};
use tidegate_ledger::seal::Sealed;

/// Where a checkpoint is taken to. The key of a webhook is not shown.
pub enum Place {
    /// Replaced as a whole.
    File(PathBuf),
    /// One commit for each checkpoint that it does not have yet.
    Git {
        /// Working copy.
        folder: PathBuf,
        /// Push its branch afterwards.
        push: bool,
    },
    /// A POST of JSON.
    Webhook {
        /// Address.
        url: String,
        /// Signs the request.
        key: Option<String>,
    },
}

/// Takes the note there, and says where it went in one line.
///
/// # Errors
/// Why not, in one line that names the place.
pub async fn publish(place: &Place, note: &str, sealed: &Sealed) -> Result<String, String> {
    match place {
        Place::File(path) => {
            no_later(path, sealed)?;
            write(path, note.as_bytes())
                .map_err(|e| format!("{} cannot be written: {e}", path.display()))?;
            Ok(format!("written to {}", path.display()))
        }
        Place::Git { folder, push } => git::commit(folder, note, sealed, *push).await,
        Place::Webhook { url, key } => webhook::post(url, key.as_deref(), note, sealed).await,
    }
}

/// Beside the target first, so that no half file bears its name.
///
/// # Errors
/// It cannot be written.
pub fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".part");
    let written = std::fs::write(&beside, bytes).and_then(|()| std::fs::rename(&beside, path));
    written.inspect_err(|_| {
        // The first error is the one to tell.
        drop(std::fs::remove_file(&beside));
    })
}

/// A note that speaks of more entries, or of as many others, is what shows that a ledger went back: it is not overwritten.
fn no_later(path: &Path, sealed: &Sealed) -> Result<(), String> {
    let Ok(had) = std::fs::read_to_string(path) else {
        return Ok(());
    };
    let mut lines = had.lines();
    let (origin, size, root) = (lines.next(), lines.next(), lines.next());
    let size = size.and_then(|size| size.parse::<u64>().ok());
    let (Some(size), true) = (size, origin == Some(sealed.origin.as_str())) else {
        return Ok(());
    };
    let other = size == sealed.size && root.is_some_and(|root| !is_root(root, sealed));
    if size > sealed.size || other {
        return Err(format!(
            "{} holds a checkpoint of {size} entries that this log of {} does not go on from, and was left as it is: was the ledger restored or rewritten?",
            path.display(),
            sealed.size
        ));
    }
    Ok(())
}

/// Whether the third line of a note names this root.
fn is_root(line: &str, sealed: &Sealed) -> bool {
    use base64::Engine as _;
    let root = base64::engine::general_purpose::STANDARD.encode(sealed.root.as_bytes());
    root == line
}
