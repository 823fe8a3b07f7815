//! What becomes of departures of trains: each one that would leave while the entry holds its passengers back is postponed to
//! the next date of its train at which the entry makes no difference.

use super::with::With;
use super::{Ground, Item, Outcome, Work, owner};
use crate::agenda::Known;
use crate::agenda::departing::{Traveller, Wait, travellers, wait};
use crate::id::{DepartureId, EnvId, Name};
use crate::spec::Train;
use crate::stream::departure::{self, Departure};
use crate::stream::entry::{Effect, Facts};
use crate::stream::train;
use crate::time::Timestamp;
use std::collections::BTreeSet;

/// A departure ahead, with what is asked about it.
struct Ahead<'a> {
    train: &'a Train,
    facts: Box<departure::Facts>,
    travellers: Vec<Traveller>,
}

/// Departures ahead that the entry hits, and those with passengers in its scope that it leaves alone.
pub(super) fn items(
    id: &Name,
    facts: &Facts,
    ground: &Ground<'_>,
    planned: &With<'_>,
) -> Result<Vec<Item>, String> {
    let mut items = Vec::new();
    for (name, train) in &ground.spec.trains {
        let state = ground.view.load::<train::Train>(name.as_str());
        let state = state.map_err(|e| e.to_string())?;
        let mut all = Vec::new();
        for number in &state.open {
            let departure = DepartureId::new(name.clone(), *number);
            let state = ground.view.load::<Departure>(&departure.key());
            let state = state.map_err(|e| e.to_string())?;
            if state.phase.is_ahead()
                && let Some(facts) = state.facts
            {
                let aboard: Vec<_> = facts.passengers.keys().cloned().collect();
                all.push(Ahead {
                    train,
                    travellers: travellers(ground.spec, train, &aboard),
                    facts,
                });
            }
        }
        all.sort_by_key(|ahead| ahead.facts.timetable.departs);
        // Two that move do not move to the same date.
        let mut taken = BTreeSet::new();
        for ahead in &all {
            let found = item((id, facts), ahead, ground, planned, &taken);
            if let Some(Outcome::Moves { to }) = found.as_ref().map(|item| &item.outcome) {
                taken.insert(*to);
            }
            items.extend(found);
        }
    }
    Ok(items)
}

fn item(
    (id, facts): (&Name, &Facts),
    ahead: &Ahead<'_>,
    ground: &Ground<'_>,
    planned: &With<'_>,
    taken: &BTreeSet<Timestamp>,
) -> Option<Item> {
    let concerned = |who: &Traveller| {
        let free = who.release.as_ref().is_some_and(|r| facts.lets.contains(r));
        !free
            && facts
                .scope
                .concerns(ground.spec, &who.service, &who.environment)
    };
    let who = ahead.travellers.iter().find(|who| concerned(who))?;
    let departs = ahead.facts.timetable.departs.max(ground.now);
    let (before, after) = both(ahead, ground, planned, departs);
    let item = |environment: &EnvId, outcome, because| {
        Some(Item {
            work: Work::Departure {
                id: ahead.facts.id.clone(),
                passengers: ahead.facts.passengers.keys().cloned().collect(),
            },
            environment: environment.clone(),
            slot: Some(ahead.facts.timetable.departs),
            outcome,
            because,
            tell: tell(ahead, ground),
        })
    };
    let hit = after.filter(|after| !same(before.as_ref(), Some(after)));
    let Some(hit) = hit else {
        // Of those that nobody is aboard there is nothing to tell.
        if ahead.facts.passengers.is_empty() {
            return None;
        }
        let because = "its date does not meet it".to_owned();
        return item(&who.environment, Outcome::Stays, because);
    };
    let what = format!("{} {id}", facts.kind.as_str());
    let environment = &hit.who.environment;
    let because = format!("it leaves inside {what}");
    if facts.effect == Effect::Asks {
        return item(environment, Outcome::NeedsConsent, because);
    }
    let dates = departure::free_dates(ground.spec, ground.view, &ahead.facts, ground.now);
    let fits = |date: &Timestamp| {
        let near = *date <= crate::limits::PATIENCE.after(ground.now);
        let (before, after) = both(ahead, ground, planned, *date);
        near && !taken.contains(date) && same(before.as_ref(), after.as_ref())
    };
    match dates.into_iter().find(fits) {
        Some(to) => item(environment, Outcome::Moves { to }, because),
        None => {
            let because = format!("{because}, and its train has no date outside");
            let until = hit.until;
            item(environment, Outcome::Waits { until }, because)
        }
    }
}

/// What its travellers wait for at a date: as the calendar is, and as it would be.
fn both(
    ahead: &Ahead<'_>,
    ground: &Ground<'_>,
    planned: &With<'_>,
    date: Timestamp,
) -> (Option<Wait>, Option<Wait>) {
    let asked = |view| {
        let known = Known {
            now: ground.now,
            spec: ground.spec,
            origins: ground.origins,
            view,
        };
        wait(&known, &ahead.travellers, date)
    };
    (asked(ground.view), asked(planned))
}

fn same(before: Option<&Wait>, after: Option<&Wait>) -> bool {
    before.map(|wait| wait.until) == after.map(|wait| wait.until)
}

/// Who put releases aboard, the owners of what travels, and who decides about the train.
fn tell(ahead: &Ahead<'_>, ground: &Ground<'_>) -> Vec<String> {
    let people = ahead.facts.passengers.values().map(|p| p.by.clone());
    let people: BTreeSet<String> = people.collect();
    let services = ahead.travellers.iter().map(|who| &who.service);
    let owners = services.filter_map(|service| owner(ground.spec, service));
    let teams: BTreeSet<String> = owners
        .chain(&ahead.train.decided_by)
        .map(|team| format!("team {team}"))
        .collect();
    people.into_iter().chain(teams).collect()
}
