//! Departures ahead: at least two. What nobody counts on follows the timetable; what somebody counts on keeps its date.

use super::decide::Turn;
use super::{Event, Phase};
use crate::command::Command as Any;
use crate::digest::{Digest, canonical};
use crate::id::DepartureId;
use crate::spec::{Timetable, Train, Unreadable};
use crate::stream::departure::{self, Departure, Moved, room_of};
use crate::time::Timestamp;
use std::collections::{BTreeSet, VecDeque};

/// Departures that are always laid ahead.
const AHEAD: usize = 2;

/// The configuration no longer has it: what has not left is given up.
pub(super) fn retire(turn: &mut Turn<'_, '_>) {
    if matches!(turn.state.phase, Phase::Absent | Phase::Retired) {
        return;
    }
    for number in turn.state.open.clone() {
        let command = departure::Command::Cancel {
            reason: format!("the configuration no longer has the train {}", turn.name),
            moves: false,
        };
        turn.tell(number, command);
    }
    turn.happen(Event::Retired {});
}

/// Lay what is missing, and lay anew what may move.
pub(super) fn lay(turn: &mut Turn<'_, '_>, train: &Train) {
    // Phrases were checked before they came into force. One that cannot be read all the same leaves departures as they are;
    // the next look tries again, and the gate lets nobody pass meanwhile.
    let _ = try_to(turn, train);
}

fn try_to(turn: &mut Turn<'_, '_>, train: &Train) -> Result<(), Unreadable> {
    let setting = turn.cx.spec.setting_of(train)?;
    let phrase = train.phrase(turn.state.step);
    let (mut movable, mut kept) = (Vec::new(), Vec::new());
    let mut taken = BTreeSet::new();
    for number in &turn.state.open {
        let state = turn.departure(*number);
        match state.facts {
            Some(_) if !state.phase.is_ahead() => {}
            Some(facts) if state.is_movable() => movable.push((*number, facts.timetable)),
            Some(facts) => {
                // A date that was given up is not another departure's instead.
                taken.extend(facts.postponed.iter().map(|given_up| given_up.from));
                taken.insert(facts.timetable.slot);
                kept.push((*number, facts.timetable));
            }
            None => {}
        }
    }
    let after = turn.cx.now.max(turn.state.used.unwrap_or(Timestamp::MIN));
    let limit = crate::limits::DEPARTURES + taken.len();
    let all = train.slots(phrase, &setting, after, limit)?;
    timetabled(turn, train, phrase, &kept, &all)?;
    let mut free = all.into_iter().filter(|slot| !taken.contains(slot));
    for (number, has) in &movable {
        let Some(slot) = free.next() else {
            let reason = format!("{} has no such date any more", turn.name);
            let moves = false;
            turn.tell(*number, departure::Command::Cancel { reason, moves });
            continue;
        };
        let timetable = train.timetable(&setting, slot, slot)?;
        if timetable != *has {
            let because = format!("{} leaves {phrase}", turn.name);
            turn.tell(*number, departure::Command::Lay { timetable, because });
        }
    }
    for _ in kept.len() + movable.len()..AHEAD {
        let Some(slot) = free.next() else { break };
        add(turn, train.timetable(&setting, slot, slot)?);
    }
    Ok(())
}

/// When what decides its dates changed: say so, and have those who keep another date say so.
fn timetabled(
    turn: &mut Turn<'_, '_>,
    train: &Train,
    phrase: &str,
    kept: &[(u64, Timetable)],
    slots: &[Timestamp],
) -> Result<(), Unreadable> {
    let spec = turn.cx.spec;
    let rules = (
        (phrase, &train.zone, &spec.zone, train.first),
        (&train.scope_closes, &train.code_closes, &train.go_no_go),
        (train.patience, spec.fiscal_year_starts, &spec.holidays),
    );
    let mut text = canonical(&rules).map_err(|error| Unreadable::new(phrase, error))?;
    if !spec.holidays_of.is_empty() {
        let lists = canonical(&spec.holidays_of);
        text.push_str(&lists.map_err(|error| Unreadable::new(phrase, error))?);
    }
    let digest = Digest::of(text.as_bytes());
    if turn.state.laid_by.as_ref() == Some(&digest) {
        return Ok(());
    }
    let first = turn.state.laid_by.is_none();
    let phrase = phrase.to_owned();
    for (number, timetable) in kept
        .iter()
        .filter(|(_, t)| !first && !slots.contains(&t.slot))
    {
        let because = format!(
            "somebody counts on {}; {} now leaves {phrase}",
            crate::gate::moment_in(timetable.departs, &timetable.zone),
            turn.name
        );
        turn.tell(*number, departure::Command::KeepDate { because });
    }
    turn.happen(Event::Timetabled { digest, phrase });
    Ok(())
}

