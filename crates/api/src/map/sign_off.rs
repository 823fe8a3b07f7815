//! Signatures that rollouts wait for.

use crate::error::Problem;
use crate::look::Look;
use tidegate_client::wire;
use tidegate_core::model::sign_off::WAITING;
use tidegate_core::stream::deployment::{Deployment, Phase, Sub, could_sign};

/// Rollouts that are looked at for the list.
const MOST: usize = 1_000;

/// What a rollout waits for, when that is a signature.
pub(crate) fn sign_off(look: &Look<'_>, state: &Deployment) -> Option<wire::SignOff> {
    let facts = state.facts.as_deref()?;
    let Phase::Running { at } = &state.phase else {
        return None;
    };
    let Sub::AwaitingSignOff { since, until, .. } = &at.sub else {
        return None;
    };
    let asked = facts.sign_off_at(at.n)?;
    let body = &facts.plan.body;
    Some(wire::SignOff {
        deployment: facts.id.to_string(),
        release: body.to.release.to_string(),
        environment: body.environment.to_string(),
        sign: asked.sign.to_string(),
        team: asked.team.to_string(),
        plan: facts.plan.digest.to_string(),
        since: *since,
        until: *until,
        could: could_sign(facts, asked, &look.in_force.spec, look.view()),
    })
}

/// All rollouts that wait for a signature, those that wait longest first.
pub(crate) fn waiting(look: &Look<'_>) -> Result<Vec<wire::SignOff>, Problem> {
    let mut found = Vec::new();
    for (id, _) in look.view().scan(WAITING, "", MOST) {
        let state: Deployment = look.load("deployment", &id)?;
        found.extend(sign_off(look, &state));
    }
    found.sort_by_key(|one| one.since);
    Ok(found)
}
