//! What time brings to a meeting, and what votes bring at once: its agenda closes, it is held, items are decided or move on.
//!
//! A server that was away does it all at its next look, in this order; votes that were given in time count.

use super::decide::Turn;
use super::panel::Verdict;
use super::{Asking, Event, Item, Outcome, Phase};
use crate::change::ChangeId;
use crate::decider::{Resting, Wake};
use crate::stream::person;
use crate::time::{Millis, Timestamp};

/// Between two looks when an instant has passed without an effect.
const AGAIN: Millis = Millis::minutes(24 * 60);

impl Turn<'_, '_> {
    pub(super) fn tick(&mut self) {
        if self.facts().is_none() {
            return;
        }
        self.follow_rules();
        let now = self.cx.now;
        let sitting = self.facts().map(|f| f.sitting.clone());
        let Some(sitting) = sitting else { return };
        self.freeze();
        if matches!(self.state.phase, Phase::Called) && sitting.agenda_closes <= now {
            let order = self.undecided();
            self.happen(Event::AgendaClosed { order });
        }
        if matches!(self.state.phase, Phase::Set { .. }) && sitting.begins <= now {
            self.happen(Event::Opened {
                by: None,
                until: sitting.ends,
                reason: String::new(),
            });
        }
        self.overdue();
        let over = matches!(self.state.phase, Phase::Open { until, .. } if until <= now);
        for change in self.undecided() {
            self.judge(&change, over);
        }
        self.lapse();
        if matches!(self.state.phase, Phase::Open { .. }) && self.undecided().is_empty() {
            self.close();
        }
    }

    /// It is held from now on: its agenda takes no more.
    pub(super) fn hold(&mut self, by: Option<String>, reason: String) {
        if matches!(self.state.phase, Phase::Called) {
            let order = self.undecided();
            self.happen(Event::AgendaClosed { order });
        }
        let lasts = self.board().map_or(AGAIN, |board| board.lasts);
        self.happen(Event::Opened {
            by,
            until: lasts.after(self.cx.now),
            reason,
        });
    }

    /// The board may have other rules by now, or be no more.
    fn follow_rules(&mut self) {
        let ahead = matches!(self.state.phase, Phase::Called | Phase::Set { .. });
        let over = matches!(self.state.phase, Phase::Closed { .. });
        if over {
            return;
        }
        let Some(board) = self.board() else {
            for change in self.undecided() {
                let because = format!("there is no board {} any more", self.id.board);
                self.happen(Event::ItemDropped { change, because });
            }
            return self.close();
        };
        if !ahead {
            return;
        }
        // What cannot be read moves nothing: the gate says that it cannot tell.
        let Ok(sitting) = board.on(self.cx.spec, self.id.day) else {
            return;
        };
        let had = self.facts().map(|f| f.sitting.clone());
        match sitting {
            Some(sitting) if Some(&sitting) == had.as_ref() => {}
            Some(sitting) => self.happen(Event::Relaid { sitting }),
            None => {
                for change in self.undecided() {
                    let because = format!("{} no longer meets that day", self.id.board);
                    self.move_on(&change, because);
                }
                self.close();
            }
        }
    }

    /// Who did not answer in time: others may, and another sitting decides.
    fn overdue(&mut self) {
        let now = self.cx.now;
        let late = |item: &Item| {
            let context = item.awaits();
            item.outcome == Outcome::Undecided
                && context.is_some_and(|c| c.state == Asking::Awaited && c.due <= now)
        };
        for change in self.items(late) {
            let Ok(item) = self.item(&change) else {
                continue;
            };
            let expert = item.awaits().map(|c| c.expert.clone()).unwrap_or_default();
            let whom = self.leaders();
            self.happen(Event::ContextOverdue {
                change: change.clone(),
                expert: expert.clone(),
                whom,
            });
            self.move_on(&change, format!("{expert} did not answer in time"));
        }
    }

