//! Every value against the key table: shapes, units, references and places, with all problems in one pass.

mod leaf;
mod table;

use crate::credential;
use crate::diagnostic::{Report, codes};
use crate::keys::{KeyRule, Ref, Shape};
use crate::suggest::quote;
use crate::yaml::scalar::{self, Kind as Type};
use crate::yaml::{Entry, Node, Spot, Tree};
use std::collections::BTreeMap;
use tidegate_core::id::Name;
use tidegate_core::spec::Tier;

/// A name that must lead somewhere.
pub struct Reference {
    /// Where to; `None` for a tier, an environment or `default`.
    pub to: Option<Ref>,
    /// Name.
    pub name: String,
    /// Where it stands.
    pub spot: Spot,
}

/// What a walk leaves behind beside its report.
#[derive(Default)]
pub struct Walked {
    /// Places of everything written, by dotted path.
    pub spots: BTreeMap<String, Spot>,
    /// Names that must lead somewhere.
    pub references: Vec<Reference>,
}

/// A walk.
pub struct Walk<'a> {
    /// Problems.
    pub report: &'a mut Report,
    /// What is left behind.
    pub out: &'a mut Walked,
    /// Inside a setting that is not used at all: do not say so again for each of its parts.
    quiet: bool,
}

impl<'a> Walk<'a> {
    /// A walk.
    pub fn new(report: &'a mut Report, out: &'a mut Walked) -> Self {
        Self {
            report,
            out,
            quiet: false,
        }
    }

    /// Check the value of `key`, which stands at `path`.
    pub fn value(&mut self, path: &str, key: &str, node: &Node, shape: &Shape) {
        self.out.spots.insert(path.to_owned(), node.spot.clone());
        if !matches!(shape, Shape::Either(..)) {
            self.credential(if names_its_value(shape) { key } else { "" }, node);
        }
        match shape {
            Shape::Any => self.any(key, node),
            Shape::Either(scalar, other) if matches!(node.tree, Tree::Scalar { .. }) => {
                // The short form stands for one key of the long form.
                match other {
                    Shape::Table(table) if !table.keys.is_empty() => {
                        self.out
                            .spots
                            .insert(format!("{path}.{}", table.keys[0].name), node.spot.clone());
                    }
                    Shape::Map(KeyRule::Where, _) => {
                        self.out
                            .spots
                            .insert(format!("{path}.default"), node.spot.clone());
                    }
                    _ => {}
                }
                self.value(path, key, node, scalar);
            }
            Shape::Either(_, other) => self.value(path, key, node, other),
            Shape::AnyNumber(_) if matches!(&node.tree, Tree::List(items) if items.is_empty()) => {}
            Shape::List(item) | Shape::AnyNumber(item) => self.list(path, key, node, item),
            Shape::OneOrMore(item) if matches!(node.tree, Tree::Scalar { .. }) => {
                self.value(path, key, node, item)
            }
            Shape::OneOrMore(item) => self.list(path, key, node, item),
            Shape::Map(rule, value) => self.map(path, key, node, *rule, value),
            Shape::Table(table) => self.table(path, key, node, table),
            _ => self.scalar(key, node, shape),
        }
    }

    fn credential(&mut self, key: &str, node: &Node) {
        if let Some(text) = node.text()
            && credential::looks_like_one(Some(key), text)
        {
            self.report
                .add(
                    codes::CREDENTIAL,
                    &node.spot,
                    "a credential in the configuration",
                )
                .label(match key {
                    "" => "this looks like a password, token or key".to_owned(),
                    _ => format!("the value of `{key}` looks like a password, token or key"),
                })
                .note("everybody who can read this file can read it; replace it where it is valid")
                .help("put it into a secret store and write `secret:<store>/<path>` here");
        }
    }

    /// Something that is not looked into, but still holds no credential and nothing in disguise.
    fn any(&mut self, key: &str, node: &Node) {
        match &node.tree {
            Tree::Scalar { text, plain } => self.disguise(text, *plain, &node.spot),
            Tree::List(items) => {
                for item in items {
                    self.credential(key, item);
                    self.any(key, item);
                }
            }
            Tree::Map(entries) => {
                for e in entries {
                    self.disguised_key(e);
                    self.credential(&e.key, &e.value);
                    self.any(&e.key, &e.value);
                }
            }
        }
    }

    fn disguise(&mut self, text: &str, plain: bool, spot: &Spot) {
        if plain && let Some(why) = scalar::disguise(text) {
            self.report
                .add(
                    codes::DISGUISED,
                    spot,
                    format!("other YAML readers change `{text}`"),
                )
                .label(why)
                .help(format!("put it in quotes: \"{text}\""));
        }
    }

