//! A ledger as text that anybody can keep and check without Tidegate's database.
//!
//! One JSON object a line: a header with the format version and the head, then every entry in order, its body as the exact
//! stored text inside a JSON string; after the entry it was signed over, the newest checkpoint with the public keys of the log. A line has exactly one spelling, so no byte of an export can change unnoticed. The
//! export holds entries only: neither tokens nor queue nor answers.

mod line;
mod verify;

pub use line::{entry as entry_line, read_entry as read_entry_line};
pub use verify::{ExportError, Malformed, Summary, Verifying, verify_export, verify_export_with};

use crate::chain::PAGE;
use crate::error::StoreError;
use crate::row::{CheckpointRow, Head};
use crate::store::Rows;
use std::io::Write;

/// Version of the format, raised when a reader of the version before could not read it.
pub const VERSION: u32 = 3;
/// Oldest version that is read. The first has no checkpoint, the second no erased words.
const OLDEST: u32 = 1;

/// Write everything up to the head of this snapshot; returns that head. The caller flushes and makes it durable.
///
/// # Errors
/// The ledger could not be read, or `out` not be written.
pub fn export(rows: &dyn Rows, out: &mut dyn Write) -> Result<Head, StoreError> {
    let head = rows.head()?;
    let sealed = rows.newest_checkpoint()?;
    write(rows, head, sealed, out)
}

/// Write everything that a checkpoint covers, and the checkpoint: whoever knows the key of the log can tell that all of it was
/// signed.
///
/// # Errors
/// As [`export`], and that the checkpoint covers entries that are not there.
pub fn export_sealed(
    rows: &dyn Rows,
    sealed: CheckpointRow,
    out: &mut dyn Write,
) -> Result<Head, StoreError> {
    let head = match rows.entries(sealed.size, 1)?.pop() {
        _ if sealed.size == 0 => Head::empty(),
        Some(last) if last.seq == sealed.size => Head {
            seq: last.seq,
            at: last.at,
            hash: last.hash,
        },
        _ => {
            let because = "it is missing".to_owned();
            let seq = sealed.size;
            return Err(StoreError::BadEntry { seq, because });
        }
    };
    write(rows, head, Some(sealed), out)
}

fn write(
    rows: &dyn Rows,
    head: Head,
    sealed: Option<CheckpointRow>,
    out: &mut dyn Write,
) -> Result<Head, StoreError> {
    put(out, line::header(&head))?;
    let mut next = 1;
    while next <= head.seq {
        let left = usize::try_from(head.seq + 1 - next).unwrap_or(PAGE);
        let page = rows.entries(next, PAGE.min(left))?;
        let Some(last) = page.last() else {
            let because = "it is missing".to_owned();
            return Err(StoreError::BadEntry { seq: next, because });
        };
        next = last.seq + 1;
        for entry in &page {
            if entry.erased.is_some_and(|by| by > head.seq) {
                return Err(StoreError::Aborted {
                    because: format!(
                        "words were erased from entry {} while the export was made: ask for it again",
                        entry.seq
                    ),
                });
            }
            put(out, line::entry(entry))?;
            if let Some(row) = sealed.as_ref().filter(|row| row.size == entry.seq) {
                let keys = rows.checkpoint_keys()?;
                put(out, line::checkpoint(&row.note, &keys))?;
            }
        }
    }
    Ok(head)
}

fn put(out: &mut dyn Write, line: Result<String, serde_json::Error>) -> Result<(), StoreError> {
    let failed = |because: String| StoreError::Io {
        doing: "writing the export".to_owned(),
        because,
    };
    let mut line = line.map_err(|e| failed(e.to_string()))?;
    line.push('\n');
    out.write_all(line.as_bytes())
        .map_err(|e| failed(e.to_string()))
}
