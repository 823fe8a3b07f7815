//! What the guard of a client connection, the service behind it, and the connection's deadlines tell each other.

use super::head::Refusal;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering::Relaxed};
use std::sync::{Mutex, OnceLock};

/// Bytes held back at most: what comes early from the client, and interim answers not yet written.
pub(super) const EARLY: usize = 64 * 1024;

/// What guard, service and connection tell each other; all on one thread, atomic only because upgrades ask for it.
#[derive(Debug, Default)]
pub struct Shared {
    pub(super) refused: OnceLock<(u64, Refusal)>,
    pub(super) bad_body: AtomicBool,
    /// Bytes moved since the last look.
    pub(super) moved: AtomicBool,
    pub(super) head_begun: AtomicBool,
    pub(super) head_late: AtomicBool,
    pub(super) upgrade: AtomicU8,
    /// Interim answers not yet written; `early_waits` says whether to look.
    pub(super) early: Mutex<Vec<u8>>,
    pub(super) early_waits: AtomicBool,
}

pub(super) const UNDECIDED: u8 = 0;
pub(super) const CHANGED: u8 = 1;
pub(super) const STAYED: u8 = 2;

impl Shared {
    /// The refusal that takes the place of request `number` (from 1).
    pub fn refusal(&self, number: u64) -> Option<Refusal> {
        self.refused
            .get()
            .filter(|(at, _)| *at == number)
            .map(|(_, refusal)| *refusal)
    }

    /// True once anything was refused; nothing is read after that.
    pub fn is_refused(&self) -> bool {
        self.refused.get().is_some() || self.bad_body()
    }

    /// True when the body of the newest request broke the rules.
    pub fn bad_body(&self) -> bool {
        self.bad_body.load(Relaxed)
    }

    /// True when bytes moved since the last call.
    pub fn take_moved(&self) -> bool {
        self.moved.swap(false, Relaxed)
    }

    /// True while a request head is incomplete.
    pub fn head_begun(&self) -> bool {
        self.head_begun.load(Relaxed)
    }

    /// The head under way took too long.
    pub fn head_late(&self) {
        self.head_late.store(true, Relaxed);
    }

    /// Sends an interim answer (1xx) before the one under way.
    pub fn interim(&self, bytes: &[u8]) {
        if let Ok(mut early) = self.early.lock()
            && early.len() < EARLY
        {
            early.extend_from_slice(bytes);
            self.early_waits.store(true, Relaxed);
        }
    }

    /// Whether the answer to a request for an upgrade changed the protocol.
    pub fn upgraded(&self, changed: bool) {
        self.upgrade
            .store(if changed { CHANGED } else { STAYED }, Relaxed);
    }
}
