//! Criteria of sittings and how they stand, for people.

use crate::look::Look;
use tidegate_client::wire;
use tidegate_core::change::criteria::{Criteria, Reading, digest};
use tidegate_core::id::Name;
use tidegate_core::spec::Sitting;
use tidegate_core::stream::meeting::{Facts, Item, Kept, Outcome, read};

/// The criteria of a sitting; none where nothing was agreed.
pub(crate) fn of_sitting(
    look: &Look<'_>,
    board: &Name,
    sitting: &Sitting,
    facts: Option<&Facts>,
) -> Option<wire::BoardCriteria> {
    let configured = look.in_force.spec.boards.get(board);
    let list = match facts {
        Some(facts) => facts.criteria(configured),
        None => configured.map(|b| b.criteria.clone()).unwrap_or_default(),
    };
    let (frozen_at, changed) = match facts.map(|f| &f.criteria) {
        Some(Kept::Frozen { at, changed, .. }) => (Some(*at), changed.clone()),
        Some(Kept::Following) | None => (None, None),
    };
    Some(wire::BoardCriteria {
        digest: digest(&list)?.to_string(),
        freeze_at: sitting.criteria_freeze,
        frozen_at,
        changed_by: changed.as_ref().map(|c| c.by.clone()),
        changed_because: changed.map(|c| c.reason),
        list: listed(&list),
        differs: facts.map(|f| f.differs(configured)).unwrap_or_default(),
    })
}

fn listed(all: &Criteria) -> Vec<wire::BoardCriterion> {
    let one = |(id, criterion): (&Name, &tidegate_core::spec::Criterion)| wire::BoardCriterion {
        id: id.to_string(),
        text: criterion.text.clone(),
        owner: criterion.owner.to_string(),
        proof: criterion.proof.to_string(),
    };
    all.iter().map(one).collect()
}

/// How they stand for an item: as recorded with a decision that is over, else as of now.
pub(crate) fn of_item(look: &Look<'_>, facts: &Facts, item: &Item) -> Vec<wire::CriterionReading> {
    let in_force = &look.in_force;
    let seen = (&in_force.spec, &in_force.origins, look.view());
    let now = match &item.outcome {
        Outcome::Undecided | Outcome::Decided { .. } => read(facts, item, seen, look.now).ok(),
        Outcome::Moved { .. } | Outcome::Dropped { .. } => None,
    };
    let recorded = match &item.outcome {
        Outcome::Decided { decision } => decision.criteria.as_slice(),
        _ => &[],
    };
    let all = now.unwrap_or_else(|| recorded.to_vec());
    all.iter().map(reading).collect()
}

pub(crate) fn reading(reading: &Reading) -> wire::CriterionReading {
    wire::CriterionReading {
        id: reading.id.to_string(),
        text: reading.text.clone(),
        owner: reading.owner.to_string(),
        state: reading.state.as_str().to_owned(),
        evidence: reading.evidence.clone(),
        seen: reading.seen,
        until: reading.until,
    }
}
