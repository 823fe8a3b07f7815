//! The order of environments: what a path visits, in which order, and what is never visited.

use super::Whole;
use crate::diagnostic::{Report, codes};
use std::collections::BTreeSet;
use tidegate_core::id::{EnvId, Name};
use tidegate_core::spec::{Arrival, Pipeline};
use tidegate_core::time::Millis;

pub fn check(whole: &Whole<'_>, report: &mut Report) {
    for (name, pipeline) in &whole.spec.pipelines {
        if whole.written(&format!("pipelines.{name}.path")) {
            order(whole, name, pipeline, report);
        }
    }
    unvisited(whole, report);
    arrivals(whole, report);
    off_path(whole, report);
}

fn order(whole: &Whole<'_>, name: &Name, pipeline: &Pipeline, report: &mut Report) {
    for (n, env) in pipeline.path.iter().enumerate() {
        let spot = whole.spot(&format!("pipelines.{name}.path[{n}]"));
        if let Some(first) = pipeline.path[..n].iter().position(|e| e == env) {
            report
                .add(
                    codes::TWICE_ON_PATH,
                    &spot,
                    format!("the path visits `{env}` twice"),
                )
                .label("again here")
                .also(
                    &whole.spot(&format!("pipelines.{name}.path[{first}]")),
                    "first here",
                )
                .help("a release passes an environment once; remove one of the two");
            continue;
        }
        let Some(environment) = whole.spec.environments.get(env) else {
            continue;
        };
        let after_spot = whole.spot(&format!("environments.{env}.after"));
        for before in environment
            .after
            .iter()
            .filter(|b| whole.spec.environments.contains_key(b))
        {
            match pipeline.path.iter().position(|e| e == before) {
                Some(at) if at < n => {}
                Some(_) => {
                    report
                        .add(
                            codes::PATH_ORDER,
                            &spot,
                            format!("the path visits `{env}` before `{before}`"),
                        )
                        .label(format!("`{before}` stands later on this path"))
                        .also(&after_spot, format!("`{env}` comes after `{before}`"))
                        .help(format!("move `{before}` before `{env}`"));
                }
                None => {
                    report
                        .add(
                            codes::PATH_GAP,
                            &spot,
                            format!("the path visits `{env}` but not `{before}`"),
                        )
                        .label("a release on this path could never enter")
                        .also(&after_spot, format!("`{env}` comes after `{before}`"))
                        .help(format!(
                            "add `{before}` to the path, or remove it from `after`"
                        ));
                }
            }
        }
    }
}

fn unvisited(whole: &Whole<'_>, report: &mut Report) {
    let visited: BTreeSet<&EnvId> = whole
        .spec
        .pipelines
        .values()
        .flat_map(|p| &p.path)
        .collect();
    // Environments of a cycle are on no computed path; the cycle is told already.
    let computed = whole
        .spec
        .pipelines
        .keys()
        .any(|n| !whole.written(&format!("pipelines.{n}.path")));
    if computed {
        return;
    }
    for env in whole
        .spec
        .environments
        .keys()
        .filter(|e| !visited.contains(e))
    {
        report
            .add(
                codes::UNREACHABLE,
                &whole.spot(&format!("environments.{env}")),
                format!("no pipeline visits `{env}`"),
            )
            .label("no release can come here")
            .help("add it to the path of a pipeline, or remove it");
    }
}

fn arrivals(whole: &Whole<'_>, report: &mut Report) {
    for (env, e) in &whole.spec.environments {
        if !e.after.is_empty() || whole.written(&format!("environments.{env}.after")) {
            continue;
        }
        if e.deploy == Arrival::WhenGreen {
            report
                .add(
                    codes::NEVER_GREEN,
                    &whole.spot(&format!("environments.{env}.deploy")),
                    format!("`{env}` waits for no environment"),
                )
                .label("`when-green` waits for the environments of `after`, and there are none")
                .help("add `after`, or write `on-arrival` or `manual`");
        }
        if e.soak > Millis::ZERO {
            report
                .add(
                    codes::NEVER_GREEN,
                    &whole.spot(&format!("environments.{env}.soak")),
                    format!("`{env}` soaks nowhere"),
                )
                .label("`soak` counts the time in the environments of `after`, and there are none")
                .help("add `after`, or remove `soak`");
        }
    }
}

fn off_path(whole: &Whole<'_>, report: &mut Report) {
    for (name, service) in &whole.spec.services {
        let Some(pipeline) = whole.spec.pipelines.get(&service.pipeline) else {
            continue;
        };
        // A computed path visits all environments but those of a cycle, which is told already.
        if !whole.written(&format!("pipelines.{}.path", service.pipeline)) {
            continue;
        }
        let off =
            |env: &EnvId| whole.spec.environments.contains_key(env) && !pipeline.path.contains(env);
        let own = service.environments.keys().map(|env| (env, "environments"));
        let rule = service
            .strategy
            .environments
            .keys()
            .map(|env| (env, "strategy"));
        for (env, key) in own.chain(rule).filter(|(env, _)| off(env)) {
            report
                .add(
                    codes::OFF_PATH,
                    &whole.spot(&format!("services.{name}.{key}.{env}")),
                    format!("releases of `{name}` never come to `{env}`"),
                )
                .label(format!(
                    "pipeline `{}` does not visit `{env}`",
                    service.pipeline
                ))
                .help(format!("remove this, or add `{env}` to the path"));
        }
    }
}
