//! What is known about a change. `None` is "not known", never "none".

use super::{Subject, moment};
use crate::model::track::Track;
use crate::plan::{Intent, PlanBody, Revision, Side};
use crate::spec::{Audience, DataClass, Tier};
use crate::time::Millis;
use std::collections::BTreeSet;

/// Facts behind a score.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Known {
    /// Name of the service, for the paths of its facts.
    pub(super) service: String,
    /// Name of the environment.
    pub(super) environment: String,
    pub(super) tier: Option<u8>,
    pub(super) data: Option<DataClass>,
    pub(super) audience: Option<Audience>,
    /// Services that need it, directly or through others.
    pub(super) dependents: Option<u32>,
    pub(super) environment_tier: Option<Tier>,
    /// It takes requests on a port of its own.
    pub(super) public: Option<bool>,
    /// Requests find nobody for a while.
    pub(super) interrupts: Option<bool>,
    pub(super) commits: Option<u32>,
    /// Environment variables and other settings that differ from what runs.
    pub(super) settings: Option<u32>,
    pub(super) instances: Option<u32>,
    pub(super) steps: Option<u32>,
    pub(super) first: Option<bool>,
    /// Days since one last held here; `Some(None)` when none ever did.
    pub(super) days_since: Option<Option<u32>>,
    /// Successful runs of this strategy here, and its name.
    pub(super) runs: Option<(u32, String)>,
    /// Something ran here before.
    pub(super) earlier: Option<bool>,
    pub(super) way_back: Option<WayBack>,
    pub(super) back_within: Option<Millis>,
    pub(super) migrates: Option<bool>,
    /// Deployments of the team that held in 90 days, and its name.
    pub(super) team_held: Option<(u32, String)>,
    /// Deployments of the service that held and that were taken back in 90 days.
    pub(super) outcomes: Option<(u32, u32)>,
    pub(super) freeze: Option<moment::Near>,
    pub(super) hours: Option<moment::Hours>,
    pub(super) week: Option<moment::Week>,
    /// Other services that are being changed in the environment.
    pub(super) others: Option<u32>,
    /// Questions that people answer.
    pub(super) asked: Vec<super::questions::Asked>,
}

/// What the way back takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WayBack {
    /// The old revision still runs: only traffic moves.
    Warm,
    /// The old revision, or nothing, takes its place again: programs stop and start.
    Restart,
    /// There is none.
    None,
}

impl Known {
    /// Nothing at all.
    pub(super) fn nothing() -> Self {
        Self::default()
    }

