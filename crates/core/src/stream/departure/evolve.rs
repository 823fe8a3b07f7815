//! The state of a departure after a fact.

use super::{
    Asked, Decided, Departure, Event, Facts, Gone, Journey, Passenger, Phase, Postponed, Way,
};
use crate::id::{DepartureId, ReleaseId};
use crate::spec::Timetable;
use crate::time::Timestamp;
use std::collections::BTreeMap;

/// Those who went that are kept in the state; all are in the ledger.
const GONE: usize = 100;

/// Earlier words about one date that are kept.
const SAID: usize = 20;

pub(super) fn evolve(state: &mut Departure, at: Timestamp, event: &Event) {
    if let Event::Laid { id, timetable } = event {
        state.phase = Phase::Scheduled;
        state.facts = Some(Box::new(facts(id, timetable)));
        return;
    }
    let Some(facts) = state.facts.as_deref_mut() else {
        return;
    };
    match event {
        Event::Laid { .. } => {}
        Event::Relaid { timetable, .. } => {
            facts.timetable = timetable.clone();
            facts.kept = None;
            state.phase = Phase::Scheduled;
        }
        Event::DateKept { because } => facts.kept = Some(because.clone()),
        Event::Boarded {
            release, by, way, ..
        } => {
            facts.late.remove(release);
            facts
                .passengers
                .insert(release.clone(), passenger(by, way, at));
            if state.phase == Phase::Scheduled {
                state.phase = Phase::Boarding;
            }
        }
        Event::LateAsked {
            release,
            by,
            because,
        } => {
            facts.passengers.remove(release);
            let (by, because) = (by.clone(), because.clone());
            facts
                .late
                .insert(release.clone(), Asked { by, at, because });
        }
        Event::Missed {
            release, because, ..
        } => gone(facts, release, because, true, at),
        Event::Left {
            release, because, ..
        } => {
            gone(facts, release, because, false, at);
            if state.phase == Phase::Boarding && facts.passengers.is_empty() {
                state.phase = Phase::Scheduled;
            }
        }
        Event::FeaturePromised {
            feature, requires, ..
        } => {
            facts.features.insert(feature.clone(), requires.clone());
        }
        Event::ScopeClosed {} => state.phase = Phase::Closed { code: false },
        Event::CodeClosed {} => {
            if matches!(state.phase, Phase::Closed { .. }) {
                state.phase = Phase::Closed { code: true };
            }
        }
        Event::DecisionDue {} => state.phase = Phase::GoNoGo,
        Event::Decided {
            go,
            by,
            reason,
            next,
        } => {
            let said = Decided {
                go: *go,
                by: by.clone(),
                reason: reason.clone(),
                at,
                next: *next,
            };
            facts.overruled.extend(facts.decision.replace(said));
            let over = facts.overruled.len().saturating_sub(SAID);
            facts.overruled.drain(..over);
        }
        Event::Departed {
            passengers, hands, ..
        } => {
            facts.hands.clone_from(hands);
            for (release, to) in passengers {
                if let Some(passenger) = facts.passengers.get_mut(release) {
                    passenger.to = Some(to.clone());
                }
            }
            state.phase = Phase::Departed { at };
        }
        Event::PassengerArrived { release } => {
            journey(facts, release, Journey::Arrived { at });
        }
        Event::PassengerFailed { release, because } => {
            let because = because.clone();
            journey(facts, release, Journey::Failed { because });
        }
        Event::PassengerDropped { release, because } => {
            let because = because.clone();
            journey(facts, release, Journey::Dropped { because });
        }
        Event::Replaced { release, with, .. } => {
            gone(
                facts,
                release,
                &format!("{with} travels instead"),
                false,
                at,
            );
        }
        Event::Arrived { .. } => state.phase = Phase::Arrived { at },
        Event::Postponed {
            timetable,
            because,
            by,
        } => {
            facts.postponed.push(Postponed {
                from: facts.timetable.departs,
                because: because.clone(),
                by: by.clone(),
                at,
            });
            facts.timetable = timetable.clone();
            // What was decided was decided for the other date.
            facts.decision = None;
            facts.overruled.clear();
            facts.kept = None;
            state.phase = if facts.passengers.is_empty() {
                Phase::Scheduled
            } else {
                Phase::Boarding
            };
        }
        Event::Cancelled { because, .. } => {
            let because = because.clone();
            state.phase = Phase::Cancelled { because };
        }
    }
}

fn facts(id: &DepartureId, timetable: &Timetable) -> Facts {
    Facts {
        id: id.clone(),
        timetable: timetable.clone(),
        passengers: BTreeMap::new(),
        late: BTreeMap::new(),
        gone: Vec::new(),
        features: BTreeMap::new(),
        decision: None,
        overruled: Vec::new(),
        postponed: Vec::new(),
        kept: None,
        hands: BTreeMap::new(),
    }
}

fn passenger(by: &str, way: &Way, since: Timestamp) -> Passenger {
    let how = match way {
        Way::Asked => String::new(),
        Way::Moved { from, because } => format!("from {from}: {because}"),
        Way::Admitted { by } => format!("admitted late by {by}"),
        Way::Hotfix => "a hotfix".to_owned(),
    };
    Passenger {
        by: by.to_owned(),
        since,
        how,
        to: None,
        journey: Journey::Open,
    }
}

fn gone(facts: &mut Facts, release: &ReleaseId, because: &str, moved: bool, at: Timestamp) {
    facts.passengers.remove(release);
    facts.late.remove(release);
    facts.gone.push(Gone {
        release: release.clone(),
        because: because.to_owned(),
        moved,
        at,
    });
    if facts.gone.len() > GONE {
        facts.gone.remove(0);
    }
}

fn journey(facts: &mut Facts, release: &ReleaseId, journey: Journey) {
    if let Some(passenger) = facts.passengers.get_mut(release) {
        passenger.journey = journey;
    }
}
