//! `tidegate`, `teams`, `environments`, `pipeline`.

use super::calendar::MONTHS;
use super::read::{count, duration, map, named, strategy_rule, switch, text, texts, tier, values};
use super::traffic::Traffic;
use crate::builtin;
use crate::yaml::Node;
use std::collections::{BTreeMap, BTreeSet};
use tidegate_core::id::{EnvId, Name, TeamId};
use tidegate_core::spec::{
    Arrival, Environment, Pipeline, PublicFeed, Spec, Team, Unit, Unscheduled,
};
use tidegate_core::stream::person::Standing;
use tidegate_core::time::Millis;

/// Company-wide settings into the spec.
pub fn company(node: &Node, spec: &mut Spec) {
    spec.company = text(node, "company").unwrap_or_default();
    spec.zone = text(node, "zone").unwrap_or_else(|| builtin::ZONE.to_owned());
    spec.prometheus = node
        .get("connect")
        .and_then(|c| c.get("prometheus"))
        .and_then(|p| text(p, "url"));
    let auditors = texts(node.get("auditors"));
    spec.auditors = auditors.iter().filter_map(|t| t.parse().ok()).collect();
    let feeds = texts(node.get("public-feeds"));
    let known = PublicFeed::ALL.into_iter();
    spec.public_feeds = known
        .filter(|f| feeds.iter().any(|t| t == f.as_str()))
        .collect();
    spec.sign_in = super::identity::sign_in(node);
    spec.trust = super::identity::trust(node);
    spec.checkpoints = super::archive::checkpoints(node);
    let month = node.get("fiscal-year-starts").and_then(Node::text);
    let place = MONTHS.iter().position(|m| Some(*m) == month);
    // The calendar year is the default, so writing it out is no change.
    spec.fiscal_year_starts = place
        .filter(|n| *n > 0)
        .and_then(|n| u8::try_from(n + 1).ok())
        .unwrap_or(0);
}

/// Teams.
pub fn teams(node: &Node) -> BTreeMap<TeamId, Team> {
    map(node.get("teams"), |t| {
        Some(Team {
            group: text(t, "group"),
            chat: text(t, "chat"),
            on_call: text(t, "on-call"),
            members: texts(t.get("members")),
            cover: texts(t.get("cover")),
            zone: text(t, "zone"),
        })
    })
}

/// Business units.
pub fn units(node: &Node) -> BTreeMap<Name, Unit> {
    fn names<T: std::str::FromStr + Ord>(node: &Node, key: &str) -> BTreeSet<T> {
        let all = texts(node.get(key));
        all.iter().filter_map(|name| name.parse().ok()).collect()
    }
    map(node.get("units"), |u| {
        let roles = u.get("roles").map_or(&[][..], Node::entries);
        let role = |e: &crate::yaml::Entry| {
            let standing = e.value.text().and_then(Standing::named)?;
            Some((e.key.parse().ok()?, standing))
        };
        Some(Unit {
            parent: named(u, "parent"),
            teams: names(u, "teams"),
            services: names(u, "services"),
            environments: names(u, "environments"),
            roles: roles.iter().filter_map(role).collect(),
        })
    })
}

/// Environments; those without a readable tier are left out.
pub fn environments(node: &Node, zone: &str) -> BTreeMap<EnvId, Environment> {
    map(node.get("environments"), |e| environment(e, zone))
}

fn environment(e: &Node, zone: &str) -> Option<Environment> {
    let tier = tier(e.get("tier")?.text()?)?;
    let deploy = match e.get("deploy").and_then(Node::text) {
        Some("on-arrival") => Arrival::OnArrival,
        Some("when-green") => Arrival::WhenGreen,
        _ => Arrival::Manual,
    };
    let mut quiet = texts(e.get("quiet"));
    quiet.extend(Traffic::read(e).iter().flat_map(Traffic::quiet));
    Some(Environment {
        tier,
        after: texts(e.get("after"))
            .iter()
            .filter_map(|a| a.parse().ok())
            .collect(),
        deploy,
        soak: duration(e, "soak").unwrap_or(Millis::ZERO),
        zone: text(e, "zone").unwrap_or_else(|| zone.to_owned()),
        window: named(e, "window"),
        quiet,
        never_with: texts(e.get("never-with"))
            .iter()
            .filter_map(|other| other.parse().ok())
            .collect(),
        region: text(e, "region"),
        one_at_a_time: switch(e, "one-at-a-time"),
        at_most: count(e, "at-most"),
        unscheduled: match e.get("unscheduled").and_then(Node::text) {
            Some("refuse") => Unscheduled::Refuse,
            _ => Unscheduled::Queue,
        },
        values: values(e),
        port_offset: count(e, "port-offset").unwrap_or(0),
    })
}

/// A pipeline; without a path it visits all environments.
pub fn pipeline(node: &Node, environments: &BTreeMap<EnvId, Environment>) -> Pipeline {
    let path = match node.get("path") {
        Some(path) => texts(Some(path))
            .iter()
            .filter_map(|e| e.parse().ok())
            .collect(),
        None => builtin::path(environments),
    };
    let mut strategy = strategy_rule(node, |env| environments.keys().any(|e| e.as_str() == env));
    if strategy == Default::default() {
        strategy = builtin::strategy_rule();
    } else if strategy.default.is_none() {
        strategy.default = builtin::strategy_rule().default;
    }
    Pipeline {
        path,
        strategy,
        watch: duration(node, "watch").unwrap_or(builtin::WATCH),
    }
}
