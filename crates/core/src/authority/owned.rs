//! Whose business a command is: units of the configuration, or the company.
//!
//! Somebody whose role holds in a unit alone does what is that unit's business, and nothing that is also somebody else's. What
//! cannot be told is the company's.

use super::{Right, needed, phrase, right_of};
use crate::actor::{Actor, Role};
use crate::command::Command;
use crate::id::{EnvId, Name, ServiceId};
use crate::refusal::Refusal;
use crate::spec::{Belongs, Scope, Spec};
use crate::stream::{change, decision, departure, deployment, entry, exception, meeting, release};
use crate::stream::{config, freeze};
use crate::view::View;
use std::collections::{BTreeMap, BTreeSet};

type Whose = BTreeSet<Belongs>;

/// Is it the business of whoever asks? Asked before the decider, so that nobody learns by its answer what is elsewhere.
///
/// # Errors
/// `NotAllowed`, naming the roles that may, and not whose it is.
pub fn entitled(
    actor: &Actor,
    command: &Command,
    spec: &Spec,
    view: &dyn View,
) -> Result<(), Refusal> {
    let name = command.name();
    let action = match command {
        Command::Config {
            command:
                config::Command::Apply { concerns, .. } | config::Command::Propose { concerns, .. },
        } => format!(
            "{}: {} is not theirs",
            phrase(&name),
            foreign(actor, concerns, spec)
        ),
        _ => format!("{} there", phrase(&name)),
    };
    told(actor, (&name, action), spec, || whose(command, spec, view))
}

/// Is an action about a service, in an environment or anywhere, the business of whoever asks? For what is looked at before there
/// is a command.
///
/// # Errors
/// As [`entitled`].
pub fn entitled_there(
    actor: &Actor,
    name: &str,
    (service, env): (&ServiceId, Option<&EnvId>),
    spec: &Spec,
) -> Result<(), Refusal> {
    let action = format!("{} there", phrase(name));
    told(actor, (name, action), spec, || match env {
        Some(env) => placed(spec, service, env),
        None => of_service(spec, service),
    })
}

fn told(
    actor: &Actor,
    (name, action): (&str, String),
    spec: &Spec,
    whose: impl FnOnce() -> Whose,
) -> Result<(), Refusal> {
    let Some(right) = right_of(name) else {
        return Ok(());
    };
    let machine = matches!(
        actor.role,
        Role::System | Role::Agent { .. } | Role::Feed(_)
    );
    if machine || right.is_for(actor.role.as_str()) || within(actor, right, &whose(), spec) {
        return Ok(());
    }
    Err(Refusal::NotAllowed {
        actor: actor.name.clone(),
        role: actor.roles(),
        action,
        needs: format!(
            "{} of the unit whose business it is, or of the company",
            needed(name)
        ),
    })
}

/// What is changed that is somebody else's, for people.
fn foreign(actor: &Actor, concerns: &BTreeMap<String, Belongs>, spec: &Spec) -> String {
    let theirs = |whose: &Belongs| {
        let whose = Whose::from([whose.clone()]);
        within(actor, Right::Administer, &whose, spec)
    };
    let others = concerns.iter().filter(|(_, whose)| !theirs(whose));
    let names: Vec<&str> = others.map(|(what, _)| what.as_str()).collect();
    names.join(", ")
}

/// Do the roles that somebody has in units give a right in all of these?
#[must_use]
pub fn within(actor: &Actor, right: Right, whose: &Whose, spec: &Spec) -> bool {
    let has = |unit: &Name| {
        let all = spec.with_those_above(unit);
        let roles = all.iter().filter_map(|unit| actor.within.get(unit));
        roles
            .into_iter()
            .any(|standing| right.is_for(standing.as_str()))
    };
    // What is nobody's in particular is everybody's who has the right somewhere.
    let somewhere = actor.within.values();
    somewhere
        .into_iter()
        .any(|standing| right.is_for(standing.as_str()))
        && whose
            .iter()
            .all(|belongs| belongs.as_ref().is_some_and(has))
}

/// Whose business a command is; nobody's in particular when empty.
pub(super) fn whose(command: &Command, spec: &Spec, view: &dyn View) -> Whose {
    let company = || Whose::from([None]);
    match command {
        Command::Artifact { id, .. } => of_service(spec, &id.service),
        Command::Release { id, command } => match command {
            release::Command::Promote { to, .. } => promoted(spec, &id.service, to),
            _ => of_service(spec, &id.service),
        },
        Command::Environment { id, .. } => Whose::from([spec.unit_of_environment(id)]),
        Command::Propose {
            command: deployment::Command::Propose { plan, .. },
        } => placed(spec, &plan.body.service, &plan.body.environment),
        Command::Deployment { id, .. } => of_deployment(spec, id, view),
        Command::Change { id, command } => of_change(spec, id.as_ref(), command, view),
        Command::Freeze { id, command } => match command {
            freeze::Command::Declare { scope, .. } => of_scope(spec, scope),
            _ => id
                .as_ref()
                .and_then(|id| view.load::<freeze::Freeze>(id.as_str()).ok())
                .and_then(|known| known.facts)
                .map_or_else(company, |facts| of_scope(spec, &facts.scope)),
        },
        Command::Exception { id, command } => of_exception(spec, id.as_ref(), command, view),
        Command::Train { id, .. } => carried(spec, id),
        Command::Departure { id, command } => match command {
            departure::Command::Join { release, .. }
            | departure::Command::Leave { release, .. } => of_service(spec, &release.service),
            _ => carried(spec, &id.train),
        },
        Command::Meeting { command, .. } => of_meeting(spec, command, view),
        Command::Decision { id, command } => match command {
            decision::Command::Open { deployment, .. } => of_deployment(spec, deployment, view),
            _ => id
                .as_ref()
                .and_then(|id| view.load::<decision::Decision>(id.as_str()).ok())
                .and_then(|known| known.facts)
                .map_or_else(company, |facts| {
                    placed(spec, &facts.release.service, &facts.environment)
                }),
        },
        Command::Enter {
            command: entry::Command::Declare { what, .. },
        }
        | Command::Entry {
            command: entry::Command::Declare { what, .. },
            ..
        } => of_scope(spec, &what.scope),
        Command::Entry { id, .. } => {
            let known = view.load::<entry::Entry>(id.as_str()).ok();
            let scope = known.and_then(|entry| entry.phase.facts().map(|f| f.scope.clone()));
            scope.map_or_else(company, |scope| of_scope(spec, &scope))
        }
        Command::Config {
            command:
                config::Command::Apply { concerns, .. } | config::Command::Propose { concerns, .. },
        } => concerns.values().cloned().collect(),
        Command::Config {
            command:
                config::Command::Approve { digest, .. } | config::Command::Reject { digest, .. },
        } => match view.load::<config::Config>(config::Config::KEY) {
            // Who is asked stands in the proposal: those who answer for a control, wherever they have their role.
            Ok(known) if known.proposals().iter().any(|p| p.digest == *digest) => Whose::new(),
            _ => company(),
        },
        // A right of one's own in a team is lent, and whoever lends it must have it.
        Command::Delegation { .. } => Whose::new(),
        _ => company(),
    }
}

