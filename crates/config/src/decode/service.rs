//! `service`.

use super::read::{
    command, count, duration, map, named, strategy_rule, switch, text, texts, values,
};
use crate::builtin;
use crate::keys;
use crate::yaml::Node;
use tidegate_core::spec::{Audience, DataClass, Health, Need, Override, Rollback, Run, Service};

/// A service; `None` without a readable owner.
pub fn service(node: &Node, is_environment: impl Fn(&str) -> bool) -> Option<Service> {
    let rollback = node.get("rollback").and_then(|r| duration(r, "within"));
    Some(Service {
        owner: named(node, "owner")?,
        tier: count(node, "tier").unwrap_or(builtin::SERVICE_TIER),
        pipeline: named(node, "pipeline").or_else(|| builtin::name(builtin::STANDARD))?,
        strategy: strategy_rule(node, is_environment),
        artifact: text(node, "artifact"),
        provides: map(node.get("provides"), |v| v.text().map(str::to_owned)),
        needs: map(node.get("needs"), |v| {
            semver::VersionReq::parse(v.text()?).ok().map(Need)
        }),
        run: node.get("run").and_then(run),
        health: health(node.get("health")),
        values: values(node),
        environments: map(node.get("environments"), |o| {
            Some(Override {
                values: values(o),
                instances: count(o, "instances"),
                strategy: named(o, "strategy"),
                port: count(o, "port"),
            })
        }),
        rollback: rollback.map_or_else(builtin::rollback, |within| Rollback { within }),
        known_issues: texts(node.get("known-issues")),
        uses: texts(node.get("uses"))
            .iter()
            .filter_map(|name| name.parse().ok())
            .collect(),
        expected: duration(node, "expected"),
        cover_by: texts(node.get("cover-by"))
            .iter()
            .filter_map(|team| team.parse().ok())
            .collect(),
        needs_quiet: switch(node, "needs-quiet"),
        data_class: text(node, "data-class").and_then(|t| DataClass::named(&t)),
        audience: text(node, "audience").and_then(|t| Audience::named(&t)),
    })
}

fn run(node: &Node) -> Option<Run> {
    Some(Run {
        command: command(node, "command")?,
        prepare: command(node, "prepare"),
        port: count(node, "port"),
        instances: count(node, "instances").unwrap_or(1),
        grace: duration(node, "grace").unwrap_or(builtin::GRACE),
    })
}

fn health(node: Option<&Node>) -> Health {
    let default = builtin::health();
    let Some(node) = node else { return default };
    if let Some(line) = node.text() {
        return Health {
            path: keys::health_path(line).ok(),
            ..default
        };
    }
    Health {
        path: text(node, "get"),
        every: duration(node, "every").unwrap_or(default.every),
        timeout: duration(node, "timeout").unwrap_or(default.timeout),
        deadline: duration(node, "deadline").unwrap_or(default.deadline),
    }
}
