//! Whose turn it is: after a look at the gates or the end of a change, the next in line are told that a place may be free.
//!
//! Only they are: a thousand that wait are not asked again because one of them goes on.

use super::{Deployment, Phase};
use crate::decider::{Ctx, Trigger};
use crate::gate::turn_of;
use crate::model::queue::{At, Row};
use crate::queue::{Line, Me, is_limited};

/// Has it taken places?
fn holds(phase: &Phase) -> bool {
    matches!(
        phase,
        Phase::Running { .. } | Phase::RollingBack { .. } | Phase::NeedsHuman { .. }
    )
}

/// Triggers of those that may take places now that `before` became `after`.
pub(super) fn of(before: &Deployment, after: &Deployment, cx: &Ctx<'_>) -> Vec<Trigger> {
    let Some(facts) = after.facts.as_deref() else {
        return Vec::new();
    };
    let waits = |phase: &Phase| matches!(phase, Phase::Gated { .. });
    let left = holds(&before.phase) && !holds(&after.phase);
    if !left && !waits(&before.phase) && !waits(&after.phase) {
        return Vec::new();
    }
    let body = &facts.plan.body;
    let (env, service) = (&body.environment, &body.service);
    if !is_limited(cx.spec, service, env) {
        return Vec::new();
    }
    // The rows of this transaction come after the decision: this one is as it will be, and if it waits, it just looked.
    let row = Row::of(after, None, cx.now).filter(|_| holds(&after.phase));
    let at = At::Running { since: cx.now };
    let me = Me {
        env,
        id: Some(&facts.id),
        row: row.map(|row| Row { at, ..row }),
    };
    // A line that cannot be read blocks everybody at the gate itself, which says so.
    match Line::near(cx.view, cx.spec, &me, cx.now) {
        Ok(line) => line.next().iter().map(turn_of).collect(),
        Err(_) => Vec::new(),
    }
}
