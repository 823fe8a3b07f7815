//! An engine without threads: whoever holds it moves the clock and says when it looks, so that a year passes in seconds and
//! the same questions give the same ledger. Writer, planner and store are those of a running server.

use crate::{Clock, Engine, Options, locked, runner, trains, writer};
use std::sync::Arc;
use tidegate_core::time::Timestamp;
use tidegate_ledger::{Snapshot, Store, StoreError};

/// Rounds at one instant before it is said to have no end.
const ROUNDS: usize = 10_000;

/// Why a look did not come to an end.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Restless {
    /// The store failed; the log says how.
    #[error("the ledger could not be written")]
    Store,
    /// Something is due again and again at the same instant.
    #[error("timers at {0} fire without end")]
    Endless(Timestamp),
}

/// The newest look at the promotions under way, as the thread that looks at them keeps it to itself.
pub(crate) struct Looked {
    /// Changes that may move a release on, counted before the look.
    releases: u64,
    /// The next one without any.
    again: Timestamp,
}

impl Engine {
    /// Open on a store without starting threads.
    ///
    /// # Errors
    /// The store cannot be read, or the configuration in force cannot.
    pub fn by_hand(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        options: Options,
    ) -> Result<Self, StoreError> {
        Self::read_in(store, clock, options, true)
    }

    /// The ledger as it is now, for branches that go on from it and never change it.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn snapshot(&self) -> Result<Snapshot, StoreError> {
        Snapshot::of(Arc::clone(&self.shared.store))
    }

    /// What an engine on a branch of this one's ledger needs to know: it judges by the same rules, signs nothing and writes no file.
    #[must_use]
    pub fn options_of_a_branch(&self) -> Options {
        Options {
            writes_rows_only: true,
            seal: None,
            ..self.shared.options.clone()
        }
    }

    /// Carry out everything that is due now and move promotions on, until nothing is left to do at this instant. Answers
    /// when the next timer fires.
    ///
    /// # Errors
    /// The ledger cannot be written, or timers fire without end.
    pub fn look(&self) -> Result<Option<Timestamp>, Restless> {
        let shared = &self.shared;
        for _ in 0..ROUNDS {
            let next = writer::due(shared).ok_or(Restless::Store)?;
            let now = shared.clock.now();
            if next.is_some_and(|at| at <= now) {
                continue;
            }
            let releases = shared.hub.releases();
            let is_newest = |looked: &Looked| looked.releases == releases && now < looked.again;
            if locked(&shared.looked).as_ref().is_some_and(is_newest) {
                return Ok(next);
            }
            let looked = match trains::start(shared).and_then(|a| Ok(runner::round(shared)? | a)) {
                Ok(retry) => Looked {
                    releases,
                    again: runner::patience(retry).after(now),
                },
                Err(error) => {
                    tracing::warn!(%error, "promotions could not be looked at");
                    *locked(&shared.looked) = None;
                    return Err(Restless::Store);
                }
            };
            *locked(&shared.looked) = Some(looked);
        }
        Err(Restless::Endless(shared.clock.now()))
    }
}
