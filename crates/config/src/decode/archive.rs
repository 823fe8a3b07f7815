//! What is kept elsewhere.

use super::read::{duration, switch, text};
use crate::yaml::Node;
use tidegate_core::spec::{Checkpoints, Destination};

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
