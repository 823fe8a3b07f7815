//! One run of the world, and what came of it.

use super::NoForecast;
use super::before::Request;
use super::demand::{self, Again, Unasked};
use super::journey::{Journey, Journeys};
use super::people::People;
use crate::world::{Trouble, World};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;
use tidegate_core::agenda::conflict::{Conflicts, conflicts};
use tidegate_core::agenda::{Known, Question as Calendar};
use tidegate_core::id::{DeploymentId, EnvId, ReleaseId, StreamKind};
use tidegate_core::model::departure::{DEPARTURES, Row};
use tidegate_core::model::listing;
use tidegate_core::refusal::Refusal;
use tidegate_core::spec::{Origins, Spec, Tier};
use tidegate_core::step::decode;
use tidegate_core::stream::deployment::Deployment;
use tidegate_core::time::{Millis, Timestamp};
use tidegate_core::view::View;
use tidegate_engine::{Denied, Engine};
use tidegate_ledger::{Snapshot, StoreError, TxView};

/// Agents of the ledger that went before are silent for this long before the one of this world takes their place.
const HANDOVER: Millis = Millis::secs(11);
/// Entries read at once.
const PAGE: usize = 1_000;

/// What one run was like.
#[derive(Debug, Clone, Default)]
pub struct Course {
    /// Deployments to production, by the instant at which they were asked for.
    pub journeys: Vec<Journey>,
    /// Requests that were refused at once.
    pub unasked: Vec<Unasked>,
    /// Requests whose release had come to no environment of production in the end, with the last one asked for.
    pub short: Vec<(ReleaseId, EnvId)>,
    /// Departures of trains in this time.
    pub departures: Vec<Row>,
    /// What collides on the calendar as it is planned when the forecast begins.
    pub conflicts: Conflicts,
    /// Most deployments under way at the same time, by environment.
    pub at_once: BTreeMap<EnvId, u32>,
    /// Entries that were written.
    pub entries: u64,
    /// The instant at which it was given up.
    pub cut: Option<Timestamp>,
}

/// What both runs have in common.
pub(super) struct Asked<'a> {
    pub(super) engine: &'a Engine,
    pub(super) snapshot: &'a Arc<Snapshot>,
    pub(super) until: Timestamp,
    pub(super) requests: &'a [Request],
    pub(super) lasting: Option<Millis>,
    pub(super) give_up: &'a dyn Fn() -> bool,
}

/// Run the world under a configuration; under that in force without `origins`.
pub(super) fn run(
    asked: &Asked<'_>,
    spec: &Spec,
    origins: Option<&Origins>,
) -> Result<Course, NoForecast> {
    let mut world =
        World::branch_of(asked.engine, asked.snapshot, spec, 1).map_err(NoForecast::from)?;
    let from = world.now();
    let begin = asked.snapshot.head().seq;
    if let Some(origins) = origins {
        match world.configure("forecast", spec.clone(), origins.clone()) {
            Ok(()) => {}
            Err(Denied::Refused(refusal)) => return Err(refusal.into()),
            Err(other) => return Err(Trouble::from(other).into()),
        }
    }
    let mut journeys = Journeys::default();
    let production = |env: &EnvId| {
        let env = spec.environments.get(env);
        env.is_some_and(|env| env.tier == Tier::Production)
    };
    for state in open(&world)? {
        world.target.goes_on(&state.routes);
        if production(&state.environment) {
            journeys.open(&state.deployment, from);
        }
    }
    let conflicts = planned(&world, from, asked.until)?;
    world.down_until(HANDOVER.after(from));
    let again = Rc::new(RefCell::new(Again::default()));
    demand::script(&mut world, asked.requests, spec, asked.until, &again);
    let mut people = People::new(&world, asked.lasting, Rc::clone(&again))?;
    let cut = go_on(&mut world, &mut people, asked)?;
    let mut course = Course {
        conflicts,
        cut,
        departures: departures(&world, from, asked.until)?,
        ..Course::default()
    };
    let end = world.now();
    course.entries = read(&world, begin, &production, &mut journeys)?;
    course.journeys = journeys.ended(end);
    let again = again.take();
    for journey in &mut course.journeys {
        let like = again.like.get(&journey.release);
        journey.like = like.map(|request| request.release.clone());
    }
    let came: BTreeSet<&ReleaseId> = course.journeys.iter().map(|j| &j.release).collect();
    let short = again.like.iter().filter(|(id, _)| !came.contains(id));
    course.short = short
        .map(|(_, request)| (request.release.clone(), request.to.clone()))
        .collect();
    course.unasked = again.unasked;
    course.at_once = at_once(&course.journeys);
    Ok(course)
}

/// To the end; the instant at which it was given up.
fn go_on(
    world: &mut World,
    people: &mut People,
    asked: &Asked<'_>,
) -> Result<Option<Timestamp>, Trouble> {
    loop {
        if (asked.give_up)() {
            return Ok(Some(world.now()));
        }
        people.act(world)?;
        let next = people.next().filter(|at| *at < asked.until);
        let more = world.step(next.unwrap_or(asked.until))?;
        if !more && next.is_none() {
            return Ok(None);
        }
    }
}

