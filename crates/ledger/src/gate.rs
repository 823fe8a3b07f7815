//! One writer at a time, with an end to the wait and an answer to a write that begins inside a write.

use crate::error::StoreError;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};
use std::time::Duration;

/// Longest wait for the writer before: far beyond any transaction that is not stuck.
const WAIT: Duration = Duration::from_secs(30);

/// Lets one thread in.
#[derive(Default)]
pub(crate) struct Gate {
    inside: Mutex<Option<ThreadId>>,
    left: Condvar,
}

impl Gate {
    /// Wait for the gate. It is free again when the pass is dropped, also in a panic.
    pub(crate) fn enter(&self) -> Result<Pass<'_>, StoreError> {
        self.enter_within(WAIT)
    }

    fn enter_within(&self, limit: Duration) -> Result<Pass<'_>, StoreError> {
        let me = thread::current().id();
        let inside = self.lock();
        if *inside == Some(me) {
            let because =
                "a transaction cannot begin inside another one of the same thread".to_owned();
            return Err(StoreError::Aborted { because });
        }
        let waited = self
            .left
            .wait_timeout_while(inside, limit, |inside| inside.is_some());
        let (mut inside, waited) = waited.unwrap_or_else(PoisonError::into_inner);
        if waited.timed_out() && inside.is_some() {
            return Err(StoreError::Busy {
                doing: "waiting for the writer before".to_owned(),
            });
        }
        *inside = Some(me);
        Ok(Pass { gate: self })
    }

    fn lock(&self) -> MutexGuard<'_, Option<ThreadId>> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Held while inside.
pub(crate) struct Pass<'a> {
    gate: &'a Gate,
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        *self.gate.lock() = None;
        self.gate.left.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_for_the_gate_has_an_end() {
        let gate = Gate::default();
        let pass = gate.enter().expect("free");
        let limit = Duration::from_millis(5);
        let other =
            thread::scope(|scope| scope.spawn(|| gate.enter_within(limit).map(|_| ())).join());
        assert!(matches!(
            other.expect("joined"),
            Err(StoreError::Busy { .. })
        ));
        drop(pass);
        assert!(gate.enter_within(limit).is_ok());
    }
}
