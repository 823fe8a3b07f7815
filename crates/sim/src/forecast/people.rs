//! People who are asked, played: whoever may say yes says it, so long after being asked as people took before.
//!
//! Who may is the product's own answer. Nobody says no, and nobody does what is not asked of them.

use super::demand::{Again, prepared};
use crate::world::{Trouble, World, person};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use tidegate_core::actor::Actor;
use tidegate_core::change::{self, ChangeId};
use tidegate_core::command::Command;
use tidegate_core::id::{DepartureId, DeploymentId, StreamKind};
use tidegate_core::model::{departure::DEPARTURES, meeting, sign_off};
use tidegate_core::people::{members, of_train};
use tidegate_core::spec::Spec;
use tidegate_core::stream::change::Change;
use tidegate_core::stream::deployment::{self, Deployment};
use tidegate_core::stream::meeting::{Ballot, Meeting, MeetingId, Phase as Sitting};
use tidegate_core::stream::{change as changes, departure, meeting as sittings};
use tidegate_core::time::{Millis, Timestamp};
use tidegate_core::view::View;
use tidegate_engine::Denied;
use tidegate_ledger::{Rows, StoreError, TxView};

/// Rows read of what waits for people.
const MOST: usize = 10_000;
/// A sitting votes a minute after it began.
const AT_THE_TABLE: Millis = Millis::minutes(1);

/// What somebody is asked for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Task {
    Prepare(ChangeId),
    Vote(ChangeId),
    Sign(DeploymentId),
    Go(DepartureId),
    Sit(MeetingId),
}

/// Those who are asked.
pub(super) struct People {
    /// How long they take; none when they never answer.
    lasting: Option<Millis>,
    seen: u64,
    due: BTreeMap<(Timestamp, Task), ()>,
    asked: BTreeSet<Task>,
    again: Rc<RefCell<Again>>,
}

impl People {
    /// They find what waits for them now.
    pub(super) fn new(
        world: &World,
        lasting: Option<Millis>,
        again: Rc<RefCell<Again>>,
    ) -> Result<Self, Trouble> {
        let mut people = Self {
            lasting,
            seen: 0,
            due: BTreeMap::new(),
            asked: BTreeSet::new(),
            again,
        };
        let now = world.now();
        let keys = |model: &'static str| {
            world.engine.read(|rows| {
                let rows = rows.scan(model, "", None, MOST, false)?;
                Ok(rows.into_iter().map(|(key, _)| key).collect::<Vec<_>>())
            })
        };
        people.seen = world.engine.read(|rows| Ok(rows.head()?.seq))?;
        for key in keys(tidegate_core::model::change::PENDING)? {
            people.told(StreamKind::Change, &key, now);
        }
        for key in keys(sign_off::WAITING)? {
            people.told(StreamKind::Deployment, &key, now);
        }
        for key in keys(DEPARTURES)? {
            people.told(StreamKind::Departure, &key, now);
        }
        for key in keys(meeting::ALL)? {
            people.told(StreamKind::Meeting, &key, now);
        }
        Ok(people)
    }

    /// When somebody answers next.
    pub(super) fn next(&self) -> Option<Timestamp> {
        self.due.keys().next().map(|(at, _)| *at)
    }

    /// They hear what is new, and do what is due.
    pub(super) fn act(&mut self, world: &mut World) -> Result<(), Trouble> {
        let new = world.entries_after(self.seen)?;
        let now = world.now();
        for entry in new {
            self.seen = entry.seq;
            let (Some(kind), key) = (entry.stream.kind(), entry.stream.key()) else {
                continue;
            };
            if kind != StreamKind::Deployment || entry.kind == "deployment.sign_off_asked/1" {
                self.told(kind, key, now);
            }
        }
        while let Some(entry) = self.due.first_entry() {
            if entry.key().0 > now {
                return Ok(());
            }
            let ((_, task), ()) = entry.remove_entry();
            self.asked.remove(&task);
            self.carry_out(world, task)?;
        }
        Ok(())
    }

    fn told(&mut self, kind: StreamKind, key: &str, now: Timestamp) {
        let Some(lasting) = self.lasting else {
            return;
        };
        let tasks: Vec<(Millis, Task)> = match kind {
            StreamKind::Change => ChangeId::new(key).map_or(Vec::new(), |id| {
                vec![
                    (Millis(0), Task::Prepare(id.clone())),
                    (lasting, Task::Vote(id)),
                ]
            }),
            StreamKind::Deployment => {
                DeploymentId::parse(key).map_or(Vec::new(), |id| vec![(lasting, Task::Sign(id))])
            }
            StreamKind::Departure => {
                DepartureId::of_key(key).map_or(Vec::new(), |id| vec![(lasting, Task::Go(id))])
            }
            StreamKind::Meeting => key
                .parse()
                .map_or(Vec::new(), |id| vec![(AT_THE_TABLE, Task::Sit(id))]),
            _ => Vec::new(),
        };
        for (after, task) in tasks {
            if self.asked.insert(task.clone()) {
                self.due.insert((after.after(now), task), ());
            }
        }
    }

    fn carry_out(&self, world: &mut World, task: Task) -> Result<(), Trouble> {
        match task {
            Task::Prepare(id) => self.prepare(world, &id),
            Task::Vote(id) => vote(world, &id, None),
            Task::Sign(id) => sign(world, &id),
            Task::Go(id) => go(world, id),
            Task::Sit(id) => sit(world, &id),
        }
    }

    fn prepare(&self, world: &mut World, id: &ChangeId) -> Result<(), Trouble> {
        let found = seen(world, |view, _| {
            let change: Change = view.load(id.as_str()).ok()?;
            let pending = change.phase.is_pending();
            let facts = change.facts.filter(|_| pending)?;
            (facts.documents.is_empty() && facts.rollback_owner.is_none())
                .then_some((facts.release, facts.environment))
        })?;
        let Some((release, environment)) = found else {
            return Ok(());
        };
        let request = self.again.borrow().like.get(&release).cloned();
        match request {
            Some(request) => prepared(world, &request, &environment, id),
            None => Ok(()),
        }
    }
}

