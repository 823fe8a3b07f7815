//! States kept parsed from one transaction of a writer to the next, so that a stream that goes on is not read from its text again.
//!
//! They are right as of one head: a state changes only together with an entry, and the hash of the newest entry names the whole
//! history. A transaction that begins at another head (another server wrote, the database was restored or lost its newest entries),
//! or after one that did not end well, finds nothing kept. Whoever changes rows of states past their streams says [`States::forget`].

use crate::row::Head;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tidegate_core::id::StreamId;
use tidegate_core::view::Parsed;

/// Most text whose states are kept in one of two generations, in bytes. A parsed state takes about four times its text.
const ROOM: usize = 2 << 20;

/// States of streams that were used lately.
#[derive(Debug, Default)]
pub struct States(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    /// Where they are right; none while a transaction is under way, and after one that did not end well.
    at: Option<Head>,
    /// Used since the older ones were set apart.
    young: HashMap<StreamId, Parsed>,
    size: usize,
    /// Used before. What is not used again goes with them.
    old: HashMap<StreamId, Parsed>,
}

impl States {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        // Every change here is whole in itself.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A transaction begins at this head.
    pub fn begin(&self, head: &Head) {
        let mut kept = self.kept();
        if kept.at.take().as_ref() != Some(head) {
            *kept = Kept::default();
        }
    }

    /// The transaction is committed, and this is its head.
    pub fn settle(&self, head: Head) {
        self.kept().at = Some(head);
    }

    /// Keep nothing of what is kept now.
    pub fn forget(&self) {
        *self.kept() = Kept::default();
    }

    /// What is kept of a stream.
    #[must_use]
    pub fn get(&self, stream: &StreamId) -> Option<Parsed> {
        let mut kept = self.kept();
        if let Some(parsed) = kept.young.get(stream) {
            return Some(parsed.clone());
        }
        let parsed = kept.old.remove(stream)?;
        kept.put(stream, parsed.clone());
        Some(parsed)
    }

    /// Keep the newest state of a stream, as of the transaction under way.
    pub fn put(&self, stream: &StreamId, parsed: Parsed) {
        self.kept().put(stream, parsed);
    }

    /// All that is kept, in no order.
    #[must_use]
    pub fn all(&self) -> Vec<(StreamId, Parsed)> {
        let kept = self.kept();
        let all = kept.old.iter().chain(&kept.young);
        all.map(|(stream, parsed)| (stream.clone(), parsed.clone()))
            .collect()
    }
}

impl Kept {
    fn put(&mut self, stream: &StreamId, parsed: Parsed) {
        self.old.remove(stream);
        self.size += parsed.size();
        if let Some(before) = self.young.insert(stream.clone(), parsed) {
            self.size -= before.size();
        }
        if self.size > ROOM {
            self.size = 0;
            self.old = std::mem::take(&mut self.young);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use tidegate_core::id::StreamKind;
    use tidegate_core::stream::release::Release;
    use tidegate_core::view::StateRow;

    fn stream(n: usize) -> StreamId {
        StreamId::new(StreamKind::Release, &format!("web@1.0.{n}"))
    }

    fn parsed(rev: u64, size: usize) -> Parsed {
        let row = StateRow {
            rev,
            fold: 1,
            body: "x".repeat(size),
        };
        Parsed::new(&row, Arc::new(Release::default()))
    }

    fn at(seq: u64, byte: u8) -> Head {
        Head {
            seq,
            hash: tidegate_core::digest::Digest::from_bytes([byte; 32]),
            ..Head::empty()
        }
    }

    fn rev(states: &States, n: usize) -> Option<u64> {
        states.get(&stream(n)).map(|parsed| parsed.rev())
    }

    #[test]
    fn what_a_transaction_left_is_there_for_the_next_one_at_its_head_alone() {
        let states = States::default();
        states.begin(&Head::empty());
        states.put(&stream(1), parsed(1, 10));
        states.settle(at(1, 1));
        states.begin(&at(1, 1));
        assert_eq!(rev(&states, 1), Some(1));
        states.settle(at(1, 1));
        // The same number with another hash: the database has another history.
        states.begin(&at(1, 2));
        assert_eq!(rev(&states, 1), None);
    }

    #[test]
    fn nothing_is_left_of_a_transaction_that_was_not_committed() {
        let states = States::default();
        states.begin(&at(1, 1));
        states.put(&stream(1), parsed(1, 10));
        // It runs again at the same head.
        states.begin(&at(1, 1));
        assert_eq!(rev(&states, 1), None);
    }

    #[test]
    fn what_is_used_stays_and_the_rest_goes_when_there_is_no_room() {
        let states = States::default();
        states.begin(&Head::empty());
        let many = 4 * ROOM / 1_000;
        for n in 0..many {
            states.put(&stream(n), parsed(1, 1_000));
            assert_eq!(rev(&states, 0), Some(1), "in use after {n}");
        }
        let kept = states.all();
        let size: usize = kept.iter().map(|(_, parsed)| parsed.size()).sum();
        assert!(size <= 2 * ROOM + 1_000, "{size}");
        assert_eq!(rev(&states, 1), None);
        assert_eq!(rev(&states, many - 1), Some(1));
    }
}
