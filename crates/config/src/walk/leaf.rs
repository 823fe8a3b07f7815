//! Scalars.

use super::{Walk, is_null};
use crate::credential;
use crate::diagnostic::codes;
use crate::keys::{Accepts, Leaf, Shape, Support, Word};
use crate::suggest::{nearest, or_list, quote};
use crate::yaml::scalar::{self, Kind as Type};
use crate::yaml::{Node, Tree};

impl Walk<'_> {
    /// A scalar of any shape.
    pub(super) fn scalar(&mut self, key: &str, node: &Node, shape: &Shape) {
        let Tree::Scalar { text, plain } = &node.tree else {
            self.wrong_type(key, takes(shape), node);
            return;
        };
        let kind = scalar::kind(text, *plain);
        if is_null(node) {
            self.wrong_type(key, takes(shape), node);
            return;
        }
        match shape {
            Shape::Bool => self.switch(key, node, text, kind),
            Shape::Count { min, max } => self.count(key, node, text, kind, (*min, *max)),
            Shape::Word(words) => self.word(key, node, text, words),
            Shape::Ref(_) if kind != Type::Text => {
                self.disguise(text, *plain, &node.spot);
                self.report
                    .add(
                        codes::WRONG_TYPE,
                        &node.spot,
                        format!("`{key}` takes a name"),
                    )
                    .label(format!("found {}", kind.words()))
                    .help(format!(
                        "if it is meant as a name, put it in quotes: `{key}: \"{text}\"`"
                    ));
            }
            Shape::Ref(to) => {
                self.disguise(text, *plain, &node.spot);
                self.reference(Some(*to), text, &node.spot);
            }
            Shape::Leaf(leaf) => {
                self.disguise(text, *plain, &node.spot);
                self.leaf(key, node, text, kind, leaf);
            }
            _ => {}
        }
    }

    fn switch(&mut self, key: &str, node: &Node, text: &str, kind: Type) {
        if matches!(kind, Type::Bool(_)) {
            return;
        }
        let lower = text.to_lowercase();
        let meant = match lower.as_str() {
            "yes" | "on" | "y" | "true" => "write `true`",
            "no" | "off" | "n" | "false" => "write `false`",
            _ => "write `true` or `false`",
        };
        self.report
            .add(
                codes::WRONG_TYPE,
                &node.spot,
                format!("`{key}` takes `true` or `false`"),
            )
            .label(format!("found {}", kind.words()))
            .help(meant);
    }

    fn count(&mut self, key: &str, node: &Node, text: &str, kind: Type, (min, max): (u64, u64)) {
        let takes = format!("a whole number from {min} to {max}");
        if kind == Type::Text {
            let quoted = matches!(&node.tree, Tree::Scalar { plain: false, .. });
            let unquote = quoted && text.parse::<u64>().is_ok();
            let percent = text
                .ends_with('%')
                .then(|| "write a count, not a share".to_owned());
            let help = unquote
                .then(|| format!("remove the quotes: `{key}: {text}`"))
                .or(percent);
            self.report
                .add(
                    codes::WRONG_TYPE,
                    &node.spot,
                    format!("`{key}` takes {takes}"),
                )
                .label("found text")
                .maybe_help(help);
            return;
        }
        self.octal(text, &node.spot);
        match text.strip_prefix('+').unwrap_or(text).parse::<u64>() {
            Ok(n) if (min..=max).contains(&n) => {}
            _ if kind == Type::Number => {
                self.report
                    .add(
                        codes::OUT_OF_RANGE,
                        &node.spot,
                        format!("`{key}` is out of range"),
                    )
                    .label(format!("takes {takes}"));
            }
            _ => self.wrong_type(key, &takes, node),
        }
    }

    /// A count with a leading zero.
    fn octal(&mut self, text: &str, spot: &crate::yaml::Spot) {
        if let Some(why) = scalar::disguise(text) {
            let plain = text.trim_start_matches('0');
            let plain = if plain.is_empty() { "0" } else { plain };
            self.report
                .add(
                    codes::DISGUISED,
                    spot,
                    format!("other YAML readers change `{text}`"),
                )
                .label(why)
                .help(format!("write `{plain}`"));
        }
    }

    fn word(&mut self, key: &str, node: &Node, text: &str, words: &'static [Word]) {
        let Some(word) = words.iter().find(|w| w.text == text) else {
            let known = words.iter().map(|w| w.text);
            self.report
                .add(
                    codes::UNKNOWN_WORD,
                    &node.spot,
                    format!("unknown word {} for `{key}`", quote(text)),
                )
                .label(format!("not a word that `{key}` takes"))
                .maybe_help(or_list(text, known));
            return;
        };
        self.limited(
            word.support,
            &format!("`{key}: {text}`"),
            &node.spot,
            word.doc,
        );
    }

    fn leaf(&mut self, key: &str, node: &Node, text: &str, kind: Type, leaf: &'static Leaf) {
        let named = leaf.code.id != codes::BAD_VERSION.id;
        if credential::looks_like_one(named.then_some(key), text) {
            return;
        }
        if text.starts_with("secret:") && !is_secret_reference(text) {
            self.report
                .add(
                    codes::BAD_SECRET,
                    &node.spot,
                    "an unreadable reference to a secret",
                )
                .label("not `secret:<store>/<path>`")
                .help("name the store and the path, for example `secret:vault/web/session-key`");
            return;
        }
        let number_or_bool = matches!(kind, Type::Number | Type::Bool(_));
        let fault = match leaf.accepts {
            Accepts::Text if number_or_bool => {
                self.report
                    .add(
                        codes::WRONG_TYPE,
                        &node.spot,
                        format!("`{key}` takes {}", leaf.takes),
                    )
                    .label(format!("found {}", kind.words()))
                    .help(format!(
                        "if it is meant as text, put it in quotes: `{key}: \"{text}\"`"
                    ));
                return;
            }
            Accepts::Quantity if kind == Type::Number => {
                self.report
                    .add(
                        codes::WRONG_UNIT,
                        &node.spot,
                        format!("`{key}` needs a unit"),
                    )
                    .label(format!("takes {}", leaf.takes))
                    .maybe_help(unit_hint(text, leaf));
                return;
            }
            _ => (leaf.check)(text),
        };
        if let Err(why) = fault {
            let message = format!("`{key}` takes {}", leaf.takes);
            let help = self.hint(text, leaf);
            self.report
                .add(leaf.code, &node.spot, message)
                .label(why)
                .maybe_help(help);
        }
    }

    fn hint(&self, text: &str, leaf: &Leaf) -> Option<String> {
        if leaf.code.id == codes::BAD_ZONE.id {
            let names = tidegate_core::time::zone_names();
            return nearest(text, names.iter().map(String::as_str))
                .map(|near| format!("did you mean `{near}`?"));
        }
        if leaf.code.id == codes::BAD_NAME.id {
            if !text.is_ascii() {
                return None;
            }
            let name: String = text
                .to_lowercase()
                .chars()
                .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
                .collect();
            let name = name.trim_matches('-').to_owned();
            return (leaf.check)(&name)
                .is_ok()
                .then(|| format!("for example `{name}`"));
        }
        None
    }

    /// Report what this version does not act on; `doc` says what it is.
    pub(super) fn limited(
        &mut self,
        support: Support,
        what: &str,
        spot: &crate::yaml::Spot,
        doc: &str,
    ) {
        match support {
            Support::Full => {}
            Support::Restricts => {
                self.report
                    .add(codes::NOT_ENFORCED, spot, format!("{what} is not enforced by this version"))
                    .label(doc.to_owned())
                    .note("running without a control that is written down would be worse than not running")
                    .help("remove it to run knowingly without it, or use a version that enforces it");
            }
            Support::Informs if self.quiet => {}
            Support::Informs => {
                self.report
                    .add(
                        codes::NOT_USED,
                        spot,
                        format!("{what} is not used by this version"),
                    )
                    .label(doc.to_owned())
                    .note("it restricts nothing, so everything else holds without it");
            }
        }
    }
}

