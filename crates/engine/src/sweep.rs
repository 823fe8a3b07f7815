//! The safety net behind push: once a second it looks for timers nobody carried out, streams nobody will look at, and
//! work nobody announced, and counts what it finds. Expected: nothing.

use crate::Shared;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tidegate_core::time::Millis;

/// A timer this late was missed by push.
const LATE: Millis = Millis::secs(2);

const SECOND: Duration = Duration::from_secs(1);
/// Where very much is under way and a look takes long, it takes one part of so many of the time.
const SHARE: u32 = 50;

pub(crate) fn run(shared: &Shared) {
    let mut pause = SECOND;
    while !shared.stopping() {
        std::thread::park_timeout(pause);
        if shared.stopping() {
            return;
        }
        scrub(shared);
        let begun = std::time::Instant::now();
        let swept = sweep(shared);
        pause = SECOND.max(begun.elapsed() * SHARE);
        let found = match swept {
            Ok(found) => found,
            Err(error) => {
                tracing::warn!(%error, "the sweep could not read the ledger");
                continue;
            }
        };
        shared.counters.change(|c| {
            c.sweeps += 1;
            c.sweep_found += found;
        });
        if found > 0 {
            tracing::warn!(found, "the sweep found what push had missed");
            shared.inbox.nudge();
        }
    }
}

/// Bytes that were erased go from the files as well, as soon as nobody reads an older state.
fn scrub(shared: &Shared) {
    if !shared.scrub.swap(false, Ordering::SeqCst) {
        return;
    }
    match shared.store.scrub() {
        Ok(true) => {}
        Ok(false) => shared.scrub.store(true, Ordering::SeqCst),
        Err(error) => {
            tracing::warn!(%error, "erased bytes are still in the files of the ledger; tried again");
            shared.scrub.store(true, Ordering::SeqCst);
        }
    }
}

fn sweep(shared: &Shared) -> Result<u64, tidegate_ledger::StoreError> {
    let now = shared.clock.now();
    shared.store.read_with(|rows| {
        let mut found = rows
            .due(now, 64)?
            .iter()
            .filter(|due| Millis::between(due.at, now) > LATE)
            .count();
        found += rows.streams_without_wake(64)?.len();
        Ok(found as u64)
    })
}
