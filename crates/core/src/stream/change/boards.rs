//! Which boards decide about a change: it is put on their agendas with its plan, and taken off when nobody need decide.
//!
//! Whether a board is needed is worked out by `crate::change`; what is said there is kept by the stream `meeting`.

use super::{Change, Facts};
use crate::change::{Assessment, Subject, assess};
use crate::command::Command as Any;
use crate::decider::Ctx;
use crate::id::Name;
use crate::model::meeting::sittings_of;
use crate::stream::meeting::{Command, Meeting, MeetingId, Outcome, Phase as Sitting, Topic};
use crate::time::{Millis, Timestamp};

/// Between two looks at whether a change needs a board by now: its risk may rise with the days alone.
const LOOK: Millis = Millis::minutes(60);

/// When it is looked again whether a board is needed; never where there is none.
pub(super) fn look(cx: &Ctx<'_>) -> Timestamp {
    match cx.spec.boards.is_empty() {
        true => Timestamp::MAX,
        false => LOOK.after(cx.now),
    }
}

/// What the boards are told after a command of this change.
pub(super) fn follow(state: &Change, cx: &Ctx<'_>) -> Vec<Any> {
    let Some(facts) = state.facts.as_deref() else {
        return Vec::new();
    };
    let before = sittings_of(cx.view, &facts.id).unwrap_or_default();
    if cx.spec.boards.is_empty() && before.is_empty() {
        return Vec::new();
    }
    let assessment = assessed(state, facts, cx);
    let needed = |board: &Name| {
        let found = assessment.as_ref();
        found.and_then(|a| a.boards.get(board)).cloned()
    };
    let mut then = Vec::new();
    for (board, id) in &before {
        let open = meeting(id, cx).and_then(|m| {
            let item = m.facts?.items.remove(&facts.id)?;
            item.is_open().then_some(())
        });
        if needed(board).is_none() && open.is_some() {
            let because = match state.phase.is_pending() {
                true => format!("the rule of {board} does not ask for it any more"),
                false => format!("the change is {}", state.phase.name()),
            };
            then.push(Any::Meeting {
                id: id.clone(),
                command: Command::Drop {
                    change: facts.id.clone(),
                    because,
                },
            });
        }
    }
    let Some(assessment) = &assessment else {
        return then;
    };
    for (board, because) in &assessment.boards {
        let had = before.iter().find(|(name, _)| name == board);
        let id = match had.map(|(_, id)| id) {
            Some(id) => put_anew(facts, id, cx),
            None => next(board, cx),
        };
        let topic = topic(facts, assessment, because.clone());
        then.extend(id.zip(topic).map(|(id, topic)| Any::Meeting {
            id,
            command: Command::Put {
                topic: Box::new(topic),
                votes: Vec::new(),
                context: None,
                answers: std::collections::BTreeMap::new(),
            },
        }));
    }
    then
}

/// What a change that has not started needs.
fn assessed(state: &Change, facts: &Facts, cx: &Ctx<'_>) -> Option<Assessment> {
    let planned = facts.planned.as_ref()?;
    if !state.phase.is_pending() {
        return None;
    }
    assess(&Subject {
        plan: &planned.body,
        purpose: planned.purpose,
        declared: facts.declared.as_ref(),
        raised: facts.raised.as_ref(),
        now: cx.now,
        spec: cx.spec,
        view: cx.view,
    })
}

fn topic(facts: &Facts, assessment: &Assessment, because: String) -> Option<Topic> {
    let planned = facts.planned.as_ref()?;
    Some(Topic {
        change: facts.id.clone(),
        release: facts.release.clone(),
        environment: facts.environment.clone(),
        subject: planned.subject.clone(),
        class: assessment.class,
        risk: assessment.risk.value,
        band: assessment.risk.band.to_string(),
        because,
        from: None,
    })
}

/// The sitting that decides about it again: none while it decides about this very plan, the same one while that is ahead.
fn put_anew(facts: &Facts, id: &MeetingId, cx: &Ctx<'_>) -> Option<MeetingId> {
    let subject = &facts.planned.as_ref()?.subject;
    let found = meeting(id, cx)?;
    let over = matches!(found.phase, Sitting::Closed { .. });
    let item = found.facts?.items.remove(&facts.id)?;
    let stays = matches!(item.outcome, Outcome::Undecided | Outcome::Decided { .. });
    if stays && item.topic.subject == *subject {
        return None;
    }
    match over {
        true => next(&id.board, cx),
        false => Some(id.clone()),
    }
}

/// The next sitting that has not begun. What its agenda does not take any more it sends on.
fn next(board: &Name, cx: &Ctx<'_>) -> Option<MeetingId> {
    let (day, _) = cx.spec.boards.get(board)?.next(cx.spec, cx.now).ok()?;
    Some(MeetingId::new(board.clone(), day))
}

fn meeting(id: &MeetingId, cx: &Ctx<'_>) -> Option<Meeting> {
    cx.view.load(&id.key()).ok()
}