fn is_secret_reference(text: &str) -> bool {
    text.strip_prefix("secret:")
        .and_then(|rest| rest.split_once('/'))
        .is_some_and(|(store, path)| {
            !store.is_empty() && !path.is_empty() && !text.contains(char::is_whitespace)
        })
}

fn unit_hint(text: &str, leaf: &Leaf) -> Option<String> {
    let units: &[&str] = match leaf.takes {
        t if t.starts_with("a duration") => &["s", "m", "h"],
        t if t.starts_with("a share") => &["%"],
        _ => &["pp", "%"],
    };
    let known: Vec<String> = units
        .iter()
        .map(|u| format!("{text}{u}"))
        .filter(|t| (leaf.check)(t).is_ok())
        .map(|t| format!("`{t}`"))
        .collect();
    (!known.is_empty()).then(|| format!("write {}", known.join(" or ")))
}

fn takes(shape: &Shape) -> &'static str {
    match shape {
        Shape::Leaf(leaf) => leaf.takes,
        Shape::Bool => "`true` or `false`",
        Shape::Count { .. } => "a whole number",
        Shape::Word(_) => "a word",
        Shape::Ref(_) => "a name",
        Shape::List(_) | Shape::AnyNumber(_) | Shape::OneOrMore(_) => "a list",
        Shape::Map(..) | Shape::Table(_) => "a map",
        Shape::Either(first, _) => takes(first),
        Shape::Any => "anything",
    }
}
