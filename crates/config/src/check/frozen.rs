//! What a freeze holds and who may lift it for one release: that there is something, and somebody.

use super::Whole;
use crate::diagnostic::{Report, codes};
use crate::document::Document;
use crate::yaml::Node;
use std::collections::BTreeSet;
use tidegate_core::id::Name;
use tidegate_core::spec::{Freeze, Spec, Team};

/// A freeze that could be read.
pub fn check(whole: &Whole<'_>, document: &Document, report: &mut Report) {
    let found = document.name.parse::<Name>().ok();
    let Some(freeze) = found.and_then(|name| whole.spec.freezes.get(&name)) else {
        return;
    };
    authority(whole.spec, freeze, &document.node, report);
    if let Some(because) = holds_nothing(whole.spec, freeze) {
        let places = [
            "operations",
            "services",
            "teams",
            "service-tiers",
            "environments",
            "tiers",
        ];
        let written = places.iter().find_map(|key| document.node.get(key));
        report
            .add(
                codes::HOLDS_NOTHING,
                written.map_or(&document.spot, |node| &node.spot),
                format!("the freeze `{}` holds nothing", document.name),
            )
            .label(because)
            .help("correct what it concerns, or remove it");
    }
}

fn authority(spec: &Spec, freeze: &Freeze, node: &Node, report: &mut Report) {
    let Some(written) = node.get("exception-by") else {
        return;
    };
    let members = |team: &Team| !team.members.is_empty() || team.group.is_some();
    let teams = &freeze.policy.exception_by;
    // A name that leads nowhere is told already.
    let unknown = teams.iter().any(|t| !spec.teams.contains_key(t));
    if unknown || teams.iter().filter_map(|t| spec.teams.get(t)).any(members) {
        return;
    }
    let label = match teams.as_slice() {
        [] => "no team stands here".to_owned(),
        [one] => format!("{one} has no members"),
        _ => "none of them has members".to_owned(),
    };
    let help = match teams.first() {
        Some(first) => format!("list accounts: `{first}: {{ members: [dina, hugo] }}` in `teams`"),
        None => "name a team whose members decide, or remove the key".to_owned(),
    };
    report
        .add(
            codes::NO_AUTHORITY,
            &written.spot,
            "nobody can grant an exception from this freeze",
        )
        .label(label)
        .help(help);
}

/// Why the freeze never holds anything; none when it does, or when that cannot be told yet.
fn holds_nothing(spec: &Spec, freeze: &Freeze) -> Option<String> {
    let operations = &freeze.scope.operations;
    if !operations.is_empty() && operations.iter().all(|o| freeze.policy.lets(*o)) {
        let words: BTreeSet<&str> = operations.iter().map(|o| o.as_str()).collect();
        let words: Vec<&str> = words.into_iter().collect();
        return Some(format!("this freeze lets every {} go", words.join(" and ")));
    }
    let scope = &freeze.scope;
    let known = scope.services.iter().all(|s| spec.services.contains_key(s))
        && scope.teams.iter().all(|t| spec.teams.contains_key(t))
        && scope
            .environments
            .iter()
            .all(|e| spec.environments.contains_key(e));
    // A name that leads nowhere is told already.
    if spec.services.is_empty() || !known {
        return None;
    }
    let held = spec.services.keys().any(|service| {
        let path = spec.path_of(service);
        path.iter().any(|env| freeze.concerns(spec, service, env))
    });
    (!held).then(|| format!("no service goes there: it concerns {}", freeze.scope))
}