/// Look at the world as people see it.
fn seen<T>(
    world: &World,
    f: impl Fn(&dyn View, &Spec) -> Option<T>,
) -> Result<Option<T>, StoreError> {
    let in_force = world.engine.in_force();
    world.engine.read(|rows: &dyn Rows| {
        let view = TxView::new(rows);
        let found = f(&view, &in_force.spec);
        view.finish()?;
        Ok(found)
    })
}

/// Somebody who has just signed in says it. Whether it was taken.
fn said(world: &mut World, who: &str, command: Command) -> Result<bool, Trouble> {
    let now = world.now();
    let actor = Actor {
        signed_in: Some(now),
        ..person(who)
    };
    match world.act(actor, command) {
        Ok(_) => Ok(true),
        Err(Denied::Refused(_)) => Ok(false),
        Err(other) => Err(other.into()),
    }
}

/// Each yes that one person can give.
pub(crate) fn says_yes(world: &mut World, who: &str) -> Result<(), Trouble> {
    let pending = world.engine.read(|rows| {
        let rows = rows.scan(tidegate_core::model::change::PENDING, "", None, MOST, false)?;
        Ok(rows.into_iter().map(|(key, _)| key).collect::<Vec<_>>())
    })?;
    for id in pending.iter().filter_map(|key| ChangeId::new(key).ok()) {
        vote(world, &id, Some(who))?;
    }
    Ok(())
}

