//! Commands: what each phase of a departure answers. Who travels and when it leaves is in `tick`, what people ask in `people`.

use super::{Command, Departure, Event, Facts, Moved, Phase, Way, tick};
use crate::command::Command as Any;
use crate::decider::{Ctx, Decider as _, Decision};
use crate::id::{DepartureId, ReleaseId};
use crate::refusal::Refusal;
use crate::spec::Train;
use crate::stream::train;

/// A decision as it grows: facts are folded at once, so what follows sees them.
pub(super) struct Turn<'c, 'a> {
    pub(super) id: DepartureId,
    pub(super) state: Departure,
    pub(super) cx: &'c Ctx<'a>,
    events: Vec<Event>,
    pub(super) then: Vec<Any>,
    forward: Vec<Moved>,
}

pub(super) fn decide(
    state: &Departure,
    command: Command,
    cx: &Ctx<'_>,
) -> Result<Decision<Event>, Refusal> {
    let mut turn = Turn {
        id: DepartureId::of_key(cx.stream.key())?,
        state: state.clone(),
        cx,
        events: Vec::new(),
        then: Vec::new(),
        forward: Vec::new(),
    };
    let ahead = state.phase.is_ahead();
    match (&state.phase, command) {
        (Phase::Absent, Command::Lay { timetable, .. }) => {
            let id = turn.id.clone();
            turn.happen(Event::Laid { id, timetable });
        }
        (Phase::Absent, Command::Wake) => {}
        (Phase::Absent, _) => {
            return Err(Refusal::NotFound {
                what: "departure".to_owned(),
                name: turn.id.to_string(),
            });
        }
        (_, Command::Lay { timetable, because }) => turn.lay_anew(timetable, because),
        (_, Command::KeepDate { because }) => turn.keep_date(because),
        (_, Command::Take { passengers }) => turn.take(passengers),
        (_, Command::Wake) => {}
        (_, Command::Join { release, reason }) if ahead => turn.join(release, reason)?,
        (_, Command::Leave { release, reason }) if ahead => turn.leave(release, reason)?,
        (_, Command::Admit { release, reason }) if ahead => turn.admit(release, reason)?,
        (
            _,
            Command::Promise {
                feature,
                requires,
                reason,
            },
        ) if ahead => turn.promise(feature, requires, reason)?,
        (Phase::Closed { .. } | Phase::GoNoGo, Command::Go { reason }) => {
            turn.say(true, reason, None)?;
        }
        (Phase::Closed { .. } | Phase::GoNoGo, Command::NoGo { reason, next }) => {
            turn.say(false, reason, next)?;
        }
        (_, Command::Postpone { to, reason }) if ahead => turn.postpone_to(to, reason)?,
        (_, Command::Cancel { reason, moves }) if ahead => turn.cancel(&reason, moves)?,
        (_, Command::Depart { reason }) if ahead => turn.depart_now(&reason)?,
        (phase, command) => {
            return Err(Refusal::NotNow {
                stream: cx.stream.to_string(),
                phase: phase.name().to_owned(),
                command: command.name().to_owned(),
            });
        }
    }
    turn.tick();
    Ok(turn.finish())
}

impl Turn<'_, '_> {
    /// A fact: folded and kept.
    pub(super) fn happen(&mut self, event: Event) {
        self.state.evolve(self.cx.now, &event);
        self.events.push(event);
    }

    pub(super) fn facts(&self) -> Option<&Facts> {
        self.state.facts.as_deref()
    }

    /// Did it leave in this very turn?
    pub(super) fn has_just_left(&self) -> bool {
        self.events
            .iter()
            .any(|e| matches!(e, Event::Departed { .. }))
    }

    pub(super) fn count(&self) -> usize {
        self.events.len()
    }

    /// A release does not travel with this departure; it moves to a later one.
    pub(super) fn misses(&mut self, release: ReleaseId, by: String, because: String) {
        self.forward.push(Moved {
            release: release.clone(),
            by: by.clone(),
            from: self.id.clone(),
            because: because.clone(),
        });
        self.happen(Event::Missed {
            release,
            by,
            because,
        });
    }

    fn lay_anew(&mut self, timetable: crate::spec::Timetable, because: String) {
        let same = self.facts().is_some_and(|f| f.timetable == timetable);
        if self.state.is_movable() && !same {
            self.happen(Event::Relaid { timetable, because });
        }
    }

    fn keep_date(&mut self, because: String) {
        let said = self.facts().and_then(|f| f.kept.as_ref()) == Some(&because);
        if self.state.phase.is_ahead() && !said {
            self.happen(Event::DateKept { because });
        }
    }

    fn take(&mut self, passengers: Vec<Moved>) {
        for moved in passengers {
            let closes = self.facts().map(|f| f.timetable.scope_closes);
            let open = matches!(self.state.phase, Phase::Scheduled | Phase::Boarding)
                && closes.is_none_or(|closes| self.cx.now < closes);
            let aboard = self
                .facts()
                .is_some_and(|f| f.passengers.contains_key(&moved.release));
            if aboard {
                continue;
            }
            if !open || self.is_full_for(&moved.release) {
                self.forward.push(moved);
                continue;
            }
            let Moved {
                release,
                by,
                from,
                because,
            } = moved;
            self.happen(Event::Boarded {
                release,
                by,
                way: Way::Moved { from, because },
                reason: String::new(),
            });
        }
    }

    /// Tell the train what matters to its other departures.
    fn finish(mut self) -> Decision<Event> {
        let number = self.id.number;
        let (mut closed, mut counted, mut tells) = (None, None, !self.forward.is_empty());
        for event in &self.events {
            match event {
                Event::Departed { .. } | Event::Cancelled { .. } => {
                    closed = self.facts().map(|f| f.timetable.slot);
                }
                Event::Arrived { carried, failed } => {
                    counted = Some(train::Counted {
                        number,
                        carried: *carried,
                        failed: *failed,
                    });
                }
                Event::Postponed { .. } => {}
                _ => continue,
            }
            tells = true;
        }
        if tells {
            let command = train::Command::Report {
                number,
                closed,
                counted,
                passengers: std::mem::take(&mut self.forward),
            };
            let id = self.id.train.clone();
            self.then.push(Any::Train { id, command });
        }
        let wake = tick::wake(&self);
        Decision {
            fires: Vec::new(),
            events: self.events,
            wake,
            then: self.then,
        }
    }
}

impl<'a> Turn<'_, 'a> {
    /// The train as configured now; none when it is gone.
    pub(super) fn train(&self) -> Option<&'a Train> {
        self.cx.spec.trains.get(&self.id.train)
    }
}