fn add(turn: &mut Turn<'_, '_>, timetable: Timetable) -> u64 {
    let number = turn.state.last + 1;
    turn.happen(Event::DepartureAdded { number });
    let because = String::new();
    turn.tell(number, departure::Command::Lay { timetable, because });
    number
}

/// Find room on later departures; lay more when those that are laid are full.
pub(super) fn forward(turn: &mut Turn<'_, '_>, from: u64, passengers: Vec<Moved>) {
    let Some(train) = turn.train() else { return };
    let mut waiting: VecDeque<Moved> = passengers.into();
    let room = room_of(train).max(1);
    let after = turn
        .departure(from)
        .facts
        .map_or(turn.cx.now, |f| f.timetable.departs);
    let after = after.max(turn.cx.now);
    let mut later: Vec<(Timestamp, u64, usize)> = Vec::new();
    for number in turn.state.open.iter().filter(|n| **n != from) {
        let state = turn.departure(*number);
        let open = matches!(
            state.phase,
            departure::Phase::Absent | departure::Phase::Scheduled | departure::Phase::Boarding
        );
        if let Some(times) = turn.times(*number).filter(|_| open)
            && turn.cx.now < times.scope_closes
        {
            let aboard = state.facts.map_or(0, |f| f.passengers.len());
            later.push((times.departs, *number, room.saturating_sub(aboard)));
        }
    }
    later.sort_unstable();
    // First those after the one that was missed, then any that is still open.
    later.sort_by_key(|(departs, ..)| *departs <= after);
    for (_, number, left) in later {
        take(turn, number, left, &mut waiting);
    }
    while !waiting.is_empty() && turn.state.open.len() < crate::limits::DEPARTURES {
        let Some(timetable) = turn.another(train) else {
            return;
        };
        let open = timetable.scope_closes > turn.cx.now;
        let number = add(turn, timetable);
        if open {
            take(turn, number, room, &mut waiting);
        }
    }
}

fn take(turn: &mut Turn<'_, '_>, number: u64, room: usize, waiting: &mut VecDeque<Moved>) {
    let passengers: Vec<Moved> = waiting.drain(..room.min(waiting.len())).collect();
    if !passengers.is_empty() {
        turn.tell(number, departure::Command::Take { passengers });
    }
}

impl Turn<'_, '_> {
    fn departure(&self, number: u64) -> Departure {
        let id = DepartureId::new(self.name.clone(), number);
        self.cx.view.load(&id.key()).unwrap_or_default()
    }

    fn tell(&mut self, number: u64, command: departure::Command) {
        let id = DepartureId::new(self.name.clone(), number);
        self.then.push(Any::Departure { id, command });
    }

    /// The instants of a departure as they will be after this turn.
    fn times(&self, number: u64) -> Option<Timetable> {
        let laid = self.then.iter().rev().find_map(|any| match any {
            Any::Departure {
                id,
                command: departure::Command::Lay { timetable, .. },
            } if id.number == number => Some(timetable.clone()),
            _ => None,
        });
        laid.or_else(|| Some(self.departure(number).facts?.timetable))
    }

    /// The instants of one more departure after all that are laid, those of this very turn included.
    fn another(&self, train: &Train) -> Option<Timetable> {
        let setting = self.cx.spec.setting_of(train).ok()?;
        let slot = |number: &u64| self.times(*number).map(|times| times.slot);
        let known = self.state.open.iter().filter_map(slot);
        let last = known.chain(self.state.used).max();
        let after = last.unwrap_or(self.cx.now).max(self.cx.now);
        let phrase = train.phrase(self.state.step);
        let slot = train.slots(phrase, &setting, after, 1).ok()?.pop()?;
        train.timetable(&setting, slot, slot).ok()
    }
}
