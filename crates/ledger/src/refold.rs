//! Folding a stream again from its entries: after a change of meaning, after a repair, or to answer "what was it then".

use crate::chain::PAGE;
use crate::error::StoreError;
use crate::row::Entry;
use crate::store::Rows;
use tidegate_core::id::StreamId;
use tidegate_core::time::Timestamp;

/// Position of the first entry at or after an instant, one beyond `last` when there is none: ledger time never goes back, so halving
/// finds it.
///
/// # Errors
/// The store cannot be read.
pub fn first_since(rows: &dyn Rows, since: Timestamp, last: u64) -> Result<u64, StoreError> {
    let (mut low, mut high) = (1, last + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        match rows.entries(middle, 1)?.first() {
            Some(entry) if entry.at < since => low = middle + 1,
            _ => high = middle,
        }
    }
    Ok(low)
}

/// Give every entry of a stream to `f`, in order, a page at a time. An entry whose body was erased is given too: it folds
/// as nothing. Returns the number of entries.
///
/// # Errors
/// What `f` returned, or that an entry cannot be read or is missing.
pub fn refold(
    rows: &dyn Rows,
    stream: &StreamId,
    f: &mut dyn FnMut(&Entry) -> Result<(), StoreError>,
) -> Result<u64, StoreError> {
    let mut rev = 0;
    loop {
        let page = rows.entries_of(stream, rev + 1, PAGE)?;
        for entry in &page {
            if entry.rev != rev + 1 {
                let because = format!("revision {} of {stream} is missing before it", rev + 1);
                return Err(StoreError::BadEntry {
                    seq: entry.seq,
                    because,
                });
            }
            f(entry)?;
            rev = entry.rev;
        }
        if page.len() < PAGE {
            return Ok(rev);
        }
    }
}
