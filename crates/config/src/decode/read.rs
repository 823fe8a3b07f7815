//! Single values.

use crate::keys;
use crate::yaml::Node;
use crate::yaml::Tree;
use crate::yaml::scalar::{self, Kind};
use std::collections::BTreeMap;
use tidegate_core::spec::StrategyRule;
use tidegate_core::spec::Tier;
use tidegate_core::time::Millis;

/// Text of a key.
pub fn text(node: &Node, key: &str) -> Option<String> {
    node.get(key).and_then(Node::text).map(str::to_owned)
}

/// A name of any type; `None` when there is none or it is not valid.
pub fn valid<T: std::str::FromStr>(text: Option<&str>) -> Option<T> {
    text.and_then(|t| t.parse().ok())
}

/// A name under a key.
pub fn named<T: std::str::FromStr>(node: &Node, key: &str) -> Option<T> {
    valid(node.get(key).and_then(Node::text))
}

/// A duration.
pub fn duration(node: &Node, key: &str) -> Option<Millis> {
    node.get(key)
        .and_then(Node::text)
        .and_then(|t| Millis::parse(t).ok())
}

/// A count.
pub fn count<T: TryFrom<u64>>(node: &Node, key: &str) -> Option<T> {
    let n: u64 = node.get(key)?.text()?.parse().ok()?;
    T::try_from(n).ok()
}

/// A switch.
pub fn switch(node: &Node, key: &str) -> bool {
    match node.get(key).map(|n| &n.tree) {
        Some(Tree::Scalar { text, plain }) => scalar::kind(text, *plain) == Kind::Bool(true),
        _ => false,
    }
}

/// A tier by its word.
pub fn tier(word: &str) -> Option<Tier> {
    let all = [Tier::Dev, Tier::Test, Tier::Production];
    all.into_iter().find(|tier| tier.as_str() == word)
}

/// A list of texts; one scalar counts as a list of one.
pub fn texts(node: Option<&Node>) -> Vec<String> {
    node.map_or(&[][..], Node::items)
        .iter()
        .filter_map(Node::text)
        .map(str::to_owned)
        .collect()
}

/// A map of names to something.
pub fn map<K: std::str::FromStr + Ord, V>(
    node: Option<&Node>,
    value: impl Fn(&Node) -> Option<V>,
) -> BTreeMap<K, V> {
    let entries = node.map_or(&[][..], Node::entries);
    entries
        .iter()
        .filter_map(|e| Some((e.key.parse().ok()?, value(&e.value)?)))
        .collect()
}

/// Environment variables by their source text.
pub fn values(node: &Node) -> BTreeMap<String, String> {
    map(node.get("values"), |v| v.text().map(str::to_owned))
}

/// A command as text or list.
pub fn command(node: &Node, key: &str) -> Option<Vec<String>> {
    let node = node.get(key)?;
    match &node.tree {
        Tree::Scalar { text, .. } => keys::command(text).ok(),
        _ => Some(texts(Some(node))).filter(|words| !words.is_empty()),
    }
}

/// One strategy, or one for each place. `environments` tells an environment that is named like a tier.
pub fn strategy_rule(node: &Node, is_environment: impl Fn(&str) -> bool) -> StrategyRule {
    let mut rule = StrategyRule::default();
    let Some(written) = node.get("strategy") else {
        return rule;
    };
    if let Some(one) = written.text() {
        rule.default = valid(Some(one));
        return rule;
    }
    let tiers = [Tier::Dev, Tier::Test, Tier::Production].map(Tier::as_str);
    for e in written.entries() {
        let Some(name) = valid::<tidegate_core::id::Name>(e.value.text()) else {
            continue;
        };
        if e.key == "default" {
            rule.default = Some(name);
            continue;
        }
        if tiers.contains(&e.key.as_str()) {
            rule.tiers.insert(e.key.clone(), name.clone());
        }
        if is_environment(&e.key)
            && let Ok(env) = e.key.parse()
        {
            rule.environments.insert(env, name);
        }
    }
    rule
}
