//! What is kept elsewhere.

use super::read::{duration, switch, text, texts};
use crate::yaml::Node;
use std::collections::BTreeSet;
use std::str::FromStr;
use tidegate_core::spec::{Checkpoints, Class, Destination, Keep, Retention};

/// Where signed states of the log are handed to. A destination that is none is told by the check.
pub fn checkpoints(node: &Node) -> Option<Checkpoints> {
    let node = node.get("checkpoints")?;
    let to = node.get("to").map_or(&[][..], Node::items);
    Some(Checkpoints {
        every: duration(node, "every").unwrap_or(Checkpoints::EVERY),
        to: to.iter().filter_map(destination).collect(),
    })
}

fn destination(node: &Node) -> Option<Destination> {
    if let Some(path) = text(node, "file") {
        return Some(Destination::File { path });
    }
    if let Some(folder) = text(node, "git") {
        let push = switch(node, "push");
        return Some(Destination::Git { folder, push });
    }
    Some(Destination::Webhook {
        url: text(node, "webhook")?,
        key: text(node, "key"),
    })
}

/// How long bodies beside the log are kept; none without a length.
pub fn retention(node: &Node) -> Option<Retention> {
    fn names<T: FromStr + Ord>(node: &Node, key: &str) -> BTreeSet<T> {
        let all = texts(node.get(key));
        all.iter().filter_map(|name| name.parse().ok()).collect()
    }
    let classes = texts(node.get("of"));
    let named = |word: &String| Class::ALL.into_iter().find(|c| c.as_str() == word);
    Some(Retention {
        keep: Keep::parse(&text(node, "keep")?).ok()?,
        of: classes.iter().filter_map(named).collect(),
        services: names(node, "services"),
        environments: names(node, "environments"),
        tags: names(node, "tags"),
    })
}
