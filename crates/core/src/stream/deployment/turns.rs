//! Whose turn it is: after a look at the gates or the end of a change, the next in line are told that a place may be free.
//!
//! Only they are: a thousand that wait are not asked again because one of them goes on. Whoever is set aside while it waits leaves
//! the line, so that nobody waits for it.

use super::{Deployment, Phase};
use crate::batch::ModelChange;
use crate::decider::{Ctx, Trigger};
use crate::gate::turn_of;
use crate::id::DeploymentId;
use crate::model::queue::{At, Row};
use crate::queue::{Line, Me, is_limited};
use crate::spec::Spec;
use crate::time::Timestamp;
use crate::view::View;

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
    next(cx.view, cx.spec, &me, cx.now)
}

/// Triggers of those who may take places now. A line that cannot be read blocks everybody at the gate itself, which says so.
fn next(view: &dyn View, spec: &Spec, me: &Me<'_>, now: Timestamp) -> Vec<Trigger> {
    match Line::near(view, spec, me, now) {
        Ok(line) => line.next().iter().map(turn_of).collect(),
        Err(_) => Vec::new(),
    }
}

/// What is written when somebody leaves the line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Left {
    /// Rows that go.
    pub models: Vec<ModelChange>,
    /// Triggers of those who may go now.
    pub fires: Vec<Trigger>,
}

/// A deployment that can no longer decide gives up its place in line. One that changes its environment keeps its places: what it
/// did is still there, and nobody else may change it until a person looked.
#[must_use]
pub fn leave_line(view: &dyn View, spec: &Spec, id: &DeploymentId, now: Timestamp) -> Left {
    let row_in = |env| {
        let body = view.model(Row::MODEL, &Row::key(env, id))?;
        let row: Row = serde_json::from_str(&body).ok()?;
        Some((env, row))
    };
    let found = spec.environments.keys().find_map(row_in);
    let Some((env, row)) = found.filter(|(_, row)| !row.is_running()) else {
        return Left::default();
    };
    let gone = |model, key| ModelChange {
        model,
        key,
        body: None,
    };
    let indexed = row.indexed(env, id).map(|key| gone(Row::INDEX, key));
    let me = Me {
        env,
        id: Some(id),
        row: None,
    };
    Left {
        models: [gone(Row::MODEL, Row::key(env, id))]
            .into_iter()
            .chain(indexed)
            .collect(),
        fires: next(view, spec, &me, now),
    }
}
