//! Templates of documents.

use super::read::{text, texts};
use crate::yaml::Node;
use tidegate_core::spec::{Document, Template};

/// A template; none without a part or a text, which the walk tells.
pub fn template(node: &Node) -> Option<Template> {
    let services = texts(node.get("services"));
    Some(Template {
        document: Document::named(&text(node, "document")?)?,
        services: services
            .iter()
            .filter_map(|name| name.parse().ok())
            .collect(),
        text: text(node, "text")?,
    })
}
