//! Freezes and exceptions: what waits, what goes all the same, and what happens to rollouts under way.

mod answers;
mod exceptions;
mod holding;
mod rollouts;

use crate::gates::{ask, text};
use crate::windows::{freeze, frozen};
use crate::world::company::{env, release, service};
use crate::world::story::{Story, given, rita, running};
use std::fmt::Write as _;
use tidegate_core::actor::{Actor, Role};
use tidegate_core::command::Command as Any;
use tidegate_core::freeze::{ExceptionId, FreezeId};
use tidegate_core::gate::{GateId, Purpose};
use tidegate_core::id::TeamId;
use tidegate_core::refusal::Refusal;
use tidegate_core::spec::{
    ChangeClass, FreezePolicy, Going, InFlight, Operation, Scope, Team, Tier,
};
use tidegate_core::stream::deployment::{Command as Deploying, Phase as Deployed};
use tidegate_core::stream::exception::{self, Exception};
use tidegate_core::stream::freeze::{Command, Freeze};
use tidegate_core::time::{Millis, Timestamp};

const HOUR: Millis = Millis::minutes(60);
const DAY: Millis = Millis::minutes(24 * 60);

pub fn person(name: &str) -> Actor {
    Actor::account(name, Role::Operator)
}

/// `staging` alone.
pub fn staging() -> Scope {
    Scope {
        environments: vec![env("staging")],
        ..Scope::default()
    }
}

pub fn declare(scope: Scope, until: Option<Timestamp>, policy: FreezePolicy) -> Command {
    Command::Declare {
        scope,
        why: "card network outage".to_owned(),
        until,
        lasting: None,
        policy,
    }
}

/// A freeze of `staging` of this name.
pub fn declared(
    story: &mut Story,
    name: &str,
    lasts: Option<Millis>,
    policy: FreezePolicy,
) -> String {
    let until = lasts.map(|lasts| lasts.after(story.ledger.now));
    let id = Some(FreezeId::new(name).unwrap());
    let command = declare(staging(), until, policy);
    story.ask(rita(), Any::Freeze { id, command }).unwrap()
}

fn change(story: &mut Story, id: &str, command: Command) -> Result<String, Refusal> {
    let id = Some(FreezeId::new(id).unwrap());
    story.ask(rita(), Any::Freeze { id, command })
}

pub fn lift(story: &mut Story, id: &str) {
    let reason = "it is over".to_owned();
    change(story, id, Command::Lift { reason }).unwrap();
}

/// Ana asks for an exception for this release in `staging`.
pub fn asks(
    story: &mut Story,
    freeze: &str,
    id: &str,
    incident: Option<&str>,
) -> Result<String, Refusal> {
    let command = exception::Command::Ask {
        freeze: freeze.to_owned(),
        release: release(id),
        environments: Vec::new(),
        reason: "double charges".to_owned(),
        incident: incident.map(str::to_owned),
        lasting: None,
    };
    story.ask(person("ana"), Any::Exception { id: None, command })
}

pub fn decides(
    story: &mut Story,
    who: &str,
    id: &str,
    command: exception::Command,
) -> Result<String, Refusal> {
    let id = Some(ExceptionId::new(id).unwrap());
    story.ask(person(who), Any::Exception { id, command })
}

pub fn grant() -> exception::Command {
    exception::Command::Grant {
        reason: "customers pay twice".to_owned(),
        review_due: None,
    }
}

fn exception(story: &Story, id: &str) -> Exception {
    story.ledger.view().load(id).unwrap()
}

/// Hugo and Dina decide for the finance team.
pub fn finance(story: &mut Story) -> FreezePolicy {
    let team = TeamId::new("cfo-office").unwrap();
    let members = vec!["dina".to_owned(), "hugo".to_owned()];
    let office = Team {
        members,
        ..Team::default()
    };
    story.ledger.spec.teams.insert(team.clone(), office);
    FreezePolicy {
        exception_by: vec![team],
        ..FreezePolicy::default()
    }
}

pub fn in_flight(policy: InFlight) -> FreezePolicy {
    FreezePolicy {
        in_flight: policy,
        ..FreezePolicy::default()
    }
}
