//! What another configuration does to times that deployments wait for: somebody is not on duty any more, a window moved, a
//! freeze came. They are judged anew by their gates when it comes into force; here it is told before.

use super::{Ground, Item, MOST, Outcome, Work, deployments};
use crate::gate::{self, Asked};
use crate::model::listing::LIVE;
use crate::spec::{Origins, Spec};
use crate::stream::deployment::{self, Deployment, Phase};

/// What becomes of deployments that wait, if `spec` were in force: those whose time it changes.
///
/// # Errors
/// A row that cannot be read.
pub fn under((spec, origins): (&Spec, &Origins), ground: &Ground<'_>) -> Result<Vec<Item>, String> {
    let mut items = Vec::new();
    for (key, _) in ground.view.scan(LIVE, "", MOST) {
        let state: Deployment = ground.view.load(&key).map_err(|e| e.to_string())?;
        items.extend(item(&state, (spec, origins), ground));
    }
    items.sort_by(|a, b| (&a.environment, &a.work).cmp(&(&b.environment, &b.work)));
    Ok(items)
}

fn item(
    state: &Deployment,
    (spec, origins): (&Spec, &Origins),
    ground: &Ground<'_>,
) -> Option<Item> {
    let known = state.facts.as_deref()?;
    let Phase::Gated { .. } = &state.phase else {
        return None;
    };
    let plan = &known.plan.body;
    let asked = |spec, origins, now| Asked {
        now,
        present: ground.now,
        plan,
        purpose: known.purpose,
        deployment: Some(&known.id),
        request: &known.request,
        expected: known.plan.envelope.expected.as_ref(),
        spec,
        origins,
        view: ground.view,
    };
    let slot = |asked: &Asked<'_>| {
        let reports = gate::evaluate(asked);
        gate::earliest_in_time(asked, &reports)
    };
    let before = slot(&asked(ground.spec, ground.origins, ground.now));
    let after = slot(&asked(spec, origins, ground.now));
    if before == after {
        return None;
    }
    let outcome = match after {
        Some(to) if to < deployment::expires(&known.request, known.proposed_at, to) => {
            Outcome::Moves { to }
        }
        _ => Outcome::IsCancelled,
    };
    // Why not at the time it had: what its gates would say then.
    let because = before.map(|at| {
        let reports = gate::evaluate(&asked(spec, origins, at));
        let timed = reports.into_iter();
        let timed = timed.filter(|r| r.gate.is_timed() && !r.outcome.passes());
        timed.map(|r| r.title).collect::<Vec<_>>().join("; ")
    });
    let because = because.filter(|why| !why.is_empty());
    Some(Item {
        work: Work::Deployment {
            release: plan.to.release.clone(),
            id: known.id.clone(),
        },
        environment: plan.environment.clone(),
        slot: before,
        outcome,
        because: because.unwrap_or_else(|| "it may go earlier".to_owned()),
        tell: deployments::tell(known, ground),
    })
}
