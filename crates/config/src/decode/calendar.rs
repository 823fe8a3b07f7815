//! `window`, `freeze`, `holidays`.

use super::holidays::imported;
use super::read::{text, texts};
use crate::files::Files;
use crate::yaml::{Node, Spot};
use jiff::civil::Date;
use tidegate_core::calendar::phrase::Phrase;
use tidegate_core::spec::{Freeze, Window};

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
        zone: text(node, "zone"),
    })
}

/// A freeze; `None` without a beginning.
pub fn freeze(node: &Node) -> Option<Freeze> {
    let names = |key: &str| texts(node.get(key));
    Some(Freeze {
        why: text(node, "why").unwrap_or_default(),
        around: text(node, "around"),
        from: text(node, "from")?,
        until: text(node, "until"),
        zone: text(node, "zone"),
        services: names("services")
            .iter()
            .filter_map(|s| s.parse().ok())
            .collect(),
        environments: names("environments")
            .iter()
            .filter_map(|e| e.parse().ok())
            .collect(),
    })
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