    /// A decision as soon as the votes make one; at the end what is undecided moves on.
    fn judge(&mut self, change: &ChangeId, over: bool) {
        let Ok(item) = self.item(change).cloned() else {
            return;
        };
        if let Some(context) = item.awaits() {
            if over {
                let because = format!("{} has not answered yet", context.expert);
                self.move_on(change, because);
            }
            return;
        }
        let tally = match self.panel(&item) {
            Ok(panel) => panel.tally(&item.votes),
            Err(refusal) => {
                if over {
                    self.move_on(change, refusal.to_string());
                }
                return;
            }
        };
        match tally.verdict(over) {
            Verdict::Decided(ruling) => {
                let decision = Box::new(tally.decision(
                    ruling,
                    (&item.votes, self.readings(&item)),
                    self.cx.now,
                ));
                let change = change.clone();
                self.happen(Event::Decided { change, decision });
            }
            Verdict::Undecided(because) if over => self.move_on(change, because),
            Verdict::Undecided(_) => {}
        }
    }

    /// A condition that was not met in time takes the decision with it.
    fn lapse(&mut self) {
        let now = self.cx.now;
        let lapsed = |item: &Item| match &item.outcome {
            Outcome::Decided { decision } => decision.unmet().any(|c| c.until <= now),
            _ => false,
        };
        for change in self.items(lapsed) {
            let Ok(item) = self.item(&change) else {
                continue;
            };
            let Outcome::Decided { decision } = &item.outcome else {
                continue;
            };
            let found = decision.unmet().find(|c| c.until <= now).cloned();
            let Some(condition) = found else { continue };
            self.happen(Event::ConditionLapsed {
                change: change.clone(),
                condition: condition.number,
                owner: condition.owner.clone(),
            });
            let because = format!(
                "condition {} was not met in time: {}",
                condition.number, condition.text
            );
            self.move_on(&change, because);
        }
    }

    fn close(&mut self) {
        let number = |wanted: fn(&Item) -> bool| {
            let found = self.items(wanted).len();
            u32::try_from(found).unwrap_or(u32::MAX)
        };
        let decided = number(|item| matches!(item.outcome, Outcome::Decided { .. }));
        let moved = number(|item| matches!(item.outcome, Outcome::Moved { .. }));
        self.happen(Event::Closed { decided, moved });
    }

    /// When it must be looked at again.
    pub(super) fn wake(&self) -> Wake {
        let now = self.cx.now;
        let Some(facts) = self.facts() else {
            return Wake::Rest(Resting::new());
        };
        let conditions = facts.items.values().flat_map(|item| match &item.outcome {
            Outcome::Decided { decision } => decision.unmet().map(|c| c.until).collect(),
            _ => Vec::new(),
        });
        let next_condition = conditions.min();
        let asked = |item: &Item| {
            let context = item.awaits().filter(|c| c.state == Asking::Awaited);
            let undecided = item.outcome == Outcome::Undecided;
            context.filter(|_| undecided).map(|c| c.due)
        };
        let experts = facts.items.values().filter_map(asked).min();
        let (at, because): (Option<Timestamp>, &str) = match &self.state.phase {
            Phase::Absent => (None, ""),
            Phase::Called => (Some(facts.sitting.agenda_closes), "its agenda closes"),
            Phase::Set { .. } => (Some(facts.sitting.begins), "the board meets"),
            Phase::Open { until, .. } => (Some(*until), "the sitting is over"),
            Phase::Closed { .. } => (None, "its conditions"),
        };
        let ahead =
            facts.criteria.is_following() && !matches!(self.state.phase, Phase::Closed { .. });
        let freeze = facts.sitting.criteria_freeze;
        let freeze = freeze.filter(|at| ahead && *at > now);
        let all = at.into_iter().chain(next_condition).chain(experts);
        let Some(at) = all.chain(freeze).min() else {
            return Wake::Rest(Resting::new());
        };
        Wake::Next {
            at: if at <= now { AGAIN.after(now) } else { at },
            on: vec!["config".to_owned(), person::TRIGGER.to_owned()],
            because: because.to_owned(),
        }
    }
}