struct Open {
    deployment: Deployment,
    environment: EnvId,
    routes: Vec<tidegate_core::work::Work>,
}

/// Deployments that have not ended, with the work that was done for them.
fn open(world: &World) -> Result<Vec<Open>, Trouble> {
    let found = world.engine.read(|rows| {
        let mut found = Vec::new();
        for (key, _) in rows.scan(listing::LIVE, "", None, usize::MAX, false)? {
            let view = TxView::new(rows);
            let state: Option<Deployment> = (&view as &dyn View).load(&key).ok();
            view.finish()?;
            let Some(deployment) = state else {
                continue;
            };
            let Some(facts) = &deployment.facts else {
                continue;
            };
            let environment = facts.plan.body.environment.clone();
            let mut routes = Vec::new();
            if facts.started_at.is_some() {
                let stream = tidegate_core::id::StreamId::new(StreamKind::Deployment, &key);
                for entry in rows.entries_of(&stream, 1, usize::MAX)? {
                    routes.extend(work_of(&entry));
                }
            }
            found.push(Open {
                deployment,
                environment,
                routes,
            });
        }
        Ok(found)
    })?;
    Ok(found)
}

fn work_of(entry: &tidegate_ledger::Entry) -> Option<tidegate_core::work::Work> {
    use tidegate_core::stream::deployment::Event;
    if entry.kind != "deployment.step_started/1" {
        return None;
    }
    match decode::<Event>(&entry.kind, entry.body.as_deref()?).ok()? {
        Event::StepStarted { work, .. } => Some(*work),
        _ => None,
    }
}

/// What collides on the calendar.
fn planned(world: &World, from: Timestamp, until: Timestamp) -> Result<Conflicts, NoForecast> {
    let question = Calendar::between(from, until)?;
    let in_force = world.engine.in_force();
    let read = |rows: &dyn tidegate_ledger::Rows| {
        let view = TxView::new(rows);
        let known = Known {
            now: from,
            spec: &in_force.spec,
            origins: &in_force.origins,
            view: &view,
        };
        let found: Result<Conflicts, Refusal> = conflicts(&known, &question);
        view.finish()?;
        Ok(found)
    };
    let found: Result<Result<Conflicts, Refusal>, StoreError> = world.engine.read(read);
    Ok(found.map_err(Trouble::from)??)
}

fn departures(world: &World, from: Timestamp, until: Timestamp) -> Result<Vec<Row>, Trouble> {
    let rows = world
        .engine
        .read(|rows| rows.scan(DEPARTURES, "", None, usize::MAX, false))?;
    let read = rows
        .iter()
        .filter_map(|(_, body)| serde_json::from_str::<Row>(body).ok());
    let mut found: Vec<Row> = read
        .filter(|row| (from..until).contains(&row.timetable.departs))
        .collect();
    found.sort_by(|a, b| (a.timetable.departs, &a.id).cmp(&(b.timetable.departs, &b.id)));
    Ok(found)
}

/// Tell the journeys what happened. How many entries were read.
fn read(
    world: &World,
    begin: u64,
    production: &dyn Fn(&EnvId) -> bool,
    journeys: &mut Journeys,
) -> Result<u64, Trouble> {
    use tidegate_core::stream::deployment::Event;
    let mut seen = begin;
    loop {
        let page = world.engine.read(|rows| rows.entries(seen + 1, PAGE))?;
        for entry in &page {
            seen = entry.seq;
            if entry.stream.kind() != Some(StreamKind::Deployment) {
                continue;
            }
            let body = entry.body.as_deref().unwrap_or("null");
            let (Ok(id), Ok(event)) = (
                DeploymentId::parse(entry.stream.key()),
                decode::<Event>(&entry.kind, body),
            ) else {
                continue;
            };
            let elsewhere = matches!(&event, Event::Proposed { plan, .. } if !production(&plan.body.environment));
            if !elsewhere {
                journeys.happened(&id, entry.at, event);
            }
        }
        if page.len() < PAGE {
            return Ok(seen - begin);
        }
    }
}

/// Most journeys between their start and their end at the same time.
fn at_once(journeys: &[Journey]) -> BTreeMap<EnvId, u32> {
    let mut turns: BTreeMap<&EnvId, Vec<(Timestamp, i32)>> = BTreeMap::new();
    for journey in journeys {
        if let Some(started) = journey.started {
            let turns = turns.entry(&journey.environment).or_default();
            turns.push((started, 1));
            turns.extend(journey.ended.map(|ended| (ended, -1)));
        }
    }
    let most = turns.into_iter().map(|(env, mut turns)| {
        turns.sort_unstable();
        let mut now = 0_i32;
        let peak = turns.iter().map(|(_, by)| {
            now += by;
            now
        });
        let peak = u32::try_from(peak.max().unwrap_or(0)).unwrap_or(0);
        (env.clone(), peak)
    });
    most.collect()
}