/// Each yes that is missing and that somebody can give, or only this person.
fn vote(world: &mut World, id: &ChangeId, only: Option<&str>) -> Result<(), Trouble> {
    let mut tried = BTreeSet::new();
    loop {
        let now = world.now();
        let next = seen(world, |view, spec| {
            let state: Change = view.load(id.as_str()).ok()?;
            let outlook = change::outlook(&state, spec, view, now).ok()??;
            let subject = state.facts.as_ref()?.planned.as_ref()?.subject.clone();
            let missing = outlook.missing();
            let teams = missing.iter().map(|standing| &standing.required.team);
            let voters: BTreeSet<String> =
                teams.flat_map(|team| members(spec, view, team)).collect();
            let asked = voters.into_iter();
            let mut asked = asked.filter(|who| only.is_none_or(|only| only == who));
            asked.find_map(|who| {
                let ballots = outlook.ballots(&who).into_iter();
                let mut new = ballots
                    .filter(|b| !tried.contains(&(who.clone(), b.team.clone(), b.sign.clone())));
                new.next()
                    .map(|ballot| (who.clone(), ballot, subject.clone()))
            })
        })?;
        let Some((who, ballot, subject)) = next else {
            return Ok(());
        };
        tried.insert((who.clone(), ballot.team.clone(), ballot.sign.clone()));
        let command = changes::Command::Approve {
            subject,
            team: Some(ballot.team),
            sign: ballot.sign,
            instead_of: ballot.instead_of,
            reason: String::new(),
            signature: None,
        };
        let id = Some(id.clone());
        said(world, &who, Command::Change { id, command })?;
    }
}

fn sign(world: &mut World, id: &DeploymentId) -> Result<(), Trouble> {
    let asked = seen(world, |view, spec| {
        let state: Deployment = view.load(id.as_str()).ok()?;
        let deployment::Phase::Running { at } = &state.phase else {
            return None;
        };
        let facts = state.facts.as_deref()?;
        let asked = facts.sign_off_at(at.n)?;
        let who = deployment::could_sign(facts, asked, spec, view);
        Some((facts.plan.digest.clone(), who))
    })?;
    let Some((plan, who)) = asked else {
        return Ok(());
    };
    for who in who {
        let command = deployment::Command::Sign {
            plan: plan.clone(),
            sign: None,
            instead_of: None,
            reason: String::new(),
        };
        let id = id.clone();
        if said(world, &who, Command::Deployment { id, command })? {
            break;
        }
    }
    Ok(())
}

fn go(world: &mut World, id: DepartureId) -> Result<(), Trouble> {
    let found = seen(world, |view, spec| {
        let state: departure::Departure = view.load(&id.key()).ok()?;
        let facts = state.facts.as_ref()?;
        let waits = state.phase == departure::Phase::GoNoGo && facts.decision.is_none();
        let train = spec.trains.get(&id.train).filter(|_| waits)?;
        let teams = of_train(spec, view, train);
        Some(
            teams
                .into_iter()
                .flat_map(|(_, who)| who)
                .collect::<Vec<_>>(),
        )
    })?;
    for who in found.unwrap_or_default() {
        let command = departure::Command::Go {
            reason: "nothing speaks against it".to_owned(),
        };
        let id = id.clone();
        if said(world, &who, Command::Departure { id, command })? {
            break;
        }
    }
    Ok(())
}

/// Everybody at the table votes for everything.
fn sit(world: &mut World, id: &MeetingId) -> Result<(), Trouble> {
    let found = seen(world, |view, spec| {
        let state: Meeting = view.load(&id.to_string()).ok()?;
        let facts = state
            .facts
            .as_ref()
            .filter(|_| matches!(state.phase, Sitting::Open { .. }))?;
        let board = spec.boards.get(&id.board)?;
        let seats = board.members.iter();
        let who: BTreeSet<String> = seats
            .flat_map(|seats| members(spec, view, &seats.team))
            .collect();
        let items = facts.items.values();
        let topics: Vec<_> = items
            .map(|item| (item.topic.change.clone(), item.topic.subject.clone()))
            .collect();
        let criteria = change::criteria::digest(&facts.criteria(Some(board)));
        Some((who, topics, criteria))
    })?;
    let Some((who, topics, criteria)) = found else {
        return Ok(());
    };
    for (change, subject) in topics {
        for who in &who {
            let command = sittings::Command::Vote {
                change: change.clone(),
                subject: subject.clone(),
                criteria: criteria.clone(),
                ballot: Ballot::Go,
                team: None,
                instead_of: None,
                reason: "nothing speaks against it".to_owned(),
            };
            let id = id.clone();
            said(world, who, Command::Meeting { id, command })?;
        }
    }
    Ok(())
}
