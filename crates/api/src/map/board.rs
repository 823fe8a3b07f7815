//! Boards and their sittings, for people.

use super::{board_record, criteria};
use crate::error::Problem;
use crate::look::Look;
use tidegate_client::wire::{self, BoardMove};
use tidegate_core::change::ChangeId;
use tidegate_core::id::Name;
use tidegate_core::limits;
use tidegate_core::model::meeting::{ALL, sittings_of};
use tidegate_core::people;
use tidegate_core::refusal::Refusal;
use tidegate_core::spec::{Board, Sitting};
use tidegate_core::stream::change::Change;
use tidegate_core::stream::meeting::{
    Asking, Cast, Choice, Context, Decision, Facts, Item, Meeting, MeetingId, Outcome, Panel,
    Phase, Topic,
};
use tidegate_core::time::Timestamp;

/// Sittings shown ahead.
const AHEAD: usize = 3;
/// Sittings that are listed.
const MOST: usize = 200;

/// A board by name.
pub(crate) fn named<'a>(look: &'a Look<'_>, name: &str) -> Result<(Name, &'a Board), Problem> {
    let found = name.parse::<Name>().ok();
    let found = found.and_then(|name| look.in_force.spec.boards.get_key_value(&name));
    let (name, board) = found.ok_or_else(|| Refusal::NotFound {
        what: "board".to_owned(),
        name: name.to_owned(),
    })?;
    Ok((name.clone(), board))
}

/// All boards, or those on whose agenda a change is.
pub(crate) fn boards(
    look: &Look<'_>,
    change: Option<&ChangeId>,
) -> Result<Vec<wire::ChangeBoard>, Problem> {
    let among = match change {
        None => None,
        Some(change) => Some(sittings_of(look.view(), change)?),
    };
    let all = look.in_force.spec.boards.iter();
    all.filter(|(name, _)| {
        let found = among.as_ref();
        found.is_none_or(|among| among.iter().any(|(board, _)| board == *name))
    })
    .map(|(name, board)| one(look, name, board))
    .collect()
}

fn one(look: &Look<'_>, name: &Name, board: &Board) -> Result<wire::ChangeBoard, Problem> {
    let (spec, view) = (&look.in_force.spec, look.view());
    let path = format!("boards.{name}.reviews");
    let place = look.in_force.origins.of(&path);
    let (mut sittings, mut problem) = (Vec::new(), None);
    match board.sittings(spec, look.now, AHEAD) {
        Ok(found) => {
            for (day, sitting) in found {
                let id = MeetingId::new(name.clone(), day);
                sittings.push(sitting_of(look, &id, &sitting)?);
            }
        }
        Err(error) => problem = Some(error.to_string()),
    }
    let mut undecided = 0;
    for meeting in states(look, name)? {
        let items = meeting.facts.iter().flat_map(|f| f.items.values());
        undecided += items.filter(|i| i.outcome == Outcome::Undecided).count();
    }
    Ok(wire::ChangeBoard {
        name: name.to_string(),
        meets: board.meets.clone(),
        zone: board.zone.clone().unwrap_or_else(|| spec.zone.clone()),
        chair: board.chair.as_ref().map(ToString::to_string),
        members: board
            .members
            .iter()
            .map(|seats| wire::BoardSeats {
                team: seats.team.to_string(),
                count: seats.count,
                people: people::members(spec, view, &seats.team),
            })
            .collect(),
        quorum: board.quorum,
        reviews: board.reviews.text.clone(),
        rule: wire::Rule {
            path,
            file: place.file,
            line: place.line,
        },
        sittings,
        undecided: u32::try_from(undecided).unwrap_or(u32::MAX),
        problem,
    })
}

/// Every sitting of a board that had an agenda, the oldest first.
fn states(look: &Look<'_>, board: &Name) -> Result<Vec<Meeting>, Problem> {
    let prefix = format!("{board}/");
    let rows = look.view().scan(ALL, &prefix, limits::PEOPLE);
    rows.into_iter()
        .map(|(key, _)| look.load("meeting", &key))
        .collect()
}

/// The sittings of a board that had an agenda, the newest first.
pub(crate) fn meetings(look: &Look<'_>, board: &str) -> Result<Vec<wire::BoardMeeting>, Problem> {
    let prefix = format!("{}/", named(look, board)?.0);
    let rows = look.view().scan(ALL, &prefix, limits::PEOPLE);
    let newest = rows.into_iter().rev().take(MOST);
    newest
        .map(|(key, _)| meeting(look, &look.load::<Meeting>("meeting", &key)?))
        .collect()
}

/// One sitting: by its day, `next` (the first that is not over), or `last` (the newest that is).
pub(crate) fn meeting_on(
    look: &Look<'_>,
    board: &str,
    day: &str,
) -> Result<wire::BoardMeeting, Problem> {
    let id = meeting_id(look, board, day)?;
    let mut shown = meeting_of(look, &id)?;
    let until = shown.closed_at.unwrap_or(look.now);
    shown.failed = board_record::failed(look, &states(look, &id.board)?, until)?;
    Ok(shown)
}

