//! The writer thread: one per ledger. It sleeps until something is asked or due; replies leave only after the commit.

use crate::inbox::{Asked, Denied};
use crate::{Shared, follow, turn};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use tidegate_core::time::{Millis, Timestamp};
use tidegate_faults::kill_point;
use tidegate_ledger::StoreError;

/// Longest sleep; anything due later is seen again then.
const NAP: Duration = Duration::from_secs(1);
/// Turns over the same commands when the answer to a commit is lost.
const TRIES: u32 = 4;

pub(crate) fn run(shared: &Shared) {
    let mut next_due: Option<Timestamp> = Some(shared.clock.now());
    loop {
        let patience = match next_due {
            Some(at) => Duration::from_millis(Millis::between(shared.clock.now(), at).0).min(NAP),
            None => NAP,
        };
        let Some((asked, nudged)) = shared.inbox.take(shared.options.batch, patience) else {
            return;
        };
        let due = next_due.is_some_and(|at| at <= shared.clock.now());
        if asked.is_empty() && !due && !nudged {
            continue;
        }
        next_due =
            one(shared, asked).unwrap_or_else(|| Some(Millis::secs(1).after(shared.clock.now())));
    }
}

/// Everything that waits now, for an engine without threads. What is due and was not asked for is left to
/// [`Engine::look`](crate::Engine::look).
pub(crate) fn at_once(shared: &Shared) {
    while let Some((asked, _)) = shared.inbox.take(shared.options.batch, Duration::ZERO) {
        if asked.is_empty() {
            return;
        }
        one(shared, asked);
    }
}

/// One turn over what is due. The instant of the next timer; `None` when the store failed.
pub(crate) fn due(shared: &Shared) -> Option<Option<Timestamp>> {
    one(shared, Vec::new())
}

/// One turn. `None` when the store failed; everybody who asked was told.
fn one(shared: &Shared, asked: Vec<Asked>) -> Option<Option<Timestamp>> {
    let started = Instant::now();
    kill_point("server.turn.begins");
    match settled(shared, &asked) {
        Ok(mut turn) => {
            kill_point("server.turn.kept");
            if turn.erased {
                shared.scrub.store(true, Ordering::SeqCst);
            }
            shared
                .counters
                .turn(u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX));
            let refused = turn.answers.iter().filter(|a| a.is_err()).count() as u64;
            shared.counters.change(|c| {
                c.commands += asked.len() as u64;
                c.refused += refused;
                c.wakes += turn.wakes;
                c.entries += turn.entries;
                c.quarantined += turn.quarantined;
                c.due_lag_ms = c.due_lag_ms.max(turn.lag.0);
            });
            follow::own(shared, &mut turn);
            kill_point("server.turn.followed");
            let work = turn.leaves_work();
            shared.deliver(std::mem::take(&mut turn.given));
            if turn.entries > 0 || work {
                shared.hub.committed(turn.head.seq, work, turn.releases);
            }
            for (asked, answer) in asked.into_iter().zip(turn.answers) {
                (asked.answer)(answer);
            }
            kill_point("server.turn.answered");
            Some(turn.next_due)
        }
        Err(error) => {
            tracing::error!(%error, "a transaction failed");
            for asked in asked {
                (asked.answer)(Err(Denied::Store(error.clone())));
            }
            None
        }
    }
}

/// One turn whose fate is known. A commit whose answer was lost is asked for again: a command that took effect is answered by
/// its kept reply, one that did not is carried out now, and a timer that fired is no longer due. While that cannot be asked,
/// nobody is told that nothing was written.
fn settled(shared: &Shared, asked: &[Asked]) -> Result<turn::Turn, StoreError> {
    let mut lost: Option<String> = None;
    let mut tries = 1;
    loop {
        let error = match turn::turn(shared, asked) {
            Ok(turn) => return Ok(turn),
            Err(error) => error,
        };
        match (error, lost.take()) {
            (StoreError::Unclear { because }, first) if tries < TRIES => {
                tries += 1;
                tracing::warn!(%because, "asking the ledger what became of the commit");
                lost = Some(first.unwrap_or(because));
            }
            (later, Some(first)) => {
                let because = format!("{first}; then the ledger could not be asked: {later}");
                return Err(StoreError::Unclear { because });
            }
            (error, None) => return Err(error),
        }
    }
}
