//! What becomes of a deployment: asked of its own gates, once as the calendar is and once as it would be.

use super::with::With;
use super::{AHEAD, Ground, Item, Outcome, Work, owner, requesters};
use crate::gate::{self, Asked};
use crate::id::Name;
use crate::model::lane::LiveStage;
use crate::stream::deployment::{self, Deployment, Phase};
use crate::stream::entry::{self, Effect, Facts};

pub(super) fn item(
    id: &Name,
    facts: &Facts,
    state: &Deployment,
    ground: &Ground<'_>,
    planned: &With<'_>,
) -> Result<Option<Item>, String> {
    let Some(known) = state.facts.as_deref() else {
        return Ok(None);
    };
    let plan = &known.plan.body;
    let booked = facts.kind == entry::Kind::Booking;
    let own = booked && owner(ground.spec, &plan.service) == facts.owner.as_ref();
    if own || !facts.concerns(ground.spec, plan, known.purpose) {
        return Ok(None);
    }
    let item = |slot, outcome, because: String| {
        Ok(Some(Item {
            work: Work::Deployment {
                release: plan.to.release.clone(),
                id: known.id.clone(),
            },
            environment: plan.environment.clone(),
            slot,
            outcome,
            because,
            tell: tell(known, ground),
        }))
    };
    let Phase::Gated { .. } = &state.phase else {
        let stage = ground.view.lane(&plan.environment, &plan.service).live;
        let watched = stage.is_some_and(|live| live.stage == LiveStage::Watched);
        let how = if watched {
            "it is watched"
        } else {
            "it is under way"
        };
        return item(
            None,
            Outcome::GoesOn,
            format!("{how}: only the start is held back"),
        );
    };
    let asked = |view| Asked {
        now: ground.now,
        present: ground.now,
        plan,
        purpose: known.purpose,
        deployment: Some(&known.id),
        request: &known.request,
        expected: known.plan.envelope.expected.as_ref(),
        spec: ground.spec,
        origins: ground.origins,
        view,
    };
    let slot_of = |view| {
        let asked = asked(view);
        let reports = gate::evaluate(&asked);
        (gate::earliest(&asked, &reports), reports)
    };
    let (before, _) = slot_of(ground.view);
    let (after, reports) = slot_of(planned);
    if before.is_some() && before == after {
        let because = "its slot does not meet it".to_owned();
        return item(before, Outcome::Stays, because);
    }
    let Some(slot) = before else {
        let others = reports.iter().filter(|r| !r.outcome.passes());
        let others: Vec<&str> = others.map(|r| r.gate.as_str()).collect();
        let because = format!("it waits for {} in any case", others.join(", "));
        return item(None, Outcome::Stays, because);
    };
    let what = format!("{} {id}", facts.kind.as_str());
    match after {
        _ if facts.effect == Effect::Asks => {
            let because = format!("its slot lies in {what}");
            item(Some(slot), Outcome::NeedsConsent, because)
        }
        Some(to) if to < deployment::expires(&known.request, known.proposed_at, to) => {
            let because = format!("its slot lies in {what}");
            item(Some(slot), Outcome::Moves { to }, because)
        }
        Some(_) => {
            let because = format!("{what} leaves it no slot before it expires");
            item(Some(slot), Outcome::IsCancelled, because)
        }
        None => {
            let because = format!("{what} leaves it no slot within {AHEAD} days");
            item(Some(slot), Outcome::IsCancelled, because)
        }
    }
}

pub(super) fn tell(known: &deployment::Facts, ground: &Ground<'_>) -> Vec<String> {
    let plan = &known.plan.body;
    let mut who = requesters(&plan.to.release, ground.spec, ground.view);
    who.insert(crate::people::behind(ground.view, &known.by));
    // Who asked for a promotion is told, not the machinery that carries it out.
    who.remove(&crate::actor::Actor::system().name);
    let team = owner(ground.spec, &plan.service).map(|team| format!("team {team}"));
    who.into_iter().chain(team).collect()
}
