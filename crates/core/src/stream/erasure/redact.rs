//! Which words of an event people wrote freely, and the event without them.
//!
//! Only words that no rule reads are taken: what decides (names, addresses, teams, plans, signatures, instants) stays, or the log
//! could no longer say why something was allowed. That a state needs none of them is checked by folding, not here.

use crate::digest::canonical;
use serde_json::Value;

/// What stands in the place of erased words.
pub const ERASED: &str = "[erased]";

/// Names of fields that hold what people wrote.
const WORDS: [&str; 12] = [
    "because",
    "comment",
    "description",
    "evidence",
    "findings",
    "locked_because",
    "question",
    "reason",
    "root_cause",
    "text",
    "title",
    "why",
];

/// Names of fields into which nobody looks for words: what is hashed, signed or worked out.
const KEPT: [&str; 8] = [
    "criteria",
    "gates",
    "plan",
    "planned",
    "policy",
    "signature",
    "spec",
    "verdict",
];

/// Below this, words are only replaced where they stand alone: `ok` stands in many words.
const SHORT: usize = 12;

/// Events that hold no free words, or whose words are the proof of an act of administration.
const WHOLE: [&str; 3] = ["config.", "erasure.", "artifact.registered"];

/// An event without its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redacted {
    /// Canonical JSON of it.
    pub body: String,
    /// Where words stood, as paths with dots.
    pub fields: Vec<String>,
    /// The words themselves. They are compared, and written nowhere.
    pub words: Vec<String>,
}

/// The event without its words.
///
/// # Errors
/// Why there is nothing to take out, as the end of a sentence about the entry.
pub fn redact(kind: &str, body: &str) -> Result<Redacted, String> {
    if WHOLE.iter().any(|whole| kind.starts_with(whole)) {
        return Err(format!(
            "is a {kind}, whose texts say which rules were in force or who erased what: they stay"
        ));
    }
    let mut value: Value =
        serde_json::from_str(body).map_err(|e| format!("cannot be read: {e}"))?;
    let mut out = Redacted {
        body: String::new(),
        fields: Vec::new(),
        words: Vec::new(),
    };
    take(&mut value, "", &mut out);
    if out.fields.is_empty() {
        return Err(format!(
            "holds no words that people wrote freely; names, addresses and instants in a {kind} decide who may do what, so they stay"
        ));
    }
    out.fields.sort();
    out.body = canonical(&value).map_err(|e| format!("cannot be written: {e}"))?;
    Ok(out)
}

fn take(value: &mut Value, path: &str, out: &mut Redacted) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields.iter_mut() {
                let path = match path {
                    "" => name.clone(),
                    _ => format!("{path}.{name}"),
                };
                match field {
                    _ if KEPT.contains(&name.as_str()) => {}
                    Value::String(words) if WORDS.contains(&name.as_str()) => {
                        if !words.is_empty() && words != ERASED {
                            out.words.push(std::mem::replace(words, ERASED.to_owned()));
                            out.fields.push(path);
                        }
                    }
                    _ => take(field, &path, out),
                }
            }
        }
        Value::Array(items) => {
            for (n, item) in items.iter_mut().enumerate() {
                take(item, &format!("{path}.{n}"), out);
            }
        }
        _ => {}
    }
}

/// Whether words are long enough to be told within other texts.
#[must_use]
pub fn is_told(words: &str) -> bool {
    words.len() >= SHORT
}

/// Replace the words wherever they stand in a value, as a whole or, when they are long enough to be told, within a text.
pub fn blot(value: &mut Value, words: &[String]) {
    match value {
        Value::String(text) => {
            for words in words {
                if text == words {
                    ERASED.clone_into(text);
                } else if is_told(words) && text.contains(words.as_str()) {
                    *text = text.replace(words.as_str(), ERASED);
                }
            }
        }
        Value::Object(fields) => fields.values_mut().for_each(|field| blot(field, words)),
        Value::Array(items) => items.iter_mut().for_each(|item| blot(item, words)),
        _ => {}
    }
}

/// Whether the words stand anywhere in a text of JSON, so that [`blot`] would change it.
#[must_use]
pub fn stands_in(text: &str, words: &[String]) -> bool {
    let Ok(mut value) = serde_json::from_str::<Value>(text) else {
        return false;
    };
    let before = value.clone();
    blot(&mut value, words);
    value != before
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_what_people_wrote_is_taken_out() {
        let body = json!({
            "by": "rita", "reason": "ana is on sick leave",
            "vote": { "person": "hugo", "reason": "agreed with ana", "signature": { "statement": "{}", "text": "t" } },
            "conditions": [{ "text": "call ana first", "owner": "dina" }],
        });
        let redacted = redact("change.approved/1", &body.to_string()).expect("words");
        let after: Value = serde_json::from_str(&redacted.body).expect("JSON");
        assert_eq!(
            after,
            json!({
                "by": "rita", "reason": ERASED,
                "vote": { "person": "hugo", "reason": ERASED, "signature": { "statement": "{}", "text": "t" } },
                "conditions": [{ "text": ERASED, "owner": "dina" }],
            })
        );
        assert_eq!(
            redacted.fields,
            ["conditions.0.text", "reason", "vote.reason"]
        );
    }

    #[test]
    fn what_decides_is_not_taken_out_and_the_refusal_says_so() {
        let body = json!({ "emails": ["ana@acme.example"], "by": "admin" }).to_string();
        let why = redact("person.added/1", &body).expect_err("nothing to erase");
        assert!(why.contains("decide who may do what"), "{why}");
        let why = redact("config.applied/1", "{\"reason\":\"r\"}").expect_err("stays");
        assert!(why.contains("they stay"), "{why}");
    }

    #[test]
    fn short_words_are_replaced_only_where_they_stand_alone() {
        let mut value = json!({ "a": "ok", "b": "a token", "c": ["ok"] });
        blot(&mut value, &["ok".to_owned()]);
        assert_eq!(value, json!({ "a": ERASED, "b": "a token", "c": [ERASED] }));
        let mut value = json!("held: ana is on sick leave");
        blot(&mut value, &["ana is on sick leave".to_owned()]);
        assert_eq!(value, json!("held: [erased]"));
    }
}
