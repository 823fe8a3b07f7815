//! Names that are not to be told, in texts and in data.

use serde_json::Value;
use std::collections::BTreeSet;

/// What stands where a name stood.
pub(super) const COVER: &str = "(hidden)";

/// Members that hold what people wrote or read, in which a hidden name is covered; in any other one it says what the whole is
/// about.
const PROSE: [&str; 12] = [
    "because", "detail", "effect", "evidence", "findings", "help", "message", "note", "reason",
    "rule", "text", "why",
];

/// Names that somebody does not see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Names {
    hidden: BTreeSet<String>,
    /// Other names, which may hold a hidden one as a part.
    others: BTreeSet<String>,
}

impl Names {
    pub(super) fn new(hidden: BTreeSet<String>, others: BTreeSet<String>) -> Self {
        Self { hidden, others }
    }

    pub(super) fn all(&self) -> &BTreeSet<String> {
        &self.hidden
    }

    /// Is one of them named in a text?
    pub(super) fn are_in(&self, text: &str) -> bool {
        words(text).any(|(_, word)| self.within(word).is_some())
    }

    /// The text with something else in the place of each.
    pub(super) fn replaced(&self, text: &str, with: impl Fn(&str) -> String) -> String {
        let mut out = String::new();
        let mut end = 0;
        for (at, word) in words(text) {
            let Some((begin, name)) = self.within(word) else {
                continue;
            };
            out.push_str(text.get(end..at + begin).unwrap_or_default());
            out.push_str(&with(name));
            end = at + begin + name.len();
        }
        out.push_str(text.get(end..).unwrap_or_default());
        out
    }

    pub(super) fn covered(&self, text: &str) -> String {
        self.replaced(text, |_| COVER.to_owned())
    }

    /// The hidden name that a word is, or holds between hyphens, with its place.
    fn within(&self, word: &str) -> Option<(usize, &str)> {
        let small = word.to_ascii_lowercase();
        if self.others.contains(&small) {
            return None;
        }
        self.hidden.iter().find_map(|name| {
            let mut from = 0;
            while let Some(at) = small.get(from..).and_then(|rest| rest.find(name.as_str())) {
                let (begin, end) = (from + at, from + at + name.len());
                let edge = |at: Option<u8>| at.is_none_or(|byte| byte == b'-');
                let before = begin.checked_sub(1).and_then(|at| small.as_bytes().get(at));
                if edge(before.copied()) && edge(small.as_bytes().get(end).copied()) {
                    return Some((begin, name.as_str()));
                }
                from = begin + 1;
            }
            None
        })
    }

    /// Data without what is about a hidden service, and with its name covered where something else is about it too. Absent when
    /// the whole is about one.
    pub(super) fn without(&self, value: Value) -> Option<Value> {
        match value {
            Value::String(text) => Some(Value::String(self.covered(&text))),
            Value::Array(all) => Some(Value::Array(
                all.into_iter()
                    .filter_map(|one| self.without(one))
                    .collect(),
            )),
            Value::Object(members) => {
                let is_page = members.get("items").is_some_and(Value::is_array);
                let about = |key: &str, value: &Value| {
                    let text = value.as_str().unwrap_or_default();
                    !(PROSE.contains(&key) || is_page && key == "next") && self.are_in(text)
                };
                if members.iter().any(|(key, value)| about(key, value)) {
                    return None;
                }
                let kept = members.into_iter().filter(|(key, _)| !self.are_in(key));
                Some(Value::Object(
                    kept.filter_map(|(key, value)| match (key.as_str(), value) {
                        // It leads on, and is made unreadable elsewhere.
                        ("next", next @ Value::String(_)) if is_page => Some((key, next)),
                        (_, value) => Some((key, self.without(value)?)),
                    })
                    .collect(),
                ))
            }
            other => Some(other),
        }
    }
}

/// Runs of letters, digits and hyphens, with their places.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let part = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let mut rest = 0;
    std::iter::from_fn(move || {
        let tail = text.get(rest..)?;
        let begin = rest + tail.find(part)?;
        let tail = text.get(begin..)?;
        let length = tail.find(|c| !part(c)).unwrap_or(tail.len());
        rest = begin + length;
        Some((begin, text.get(begin..rest)?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn names() -> Names {
        let all = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect();
        Names::new(all(&["vault"]), all(&["vault-keepers", "web"]))
    }

    #[test]
    fn a_name_is_found_in_whatever_way_it_is_written_and_not_in_other_names() {
        for text in [
            "vault",
            "release/vault@1.0.0",
            "wait for Vault, then go",
            "services.vault.owner",
            "vault-1.0.0.tar",
            "vault%401.0.0",
            "train-vault-1",
        ] {
            assert!(names().are_in(text), "{text}");
        }
        for text in ["vaulted", "vault-keepers", "prevault", "web", ""] {
            assert!(!names().are_in(text), "{text}");
        }
        assert_eq!(
            names().covered("web waits for vault@1 and vault-1.0"),
            "web waits for (hidden)@1 and (hidden)-1.0"
        );
    }

    #[test]
    fn what_is_about_it_goes_and_what_only_names_it_is_covered() {
        let before = json!({
            "items": [
                { "service": "vault", "state": "running" },
                { "service": "web", "because": "vault is deployed first", "after": ["vault", "web"] },
                { "service": "web", "runs": { "vault": 1, "web": 2 }, "next": { "release": "vault@1", "at": 3 } },
            ],
            "next": "0001/vault",
        });
        let after = json!({
            "items": [
                { "service": "web", "because": "(hidden) is deployed first", "after": ["(hidden)", "web"] },
                { "service": "web", "runs": { "web": 2 } },
            ],
            "next": "0001/vault",
        });
        assert_eq!(names().without(before), Some(after));
        assert_eq!(
            names().without(json!({ "id": "CHG-1", "release": "vault@1" })),
            None
        );
    }
}
