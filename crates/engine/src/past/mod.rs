//! The ledger as it was at an instant: every state and every row of the read models, folded again from the first entry to the last
//! one of that instant, behind the same [`Rows`] that answers about the present are made of.
//!
//! Nothing of it is stored, so it cannot differ from the entries. What stands in no entry (leases, timers, what agents see, tokens) is not
//! there, and words that were erased since are erased here too. A fold costs time and memory for every entry before the instant: at most
//! [`LIMIT`] of them, one fold at a time, the newest two kept.

mod fold;
mod rows;

use crate::in_force::{self, InForce};
use crate::{Engine, Shared, locked};
use fold::Folded;
use std::sync::{Arc, Mutex};
use tidegate_core::digest::Digest;
use tidegate_core::model::erasure;
use tidegate_core::refusal::Refusal;
use tidegate_core::time::Timestamp;
use tidegate_ledger::refold::first_since;
use tidegate_ledger::{Rows, StoreError};

/// Most entries that are folded for a look back.
pub const LIMIT: u64 = 250_000;
/// Folds that are kept.
const KEPT: usize = 2;

/// Which state of the ledger is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AsOf {
    /// With every entry up to this instant, the instant included.
    Instant(Timestamp),
    /// With every entry up to this one.
    Entry(u64),
}

/// The ledger as it was.
#[derive(Clone)]
pub struct Past {
    /// The instant that was asked for.
    pub at: Timestamp,
    /// The newest entry then.
    pub seq: u64,
    /// The configuration in force then.
    pub in_force: Arc<InForce>,
    folded: Arc<Folded>,
}

impl Past {
    /// What could be read then. `rows` is the ledger as it is.
    #[must_use]
    pub fn over<'a>(&'a self, rows: &'a dyn Rows) -> impl Rows + 'a {
        rows::PastRows {
            folded: &self.folded,
            seq: self.seq,
            rows,
        }
    }
}

/// Folds that were made.
#[derive(Default)]
pub(crate) struct Shelf {
    /// Held while folding: a second one waits, and then finds what it wanted or folds in its turn.
    folding: Mutex<()>,
    kept: Mutex<Vec<(Key, Past)>>,
}

/// The newest entry, and what was erased until now: a fold from before an erasure holds the words.
type Key = (u64, Digest);

impl Engine {
    /// The ledger as it was; inside, why it cannot be shown.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn past(&self, as_of: AsOf) -> Result<Result<Past, Refusal>, StoreError> {
        let shared = &self.shared;
        let (seq, at) = match self.read(|rows| resolve(rows, as_of, self.now()))? {
            Ok(found) => found,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let _one = locked(&shared.past.folding);
        let past = self.read(|rows| shared.past_at(rows, seq, at))?;
        Ok(Ok(past))
    }
}

impl Shared {
    fn past_at(&self, rows: &dyn Rows, seq: u64, at: Timestamp) -> Result<Past, StoreError> {
        let key = (seq, erased(rows)?);
        let found = locked(&self.past.kept)
            .iter()
            .find(|(kept, _)| *kept == key)
            .map(|(_, past)| past.clone());
        if let Some(past) = found {
            return Ok(Past { at, ..past });
        }
        let mut past = Past {
            at,
            seq,
            in_force: Arc::default(),
            folded: Arc::new(fold::fold(rows, seq)?),
        };
        let then = in_force::read(&past.over(rows), &self.blobs, &*self.options.rules)?;
        past.in_force = Arc::new(then);
        let mut kept = locked(&self.past.kept);
        kept.retain(|((_, erased), _)| *erased == key.1);
        if kept.len() >= KEPT {
            kept.remove(0);
        }
        kept.push((key, past.clone()));
        Ok(past)
    }
}

/// What says which words are gone by now.
fn erased(rows: &dyn Rows) -> Result<Digest, StoreError> {
    let all = rows.scan(erasure::ALL, "", None, usize::MAX, false)?;
    let text: String = all.into_iter().map(|(_, body)| body).collect();
    Ok(Digest::of(text.as_bytes()))
}

/// The newest entry of the state that is meant, and the instant at which it is looked at.
fn resolve(
    rows: &dyn Rows,
    as_of: AsOf,
    now: Timestamp,
) -> Result<Result<(u64, Timestamp), Refusal>, StoreError> {
    let head = rows.head()?;
    let no = |because: String, help: &str| {
        Ok(Err(Refusal::Invalid {
            because,
            help: help.to_owned(),
        }))
    };
    let (seq, at) = match as_of {
        AsOf::Entry(seq) => match rows.entries(seq, 1)?.pop() {
            Some(entry) if entry.seq == seq => (seq, entry.at),
            _ => {
                return no(
                    format!("the ledger has no entry {seq}; its newest is {}", head.seq),
                    "name an entry there is, or an instant",
                );
            }
        },
        AsOf::Instant(at) if at > now => {
            return no(
                format!("{at} lies in the future (it is {now} now)"),
                "leave `as_of` out to see what is; `tidegate calendar` shows what is planned",
            );
        }
        AsOf::Instant(at) => (first_since(rows, after(at), head.seq)? - 1, at),
    };
    if seq == 0 {
        let first = rows.entries(1, 1)?.pop();
        let begins = first.map_or_else(
            || "it has no entries yet".to_owned(),
            |first| format!("its first entry is of {}", first.at),
        );
        return no(
            format!("the ledger does not reach back that far: {begins}"),
            "name a later instant",
        );
    }
    if seq > LIMIT {
        return no(
            format!(
                "{seq} entries stand before that instant, and at most {LIMIT} are folded for a look back"
            ),
            "name an earlier instant, or read the entries themselves: `tidegate audit log`, `tidegate audit export`",
        );
    }
    Ok(Ok((seq, at)))
}

/// The next microsecond: ledger time has no smaller parts.
fn after(at: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(at.as_microsecond().saturating_add(1)).unwrap_or(at)
}
