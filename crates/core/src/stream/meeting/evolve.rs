//! The state of a meeting after a fact.

use super::{Asking, Event, Facts, Item, Kept, Meeting, Met, Outcome, Phase, Taken};
use crate::change::ChangeId;
use crate::time::Timestamp;
use std::collections::BTreeMap;

pub(super) fn evolve(state: &mut Meeting, at: Timestamp, event: &Event) {
    if let Event::Called { id, sitting } = event {
        state.facts = Some(Box::new(Facts {
            id: id.clone(),
            sitting: sitting.clone(),
            items: BTreeMap::new(),
            late: BTreeMap::new(),
            criteria: Kept::Following,
        }));
        state.phase = Phase::Called;
        return;
    }
    match event {
        Event::AgendaClosed { .. } => state.phase = Phase::Set { at },
        Event::Opened { by, until, .. } => {
            state.phase = Phase::Open {
                at,
                by: by.clone(),
                until: *until,
            };
        }
        Event::Closed { .. } => state.phase = Phase::Closed { at },
        _ => {}
    }
    let Some(facts) = state.facts.as_deref_mut() else {
        return;
    };
    match event {
        Event::Relaid { sitting } => facts.sitting = sitting.clone(),
        Event::CameLate { change, to, .. } => {
            facts.late.insert(change.clone(), to.clone());
        }
        Event::ItemPut {
            topic,
            votes,
            context,
            answers,
            ..
        } => {
            let item = Item {
                topic: (**topic).clone(),
                votes: votes.clone(),
                context: context.clone(),
                answers: answers.clone(),
                outcome: Outcome::Undecided,
            };
            facts.items.insert(topic.change.clone(), item);
        }
        Event::CriteriaFrozen { criteria } => {
            facts.criteria = Kept::Frozen {
                at,
                list: criteria.clone(),
                changed: None,
            };
        }
        Event::CriteriaChanged { .. } => taken(facts, at, event),
        event => item(&mut facts.items, at, event),
    }
}

/// Other criteria: what was voted and decided was for those before.
fn taken(facts: &mut Facts, at: Timestamp, event: &Event) {
    let Event::CriteriaChanged {
        criteria,
        by,
        reason,
        differs,
        void,
    } = event
    else {
        return;
    };
    facts.criteria = Kept::Frozen {
        at,
        list: criteria.clone(),
        changed: Some(Taken {
            by: by.clone(),
            reason: reason.clone(),
            differs: differs.clone(),
            at,
        }),
    };
    for change in void {
        if let Some(item) = facts.items.get_mut(change) {
            item.votes.clear();
            item.outcome = Outcome::Undecided;
        }
    }
}

fn confirmed(item: &mut Item, number: u32, met: Met) {
    let Outcome::Decided { decision } = &mut item.outcome else {
        return;
    };
    let mut all = decision.conditions.iter_mut();
    if let Some(found) = all.find(|c| c.number == number) {
        found.met = Some(met);
    }
}

fn item(items: &mut BTreeMap<ChangeId, Item>, at: Timestamp, event: &Event) {
    let Some(item) = event.change().and_then(|id| items.get_mut(id)) else {
        return;
    };
    match event {
        Event::ItemDropped { because, .. } => {
            item.outcome = Outcome::Dropped {
                because: because.clone(),
            };
        }
        Event::Voted { cast, .. } => {
            let same = |v: &crate::change::Vote| {
                v.person == cast.vote.person && v.instead_of == cast.vote.instead_of
            };
            item.votes.retain(|c| !same(&c.vote));
            item.votes.push((**cast).clone());
        }
        Event::ContextAsked { context, .. } => item.context = Some(context.clone()),
        Event::ContextGiven { by, text, .. } => {
            if let Some(context) = &mut item.context {
                context.state = Asking::Given {
                    by: by.clone(),
                    text: text.clone(),
                    at,
                };
            }
        }
        Event::ContextOverdue { .. } => {
            if let Some(context) = &mut item.context {
                context.state = Asking::Overdue;
            }
        }
        Event::Decided { decision, .. } => {
            item.outcome = Outcome::Decided {
                decision: decision.clone(),
            };
        }
        Event::ItemMoved { to, because, .. } => {
            item.outcome = Outcome::Moved {
                to: to.clone(),
                because: because.clone(),
            };
        }
        Event::ConditionMet {
            condition,
            by,
            evidence,
            ..
        } => {
            let met = Met {
                by: by.clone(),
                evidence: evidence.clone(),
                at,
            };
            confirmed(item, *condition, met);
        }
        Event::CriterionAnswered {
            criterion, answer, ..
        } => {
            item.answers.insert(criterion.clone(), answer.clone());
        }
        Event::ConditionLapsed { .. } => {
            item.outcome = Outcome::Undecided;
            item.votes.clear();
        }
        _ => {}
    }
}
