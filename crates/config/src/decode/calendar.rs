//! `window`, `freeze`, `holidays`.

use super::holidays::imported;
use super::read::{count, text, texts, tier};
use crate::files::Files;
use crate::yaml::{Node, Spot};
use jiff::civil::Date;
use tidegate_core::calendar::phrase::Phrase;
use tidegate_core::spec::{
    ChangeClass, Freeze, FreezePolicy, Going, InFlight, Operation, Scope, Window,
};

/// Months by number, from 0.
pub const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A window; `None` without any phrase.
pub fn window(node: &Node) -> Option<Window> {
    Some(Window {
        allow: Some(texts(node.get("allow"))).filter(|all| !all.is_empty())?,
        deny: texts(node.get("deny")),
        zone: text(node, "zone"),
        at_most: count(node, "at-most"),
    })
}

/// A freeze; `None` without a beginning.
pub fn freeze(node: &Node) -> Option<Freeze> {
    Some(Freeze {
        why: text(node, "why").unwrap_or_default(),
        around: text(node, "around"),
        from: text(node, "from")?,
        until: text(node, "until"),
        zone: text(node, "zone"),
        scope: scope(node),
        policy: policy(node),
    })
}

/// Selectors of services, environments and operations.
pub fn scope(node: &Node) -> Scope {
    Scope {
        services: all(node, "services", |s| s.parse().ok()),
        teams: all(node, "teams", |t| t.parse().ok()),
        units: all(node, "units", |t| t.parse().ok()),
        service_tiers: all(node, "service-tiers", |n| {
            n.parse().ok().filter(|n| (1..=4).contains(n))
        }),
        environments: all(node, "environments", |e| e.parse().ok()),
        tiers: all(node, "tiers", tier),
        operations: all(node, "operations", Operation::named),
    }
}

fn policy(node: &Node) -> FreezePolicy {
    let word = |key: &str| node.get(key).and_then(Node::text);
    let usual = FreezePolicy::default();
    FreezePolicy {
        in_flight: word("in-flight")
            .and_then(InFlight::named)
            .unwrap_or(usual.in_flight),
        rollbacks: word("rollbacks")
            .and_then(Going::named)
            .unwrap_or(usual.rollbacks),
        first_installs: word("first-installs")
            .and_then(Going::named)
            .unwrap_or(usual.first_installs),
        let_through: all(node, "let-through", ChangeClass::named),
        exception_by: all(node, "exception-by", |t| t.parse().ok()),
    }
}

/// What can be read of a list.
pub fn all<T>(node: &Node, key: &str, read: impl Fn(&str) -> Option<T>) -> Vec<T> {
    texts(node.get(key))
        .iter()
        .filter_map(|text| read(text))
        .collect()
}

/// Days of a list with their places, imported ones included; those that cannot be read are left out.
pub fn holidays(node: &Node, files: &Files) -> impl Iterator<Item = (Date, Spot)> {
    let days = node.get("days").map_or(&[][..], Node::items);
    let written = days.iter().filter_map(|item| {
        let Ok(Phrase::Instant(day, None)) = Phrase::read(item.text()?) else {
            return None;
        };
        Some((day, item.spot.clone()))
    });
    let imported = imported(node, files).into_iter();
    written.chain(imported.filter_map(|(_, found)| found.ok()).flatten())
}
