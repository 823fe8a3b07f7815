//! What freezes do to a rollout under way: it goes on, starts no further step, or is taken back.
//!
//! Only what changes the target is a step here: a hold goes on and is judged, so that users are protected while a freeze
//! holds. A return to an earlier revision, the way back and the closing steps are never stopped. A freeze whose times cannot be
//! read stops the next step, when it would stop or take back rollouts at all.

use super::{Cause, Cursor, Event, Facts, Sub, ends};
use crate::calendar::Span;
use crate::decider::{Ctx, Trigger, Wake};
use crate::freeze::{ExceptionId, Found, FreezeRef, found};
use crate::gate::Asked;
use crate::spec::InFlight;
use crate::stream::exception::Exception;
use crate::time::{Millis, Timestamp};

/// How long a rollout waits for a freeze to end before it is taken back.
const PATIENCE: Millis = Millis::minutes(14 * 24 * 60);
/// How far ahead is looked for a freeze that takes rollouts back.
const AHEAD: Millis = Millis::minutes(70 * 24 * 60);
/// Between two looks at a freeze that cannot be read.
const AGAIN: Millis = Millis::minutes(5);

/// What holds a rollout now.
#[derive(Default)]
struct Holding {
    /// Freezes that stop or take back rollouts, and hold now.
    now: Vec<Found>,
    /// Why that cannot be told.
    unknown: Option<String>,
    /// When the next one begins that takes rollouts back.
    begins: Option<Timestamp>,
    /// Exceptions because of which it goes on.
    exceptions: Vec<ExceptionId>,
}

fn holding(facts: &Facts, cx: &Ctx<'_>) -> Holding {
    if facts.purpose.is_return() {
        return Holding::default();
    }
    let asked = Asked {
        now: cx.now,
        present: cx.now,
        plan: &facts.plan.body,
        purpose: facts.purpose,
        deployment: Some(&facts.id),
        request: &facts.request,
        expected: facts.plan.envelope.expected.as_ref(),
        spec: cx.spec,
        origins: cx.origins,
        view: cx.view,
    };
    let stops = |policy: InFlight| policy != InFlight::Finish;
    let configured = cx.spec.freezes.values().any(|f| stops(f.policy.in_flight));
    let declared = cx.view.scan(crate::model::freeze::ACTIVE, "", 1);
    if !configured && declared.is_empty() {
        return Holding::default();
    }
    let time = Span::lasting(cx.now, AHEAD);
    let all = match time.map(|time| found(&asked, time)) {
        Some(Ok(all)) => all,
        Some(Err(unknown)) => {
            let harmless = unknown.policy.is_some_and(|p| !stops(p.in_flight));
            return Holding {
                unknown: (!harmless).then_some(unknown.because),
                ..Holding::default()
            };
        }
        None => return Holding::default(),
    };
    let earlier = excused_before(facts, cx);
    let mut holding = Holding::default();
    for found in all.into_iter().filter(|f| stops(f.policy.in_flight)) {
        if earlier.contains(&found.which) {
            continue;
        }
        let begins = found.spans.next(cx.now).map(Span::start);
        if found.policy.in_flight == InFlight::Return {
            holding.begins = holding.begins.into_iter().chain(begins).min();
        }
        if !found.spans.contains(cx.now) {
            continue;
        }
        match &found.excused {
            Some((id, _)) => holding.exceptions.push(id.clone()),
            None => holding.now.push(found),
        }
    }
    holding
}

/// Freezes that it went into, or on in, because of an exception: that holds to its end.
fn excused_before(facts: &Facts, cx: &Ctx<'_>) -> Vec<FreezeRef> {
    let load = |id: &ExceptionId| cx.view.load::<Exception>(id.as_str()).ok();
    let known = facts.exceptions.iter().filter_map(load);
    known.filter_map(|e| Some(e.facts?.freeze)).collect()
}

/// A freeze takes it back.
pub(super) fn returned(facts: &Facts, at: &Cursor, cx: &Ctx<'_>) -> Option<Event> {
    let holding = holding(facts, cx);
    let found = holding
        .now
        .iter()
        .find(|f| f.policy.in_flight == InFlight::Return)?;
    let cause = Cause::Freeze {
        freeze: found.which.clone(),
        why: found.why.clone(),
    };
    Some(ends::rollback(facts, cause, at.action().cloned(), cx))
}

/// A freeze lets no further step start.
pub(super) fn stopped(facts: &Facts, cx: &Ctx<'_>) -> Option<Event> {
    let holding = holding(facts, cx);
    let because = holding.because()?;
    Some(Event::FreezePaused {
        freezes: holding.freezes(),
        because,
        until: PATIENCE.after(cx.now),
    })
}

/// What changes for a rollout that a freeze stopped: other freezes, none any more, or its patience is over. For one that an
/// exception keeps from being stopped at all: that.
pub(super) fn waiting(facts: &Facts, cursor: &Cursor, cx: &Ctx<'_>) -> Option<Event> {
    let holding = holding(facts, cx);
    let Sub::PausedByFreeze {
        freezes,
        because: told,
        until,
        ..
    } = &cursor.sub
    else {
        return (!holding.exceptions.is_empty()).then_some(Event::FreezeReleased {
            freezes: Vec::new(),
            exceptions: holding.exceptions,
        });
    };
    let Some(because) = holding.because() else {
        return Some(Event::FreezeReleased {
            freezes: freezes.clone(),
            exceptions: holding.exceptions,
        });
    };
    if cx.now >= *until {
        let because = format!("paused by a freeze: {told}");
        return Some(ends::rollback(
            facts,
            Cause::NobodyDecided { because },
            None,
            cx,
        ));
    }
    (holding.freezes() != *freezes).then(|| Event::FreezePaused {
        freezes: holding.freezes(),
        because,
        until: *until,
    })
}

/// When to look again at a rollout under way, and what may change it earlier.
pub(super) fn wake(
    facts: &Facts,
    cursor: &Cursor,
    at: Timestamp,
    because: &str,
    cx: &Ctx<'_>,
) -> Wake {
    let holding = holding(facts, cx);
    let mut next = holding.begins.map_or(at, |begins| begins.min(at));
    let mut on: Vec<Trigger> = vec!["config".to_owned(), "freezes".to_owned()];
    if let Sub::PausedByFreeze { freezes, .. } = &cursor.sub {
        on.push(format!("exception/{}", facts.plan.body.to.release));
        on.extend(freezes.iter().map(FreezeRef::trigger));
        let ends = holding.now.iter().filter_map(|f| f.spans.at(cx.now));
        let ends = ends
            .map(Span::end)
            .chain(holding.unknown.as_ref().map(|_| AGAIN.after(cx.now)));
        next = ends.fold(next, Timestamp::min);
    }
    on.sort();
    on.dedup();
    Wake::Next {
        at: next,
        on,
        because: because.to_owned(),
    }
}

impl Holding {
    fn freezes(&self) -> Vec<FreezeRef> {
        self.now.iter().map(|f| f.which.clone()).collect()
    }

    /// Why no further step starts, for people.
    fn because(&self) -> Option<String> {
        let mut parts: Vec<String> = self
            .now
            .iter()
            .map(|f| format!("freeze {}: {}", f.which, f.why))
            .collect();
        parts.extend(self.unknown.clone());
        (!parts.is_empty()).then(|| parts.join("; "))
    }
}
