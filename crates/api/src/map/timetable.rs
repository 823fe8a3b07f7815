//! What a configuration that is not in force yet would do to the departures of trains: the very decisions that would follow, not
//! kept.

use crate::error::Problem;
use crate::look::Look;
use std::collections::BTreeSet;
use tidegate_core::actor::Actor;
use tidegate_core::batch::NewEntry;
use tidegate_core::command::Command;
use tidegate_core::gate::moment_in;
use tidegate_core::id::{CommandId, DepartureId, Name, ReleaseId};
use tidegate_core::spec::{Origins, Spec, Trigger};
use tidegate_core::step::{self, Item, World, decode};
use tidegate_core::stream::departure::{Departure, Event, features};
use tidegate_core::stream::train::{self, Train};

/// One line for each departure that it would lay, move, keep or give up, and for each that would wait for something else.
pub(crate) fn affected(
    look: &Look<'_>,
    spec: &Spec,
    origins: &Origins,
) -> Result<Vec<String>, Problem> {
    let mut lines = Vec::new();
    let before = &look.in_force.spec;
    let names: BTreeSet<&Name> = before.trains.keys().chain(spec.trains.keys()).collect();
    for name in names {
        let item = Item {
            id: CommandId(format!("preview/{name}")),
            actor: Actor::system(),
            command: Command::Train {
                id: name.clone(),
                command: train::Command::Wake,
            },
        };
        let world = World {
            now: look.now,
            spec,
            origins,
            view: look.view(),
            judge: &*look.in_force.judge,
        };
        let batch = step::step(&item, &world)?;
        lines.extend(batch.entries.iter().filter_map(|entry| line(look, entry)));
        let (was, is) = (before.trains.get(name), spec.trains.get(name));
        let differs = was
            .zip(is)
            .is_some_and(|(was, is)| (was.trigger, &was.features) != (is.trigger, &is.features));
        if differs {
            lines.extend(triggered(look, spec, name)?);
        }
    }
    Ok(lines)
}

fn line(look: &Look<'_>, entry: &NewEntry) -> Option<String> {
    let id = DepartureId::of_key(entry.stream.key()).ok()?;
    let event: Event = decode(&entry.kind, &entry.body).ok()?;
    let state: Departure = look.view().load(&id.key()).ok()?;
    let had = state.facts.as_deref();
    let old = had.map(|f| moment_in(f.timetable.departs, &f.timetable.zone));
    let aboard = had.map_or_else(String::new, |f| passengers(f.passengers.keys()));
    Some(match event {
        Event::Laid { timetable, .. } => format!(
            "{id} would leave {}",
            moment_in(timetable.departs, &timetable.zone)
        ),
        Event::Relaid { timetable, .. } => {
            let new = moment_in(timetable.departs, &timetable.zone);
            match old {
                Some(old) if old == new => format!("{id} keeps {new}, with other cut-offs"),
                old => format!("{id} {} -> {new}", old.unwrap_or_default()),
            }
        }
        Event::DateKept { .. } => format!("{id} keeps {}{aboard}", old.unwrap_or_default()),
        Event::Cancelled { because, .. } => format!("{id} is given up{aboard}: {because}"),
        _ => return None,
    })
}

/// What the next departures would wait for.
fn triggered(look: &Look<'_>, spec: &Spec, name: &Name) -> Result<Vec<String>, Problem> {
    let Some(rules) = spec.trains.get(name) else {
        return Ok(Vec::new());
    };
    let state: Train = look.view().load(name.as_str())?;
    let mut lines = Vec::new();
    for number in &state.open {
        let id = DepartureId::new(name.clone(), *number);
        let departure: Departure = look.view().load(&id.key())?;
        // What may move is told by its new date.
        let Some(facts) = departure
            .facts
            .as_deref()
            .filter(|_| !departure.is_movable())
        else {
            continue;
        };
        let aboard = facts.passengers.keys().cloned().collect();
        let all = features(spec, rules, look.view(), facts, &aboard);
        let incomplete: Vec<String> = all
            .iter()
            .filter(|(_, feature)| !feature.missing.is_empty())
            .map(|(feature, what)| {
                format!("{feature} is not complete: {}", what.missing.join(", "))
            })
            .collect();
        let date = moment_in(facts.timetable.departs, &facts.timetable.zone);
        let leaves = match (rules.trigger, all.is_empty()) {
            (Trigger::Date, _) | (Trigger::Features, true) => format!("leaves {date}"),
            (Trigger::Features, false) => format!(
                "leaves once its features are complete ({}), {date} plus {} at the latest",
                all.keys().map(Name::as_str).collect::<Vec<_>>().join(", "),
                rules.patience
            ),
        };
        let missing = match incomplete.as_slice() {
            [] => String::new(),
            missing => format!("; {}", missing.join("; ")),
        };
        let who = passengers(facts.passengers.keys());
        lines.push(format!("{id} {leaves}{missing}{who}"));
    }
    Ok(lines)
}

fn passengers<'a>(all: impl Iterator<Item = &'a ReleaseId>) -> String {
    let all: Vec<String> = all.map(ToString::to_string).collect();
    if all.is_empty() {
        return String::new();
    }
    format!(" ({} aboard)", all.join(", "))
}