fn of_service(spec: &Spec, service: &ServiceId) -> Whose {
    Whose::from([spec.unit_of_service(service)])
}

/// A service in an environment: both have a say when the environment is a unit's own; what is the company's is open to all.
fn placed(spec: &Spec, service: &ServiceId, env: &EnvId) -> Whose {
    let mut whose = of_service(spec, service);
    whose.extend(spec.unit_of_environment(env).map(Some));
    whose
}

/// Whoever promotes to the last environment also deploys to those before it.
fn promoted(spec: &Spec, service: &ServiceId, to: &EnvId) -> Whose {
    let path = spec.path_of(service);
    let end = path.iter().position(|env| env == to).unwrap_or(0);
    let before = path.iter().take(end);
    before
        .chain([to])
        .flat_map(|env| placed(spec, service, env))
        .collect()
}

fn of_deployment(spec: &Spec, id: &crate::id::DeploymentId, view: &dyn View) -> Whose {
    let loaded = view.load::<deployment::Deployment>(id.as_str());
    let Some(facts) = loaded.ok().and_then(|d| d.facts) else {
        return Whose::from([None]);
    };
    let body = &facts.plan.body;
    placed(spec, &body.service, &body.environment)
}

fn of_change(
    spec: &Spec,
    id: Option<&crate::change::ChangeId>,
    command: &change::Command,
    view: &dyn View,
) -> Whose {
    if let change::Command::Emergency {
        release,
        environment,
        ..
    } = command
    {
        return placed(spec, &release.service, environment);
    }
    let loaded = id.and_then(|id| view.load::<change::Change>(id.as_str()).ok());
    let Some(facts) = loaded.and_then(|change| change.facts) else {
        return Whose::from([None]);
    };
    placed(spec, &facts.release.service, &facts.environment)
}

fn of_exception(
    spec: &Spec,
    id: Option<&crate::freeze::ExceptionId>,
    command: &exception::Command,
    view: &dyn View,
) -> Whose {
    let all = |service: &ServiceId, environments: &[EnvId]| {
        let mut whose = of_service(spec, service);
        whose.extend(
            environments
                .iter()
                .flat_map(|env| placed(spec, service, env)),
        );
        whose
    };
    if let exception::Command::Ask {
        release,
        environments,
        ..
    } = command
    {
        return all(&release.service, environments);
    }
    let loaded = id.and_then(|id| view.load::<exception::Exception>(id.as_str()).ok());
    match loaded.and_then(|known| known.facts) {
        Some(facts) => all(&facts.release.service, &facts.environments),
        None => Whose::from([None]),
    }
}

fn of_meeting(spec: &Spec, command: &meeting::Command, view: &dyn View) -> Whose {
    use meeting::Command as Said;
    match command {
        Said::Vote { change, .. }
        | Said::Answer { change, .. }
        | Said::Confirm { change, .. }
        | Said::Attest { change, .. } => {
            let about = change::Command::Wake;
            of_change(spec, Some(change), &about, view)
        }
        _ => Whose::from([None]),
    }
}

/// Everything that a train carries.
fn carried(spec: &Spec, train: &Name) -> Whose {
    let train = spec.trains.get(train);
    let carried = train.map_or(&[][..], |train| train.carries.as_slice());
    let whose: Whose = carried
        .iter()
        .map(|service| spec.unit_of_service(service))
        .collect();
    if whose.is_empty() {
        return Whose::from([None]);
    }
    whose
}

/// Whoever is named: the services, else the environments, else everybody.
fn of_scope(spec: &Spec, scope: &Scope) -> Whose {
    let services = scope.services.iter().map(|s| spec.unit_of_service(s));
    let teams = scope.teams.iter().map(|team| spec.unit_of_team(team));
    let units = scope.units.iter().cloned().map(Some);
    let named: Whose = services.chain(teams).chain(units).collect();
    if !named.is_empty() {
        return named;
    }
    let environments = scope.environments.iter();
    let places: Whose = environments
        .map(|env| spec.unit_of_environment(env))
        .collect();
    if places.is_empty() {
        return Whose::from([None]);
    }
    places
}