    pub(super) fn of(subject: &Subject<'_>) -> Self {
        let (plan, spec) = (subject.plan, subject.spec);
        let service = spec.services.get(&plan.service);
        let environment = spec.environments.get(&plan.environment);
        let ran_before = ran_before(subject);
        let track = track(subject);
        let mut known = Self {
            service: plan.service.to_string(),
            environment: plan.environment.to_string(),
            tier: service.map(|s| s.tier),
            data: service.and_then(|s| s.data_class),
            audience: service.and_then(|s| s.audience),
            dependents: service.map(|_| dependents(subject)),
            environment_tier: environment.map(|e| e.tier),
            public: Some(plan.to.port.is_some()),
            interrupts: Some(interrupts(plan)),
            commits: if ran_before {
                Some(0)
            } else {
                subject.told.commits
            },
            settings: Some(settings(plan.from.as_ref(), &plan.to)),
            instances: Some(
                plan.from
                    .as_ref()
                    .map_or(0, |f| f.instances)
                    .max(plan.to.instances),
            ),
            steps: Some(count(plan.steps.len())),
            first: Some(plan.from.is_none()),
            days_since: track.as_ref().map(|(_, days)| *days),
            runs: runs(subject),
            earlier: Some(plan.from.is_some()),
            way_back: Some(way_back(plan)),
            back_within: Some(plan.undo_within),
            migrates: if ran_before {
                Some(false)
            } else {
                subject.told.migrates
            },
            team_held: team_held(subject),
            outcomes: track.map(|(outcomes, _)| outcomes),
            asked: super::questions::asked(subject),
            ..Self::default()
        };
        if let Some(environment) = environment {
            known.freeze = moment::freeze(subject);
            known.hours = moment::hours(subject, environment);
            known.week = moment::week(subject, environment);
            known.others = others(subject);
        }
        known
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// The same bits ran here before: nothing in the program is new.
fn ran_before(subject: &Subject<'_>) -> bool {
    let plan = subject.plan;
    let same = |r: &Revision| r.artifact == plan.to.artifact;
    if subject.purpose.is_return() || plan.from.as_ref().is_some_and(same) {
        return true;
    }
    let lane = subject.view.lane(&plan.environment, &plan.service);
    lane.before.iter().any(|b| same(&b.revision))
}

fn dependents(subject: &Subject<'_>) -> u32 {
    let mut found = BTreeSet::new();
    let mut next = vec![&subject.plan.service];
    while let Some(needed) = next.pop() {
        for (name, service) in &subject.spec.services {
            if service.needs.contains_key(needed) && found.insert(name) {
                next.push(name);
            }
        }
    }
    found.remove(&subject.plan.service);
    count(found.len())
}

fn interrupts(plan: &PlanBody) -> bool {
    let nobody = |s: &crate::plan::Step| matches!(s.intent, Intent::Shift { new: None });
    plan.from.is_some() && plan.steps.iter().any(nobody)
}

/// Settings that differ: each environment variable, and command, preparation, health check, port, number of instances.
fn settings(from: Option<&Revision>, to: &Revision) -> u32 {
    let Some(from) = from else {
        return count(to.values.len());
    };
    let names: BTreeSet<&String> = from.values.keys().chain(to.values.keys()).collect();
    let values = names
        .into_iter()
        .filter(|name| from.values.get(*name) != to.values.get(*name))
        .count();
    let others = [
        from.command != to.command,
        from.prepare != to.prepare,
        from.health != to.health,
        from.port != to.port,
        from.instances != to.instances,
        from.grace != to.grace,
        from.stick != to.stick,
    ];
    count(values + others.into_iter().filter(|differs| *differs).count())
}

/// What held and was taken back in 90 days, and days since one last held.
type Ended = ((u32, u32), Option<u32>);

/// Outcomes of the service in environments of the same tier; how long ago the last one was counts for this environment alone.
fn track(subject: &Subject<'_>) -> Option<Ended> {
    let (plan, now) = (subject.plan, subject.now);
    let here = subject.view.track(&plan.environment, &plan.service)?;
    let (mut held, mut taken_back) = (0_u32, 0_u32);
    for env in same_tier(subject)? {
        let track: Track = subject.view.track(env, &plan.service)?;
        held = held.saturating_add(track.held_by(now));
        taken_back = taken_back.saturating_add(track.taken_back_by(now));
    }
    let days = here.last_held(now).map(|at| {
        let days = Millis::between(at, now).0 / 86_400_000;
        u32::try_from(days).unwrap_or(u32::MAX)
    });
    Some(((held, taken_back), days))
}

/// Environments of the tier of the plan's own; none when that is no longer configured.
fn same_tier<'a>(
    subject: &Subject<'a>,
) -> Option<impl Iterator<Item = &'a crate::id::EnvId> + use<'a>> {
    let spec = subject.spec;
    let tier = spec.environments.get(&subject.plan.environment)?.tier;
    Some(
        spec.environments
            .iter()
            .filter(move |(_, e)| e.tier == tier)
            .map(|(name, _)| name),
    )
}

fn team_held(subject: &Subject<'_>) -> Option<(u32, String)> {
    let owner = &subject.spec.services.get(&subject.plan.service)?.owner;
    let mut held = 0_u32;
    for env in same_tier(subject)? {
        let track = subject.view.track_of_team(env, owner)?;
        held = held.saturating_add(track.held_by(subject.now));
    }
    Some((held, owner.to_string()))
}

fn runs(subject: &Subject<'_>) -> Option<(u32, String)> {
    let plan = subject.plan;
    let resolved = subject
        .spec
        .resolve(&plan.service, &plan.environment)
        .ok()?;
    let shape = resolved.strategy.1.shape.kind();
    let runs = subject.view.runs(&plan.environment, &plan.service, shape)?;
    Some((count(runs), shape.to_owned()))
}

fn way_back(plan: &PlanBody) -> WayBack {
    let Some(from) = &plan.from else {
        return if plan.undo.is_empty() {
            WayBack::None
        } else {
            WayBack::Restart
        };
    };
    let retires = |s: &crate::plan::Step| matches!(s.intent, Intent::Scale { side: Side::Old, count } if count < from.instances);
    if plan.undo.is_empty() {
        WayBack::None
    } else if plan.steps.iter().any(retires) {
        WayBack::Restart
    } else {
        WayBack::Warm
    }
}

fn others(subject: &Subject<'_>) -> Option<u32> {
    let plan = subject.plan;
    let rows = subject.view.under_way(&plan.environment).ok()?;
    let running = rows
        .iter()
        .filter(|(_, row)| row.is_running() && row.service != plan.service);
    Some(count(running.count()))
}