    fn disguised_key(&mut self, entry: &Entry) {
        if entry.plain && entry.key == "<<" {
            self.report
                .add(
                    codes::DISGUISED,
                    &entry.spot,
                    "other YAML readers merge what stands under `<<`",
                )
                .label("an ordinary key here")
                .help("write the keys out");
        } else {
            self.disguise(&entry.key, entry.plain, &entry.spot);
        }
    }

    fn list(&mut self, path: &str, key: &str, node: &Node, item: &Shape) {
        match &node.tree {
            Tree::List(items) => {
                if items.is_empty() {
                    self.report
                        .add(
                            codes::WRONG_TYPE,
                            &node.spot,
                            format!("`{key}` is an empty list"),
                        )
                        .label("nothing in it")
                        .help(format!("add an item, or remove `{key}`"));
                }
                for (n, each) in items.iter().enumerate() {
                    self.value(&format!("{path}[{n}]"), key, each, item);
                }
            }
            _ => self.wrong_type(key, "a list", node),
        }
    }

    fn map(&mut self, path: &str, key: &str, node: &Node, rule: KeyRule, value: &Shape) {
        let Tree::Map(entries) = &node.tree else {
            if !is_null(node) {
                self.wrong_type(key, "a map", node);
            }
            return;
        };
        for e in entries {
            self.disguised_key(e);
            self.key(e, rule);
            let at = format!("{path}.{}", e.key);
            self.value(&at, &e.key, &e.value, value);
            self.block(at, e, value);
        }
    }

    /// What holds several values is remembered by its key, not by where its values begin.
    fn block(&mut self, path: String, e: &Entry, shape: &Shape) {
        if matches!(
            shape,
            Shape::Table(_) | Shape::Map(..) | Shape::List(_) | Shape::AnyNumber(_)
        ) {
            self.out.spots.insert(path, e.spot.clone());
        }
    }

    fn key(&mut self, e: &Entry, rule: KeyRule) {
        match rule {
            KeyRule::Name => {
                if let Err(bad) = Name::new(e.key.clone()) {
                    self.report
                        .add(
                            codes::BAD_NAME,
                            &e.spot,
                            format!("{} is not a name", quote(&e.key)),
                        )
                        .label("a name stands here")
                        .help(bad.rule);
                }
            }
            KeyRule::Ref(to) => self.reference(Some(to), &e.key, &e.spot),
            KeyRule::Where => {
                let tiers = [Tier::Dev, Tier::Test, Tier::Production].map(Tier::as_str);
                if e.key != "default" && !tiers.contains(&e.key.as_str()) {
                    self.reference(None, &e.key, &e.spot);
                }
            }
            KeyRule::Variable => self.variable(e),
            KeyRule::Text => {}
        }
    }

    fn variable(&mut self, e: &Entry) {
        let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let digit_first = e.key.starts_with(|c: char| c.is_ascii_digit());
        if e.key.is_empty() || digit_first || !e.key.chars().all(word) {
            self.report
                .add(
                    codes::BAD_VARIABLE,
                    &e.spot,
                    format!("{} is not the name of a variable", quote(&e.key)),
                )
                .label("the name of an environment variable stands here")
                .help("use letters, digits and `_`, not beginning with a digit");
        } else if e.key == "PORT" {
            self.report
                .add(codes::BAD_VARIABLE, &e.spot, "`PORT` is set by Tidegate")
                .label("each instance gets a port of its own in `PORT`")
                .help("remove it; the public port is `run.port`");
        }
    }

    fn reference(&mut self, to: Option<Ref>, name: &str, spot: &Spot) {
        self.out.references.push(Reference {
            to,
            name: name.to_owned(),
            spot: spot.clone(),
        });
    }

    fn wrong_type(&mut self, key: &str, takes: &str, node: &Node) {
        let found = match &node.tree {
            Tree::Scalar { text, plain } => scalar::kind(text, *plain).words(),
            Tree::List(_) => "a list",
            Tree::Map(_) => "a map",
        };
        let diagnostic = self.report.add(
            codes::WRONG_TYPE,
            &node.spot,
            format!("`{key}` takes {takes}"),
        );
        diagnostic.label(format!("found {found}"));
        if is_null(node) {
            diagnostic.help(format!("give it a value, or remove `{key}`"));
        }
    }
}

/// Whether the key says what the value is. Versions and names are listed by the names of other things, and a service may
/// well be called `token`.
fn names_its_value(shape: &Shape) -> bool {
    match shape {
        Shape::Leaf(leaf) => leaf.code.id != codes::BAD_VERSION.id,
        Shape::Ref(_) => false,
        _ => true,
    }
}

/// Written with nothing after the colon.
fn is_null(node: &Node) -> bool {
    matches!(&node.tree, Tree::Scalar { text, plain } if scalar::kind(text, *plain) == Type::Null)
}
