//! How far each destination has the log: which checkpoint it got last, when the next is due, and who is at it.
//!
//! One row for each destination beside the ledger, so that every server knows the same and one at a time takes it on. Nothing is sent
//! here, and a log that did not grow costs nothing, however long it is.

use crate::{Engine, Shared};
use serde::{Deserialize, Serialize};
use tidegate_core::digest::{Digest, canonical};
use tidegate_core::spec::{Checkpoints, Destination};
use tidegate_core::time::{Millis, Timestamp};
use tidegate_ledger::{Rows, StoreError, Tx};

/// Rows by the digest of the destination.
const MODEL: &str = "checkpoint-destination";
/// Entries that do not wait for the interval.
pub const MANY: u64 = 1_000;
/// How long one server may take before another tries; longer than any single attempt.
const CLAIM: Millis = Millis::secs(90);
/// Pause after the first failure; twice as long after each further one.
const FIRST_PAUSE: Millis = Millis::secs(5);
/// Longest pause.
const LONGEST_PAUSE: Millis = Millis::secs(600);

/// What became of a destination so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Handed {
    /// Entries of the newest checkpoint that it has.
    pub size: u64,
    /// When it got it.
    pub at: Option<Timestamp>,
    /// When it was tried last.
    pub tried: Option<Timestamp>,
    /// Attempts since then that failed.
    pub failures: u32,
    /// Why the last one did.
    pub error: Option<String>,
    /// The server that is at it, and until when.
    claim: Option<(String, Timestamp)>,
}

/// A destination in force, and how far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Where.
    pub destination: Destination,
    /// How far.
    pub handed: Handed,
    /// When it is tried next, once the log has grown beyond what it has; none while it has everything.
    pub due: Option<Timestamp>,
}

/// When a destination is due that has `handed` of a log of `size` entries.
fn due(every: Millis, handed: &Handed, size: u64) -> Option<Timestamp> {
    if size <= handed.size {
        return None;
    }
    let due = match (handed.failures, handed.tried, handed.at) {
        (0, _, Some(at)) if size - handed.size < MANY => every.after(at),
        (0, ..) => Timestamp::UNIX_EPOCH,
        (n, Some(tried), _) => pause(n).after(tried),
        (_, None, _) => Timestamp::UNIX_EPOCH,
    };
    // A server that stopped in the middle is not waited for longer than its claim.
    let claimed = handed.claim.as_ref().map(|(_, until)| *until);
    Some(claimed.map_or(due, |until| until.max(due)))
}

fn pause(failures: u32) -> Millis {
    let doubled = FIRST_PAUSE.0 << failures.saturating_sub(1).min(10);
    Millis(doubled.min(LONGEST_PAUSE.0))
}

fn key(destination: &Destination) -> String {
    Digest::of(canonical(destination).unwrap_or_default().as_bytes()).hex()
}

fn handed(rows: &dyn Rows, destination: &Destination) -> Result<Handed, StoreError> {
    let Some(body) = rows.model(MODEL, &key(destination))? else {
        return Ok(Handed::default());
    };
    serde_json::from_str(&body).map_err(|e| StoreError::BadRow {
        what: format!("what {} has", destination.label()),
        because: e.to_string(),
    })
}

fn put(tx: &mut dyn Tx, destination: &Destination, handed: &Handed) -> Result<(), StoreError> {
    let body = canonical(handed).map_err(|e| StoreError::BadRow {
        what: format!("what {} has", destination.label()),
        because: e.to_string(),
    })?;
    tx.put_model(MODEL, &key(destination), Some(&body))
}

impl Engine {
    /// The destinations in force with how far each is, as of a log of `size` entries.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn destinations(&self, rows: &dyn Rows, size: u64) -> Result<Vec<Place>, StoreError> {
        let in_force = self.in_force();
        let Some(Checkpoints { every, to }) = &in_force.spec.checkpoints else {
            return Ok(Vec::new());
        };
        let place = |destination: &Destination| {
            let handed = handed(rows, destination)?;
            Ok(Place {
                due: due(*every, &handed, size),
                destination: destination.clone(),
                handed,
            })
        };
        to.iter().map(place).collect()
    }

    /// Take a destination on, as the server `by`. False when another one is at it or was quicker.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn take_on(
        &self,
        destination: &Destination,
        by: &str,
        size: u64,
    ) -> Result<bool, StoreError> {
        let shared: &Shared = &self.shared;
        let Some(every) = self.in_force().spec.checkpoints.as_ref().map(|c| c.every) else {
            return Ok(false);
        };
        let now = shared.clock.now();
        shared.store.write_with(|tx| {
            let mut row = handed(&*tx, destination)?;
            if due(every, &row, size).is_none_or(|due| due > now) {
                return Ok(false);
            }
            row.claim = Some((by.to_owned(), CLAIM.after(now)));
            put(tx, destination, &row)?;
            Ok(true)
        })
    }

    /// Note what became of it. Of a server whose claim was over meanwhile only a success counts.
    ///
    /// # Errors
    /// The store cannot be written.
    pub fn tried(
        &self,
        destination: &Destination,
        by: &str,
        outcome: &Result<u64, String>,
    ) -> Result<(), StoreError> {
        let shared: &Shared = &self.shared;
        let now = shared.clock.now();
        shared.store.write_with(|tx| {
            let mut row = handed(&*tx, destination)?;
            let mine = row.claim.as_ref().is_some_and(|(who, _)| who == by);
            match outcome {
                Ok(size) => {
                    row.size = row.size.max(*size);
                    (row.at, row.tried) = (Some(now), Some(now));
                    (row.failures, row.error) = (0, None);
                }
                Err(why) if mine => {
                    row.tried = Some(now);
                    row.failures = row.failures.saturating_add(1);
                    row.error = Some(why.clone());
                }
                Err(_) => return Ok(()),
            }
            if mine {
                row.claim = None;
            }
            put(tx, destination, &row)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: u64) -> Timestamp {
        Millis::secs(second).after(Timestamp::UNIX_EPOCH)
    }

    fn had(size: u64) -> Handed {
        Handed {
            size,
            at: Some(at(100)),
            tried: Some(at(100)),
            ..Handed::default()
        }
    }

    #[test]
    fn a_destination_is_due_after_the_interval_or_a_thousand_entries_and_only_when_the_log_grew() {
        let every = Millis::secs(60);
        assert_eq!(due(every, &had(10), 10), None);
        assert_eq!(due(every, &had(10), 11), Some(at(160)));
        assert_eq!(due(every, &had(10), 1_010), Some(at(0)));
        // One that has nothing yet does not wait.
        assert_eq!(due(every, &Handed::default(), 1), Some(at(0)));
    }

    #[test]
    fn a_destination_that_fails_is_tried_again_ever_later_and_never_later_than_ten_minutes() {
        let failed = |failures| Handed {
            failures,
            ..had(10)
        };
        // A thousand entries do not make it quicker: it is the destination that is slow.
        let again = [1, 2, 3, 9, 4_000].map(|n| due(Millis::secs(60), &failed(n), 5_000));
        let pauses = [5, 10, 20, 600, 600].map(|pause| Some(at(100 + pause)));
        assert_eq!(again, pauses);
    }

    #[test]
    fn a_server_that_stopped_in_the_middle_is_waited_for_until_its_claim_is_over() {
        let claimed = Handed {
            claim: Some(("other".to_owned(), at(500))),
            ..had(10)
        };
        assert_eq!(due(Millis::secs(60), &claimed, 11), Some(at(500)));
    }
}
