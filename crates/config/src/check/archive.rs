//! Where checkpoints are handed to: exactly one place each, nothing outside of the folder made for it, no key in plain text.

use super::Whole;
use crate::diagnostic::{Report, codes};
use crate::suggest::quote;
use crate::yaml::Node;
use std::path::{Component, Path};

/// What an entry is handed to, with the key that goes with it.
const PLACES: [(&str, Option<&str>); 3] = [
    ("file", None),
    ("git", Some("push")),
    ("webhook", Some("key")),
];

pub fn check(whole: &Whole<'_>, report: &mut Report) {
    let documents = whole.documents.iter();
    let mut company = documents.filter(|d| d.kind.name == "tidegate");
    let Some(node) = company.next().and_then(|d| d.node.get("checkpoints")) else {
        return;
    };
    for entry in node.get("to").map_or(&[][..], Node::items) {
        destination(entry, report);
    }
}

fn destination(entry: &Node, report: &mut Report) {
    let named: Vec<_> = PLACES
        .iter()
        .filter(|(name, _)| entry.get(name).is_some())
        .collect();
    let [(name, with)] = named.as_slice() else {
        report
            .add(
                codes::NO_DESTINATION,
                &entry.spot,
                "a destination of checkpoints is not exactly one place",
            )
            .label(format!(
                "names {} of `file`, `git` and `webhook`",
                named.len()
            ))
            .help("write one entry for each place, such as `- file: witness.note`");
        return;
    };
    for (other, key) in PLACES.iter().filter_map(|(n, key)| Some((n, (*key)?))) {
        if Some(key) != *with
            && let Some(value) = entry.get(key)
        {
            report
                .add(
                    codes::NO_DESTINATION,
                    &value.spot,
                    format!("`{key}` says nothing about a `{name}`"),
                )
                .label(format!("goes with `{other}`"))
                .help("leave it out");
        }
    }
    let Some(value) = entry.get(name) else { return };
    if *name != "webhook"
        && let Some(path) = value.text()
        && !is_below(path)
    {
        report
            .add(
                codes::LEAVES_FOLDER,
                &value.spot,
                format!("{} leads out of the folder of checkpoints", quote(path)),
            )
            .label("not a path below it")
            .help("write a relative path without `..`; the server is told the folder with `--checkpoint-dir`");
    }
    if let Some(key) = entry.get("key")
        && key.text().is_some_and(|text| !text.starts_with("secret:"))
    {
        report
            .add(
                codes::OPEN_KEY,
                &key.spot,
                "the key of a webhook is not named by reference",
            )
            .label("readable by everybody who reads the configuration")
            .help("put it into a secret store and write `secret:<store>/<path>` here");
    }
}

/// Whether a path stays below the folder it is joined to, and is more than that folder.
fn is_below(path: &str) -> bool {
    let mut parts = Path::new(path).components().peekable();
    parts.peek().is_some() && parts.all(|part| matches!(part, Component::Normal(_)))
}
