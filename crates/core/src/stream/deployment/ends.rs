//! How steps fail and how deployments turn back.

use super::{Cause, Cursor, Deployment, Event, Facts, Phase, Sub, Way, drive};
use crate::analysis::Verdict;
use crate::decider::Ctx;
use crate::id::ActionId;
use crate::spec::{NoData, OnRegression};
use crate::time::{Millis, Timestamp};

/// The way back begins now.
pub(super) fn rollback(
    facts: &Facts,
    cause: Cause,
    withdraws: Option<ActionId>,
    cx: &Ctx<'_>,
) -> Event {
    Event::RollbackStarted {
        cause,
        withdraws,
        deadline: facts.plan.body.undo_within.after(cx.now),
    }
}

/// A person must act.
pub(super) fn needs_human(state: &Deployment, cx: &Ctx<'_>, because: String) -> Event {
    let withdraws = match &state.phase {
        Phase::RollingBack { at, .. } => at.action().cloned(),
        _ => None,
    };
    Event::NeedsHuman {
        because,
        withdraws,
        remind_at: drive::REMIND.after(cx.now),
    }
}

/// A try could not be carried out: again later, or the end of the step.
pub(super) fn broken(
    facts: &Facts,
    way: Way,
    cursor: &Cursor,
    because: String,
    cx: &Ctx<'_>,
) -> Event {
    let retries = facts.steps(way).get(cursor.n).map_or(0, |s| s.retries);
    // 1 s, 2 s, 4 s … at most a minute.
    let pause = Millis(1_000 << cursor.attempt.min(6)).min(Millis::minutes(1));
    let retry_at = (cursor.attempt < retries).then(|| pause.after(cx.now));
    failed(facts, way, cursor, because, Vec::new(), retry_at)
}

/// A try failed.
pub(super) fn failed(
    facts: &Facts,
    way: Way,
    cursor: &Cursor,
    because: String,
    log: Vec<String>,
    retry_at: Option<Timestamp>,
) -> Event {
    let step = facts.step_name(way, cursor.n);
    Event::StepFailed {
        way,
        n: cursor.n,
        step,
        because,
        log,
        action: cursor.action().cloned(),
        retry_at,
        output: None,
    }
}

/// The fact that follows from another whatever the plan says.
pub(super) fn consequence(
    before: &Deployment,
    after: &Deployment,
    event: &Event,
    cx: &Ctx<'_>,
) -> Option<Event> {
    match event {
        Event::StepFailed {
            retry_at: None,
            because,
            log,
            ..
        } => {
            let (way, cursor) = before.cursor()?;
            after_failure(before, way, cursor, because, log, cx)
        }
        Event::StepFinished { .. } | Event::StepFailed { .. } => match &before.cursor()?.1.sub {
            Sub::Pausing { by, reason, .. } => Some(Event::Paused {
                by: by.clone(),
                reason: reason.clone(),
                until: drive::PATIENCE.after(cx.now),
            }),
            _ => None,
        },
        // Nothing was touched: the way back is already done.
        Event::RollbackStarted { .. } if !after.facts.as_deref()?.touched() => {
            Some(Event::RolledBack { touched: false })
        }
        _ => None,
    }
}

/// What follows a step that is not tried again.
fn after_failure(
    state: &Deployment,
    way: Way,
    cursor: &Cursor,
    because: &str,
    log: &[String],
    cx: &Ctx<'_>,
) -> Option<Event> {
    let facts = state.facts.as_deref()?;
    let step = facts.step_name(way, cursor.n);
    Some(match way {
        Way::Forward => {
            let cause = Cause::StepFailed {
                n: cursor.n,
                step,
                because: because.to_owned(),
                log: log.to_vec(),
            };
            rollback(facts, cause, None, cx)
        }
        Way::Back => needs_human(state, cx, format!("{step}: {because}")),
        // What runs is right; only something old could not be retired. It stays at the target until a later action or a
        // person retires it: agents remove nothing by themselves.
        Way::Closing => Event::Confirmed {},
    })
}

/// The data is not enough for a verdict: prolong, then what policy says.
pub(super) fn unclear(
    facts: &Facts,
    cursor: &Cursor,
    verdict: Verdict,
    deadline: Timestamp,
    cx: &Ctx<'_>,
) -> Event {
    let step = facts.step_name(Way::Forward, cursor.n);
    if cx.now < deadline {
        let every = facts
            .plan
            .body
            .analysis
            .as_ref()
            .map_or(Millis::secs(30), |a| a.every);
        let until = every.max(Millis::secs(1)).after(cx.now).min(deadline);
        return Event::Soaking {
            n: cursor.n,
            step,
            until,
            deadline,
        };
    }
    match facts
        .plan
        .body
        .analysis
        .as_ref()
        .map(|a| a.no_data)
        .unwrap_or_default()
    {
        NoData::RollBack => rollback(facts, Cause::NoData { verdict }, None, cx),
        NoData::Pause => Event::AwaitsPerson {
            because: verdict.sentence(),
            until: drive::PATIENCE.after(cx.now),
        },
    }
}

/// A regression: what the strategy says.
pub(super) fn regressed(
    facts: &Facts,
    at: Option<&Cursor>,
    verdict: Verdict,
    cx: &Ctx<'_>,
) -> Option<Event> {
    match facts.plan.body.regression {
        OnRegression::RollBack => Some(rollback(
            facts,
            Cause::Regressed { verdict },
            at.and_then(|c| c.action().cloned()),
            cx,
        )),
        OnRegression::Pause if at.is_some() => Some(Event::AwaitsPerson {
            because: verdict.sentence(),
            until: drive::PATIENCE.after(cx.now),
        }),
        OnRegression::Pause | OnRegression::Tell => None,
    }
}
