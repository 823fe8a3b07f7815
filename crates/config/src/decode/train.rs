//! `train`.

use super::read::{count, duration, map, named, text, texts, valid};
use crate::keys;
use crate::yaml::Node;
use tidegate_core::calendar::phrase::Phrase;
use tidegate_core::spec::{Cadence, Hotfixes, Missed, Train, Trigger};
use tidegate_core::time::Millis;

/// How long a train waits, and how long a rhythm is proposed, when nothing is said.
const DAY: Millis = Millis::minutes(24 * 60);

/// A train; `None` without a phrase or services.
pub fn train(node: &Node) -> Option<Train> {
    let carries = all(node, "carries");
    let first = match Phrase::read(&text(node, "first").unwrap_or_default()) {
        Ok(Phrase::Instant(day, None)) => Some(day),
        _ => None,
    };
    Some(Train {
        carries: Some(carries).filter(|all| !all.is_empty())?,
        departs: text(node, "departs")?,
        zone: text(node, "zone"),
        first,
        scope_closes: text(node, "scope-closes"),
        code_closes: text(node, "code-closes"),
        go_no_go: text(node, "go-no-go"),
        decided_by: named(node, "decided-by"),
        missed: match text(node, "missed").as_deref() {
            Some("ask") => Missed::Ask,
            _ => Missed::NextTrain,
        },
        capacity: count(node, "capacity"),
        to: all(node, "to"),
        patience: duration(node, "patience").unwrap_or(DAY),
        trigger: match text(node, "trigger").as_deref() {
            Some("features") => Trigger::Features,
            _ => Trigger::Date,
        },
        features: map(node.get("features"), |releases| {
            let releases = texts(Some(releases));
            Some(releases.iter().filter_map(|r| r.parse().ok()).collect())
        }),
        cadence: node.get("cadence").and_then(cadence),
        hands: map(node.get("hands"), |number| number.text()?.parse().ok()),
        hotfixes: node.get("hotfixes").map(|rule| Hotfixes {
            until: duration(rule, "until").unwrap_or(Millis::ZERO),
            tags: all(rule, "tags").into_iter().collect(),
        }),
    })
}

fn cadence(node: &Node) -> Option<Cadence> {
    let quota = |key: &str| keys::quota(&text(node, key)?).ok();
    Some(Cadence {
        slow_after: quota("slow-after")?,
        recover_after: quota("recover-after")?,
        steps: Some(texts(node.get("steps"))).filter(|all| !all.is_empty())?,
        notice: duration(node, "notice").unwrap_or(DAY),
    })
}

fn all<T: std::str::FromStr>(node: &Node, key: &str) -> Vec<T> {
    let names = texts(node.get(key));
    names.iter().filter_map(|n| valid(Some(n))).collect()
}
