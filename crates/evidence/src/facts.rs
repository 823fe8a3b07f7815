//! Looking into the bodies of entries. An event is read as it was stored, not through the types of this version: what an older or newer
//! version wrote is shown all the same.

use serde_json::Value;
use tidegate_ledger::Entry;

/// The event; `Null` when it was erased.
pub(crate) fn body(entry: &Entry) -> Value {
    let text = entry.body.as_deref();
    text.map_or(Value::Null, |text| {
        serde_json::from_str(text).unwrap_or(Value::Null)
    })
}

/// The value at the end of this path; `Null` when there is none.
pub(crate) fn at<'a>(value: &'a Value, path: &[&str]) -> &'a Value {
    path.iter().fold(value, |value, step| &value[*step])
}

/// The text at the end of this path, empty when there is none.
pub(crate) fn text<'a>(value: &'a Value, path: &[&str]) -> &'a str {
    at(value, path).as_str().unwrap_or_default()
}

/// Whether an entry is of this kind, in any version.
pub(crate) fn is(entry: &Entry, kind: &str) -> bool {
    let rest = entry.kind.strip_prefix(kind);
    rest.is_some_and(|rest| rest.starts_with('/'))
}

/// What people look for in an event, in a few words.
#[must_use]
pub fn words(body: &Value) -> String {
    const WORDS: [&str; 12] = [
        "action",
        "role",
        "reason",
        "because",
        "step",
        "detail",
        "environment",
        "to",
        "by",
        "until",
        "revision",
        "deployment",
    ];
    let word = |name: &&str| {
        let value = &body[*name];
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => String::new(),
        };
        (!text.is_empty()).then(|| format!("{name}: {text}"))
    };
    let parts: Vec<String> = WORDS.iter().filter_map(word).take(3).collect();
    parts.join("; ")
}
