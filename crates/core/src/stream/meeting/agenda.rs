//! What comes onto an agenda, what leaves it, and where what is not decided goes.

use super::decide::Turn;
use super::{Cast, Command, Context, Earlier, Event, MeetingId, Outcome, Phase, Topic};
use crate::change::ChangeId;
use crate::change::criteria::Answer;
use crate::command::Command as Any;
use crate::gate::moment_in;
use crate::id::Name;
use crate::refusal::Refusal;
use crate::time::Timestamp;
use std::collections::BTreeMap;

/// What was said about an item at an earlier sitting.
pub(super) type Said = (Vec<Cast>, Option<Context>, BTreeMap<Name, Answer>);
impl Turn<'_, '_> {
    /// A change needs the board. Known with this plan it stays as it is; with another one it is decided anew.
    pub(super) fn put(&mut self, topic: Topic, said: Said) -> Result<(), Refusal> {
        if matches!(self.state.phase, Phase::Absent) {
            self.call()?;
        }
        let had = self.facts().and_then(|f| f.items.get(&topic.change));
        let same = had.is_some_and(|item| {
            item.topic.subject == topic.subject
                && matches!(item.outcome, Outcome::Undecided | Outcome::Decided { .. })
        });
        if same {
            return Ok(());
        }
        let (now, closes) = (self.cx.now, self.closes());
        let is_new = had.is_none();
        let over = matches!(self.state.phase, Phase::Closed { .. });
        let late = is_new && (closes <= now || !matches!(self.state.phase, Phase::Called));
        if !over && !late {
            let void = match had {
                Some(item) if item.topic.subject != topic.subject => {
                    item.votes.iter().map(|c| c.vote.person.clone()).collect()
                }
                _ => Vec::new(),
            };
            let (votes, context, answers) = said;
            self.happen(Event::ItemPut {
                topic: Box::new(topic),
                votes,
                context,
                void,
                answers,
            });
            return Ok(());
        }
        let Some(to) = self.next() else {
            return Ok(());
        };
        let because = if over {
            format!("{} was over", self.id)
        } else {
            self.happen(Event::CameLate {
                change: topic.change.clone(),
                closed: closes.min(now),
                to: to.clone(),
            });
            format!(
                "it came after the agenda of {} had closed {}",
                self.id,
                self.said(closes.min(now))
            )
        };
        self.send(to, topic, said, because);
        Ok(())
    }

    /// The first item lays the meeting.
    pub(super) fn call(&mut self) -> Result<(), Refusal> {
        let unknown = |because: String| Refusal::Invalid {
            because,
            help: "`tidegate board list` shows when each board meets".to_owned(),
        };
        let board = self
            .board()
            .ok_or_else(|| unknown(format!("there is no board `{}`", self.id.board)))?;
        let sitting = board
            .on(self.cx.spec, self.id.day)
            .map_err(|error| unknown(error.to_string()))?
            .ok_or_else(|| {
                unknown(format!(
                    "{} does not meet on {}",
                    self.id.board, self.id.day
                ))
            })?;
        self.happen(Event::Called {
            id: self.id.clone(),
            sitting,
        });
        Ok(())
    }

    /// A change needs the board no longer. What was decided stays decided; its open conditions bind nobody.
    pub(super) fn drop(&mut self, change: &ChangeId, because: String) {
        let item = self.facts().and_then(|f| f.items.get(change));
        if item.is_some_and(super::Item::is_open) {
            self.happen(Event::ItemDropped {
                change: change.clone(),
                because,
            });
        }
    }

    /// Another sitting decides it.
    pub(super) fn move_on(&mut self, change: &ChangeId, because: String) {
        let Ok(item) = self.item(change).cloned() else {
            return;
        };
        let Some(to) = self.next() else {
            let because = format!("{because}, and no other sitting is in sight");
            self.happen(Event::ItemDropped {
                change: change.clone(),
                because,
            });
            return;
        };
        self.happen(Event::ItemMoved {
            change: change.clone(),
            to: to.clone(),
            because: because.clone(),
        });
        let said = (item.votes, item.context, item.answers);
        self.send(to, item.topic, said, because);
    }

    fn send(
        &mut self,
        to: MeetingId,
        mut topic: Topic,
        (votes, context, answers): Said,
        because: String,
    ) {
        topic.from = Some(Earlier {
            meeting: self.id.clone(),
            because,
        });
        self.then.push(Any::Meeting {
            id: to,
            command: Command::Put {
                topic: Box::new(topic),
                votes,
                context,
                answers,
            },
        });
    }

    /// The next sitting of the board after this one.
    fn next(&self) -> Option<MeetingId> {
        let after = self.facts()?.sitting.begins.max(self.cx.now);
        let (day, _) = self.board()?.next(self.cx.spec, after).ok()?;
        Some(MeetingId::new(self.id.board.clone(), day))
    }

    fn closes(&self) -> Timestamp {
        let facts = self.facts();
        facts.map_or(self.cx.now, |f| f.sitting.agenda_closes)
    }

    /// An instant in the zone of the board, for people.
    pub(super) fn said(&self, at: Timestamp) -> String {
        let zone = self.facts().map_or("UTC", |f| &f.sitting.zone);
        moment_in(at, zone)
    }
}
