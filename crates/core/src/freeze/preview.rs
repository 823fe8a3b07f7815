//! What a freeze would do to deployments there are, before anybody declares it.

use super::Known;
use crate::gate::{self, Asked};
use crate::id::{DeploymentId, EnvId, ReleaseId, ServiceId};
use crate::model::{departure, listing};
use crate::spec::{InFlight, Operation, Origins, Spec};
use crate::stream::deployment::{Deployment, Phase};
use crate::time::Timestamp;
use crate::view::View;
use std::collections::BTreeMap;

/// Most deployments looked at.
const MOST: usize = 1_000;

/// What happens to a deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It does not start before the freeze ends.
    Waits,
    /// It starts no further step before the freeze ends.
    Pauses,
    /// It is taken back.
    Returns,
    /// It goes on to its end.
    Finishes,
    /// The freeze lets it go.
    Goes,
}

/// A deployment, or what a departure brings, inside the scope of a freeze.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Affected {
    /// Deployment or departure, as its noun and name.
    pub what: String,
    /// What it brings; absent for a departure that nobody is aboard of.
    pub release: Option<ReleaseId>,
    /// Of this service.
    pub service: ServiceId,
    /// Where.
    pub environment: EnvId,
    /// Its phase, for people.
    pub phase: String,
    /// What happens to it.
    pub effect: Effect,
    /// When it would start without the freeze, as far as time alone decides.
    pub without: Option<Timestamp>,
}

/// Deployments under way or waiting, and what departures bring that leave by `ahead`, that a freeze up to `until` would find
/// in its scope, by environment.
#[must_use]
pub fn affected(
    freeze: &Known,
    (now, until, ahead): (Timestamp, Timestamp, Timestamp),
    spec: &Spec,
    origins: &Origins,
    view: &dyn View,
) -> Vec<Affected> {
    let rows = view.scan(listing::LIVE, "", MOST);
    let ids = rows
        .iter()
        .filter_map(|(id, _)| DeploymentId::parse(id).ok());
    let mut all: Vec<Affected> = ids
        .filter_map(|id| {
            let deployment: Deployment = view.load(id.as_str()).ok()?;
            one(freeze, &deployment, now, (spec, origins, view))
        })
        .collect();
    all.retain(|a| a.effect != Effect::Waits || a.without.is_none_or(|at| at <= ahead));
    all.extend(departing(freeze, until.min(ahead), spec, view));
    all.sort_by(|a, b| {
        (&a.environment, &a.service, &a.what).cmp(&(&b.environment, &b.service, &b.what))
    });
    all
}

/// Departures that leave inside the freeze: their passengers, in each environment of their train that it concerns. One that
/// nobody is aboard of is told once for each environment; it waits there when any service that may still board would.
fn departing(freeze: &Known, until: Timestamp, spec: &Spec, view: &dyn View) -> Vec<Affected> {
    let rows = view.scan(departure::DEPARTURES, "", MOST);
    let read = rows
        .iter()
        .filter_map(|(_, body)| serde_json::from_str::<departure::Row>(body).ok());
    let leaves = |row: &departure::Row| row.timetable.departs < until && row.is_ahead();
    let mut all = Vec::new();
    for row in read.filter(leaves) {
        let Some(train) = spec.trains.get(&row.id.train) else {
            continue;
        };
        let passengers = row.passengers.iter().map(|r| (&r.service, Some(r)));
        let nobody = train.carries.iter().map(|service| (service, None));
        let brings: Vec<_> = match row.passengers.is_empty() {
            false => passengers.collect(),
            true => nobody.collect(),
        };
        let mut told: BTreeMap<(&EnvId, Option<&ReleaseId>), Affected> = BTreeMap::new();
        for (service, release) in brings {
            for env in spec.stops(train, service) {
                if !freeze.scope.concerns(spec, service, env) {
                    continue;
                }
                let effect = boarded(freeze, service, env, view);
                let affected = told.entry((env, release)).or_insert_with(|| Affected {
                    what: format!("departure {}", row.id),
                    release: release.cloned(),
                    service: service.clone(),
                    environment: env.clone(),
                    phase: row.phase.clone(),
                    effect,
                    without: Some(row.timetable.departs),
                });
                if effect == Effect::Waits {
                    affected.effect = effect;
                }
            }
        }
        all.extend(told.into_values());
    }
    all
}

/// What the freeze does to a deployment that a departure brings: a first install where nothing runs, else an update.
fn boarded(freeze: &Known, service: &ServiceId, env: &EnvId, view: &dyn View) -> Effect {
    let operation = match view.lane(env, service).running {
        None => Operation::Install,
        Some(_) => Operation::Update,
    };
    if lets_go(freeze, operation) {
        Effect::Goes
    } else {
        Effect::Waits
    }
}

/// Does it let an operation go whatever happens?
fn lets_go(freeze: &Known, operation: Operation) -> bool {
    !freeze.scope.stops(operation) || freeze.policy.lets(operation)
}

fn one(
    freeze: &Known,
    deployment: &Deployment,
    now: Timestamp,
    (spec, origins, view): (&Spec, &Origins, &dyn View),
) -> Option<Affected> {
    let facts = deployment.facts.as_deref()?;
    let body = &facts.plan.body;
    if !freeze
        .scope
        .concerns(spec, &body.service, &body.environment)
    {
        return None;
    }
    let operation = Operation::of(body, facts.purpose);
    let let_go = lets_go(freeze, operation);
    let mut without = None;
    let effect = match &deployment.phase {
        Phase::Gated { .. } => {
            let asked = Asked {
                now,
                present: now,
                plan: body,
                purpose: facts.purpose,
                deployment: Some(&facts.id),
                request: &facts.request,
                expected: facts.plan.envelope.expected.as_ref(),
                spec,
                origins,
                view,
            };
            without = gate::earliest(&asked, &gate::evaluate(&asked));
            if let_go { Effect::Goes } else { Effect::Waits }
        }
        Phase::Running { .. } if !let_go && !facts.purpose.is_return() => {
            match freeze.policy.in_flight {
                InFlight::Finish => Effect::Finishes,
                InFlight::Pause => Effect::Pauses,
                InFlight::Return => Effect::Returns,
            }
        }
        phase if phase.is_terminal() => return None,
        _ => Effect::Finishes,
    };
    Some(Affected {
        what: format!("deployment {}", facts.id),
        release: Some(body.to.release.clone()),
        service: body.service.clone(),
        environment: body.environment.clone(),
        phase: deployment.phase.name().to_owned(),
        effect,
        without,
    })
}
