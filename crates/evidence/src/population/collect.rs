//! Making the file from a ledger.

use super::{BesideLine, FORMAT, Header, Runs, SignatureLine, has_text, statement};
use crate::collect::{Trouble, meanwhile};
use crate::facts::is;
use std::collections::{BTreeMap, BTreeSet};
use tidegate_core::id::{StreamId, StreamKind};
use tidegate_core::model::change::BY_DEPLOYMENT;
use tidegate_core::time::Timestamp;
use tidegate_ledger::export::entry_line;
use tidegate_ledger::refold::first_since;
use tidegate_ledger::tree::{frontier_at, prove_entry, prove_growth};
use tidegate_ledger::{CheckpointRow, Entry, Rows, StoreError};

/// Entries read at a time.
const STRIDE: usize = 500;
/// Most entries of a period.
pub const LIMIT: u64 = 100_000;

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Beginning of the period.
    pub from: Timestamp,
    /// End of the period, which is not in it.
    pub until: Timestamp,
    /// Now.
    pub at: Timestamp,
    /// Production environments and their zones.
    pub environments: BTreeMap<String, String>,
    /// Revision of the configuration that says so.
    pub configuration: u64,
    /// What runs there.
    pub running: Vec<Runs>,
}

/// Text of the file without its signature, and what is to be signed.
///
/// # Errors
/// The ledger cannot be read, or the period has too many entries.
pub fn collect(
    rows: &dyn Rows,
    sealed: &CheckpointRow,
    asked: Asked,
) -> Result<(String, String), Trouble> {
    // An entry on each side of the period shows that it is whole.
    let first = first_since(rows, asked.from, sealed.size)?;
    let after = first_since(rows, asked.until, sealed.size)?;
    let before = first.saturating_sub(2);
    let last = after.min(sealed.size);
    if last.saturating_sub(before) > LIMIT {
        return Err(Trouble::LongPeriod);
    }
    let (edge, consistency) = match last {
        0 => (Vec::new(), Vec::new()),
        last => (
            frontier_at(rows, before)?.edge().to_vec(),
            prove_growth(rows, last, sealed.size)?,
        ),
    };
    let header = Header {
        format: FORMAT.to_owned(),
        from: asked.from,
        until: asked.until,
        at: asked.at,
        environments: asked.environments,
        configuration: asked.configuration,
        before,
        edge,
        last,
        consistency,
        checkpoint: sealed.note.clone(),
        keys: rows.checkpoint_keys()?,
        running: asked.running,
    };
    let mut text = serde_json::to_string(&header).map_err(unwritable)? + "\n";
    let Period { started, erasures } = period(rows, before, last, &mut text)?;
    let mut beside = beside(rows, &started, before)?;
    let by = beside.iter().filter_map(|entry| entry.erased);
    let by: BTreeSet<u64> = by.chain(erasures).collect();
    for seq in by.into_iter().filter(|seq| *seq <= before || *seq > last) {
        let found = rows.entries(seq, 1)?;
        let found = found
            .into_iter()
            .find(|e| e.seq == seq && seq <= sealed.size);
        beside.push(found.ok_or_else(|| meanwhile(seq))?);
    }
    beside.sort_by_key(|entry| entry.seq);
    for entry in beside {
        let line = BesideLine {
            inclusion: prove_entry(rows, entry.seq, sealed.size)?,
            beside: entry_line(&entry).map_err(unwritable)?,
        };
        text += &serde_json::to_string(&line).map_err(unwritable)?;
        text.push('\n');
    }
    let signed = statement(&header, text.as_bytes());
    Ok((text, signed))
}

/// What a range holds.
#[derive(Default)]
struct Period {
    /// Deployments that start in it.
    started: BTreeSet<StreamId>,
    /// Entries that say that words of its entries were erased.
    erasures: BTreeSet<u64>,
}

/// Write the entries of a range.
fn period(
    rows: &dyn Rows,
    before: u64,
    last: u64,
    text: &mut String,
) -> Result<Period, StoreError> {
    let mut found = Period::default();
    let mut next = before + 1;
    while next <= last {
        let left = usize::try_from(last + 1 - next).unwrap_or(STRIDE);
        let page = rows.entries(next, STRIDE.min(left))?;
        if page.is_empty() {
            let because = "it is missing".to_owned();
            return Err(StoreError::BadEntry { seq: next, because });
        }
        for mut entry in page {
            next = entry.seq + 1;
            if is(&entry, "deployment.gates_passed") {
                found.started.insert(entry.stream.clone());
            }
            if !has_text(&entry.kind) {
                (entry.body, entry.erased) = (None, None);
            }
            found.erasures.extend(entry.erased);
            *text += &entry_line(&entry).map_err(unwritable)?;
            text.push('\n');
        }
    }
    Ok(found)
}

fn unwritable(error: serde_json::Error) -> StoreError {
    StoreError::Aborted {
        because: format!("the population cannot be written: {error}"),
    }
}

/// The file with its signature.
///
/// # Errors
/// The note cannot be written as JSON.
pub fn signed(mut text: String, signature: String) -> Result<String, serde_json::Error> {
    text += &serde_json::to_string(&SignatureLine { signature })?;
    text.push('\n');
    Ok(text)
}

/// Plans and changes of deployments that started in the period, as far as they were made before it.
fn beside(
    rows: &dyn Rows,
    started: &BTreeSet<StreamId>,
    before: u64,
) -> Result<Vec<Entry>, StoreError> {
    let mut found = Vec::new();
    for deployment in started {
        found.extend(rows.entries_of(deployment, 1, 1)?);
        let Some(change) = rows.model(BY_DEPLOYMENT, deployment.key())? else {
            continue;
        };
        let id = serde_json::from_str::<String>(&change).unwrap_or(change);
        let stream = StreamId::new(StreamKind::Change, &id);
        let mut from = 1;
        loop {
            let page = rows.entries_of(&stream, from, STRIDE)?;
            let read = page.len();
            from += read as u64;
            found.extend(page);
            if read < STRIDE {
                break;
            }
        }
    }
    found.retain(|entry| entry.seq <= before);
    found.sort_by_key(|entry| entry.seq);
    found.dedup_by_key(|entry| entry.seq);
    Ok(found)
}
