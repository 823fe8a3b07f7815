//! Ports and what commands refer to, as they come out in each environment.

use super::Whole;
use crate::diagnostic::{Report, codes};
use std::collections::{BTreeMap, BTreeSet};
use tidegate_core::id::{EnvId, ServiceId};
use tidegate_core::spec::{Environment, Service};

pub fn check(whole: &Whole<'_>, report: &mut Report) {
    let mut taken: BTreeMap<u32, At<'_>> = BTreeMap::new();
    let mut told: BTreeSet<(&ServiceId, &ServiceId)> = BTreeSet::new();
    for (id, service) in &whole.spec.services {
        health_needs_port(whole, id, service, report);
        for env in whole.spec.path_of(id) {
            let Some(environment) = whole.spec.environments.get(env) else {
                continue;
            };
            values(whole, id, service, env, report);
            let Some(port) = public_port(service, env, environment) else {
                continue;
            };
            if port > 65_535 {
                let offset = environment.port_offset;
                report
                    .add(
                        codes::PORT_TOO_HIGH,
                        &port_spot(whole, (id, env)),
                        format!("`{id}` would listen on port {port} in `{env}`"),
                    )
                    .label(format!("with the port-offset {offset} of `{env}`"))
                    .help("ports end at 65535; take a smaller port or offset");
            } else if let Some(there) = taken.get(&port) {
                if told.insert((id, there.0)) {
                    twice(whole, port, (id, env), *there, report);
                }
            } else {
                taken.insert(port, (id, env));
            }
        }
    }
}

type At<'a> = (&'a ServiceId, &'a EnvId);

fn twice(whole: &Whole<'_>, port: u32, here: At<'_>, there: At<'_>, report: &mut Report) {
    let message = format!(
        "`{}` in `{}` and `{}` in `{}` would both listen on port {port}",
        here.0, here.1, there.0, there.1
    );
    let (own, other) = (port_spot(whole, here), port_spot(whole, there));
    let problem = report.add(codes::SAME_PORT, &own, message);
    if here.0 == there.0 {
        problem
            .label("the same port in both environments")
            .help(format!(
                "give one of them a `port-offset`, for example `{}: {{ port-offset: 100 }}`",
                here.1
            ));
    } else {
        problem
            .label("this port is taken")
            .also(&other, format!("by `{}`", there.0))
            .help("give one of the two another port, or one of the environments another `port-offset`");
    }
}

fn public_port(service: &Service, env: &EnvId, environment: &Environment) -> Option<u32> {
    let own = service
        .environments
        .get(env)
        .and_then(|o| o.port)
        .map(u32::from);
    let run = service.run.as_ref()?;
    own.or_else(|| {
        run.port
            .map(|p| u32::from(p) + u32::from(environment.port_offset))
    })
}

fn port_spot(whole: &Whole<'_>, (id, env): At<'_>) -> crate::yaml::Spot {
    let own = format!("services.{id}.environments.{env}.port");
    whole.spot(&if whole.written(&own) {
        own
    } else {
        format!("services.{id}.run.port")
    })
}

fn health_needs_port(whole: &Whole<'_>, id: &ServiceId, service: &Service, report: &mut Report) {
    let Some(run) = &service.run else { return };
    if service.health.path.is_some() && run.port.is_none() {
        report
            .add(
                codes::NO_PORT,
                &whole.spot(&format!("services.{id}.health")),
                format!("`{id}` has a health path and no port"),
            )
            .label("there is no port to ask")
            .also(
                &whole.spot(&format!("services.{id}.run")),
                "`port` is missing here",
            )
            .help("add `port` to `run`, or remove `health`");
    }
}

/// `${NAME}` in a command without a value, in one environment.
fn values(whole: &Whole<'_>, id: &ServiceId, service: &Service, env: &EnvId, report: &mut Report) {
    let Some(run) = &service.run else { return };
    if run.command.first().is_none_or(String::is_empty) {
        report
            .add(
                codes::BAD_COMMAND,
                &whole.spot(&format!("services.{id}.run.command")),
                format!("`{id}` starts no program"),
            )
            .label("the first word is empty");
    }
    let commands = [
        ("command", Some(&run.command)),
        ("prepare", run.prepare.as_ref()),
    ];
    for (key, words) in commands {
        for name in words.into_iter().flatten().flat_map(|w| placeholders(w)) {
            let own = service
                .environments
                .get(env)
                .is_some_and(|o| o.values.contains_key(name));
            let wider = whole
                .spec
                .environments
                .get(env)
                .is_some_and(|e| e.values.contains_key(name));
            if name != "PORT" && !own && !wider && !service.values.contains_key(name) {
                report
                    .add(
                        codes::NO_VALUE,
                        &whole.spot(&format!("services.{id}.run.{key}")),
                        format!("`{id}` uses `${{{name}}}`, which has no value in `{env}`"),
                    )
                    .label("filled in from `values`")
                    .help(format!(
                        "add `{name}` to the `values` of the service or of `{env}`"
                    ));
            }
        }
    }
}

fn placeholders(word: &str) -> impl Iterator<Item = &str> {
    word.split("${")
        .skip(1)
        .filter_map(|rest| rest.split_once('}'))
        .map(|(name, _)| name)
}
