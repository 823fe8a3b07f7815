//! `service`.

use super::read::{
    command, count, duration, map, named, strategy_rule, switch, text, texts, values,
};
use crate::builtin;
use crate::keys;
use crate::yaml::Node;
use tidegate_core::id::TeamId;
use tidegate_core::spec::{
    Audience, DataClass, Health, KnownIssue, Need, Otherwise, Override, Rollback,
    RollbackAuthority, Run, Service,
};
use tidegate_core::time::Millis;

/// A service; `None` without a readable owner.
pub fn service(node: &Node, is_environment: impl Fn(&str) -> bool) -> Option<Service> {
    let rollback = node.get("rollback");
    let within = rollback.and_then(|r| duration(r, "within"));
    let owner: TeamId = named(node, "owner")?;
    let decides = rollback.and_then(|r| r.get("decides"));
    Some(Service {
        owner: owner.clone(),
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
        rollback: Rollback {
            within: within.unwrap_or_else(|| builtin::rollback().within),
            decides: decides.map(|at| authority(at, owner)),
        },
        known_issues: node
            .get("known-issues")
            .map_or(&[][..], Node::items)
            .iter()
            .filter_map(known_issue)
            .collect(),
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
        tags: texts(node.get("tags"))
            .iter()
            .filter_map(|tag| tag.parse().ok())
            .collect(),
        visible_to: node.get("visible-to").map(|teams| {
            let teams = texts(Some(teams));
            teams.iter().filter_map(|team| team.parse().ok()).collect()
        }),
    })
}

/// A text alone, or a map; `None` without a text.
fn known_issue(node: &Node) -> Option<KnownIssue> {
    if let Some(text) = node.text() {
        return Some(KnownIssue::of_text(text.to_owned()));
    }
    let version = |key| semver::Version::parse(&text(node, key)?).ok();
    Some(KnownIssue {
        id: named(node, "id"),
        text: text(node, "text")?,
        workaround: text(node, "workaround"),
        since: version("since"),
        fixed_in: version("fixed-in"),
        public: switch(node, "public"),
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

/// How long each has for an answer when nothing is said.
const ANSWER: Millis = Millis::minutes(10);

/// Who decides about the way back.
fn authority(node: &Node, owner: TeamId) -> RollbackAuthority {
    let stays = text(node, "otherwise").as_deref() == Some("stay");
    RollbackAuthority {
        owner: named(node, "owner").unwrap_or(owner),
        deputy: named(node, "deputy"),
        escalate: texts(node.get("escalate"))
            .iter()
            .filter_map(|name| name.parse().ok())
            .collect(),
        executive: named(node, "executive"),
        answer_within: duration(node, "answer-within").unwrap_or(ANSWER),
        otherwise: if stays {
            Otherwise::Stay
        } else {
            Otherwise::RollBack
        },
        criteria: texts(node.get("criteria")),
        confirm: switch(node, "confirm"),
    }
}
