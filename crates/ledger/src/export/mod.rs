//! A ledger as text that anybody can keep and check without Tidegate's database.
//!
//! One JSON object a line: a header with the format version and the head, then every entry in order, its body as the exact
//! stored text inside a JSON string; after the entry it was signed over, the newest checkpoint with the public keys of the log. A line has exactly one spelling, so no byte of an export can change unnoticed. The
//! export holds entries only: neither tokens nor queue nor answers.

mod ahead;
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
    write(rows, head, sealed, 0, out)
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
    let head = head_at(rows, sealed.size)?;
    write(rows, head, Some(sealed), 0, out)
}

/// Write what an export that ended with entry `until` has after entry `after`: the rest of one that broke off, byte by byte as it would
/// have been.
///
/// # Errors
/// As [`export`], and that there are no such entries.
pub fn export_rest(
    rows: &dyn Rows,
    after: u64,
    until: u64,
    out: &mut dyn Write,
) -> Result<Head, StoreError> {
    let head = head_at(rows, until)?;
    let sealed = match until.checked_sub(1) {
        None => None,
        Some(before) => rows.checkpoints(before, 1)?.pop(),
    };
    let sealed = sealed.filter(|row| row.size == until);
    write(rows, head, sealed, after, out)
}

/// The head when the ledger had this many entries.
fn head_at(rows: &dyn Rows, size: u64) -> Result<Head, StoreError> {
    match rows.entries(size, 1)?.pop() {
        _ if size == 0 => Ok(Head::empty()),
        Some(last) if last.seq == size => Ok(Head {
            seq: last.seq,
            at: last.at,
            hash: last.hash,
        }),
        _ => {
            let because = "it is missing".to_owned();
            Err(StoreError::BadEntry { seq: size, because })
        }
    }
}

fn write(
    rows: &dyn Rows,
    head: Head,
    sealed: Option<CheckpointRow>,
    after: u64,
    out: &mut dyn Write,
) -> Result<Head, StoreError> {
    if after == 0 {
        put(out, line::header(&head))?;
    }
    let mut next = after + 1;
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
            seal(
                rows,
                sealed.as_ref().filter(|row| row.size == entry.seq),
                out,
            )?;
        }
    }
    if after > 0 && after == head.seq {
        seal(rows, sealed.as_ref().filter(|row| row.size == after), out)?;
    }
    Ok(head)
}

fn seal(
    rows: &dyn Rows,
    row: Option<&CheckpointRow>,
    out: &mut dyn Write,
) -> Result<(), StoreError> {
    let Some(row) = row else {
        return Ok(());
    };
    let keys = rows.checkpoint_keys()?;
    put(out, line::checkpoint(&row.note, &keys))
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
