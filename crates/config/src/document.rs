//! From a tree to a document: which kind it is and what its name is.

use crate::diagnostic::{Report, codes};
use crate::keys::{Body, KINDS, Kind, SINGLETONS, Support, UNENFORCED, kind};
use crate::suggest::{nearest, quote};
use crate::yaml::{Entry, Node, Spot, Tree};

/// A document of a known kind.
pub struct Document {
    /// Kind.
    pub kind: &'static Kind,
    /// Name; empty for singletons.
    pub name: String,
    /// Place of the kind's key.
    pub spot: Spot,
    /// The map, without a version stamp.
    pub node: Node,
}

/// What the trees of all files amount to.
#[derive(Default)]
pub struct Documents {
    /// Documents in the order of files.
    pub list: Vec<Document>,
    /// First place of `tidegate: ...`.
    pub stamp: Option<Spot>,
    /// How many documents were there, broken and unknown ones included.
    pub count: usize,
}

impl Documents {
    /// Take a tree in. `unordered` files (JSON) say nothing by the order of their keys and may hold a list of documents.
    pub fn take(&mut self, node: Node, unordered: bool, report: &mut Report) {
        match node.tree {
            Tree::List(items) if unordered => items
                .into_iter()
                .for_each(|item| self.take(item, unordered, report)),
            Tree::Map(entries) => {
                self.count += 1;
                self.map(node.spot, entries, unordered, report);
            }
            // A document of comments only.
            Tree::Scalar { text, plain: true } if text.is_empty() || text == "~" => {}
            _ => {
                self.count += 1;
                report
                    .add(codes::NO_MAP, &node.spot, "a document is a map")
                    .label("not a map")
                    .help("begin with a kind and a name, for example `service: web`");
            }
        }
    }

    fn map(&mut self, spot: Spot, mut entries: Vec<Entry>, unordered: bool, report: &mut Report) {
        let others = entries
            .iter()
            .any(|e| e.key != "tidegate" && kind(&e.key).is_some());
        if let Some(at) = entries.iter().position(|e| e.key == "tidegate") {
            if at > 0 && others && !unordered {
                report
                    .add(codes::KIND_ORDER, &entries[at].spot, "`tidegate` does not stand first")
                    .label("a version stamp is the first line, a `tidegate` document is one of its own")
                    .help("move it up, or put it into a document of its own after `---`");
                self.stamp.get_or_insert_with(|| entries[at].spot.clone());
                return;
            }
            self.stamp.get_or_insert_with(|| entries[at].spot.clone());
            if others {
                stamp(&entries.remove(at).value, report);
            }
        }
        let listed = KINDS
            .iter()
            .find(|k| entries.iter().any(|e| e.key == k.name));
        let Some(first) = entries.first() else { return };
        let Some(listed) = listed else {
            unknown_kind(first, report);
            return;
        };
        if !unordered && first.key != listed.name {
            let of_kind = entries
                .iter()
                .find(|e| e.key == listed.name)
                .map_or(&first.spot, |e| &e.spot);
            order(first, of_kind, listed, report);
            return;
        }
        let Some(own) = entries.iter().find(|e| e.key == listed.name) else {
            return;
        };
        let singleton = SINGLETONS.contains(&listed.name);
        let name = if singleton {
            String::new()
        } else {
            own.value.text().unwrap_or_default().to_owned()
        };
        let key = own.spot.clone();
        self.list.push(Document {
            kind: listed,
            name,
            spot: key,
            node: Node {
                spot,
                tree: Tree::Map(entries),
            },
        });
    }
}

fn stamp(value: &Node, report: &mut Report) {
    if value.text() != Some("1") {
        report
            .add(
                codes::FORMAT,
                &value.spot,
                format!(
                    "format {} is not read by this version",
                    quote(value.text().unwrap_or_default())
                ),
            )
            .label("this version reads format `1`")
            .help("write `tidegate: 1`");
    }
}

fn unknown_kind(first: &Entry, report: &mut Report) {
    let known = KINDS.iter().map(|k| k.name);
    let help = match nearest(&first.key, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => {
            let full = KINDS
                .iter()
                .filter(|k| !matches!(k.body, Body::Without(_)) && !UNENFORCED.contains(&k.name));
            let names: Vec<String> = full.map(|k| format!("`{}`", k.name)).collect();
            format!(
                "begin with one of {}; keep files of other tools outside the folder of the configuration",
                names.join(", ")
            )
        }
    };
    report
        .add(
            codes::NO_KIND,
            &first.spot,
            "a document that is of no known kind",
        )
        .label(format!("`{}` is not a kind", first.key))
        .help(help);
}

fn order(first: &Entry, of_kind: &Spot, listed: &Kind, report: &mut Report) {
    let message = if kind(&first.key).is_some() {
        format!("is this a `{}` or a `{}`?", first.key, listed.name)
    } else {
        format!("`{}` stands above the kind of the document", first.key)
    };
    report
        .add(codes::KIND_ORDER, &first.spot, message)
        .label("the first key is the kind")
        .also(
            of_kind,
            format!("readers without key order take `{}`", listed.name),
        )
        .help(format!(
            "move `{}` to the top, or put two things into two documents, separated by `---`",
            listed.name
        ));
}

/// Report documents that this version does not support; true when there is nothing more to look at.
pub fn unsupported(document: &Document, report: &mut Report) -> bool {
    let (support, skipped) = match document.kind.body {
        Body::Without(support) => (support, true),
        _ if UNENFORCED.contains(&document.kind.name) => (Support::Restricts, false),
        _ => return false,
    };
    let kind = document.kind.name;
    match support {
        Support::Restricts => {
            report
                .add(codes::NOT_ENFORCED, &document.spot, format!("`{kind}` is not enforced by this version"))
                .label(document.kind.doc.to_owned())
                .note("running without a control that is written down would be worse than not running")
                .help("remove the document to run knowingly without it, or use a version that enforces it");
        }
        Support::Informs | Support::Full => {
            report
                .add(
                    codes::NOT_USED,
                    &document.spot,
                    format!("`{kind}` is not used by this version"),
                )
                .label(document.kind.doc.to_owned())
                .note("it restricts nothing, so everything else holds without it");
        }
    }
    skipped
}
