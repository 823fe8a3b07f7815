//! Commands: what each phase of a train answers. Laying is in `lay`, the rhythm in `pace`.

use super::{Command, Event, Phase, Train, lay, pace};
use crate::command::Command as Any;
use crate::decider::{Ctx, Decider as _, Decision, Resting, Wake};
use crate::id::Name;
use crate::refusal::Refusal;
use crate::spec;
use crate::time::Millis;

/// Between two looks when nothing is due.
const LOOK: Millis = Millis::minutes(24 * 60);

/// A decision as it grows: facts are folded at once, so what follows sees them.
pub(super) struct Turn<'c, 'a> {
    pub(super) name: Name,
    pub(super) state: Train,
    pub(super) cx: &'c Ctx<'a>,
    pub(super) then: Vec<Any>,
    events: Vec<Event>,
}

pub(super) fn decide(
    state: &Train,
    command: Command,
    cx: &Ctx<'_>,
) -> Result<Decision<Event>, Refusal> {
    let mut turn = Turn {
        name: Name::new(cx.stream.key())?,
        state: state.clone(),
        cx,
        then: Vec::new(),
        events: Vec::new(),
    };
    let mut forward = None;
    match (&state.phase, command) {
        (Phase::Absent, Command::Wake) => {}
        (Phase::Absent, _) => {
            return Err(Refusal::NotFound {
                what: "train".to_owned(),
                name: turn.name.to_string(),
            });
        }
        (_, Command::Wake) => {}
        (
            _,
            Command::Report {
                number,
                closed,
                counted,
                passengers,
            },
        ) => {
            if let Some(slot) = closed {
                turn.happen(Event::DepartureClosed { number, slot });
            }
            // A departure without passengers says nothing about failures.
            let counted = counted.filter(|c| c.carried > 0 && turn.train().is_some());
            if let Some(result) = counted {
                turn.happen(Event::ResultCounted { result });
            }
            forward = Some((number, passengers));
        }
        (Phase::Proposed { pace }, Command::Keep { reason }) => {
            let (by, figures) = (cx.actor.who().to_owned(), pace.figures.clone());
            turn.happen(Event::PaceKept {
                by,
                reason,
                figures,
            });
        }
        (phase, command @ Command::Keep { .. }) => {
            return Err(Refusal::NotNow {
                stream: cx.stream.to_string(),
                phase: phase.name().to_owned(),
                command: command.name().to_owned(),
            });
        }
    }
    turn.look();
    if let Some((from, passengers)) = forward {
        lay::forward(&mut turn, from, passengers);
    }
    Ok(turn.finish())
}

impl Turn<'_, '_> {
    pub(super) fn happen(&mut self, event: Event) {
        self.state.evolve(self.cx.now, &event);
        self.events.push(event);
    }

    /// What configuration and time ask for.
    fn look(&mut self) {
        let Some(train) = self.train() else {
            return lay::retire(self);
        };
        if matches!(self.state.phase, Phase::Absent | Phase::Retired) {
            self.happen(Event::Started {});
        }
        pace::judge(self, train);
        lay::lay(self, train);
    }

    fn finish(self) -> Decision<Event> {
        let wake = match &self.state.phase {
            Phase::Absent | Phase::Retired => Wake::Rest(Resting::new()),
            Phase::Running => Wake::Next {
                at: LOOK.after(self.cx.now),
                on: vec!["config".to_owned()],
                because: "looks at its timetable".to_owned(),
            },
            Phase::Proposed { pace } => Wake::Next {
                at: pace.effective.min(LOOK.after(self.cx.now)),
                on: vec!["config".to_owned()],
                because: "the proposed rhythm takes effect".to_owned(),
            },
        };
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
    pub(super) fn train(&self) -> Option<&'a spec::Train> {
        self.cx.spec.trains.get(&self.name)
    }
}
