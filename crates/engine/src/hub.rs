//! Push on change: whoever waits for the ledger or for work is woken by the commit that brings it.

use crate::locked;
use std::sync::{Condvar, Mutex};
use std::time::{Duration, Instant};

#[derive(Default)]
struct State {
    seq: u64,
    /// Counts changes of the work queue.
    work: u64,
    /// Counts changes that may move a release on.
    releases: u64,
    closed: bool,
}

/// Wakes waiters.
#[derive(Default)]
pub(crate) struct Hub {
    state: Mutex<State>,
    changed: Condvar,
}

impl Hub {
    pub(crate) fn at(seq: u64) -> Self {
        Self {
            state: Mutex::new(State {
                seq,
                ..State::default()
            }),
            changed: Condvar::new(),
        }
    }

    /// A commit reached `seq`.
    pub(crate) fn committed(&self, seq: u64, work: bool, releases: bool) {
        let mut state = locked(&self.state);
        state.seq = state.seq.max(seq);
        state.work += u64::from(work);
        state.releases += u64::from(releases);
        drop(state);
        self.changed.notify_all();
    }

    pub(crate) fn close(&self) {
        locked(&self.state).closed = true;
        self.changed.notify_all();
    }

    pub(crate) fn work(&self) -> u64 {
        locked(&self.state).work
    }

    pub(crate) fn releases(&self) -> u64 {
        locked(&self.state).releases
    }

    /// Wait until the newest sequence is beyond `seq`.
    pub(crate) fn wait_past(&self, seq: u64, timeout: Duration) -> u64 {
        self.wait(timeout, |state| state.seq > seq).seq
    }

    /// Wait until the work queue changed since `seen`, or whoever waits was served, which comes before a commit is told here.
    pub(crate) fn wait_work(&self, seen: u64, served: impl Fn() -> bool, timeout: Duration) {
        drop(self.wait(timeout, |state| state.work != seen || served()));
    }

    /// Wait until something may move a release on.
    pub(crate) fn wait_releases(&self, seen: u64, timeout: Duration) {
        drop(self.wait(timeout, |state| state.releases != seen));
    }

    fn wait(
        &self,
        timeout: Duration,
        done: impl Fn(&State) -> bool,
    ) -> std::sync::MutexGuard<'_, State> {
        let end = monotonic() + timeout;
        let mut state = locked(&self.state);
        while !done(&state) && !state.closed {
            let Some(left) = end
                .checked_duration_since(monotonic())
                .filter(|left| !left.is_zero())
            else {
                break;
            };
            state = self
                .changed
                .wait_timeout(state, left)
                .map_or_else(|poisoned| poisoned.into_inner().0, |(state, _)| state);
        }
        state
    }
}

/// Monotonic time for waits between threads; never part of a decision.
fn monotonic() -> Instant {
    Instant::now()
}