/// The sitting that a day, `next` or `last` names.
pub(crate) fn meeting_id(look: &Look<'_>, board: &str, day: &str) -> Result<MeetingId, Problem> {
    let (name, configured) = named(look, board)?;
    let none = |what: &str| Refusal::NotFound {
        what: "meeting".to_owned(),
        name: format!("{name}/{what}"),
    };
    match day {
        "next" => {
            let under_way = states(look, &name)?.into_iter().find(|m| {
                let begun = m
                    .facts
                    .as_ref()
                    .is_some_and(|f| f.sitting.begins <= look.now);
                begun && !matches!(m.phase, Phase::Closed { .. })
            });
            if let Some(facts) = under_way.and_then(|m| m.facts) {
                return Ok(facts.id);
            }
            let found = configured.next(&look.in_force.spec, look.now);
            let (day, _) = found.map_err(|error| Refusal::Invalid {
                because: error.to_string(),
                help: format!("mend `meets` of board {name}"),
            })?;
            Ok(MeetingId::new(name, day))
        }
        "last" => {
            let all = states(look, &name)?.into_iter().rev();
            let mut over = all.filter(|m| matches!(m.phase, Phase::Closed { .. }));
            let found = over.next().and_then(|m| m.facts);
            Ok(found.ok_or_else(|| none("last"))?.id)
        }
        day => Ok(format!("{name}/{day}").parse()?),
    }
}

/// A sitting, also one whose agenda is empty.
pub(crate) fn meeting_of(look: &Look<'_>, id: &MeetingId) -> Result<wire::BoardMeeting, Problem> {
    let state: Meeting = look.view().load(&id.key())?;
    if state.facts.is_some() {
        return meeting(look, &state);
    }
    let (_, board) = named(look, id.board.as_str())?;
    let sitting = board.on(&look.in_force.spec, id.day);
    let sitting = sitting.ok().flatten().ok_or_else(|| Refusal::NotFound {
        what: "meeting".to_owned(),
        name: id.to_string(),
    })?;
    Ok(laid(look, id, (&sitting, None)))
}

fn sitting_of(
    look: &Look<'_>,
    id: &MeetingId,
    sitting: &Sitting,
) -> Result<wire::BoardMeeting, Problem> {
    let state: Meeting = look.view().load(&id.key())?;
    match state.facts {
        Some(_) => meeting(look, &state),
        None => Ok(laid(look, id, (sitting, None))),
    }
}

/// A sitting with nothing on its agenda.
fn laid(
    look: &Look<'_>,
    id: &MeetingId,
    (sitting, facts): (&Sitting, Option<&Facts>),
) -> wire::BoardMeeting {
    wire::BoardMeeting {
        id: id.to_string(),
        board: id.board.to_string(),
        day: id.day.to_string(),
        phase: "to-come".to_owned(),
        begins: sitting.begins,
        ends: sitting.ends,
        agenda_closes: sitting.agenda_closes,
        zone: sitting.zone.clone(),
        criteria: criteria::of_sitting(look, &id.board, sitting, facts),
        opened_at: None,
        opened_by: None,
        closed_at: None,
        items: Vec::new(),
        late: Vec::new(),
        failed: Vec::new(),
    }
}

fn meeting(look: &Look<'_>, state: &Meeting) -> Result<wire::BoardMeeting, Problem> {
    let Some(facts) = state.facts.as_deref() else {
        return Err(Refusal::NotFound {
            what: "meeting".to_owned(),
            name: String::new(),
        }
        .into());
    };
    let mut shown = laid(look, &facts.id, (&facts.sitting, Some(facts)));
    shown.phase = state.phase.name().to_owned();
    match &state.phase {
        Phase::Open { at, by, .. } => {
            shown.opened_at = Some(*at);
            shown.opened_by.clone_from(by);
        }
        Phase::Closed { at } => shown.closed_at = Some(*at),
        Phase::Absent | Phase::Called | Phase::Set { .. } => {}
    }
    let mut items: Vec<&Item> = facts.items.values().collect();
    items.sort_by_key(|i| (std::cmp::Reverse(i.topic.risk), i.topic.change.number()));
    shown.items = items.into_iter().map(|i| item(look, facts, i)).collect();
    shown.late = facts
        .late
        .iter()
        .map(|(change, to)| wire::BoardLate {
            change: change.to_string(),
            meeting: to.to_string(),
        })
        .collect();
    Ok(shown)
}

