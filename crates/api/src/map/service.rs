//! Services and known issues: what is configured beside what runs.

use crate::error::Problem;
use crate::look::Look;
use tidegate_client::wire;
use tidegate_core::id::{EnvId, ServiceId};
use tidegate_core::model::lane::LiveStage;
use tidegate_core::refusal::Refusal;
use tidegate_core::spec::{KnownIssue, Service, Tier};

/// A service.
pub(crate) fn service(look: &Look<'_>, name: &ServiceId) -> Result<wire::Service, Problem> {
    let spec = &look.in_force.spec;
    let Some(configured) = spec.services.get(name) else {
        return Err(Refusal::NotFound {
            what: "service".to_owned(),
            name: name.to_string(),
        }
        .into());
    };
    let places = spec.path_of(name).iter();
    let places = places.map(|env| place(look, (name, configured), env));
    let all = issues(look, name, configured).into_iter();
    Ok(wire::Service {
        service: name.to_string(),
        owner: configured.owner.to_string(),
        tier: configured.tier,
        pipeline: configured.pipeline.to_string(),
        data_class: configured.data_class.map(|d| d.as_str().to_owned()),
        audience: configured.audience.map(|a| a.as_str().to_owned()),
        needs: configured.needs.keys().map(ToString::to_string).collect(),
        places: places.collect(),
        issues: all.filter(|i| !i.environments.is_empty()).collect(),
    })
}

fn place(
    look: &Look<'_>,
    (name, service): (&ServiceId, &Service),
    env: &EnvId,
) -> wire::ServicePlace {
    let lane = look.view().lane(env, name);
    let there = versions(look, name, env);
    let numbered = service.known_issues.iter().enumerate();
    let found = numbered.filter(|(_, issue)| there.iter().any(|v| issue.is_in(v)));
    let issues = found.map(|(n, issue)| id(n, issue)).collect();
    let running = lane.running.as_ref();
    let version = running.map(|r| r.revision.release.version.to_string());
    let arriving = there.into_iter().find(|v| Some(v) != version.as_ref());
    wire::ServicePlace {
        environment: env.to_string(),
        since: running.map(|r| r.since),
        version,
        arriving,
        issues,
    }
}

/// Versions of which something may be in an environment: what runs, and what is being brought.
fn versions(look: &Look<'_>, name: &ServiceId, env: &EnvId) -> Vec<String> {
    let lane = look.view().lane(env, name);
    let running = lane.running.map(|r| r.revision.release);
    let live = lane.live.filter(|live| live.stage != LiveStage::Gated);
    let arriving = live.map(|live| live.release);
    let mut all: Vec<String> = running
        .into_iter()
        .chain(arriving)
        .map(|release| release.version.to_string())
        .collect();
    all.dedup();
    all
}

fn id(n: usize, issue: &KnownIssue) -> String {
    let own = issue.id.as_ref().map(ToString::to_string);
    own.unwrap_or_else(|| format!("issue-{}", n + 1))
}

/// All known issues of a service, with the environments in which a version has them.
pub(crate) fn issues(
    look: &Look<'_>,
    name: &ServiceId,
    service: &Service,
) -> Vec<wire::KnownIssue> {
    let spec = &look.in_force.spec;
    let path = spec.path_of(name);
    let one = |(n, issue): (usize, &KnownIssue)| {
        let affected = |env: &&EnvId| versions(look, name, env).iter().any(|v| issue.is_in(v));
        let places: Vec<&EnvId> = path.iter().filter(affected).collect();
        let production = |env: &&&EnvId| {
            let tier = spec.environments.get(**env).map(|e| e.tier);
            tier == Some(Tier::Production)
        };
        wire::KnownIssue {
            service: name.to_string(),
            id: id(n, issue),
            text: issue.text.clone(),
            workaround: issue.workaround.clone(),
            since: issue.since.as_ref().map(ToString::to_string),
            fixed_in: issue.fixed_in.as_ref().map(ToString::to_string),
            public: issue.public,
            live: places.iter().any(|env| production(&env)),
            environments: places.iter().map(ToString::to_string).collect(),
        }
    };
    service.known_issues.iter().enumerate().map(one).collect()
}

/// Issues that customers may read, in versions that run in production. A service that is hidden from some has none.
pub(crate) fn public_issues(look: &Look<'_>) -> Vec<wire::PublicIssue> {
    let services = look.in_force.spec.services.iter();
    let shown = services.filter(|(_, service)| service.visible_to.is_none());
    let all = shown.flat_map(|(name, service)| issues(look, name, service));
    let public = all.filter(|issue| issue.public && issue.live);
    public
        .map(|issue| wire::PublicIssue {
            service: issue.service,
            id: issue.id,
            text: issue.text,
            workaround: issue.workaround,
            fixed_in: issue.fixed_in,
        })
        .collect()
}

/// Known issues of a service that are in a version.
pub(crate) fn issues_in(look: &Look<'_>, name: &ServiceId, version: &str) -> Vec<wire::KnownIssue> {
    let Some(service) = look.in_force.spec.services.get(name) else {
        return Vec::new();
    };
    let all = issues(look, name, service).into_iter();
    let own = service.known_issues.iter();
    all.zip(own)
        .filter(|(_, issue)| issue.is_in(version))
        .map(|(shown, _)| shown)
        .collect()
}
