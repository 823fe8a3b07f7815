//! Commands of a meeting: what each phase answers. What is on the agenda is in `agenda`, who says what in `vote`, what time
//! brings in `tick`.

use super::{Command, Event, Facts, Item, Meeting, MeetingId, Outcome, Phase};
use crate::change::ChangeId;
use crate::command::Command as Any;
use crate::decider::{Ctx, Decider as _, Decision};
use crate::refusal::Refusal;
use crate::spec::Board;

/// A decision as it grows: facts are folded at once, so what follows sees them.
pub(super) struct Turn<'c, 'a> {
    pub(super) id: MeetingId,
    pub(super) state: Meeting,
    pub(super) cx: &'c Ctx<'a>,
    pub(super) events: Vec<Event>,
    pub(super) then: Vec<Any>,
}

pub(super) fn decide(
    state: &Meeting,
    command: Command,
    cx: &Ctx<'_>,
) -> Result<Decision<Event>, Refusal> {
    let mut turn = Turn {
        id: cx.stream.key().parse()?,
        state: state.clone(),
        cx,
        events: Vec::new(),
        then: Vec::new(),
    };
    match (&state.phase, command) {
        (Phase::Absent, Command::Wake | Command::Drop { .. }) | (_, Command::Wake) => {}
        (
            _,
            Command::Put {
                topic,
                votes,
                context,
                answers,
            },
        ) => turn.put(*topic, (votes, context, answers))?,
        (_, Command::Keep { criteria }) => turn.keep(criteria)?,
        (_, Command::Drop { change, because }) if !matches!(state.phase, Phase::Absent) => {
            turn.drop(&change, because);
        }
        (_, command) => turn.by_person(command)?,
    }
    turn.tick();
    Ok(Decision {
        wake: turn.wake(),
        events: turn.events,
        then: turn.then,
        fires: Vec::new(),
    })
}

impl<'a> Turn<'_, 'a> {
    /// What people say and do.
    fn by_person(&mut self, command: Command) -> Result<(), Refusal> {
        let phase = self.state.phase.clone();
        let held = matches!(
            phase,
            Phase::Called | Phase::Set { .. } | Phase::Open { .. }
        );
        match (&phase, command) {
            (Phase::Absent, _) => {
                return Err(Refusal::NotFound {
                    what: "meeting".to_owned(),
                    name: self.id.to_string(),
                });
            }
            (Phase::Called | Phase::Set { .. }, Command::Open { reason }) => self.open(reason)?,
            (
                _,
                Command::Vote {
                    change,
                    subject,
                    criteria,
                    ballot,
                    team,
                    instead_of,
                    reason,
                },
            ) if held => {
                self.same_criteria(criteria.as_ref())?;
                self.vote(&change, &subject, (ballot, team, instead_of, reason))?;
            }
            (
                _,
                Command::Attest {
                    change,
                    subject,
                    criterion,
                    met,
                    evidence,
                },
            ) => self.attest(&change, (&criterion, met, evidence), &subject)?,
            (_, Command::Adopt { reason }) => self.adopt(reason)?,
            (_, Command::Answer { change, text }) if held => self.answer(&change, text)?,
            (
                _,
                Command::Confirm {
                    change,
                    condition,
                    evidence,
                },
            ) => self.confirm(&change, condition, evidence)?,
            (phase, command) => {
                return Err(Refusal::NotNow {
                    stream: self.cx.stream.to_string(),
                    phase: phase.name().to_owned(),
                    command: command.name().to_owned(),
                });
            }
        }
        Ok(())
    }

    /// A fact: folded and kept.
    pub(super) fn happen(&mut self, event: Event) {
        self.state.evolve(self.cx.now, &event);
        self.events.push(event);
    }

    pub(super) fn facts(&self) -> Option<&Facts> {
        self.state.facts.as_deref()
    }

    /// The board as configured now.
    pub(super) fn board(&self) -> Option<&'a Board> {
        self.cx.spec.boards.get(&self.id.board)
    }

    /// Items with this outcome, the riskiest first.
    pub(super) fn items(&self, wanted: impl Fn(&Item) -> bool) -> Vec<ChangeId> {
        let items = self.facts().into_iter().flat_map(|f| f.items.values());
        let mut found: Vec<&Item> = items.filter(|item| wanted(item)).collect();
        found.sort_by_key(|item| {
            (
                std::cmp::Reverse(item.topic.risk),
                item.topic.change.number(),
            )
        });
        found.iter().map(|item| item.topic.change.clone()).collect()
    }

    pub(super) fn undecided(&self) -> Vec<ChangeId> {
        self.items(|item| item.outcome == Outcome::Undecided)
    }

    /// An item of the agenda, whatever became of it.
    pub(super) fn item(&self, change: &ChangeId) -> Result<&Item, Refusal> {
        let found = self.facts().and_then(|facts| facts.items.get(change));
        found.ok_or_else(|| match self.facts().and_then(|f| f.late.get(change)) {
            Some(to) => Refusal::Invalid {
                because: format!("{change} came after the agenda of {} had closed", self.id),
                help: format!("{to} decides it"),
            },
            None => Refusal::Invalid {
                because: format!("{change} is not on the agenda of {}", self.id),
                help: format!("`tidegate board agenda {}` shows what is", self.id.board),
            },
        })
    }
}