fn item(look: &Look<'_>, facts: &Facts, item: &Item) -> wire::BoardItem {
    let (topic, board) = (&item.topic, &facts.id.board);
    let spec = &look.in_force.spec;
    let undecided = item.outcome == Outcome::Undecided;
    let panel = Panel::of(board, topic, spec, look.view(), look.now);
    let tally = panel.ok().map(|panel| panel.tally(&item.votes));
    let live = tally.as_ref().filter(|_| undecided);
    let decision = match &item.outcome {
        Outcome::Decided { decision } => Some(&**decision),
        _ => None,
    };
    let counted = match (decision, &tally) {
        (Some(decision), _) => decision.counted.as_slice(),
        (None, Some(tally)) => tally.counted.as_slice(),
        (None, None) => &[],
    };
    let (state, note, moved_to) = match &item.outcome {
        Outcome::Undecided => {
            let said = live.map_or_else(String::new, |t| match &t.unclear {
                Some(unclear) => format!("no vote counts: {unclear}"),
                None => t.said(),
            });
            let said = match item.awaits() {
                Some(context) => format!("waits for the answer of {}; {said}", context.expert),
                None => said,
            };
            ("undecided", said, None)
        }
        Outcome::Decided { decision } => {
            let said = decided(decision);
            (decision.ruling.as_str(), said, None)
        }
        Outcome::Moved { to, because } => ("moved", because.clone(), Some(moved(to, because))),
        Outcome::Dropped { because } => ("dropped", because.clone(), None),
    };
    let from = topic.from.as_ref();
    wire::BoardItem {
        change: topic.change.to_string(),
        release: topic.release.to_string(),
        environment: topic.environment.to_string(),
        plan: topic.subject.to_string(),
        class: topic.class.as_str().to_owned(),
        risk: topic.risk,
        band: topic.band.clone(),
        scope: scope_of(look, topic),
        because: topic.because.clone(),
        state: state.to_owned(),
        note,
        moved_from: from.map(|from| moved(&from.meeting, &from.because)),
        moved_to,
        votes: item
            .votes
            .iter()
            .map(|cast| vote(cast, counted.contains(cast)))
            .collect(),
        quorum: decision.map_or_else(|| live.map_or(0, |t| t.quorum), |decision| decision.quorum),
        could: live.map(|t| t.could()).unwrap_or_default(),
        context: item.context.as_ref().map(context),
        decided_at: decision.map(|d| d.at),
        next: decision.and_then(tidegate_core::stream::meeting::Decision::next),
        dissent: decision.map(|d| d.dissent.clone()).unwrap_or_default(),
        conditions: decision.map(conditions).unwrap_or_default(),
        criteria: criteria::of_item(look, facts, item),
    }
}

/// The scope of the plan that is decided about; of an older plan nothing is shown.
fn scope_of(look: &Look<'_>, topic: &Topic) -> Vec<String> {
    let change: Option<Change> = look.view().load(topic.change.as_str()).ok();
    let planned = change.and_then(|c| c.facts).and_then(|f| f.planned);
    let planned = planned.filter(|p| p.subject == topic.subject);
    let scope = planned.and_then(|p| p.body.scope);
    scope.map(|scope| scope.lines).unwrap_or_default()
}

fn moved(to: &MeetingId, because: &str) -> BoardMove {
    BoardMove {
        meeting: to.to_string(),
        because: because.to_owned(),
    }
}

/// `3 votes, quorum 3; against: hugo`.
fn decided(decision: &Decision) -> String {
    let votes = match decision.counted.len() {
        1 => "1 vote".to_owned(),
        n => format!("{n} votes"),
    };
    let mut said = format!("{votes}, quorum {}", decision.quorum);
    if !decision.dissent.is_empty() {
        said += &format!("; otherwise: {}", decision.dissent.join(", "));
    }
    said
}

fn vote(cast: &Cast, counts: bool) -> wire::BoardVote {
    let condition = match &cast.choice {
        Choice::GoIf { text, .. } => Some(text.clone()),
        Choice::Go | Choice::NoGo { .. } => None,
    };
    let next = match &cast.choice {
        Choice::NoGo { next } => *next,
        Choice::Go | Choice::GoIf { .. } => None,
    };
    wire::BoardVote {
        person: cast.vote.person.clone(),
        instead_of: cast.vote.instead_of.clone(),
        team: cast.vote.team.to_string(),
        choice: cast.choice.as_str().to_owned(),
        condition,
        next,
        reason: cast.vote.reason.clone(),
        at: cast.vote.at,
        counts,
    }
}

fn context(context: &Context) -> wire::BoardContext {
    let (state, answer) = match &context.state {
        Asking::Awaited => ("awaited", None),
        Asking::Overdue => ("overdue", None),
        Asking::Given { by, text, .. } => ("given", Some((by.clone(), text.clone()))),
    };
    let (answered_by, answer) = answer.unzip();
    wire::BoardContext {
        expert: context.expert.clone(),
        by: context.by.clone(),
        question: context.question.clone(),
        due: context.due,
        state: state.to_owned(),
        answer,
        answered_by,
    }
}

fn conditions(decision: &Decision) -> Vec<wire::BoardCondition> {
    let all = decision.conditions.iter();
    all.map(|condition| {
        let met = condition.met.as_ref();
        let until: Timestamp = condition.until;
        wire::BoardCondition {
            number: condition.number,
            text: condition.text.clone(),
            owner: condition.owner.clone(),
            by: condition.by.clone(),
            until,
            met_by: met.map(|met| met.by.clone()),
            evidence: met.map(|met| met.evidence.clone()),
        }
    })
    .collect()
}
