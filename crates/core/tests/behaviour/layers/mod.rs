//! Layers of the calendar: cover, quiet hours, regions that never change together, runs that cannot be moved, bookings, and
//! what people declare.

mod cover;
mod declared;
mod feeds;
mod fixed;
mod regions;
mod terms;

use crate::gates::{ask, text};
use crate::world::company::{env, release, service};
use crate::world::story::{Story, given, rita};
use std::fmt::Write as _;
use tidegate_core::actor::{Actor, Role};
use tidegate_core::command::Command as Any;
use tidegate_core::digest::Digest;
use tidegate_core::gate::{GateId, Purpose};
use tidegate_core::id::{Name, StreamId, StreamKind, TeamId};
use tidegate_core::replan::{self, Ground, Outcome, Proposal, Work};
use tidegate_core::spec::{Booking, Environment, Legacy, Scope, Spec, Team, Vendor, Window};
use tidegate_core::stream::entry::{
    Command, Declared, Effect, Entry, Facts, Kind, Phase, When, declared,
};
use tidegate_core::time::{Millis, Timestamp};

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

fn team(text: &str) -> TeamId {
    TeamId::new(text).unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn words(all: &[&str]) -> Vec<String> {
    all.iter().map(|word| (*word).to_owned()).collect()
}

fn until(story: &mut Story, then: &str) {
    let span = Millis::between(story.ledger.now, at(then));
    story.pass(span);
}

fn passed(story: &Story, id: &str) -> Option<Timestamp> {
    let stream = StreamId::new(StreamKind::Deployment, id);
    let mut entries = story.ledger.entries.iter();
    entries
        .find(|e| e.entry.stream == stream && e.entry.kind.starts_with("deployment.gates_passed"))
        .map(|e| e.at)
}

/// Three versions of `web`; `prod` and a second region `far` take them without anything before.
fn two_regions() -> Story {
    let mut story = given(&["web@1.0.0", "web@1.1.0", "web@1.2.0", "api@1.0.0"]);
    let spec = &mut story.ledger.spec;
    let prod = spec.environments.get_mut(&env("prod")).unwrap();
    prod.after = Vec::new();
    prod.one_at_a_time = false;
    let far = prod.clone();
    spec.environments.insert(env("far"), far);
    let pipeline = spec.pipelines.get_mut(&name("standard")).unwrap();
    pipeline.path.push(env("far"));
    let platform = Team {
        members: words(&["dina", "hugo"]),
        ..Team::default()
    };
    spec.teams.insert(team("platform"), platform);
    story
}

fn environment<'s>(story: &'s mut Story, name: &str) -> &'s mut Environment {
    story.ledger.spec.environments.get_mut(&env(name)).unwrap()
}

fn cover(story: &mut Story, name: &str, phrases: &[&str], zone: &str) {
    let team = story.ledger.spec.teams.entry(team(name)).or_default();
    team.cover = words(phrases);
    team.zone = Some(zone.to_owned());
}

fn says(story: &Story, to: &str, gate: GateId) -> String {
    text(&ask(story, "web@1.1.0", to, Purpose::Promote), Some(gate))
}

pub fn person(name: &str) -> Actor {
    Actor::account(name, Role::Operator)
}

pub fn once(from: &str, until: &str) -> When {
    When::Once {
        from: at(from),
        until: at(until),
    }
}

pub fn what(kind: Kind, title: &str, when: When) -> Declared {
    Declared {
        kind,
        title: title.to_owned(),
        when,
        zone: Some("Europe/Berlin".to_owned()),
        scope: Scope::default(),
        effect: None,
        owner: Some(team("platform")),
        lets: Vec::new(),
        vendor: None,
        source: None,
    }
}

pub fn declare(what: Declared, accepting: Option<Digest>) -> Any {
    let command = Command::Declare {
        what: Box::new(what),
        reason: "it must be".to_owned(),
        accepting,
        despite_terms: false,
    };
    Any::Enter { command }
}

fn entry(id: &str, command: Command) -> Any {
    let id = name(id);
    Any::Entry { id, command }
}

/// What declaring it would do.
pub fn proposed(story: &Story, what: &Declared) -> Proposal {
    let facts = Facts {
        kind: what.kind,
        title: what.title.clone(),
        when: what.when.clone(),
        zone: "Europe/Berlin".to_owned(),
        scope: what.scope.clone(),
        effect: what.effect.unwrap_or_else(|| what.kind.effect()),
        owner: what.owner.clone(),
        lets: what.lets.clone(),
        vendor: None,
        breaches: Vec::new(),
        source: None,
        reason: String::new(),
        by: "ana".to_owned(),
        at: story.ledger.now,
        moved: 0,
        consents: Vec::new(),
    };
    let ground = Ground {
        now: story.ledger.now,
        spec: &story.ledger.spec,
        origins: &story.ledger.origins,
        view: &story.ledger,
    };
    let id = name(&format!("{}-1", what.kind.as_str()));
    replan::propose(&id, &facts, &ground).unwrap()
}
