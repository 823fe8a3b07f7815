//! Maps with known keys.

use super::{Walk, is_null};
use crate::diagnostic::codes;
use crate::keys::{Body, KINDS, Support, Table};
use crate::suggest::{list, nearest};
use crate::yaml::{Entry, Node, Spot, Tree};

impl Walk<'_> {
    /// The top of a document; missing keys are told at the kind's key.
    pub fn document(&mut self, path: &str, kind: &Spot, node: &Node, table: &'static Table) {
        self.out.spots.insert(path.to_owned(), kind.clone());
        self.entries(path, node.entries(), table);
        self.missing(kind, node, table);
    }

    /// A map with known keys that is the value of `key`.
    pub(super) fn table(&mut self, path: &str, key: &str, node: &Node, table: &'static Table) {
        match &node.tree {
            Tree::Map(entries) => {
                self.entries(path, entries, table);
                self.missing(&node.spot, node, table);
            }
            _ if is_null(node) && table.keys.iter().all(|k| !k.required) => {}
            _ => {
                let hint = table
                    .keys
                    .first()
                    .map(|k| format!("for example `{key}: {{ {} }}`", first_line(k.example)));
                self.report
                    .add(
                        codes::WRONG_TYPE,
                        &node.spot,
                        format!("`{key}` takes a map"),
                    )
                    .label("not a map")
                    .maybe_help(hint);
            }
        }
    }

    fn entries(&mut self, path: &str, entries: &[Entry], table: &'static Table) {
        for e in entries {
            let Some(key) = table.key(&e.key) else {
                self.unknown(e, table);
                continue;
            };
            let at = join(path, &e.key);
            self.limited(
                key.support,
                &format!("`{}`", key.name),
                &e.spot,
                plain_doc(key.doc, key.support),
            );
            let quiet = self.quiet;
            self.quiet = quiet || key.support == Support::Informs;
            self.value(&at, &e.key, &e.value, key.shape);
            self.quiet = quiet;
            self.block(at, e, key.shape);
        }
    }

    fn missing(&mut self, spot: &Spot, node: &Node, table: &'static Table) {
        for key in table
            .keys
            .iter()
            .filter(|k| k.required && node.get(k.name).is_none())
        {
            self.report
                .add(
                    codes::MISSING_KEY,
                    spot,
                    format!("{} needs `{}`", table.what, key.name),
                )
                .label(format!("`{}` is missing", key.name))
                .help(format!("add for example `{}`", first_line(key.example)));
        }
    }

    fn unknown(&mut self, e: &Entry, table: &'static Table) {
        self.disguised_key(e);
        self.credential(&e.key, &e.value);
        let known = table.keys.iter().map(|k| k.name);
        let help = match nearest(&e.key, known.clone()) {
            Some(near) => Some(format!("did you mean `{near}`?")),
            None => elsewhere(&e.key).or_else(|| list(known)),
        };
        self.report
            .add(
                codes::UNKNOWN_KEY,
                &e.spot,
                format!("unknown key `{}` in {}", shorten(&e.key), table.what),
            )
            .label(format!("not a key of `{}`", table.of))
            .maybe_help(help);
    }
}

fn shorten(key: &str) -> String {
    key.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(60)
        .collect()
}

/// The kind whose document takes this key.
fn elsewhere(key: &str) -> Option<String> {
    if KINDS.iter().any(|k| k.name == key) {
        return Some(format!(
            "`{key}` is a document of its own; put it after `---`"
        ));
    }
    let of = |body: &Body| matches!(body, Body::Table(table) if table.key(key).is_some());
    let kinds: Vec<String> = KINDS
        .iter()
        .filter(|k| of(&k.body))
        .map(|k| format!("`{}`", k.name))
        .collect();
    (!kinds.is_empty()).then(|| format!("`{key}` is a key of {}", kinds.join(" and ")))
}

fn plain_doc(doc: &'static str, support: Support) -> &'static str {
    if support == Support::Restricts {
        doc.split(" **").next().unwrap_or(doc)
    } else {
        ""
    }
}

fn first_line(example: &str) -> &str {
    example.lines().next().unwrap_or(example)
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}
