//! `vendor`, `legacy`, `environment-booking`.

use super::read::{duration, named, text, texts};
use crate::yaml::Node;
use tidegate_core::spec::{Booking, Legacy, Vendor};
use tidegate_core::time::Millis;

fn names<T: std::str::FromStr>(node: &Node, key: &str) -> Vec<T> {
    let texts = texts(node.get(key));
    texts.iter().filter_map(|name| name.parse().ok()).collect()
}

/// A vendor; `None` without an owner.
pub fn vendor(node: &Node) -> Option<Vendor> {
    Some(Vendor {
        owner: named(node, "owner")?,
        maintenance: texts(node.get("maintenance")),
        notice: text(node, "notice"),
        zone: text(node, "zone"),
        services: names(node, "services"),
        calendar_fresh_for: duration(node, "calendar-fresh-for"),
    })
}

/// A system that cannot be moved; `None` without runs, owner or review.
pub fn legacy(node: &Node) -> Option<Legacy> {
    Some(Legacy {
        why: text(node, "why").unwrap_or_default(),
        runs: Some(texts(node.get("runs"))).filter(|all| !all.is_empty())?,
        lasting: duration(node, "for"),
        restart_margin: duration(node, "restart-margin").unwrap_or(Millis::ZERO),
        zone: text(node, "zone"),
        services: names(node, "services"),
        environments: names(node, "environments"),
        owner: named(node, "owner")?,
        review_by: text(node, "review-by")?.parse().ok()?,
    })
}

/// A booked environment; `None` without an environment or a team.
pub fn booking(node: &Node) -> Option<Booking> {
    Some(Booking {
        why: text(node, "why").unwrap_or_default(),
        environment: named(node, "environment")?,
        team: named(node, "team")?,
        times: texts(node.get("times")),
        from: text(node, "from"),
        until: text(node, "until"),
        zone: text(node, "zone"),
    })
}
