//! The key table as a JSON Schema 2020-12, for editors.
//!
//! One `if ... then ... else` chain over the kinds, so that an editor blames the branch the writer is in. Names that are
//! written in other files are not listed: a schema cannot know them.

use crate::keys::{Accepts, Body, KINDS, KeyRule, Leaf, Shape, Support, Table, UNENFORCED};
use serde_json::{Map, Value, json};

const LABEL: &str = "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$";

/// The schema of one document.
#[must_use]
pub fn schema() -> Value {
    let mut chain = json!({
        "required": ["tidegate"],
        "errorMessage": "begin with a kind: service, pipeline, strategy, analysis, train, window, freeze, holidays, teams, environments or tidegate",
    });
    for kind in KINDS.iter().rev() {
        let body = match kind.body {
            Body::Table(keys) | Body::Map(keys) => document(keys, kind.name),
            Body::Without(_) => json!({}),
        };
        chain = json!({ "if": { "required": [kind.name] }, "then": body, "else": chain });
    }
    let mut root = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Tidegate configuration",
        "type": "object",
        "properties": kinds(),
        "defaultSnippets": snippets(),
    });
    if let (Some(root), Some(chain)) = (root.as_object_mut(), chain.as_object()) {
        root.extend(chain.clone());
    }
    // By name: whether values keep the order in which they were made depends on what else is built.
    root.sort_all_objects();
    root
}

/// Kinds as keys, so that an empty document completes them.
fn kinds() -> Value {
    let mut all = Map::new();
    for kind in KINDS {
        let limits = match kind.body {
            _ if UNENFORCED.contains(&kind.name) => {
                " **Not enforced by this version**: a document of this kind is refused."
            }
            Body::Without(Support::Restricts) => {
                " **Not enforced by this version**: a document of this kind is refused."
            }
            Body::Without(_) => " Not used by this version.",
            _ => "",
        };
        all.insert(
            kind.name.to_owned(),
            json!({ "markdownDescription": format!("{}{limits}", kind.doc) }),
        );
    }
    Value::Object(all)
}

fn document(keys: &'static Table, kind: &str) -> Value {
    let mut body = table(keys);
    if kind != "tidegate" {
        body["properties"]["tidegate"] =
            json!({ "const": 1, "markdownDescription": "Format version of the tree." });
    }
    body
}

fn table(table: &'static Table) -> Value {
    let mut properties = Map::new();
    for key in table.keys {
        let mut value = match key.support {
            // Refused whatever it holds: no value is valid.
            Support::Restricts => {
                json!({ "not": {}, "doNotSuggest": true, "errorMessage": "not enforced by this version" })
            }
            _ => shape(key.shape),
        };
        value["markdownDescription"] =
            json!(format!("{}\n\n```yaml\n{}\n```", key.doc, key.example));
        properties.insert(key.name.to_owned(), value);
    }
    let required: Vec<&str> = table
        .keys
        .iter()
        .filter(|k| k.required)
        .map(|k| k.name)
        .collect();
    let types = if required.is_empty() {
        json!(["object", "null"])
    } else {
        json!("object")
    };
    json!({ "type": types, "properties": properties, "required": required, "additionalProperties": false })
}

fn shape(shape: &'static Shape) -> Value {
    match shape {
        Shape::Leaf(leaf) => scalar(leaf),
        Shape::Word(words) => {
            let known: Vec<&str> = words
                .iter()
                .filter(|w| w.support != Support::Restricts)
                .map(|w| w.text)
                .collect();
            json!({ "enum": known })
        }
        Shape::Bool => json!({ "type": "boolean" }),
        Shape::Count { min, max } => json!({ "type": "integer", "minimum": min, "maximum": max }),
        Shape::Ref(_) => json!({ "type": "string", "pattern": LABEL }),
        Shape::List(item) => json!({ "type": "array", "items": self::shape(item), "minItems": 1 }),
        Shape::AnyNumber(item) => json!({ "type": "array", "items": self::shape(item) }),
        Shape::OneOrMore(item) => {
            json!({ "anyOf": [self::shape(item), { "type": "array", "items": self::shape(item), "minItems": 1 }] })
        }
        Shape::Map(rule, value) => json!({
            "type": ["object", "null"],
            "propertyNames": { "pattern": names(*rule) },
            "additionalProperties": self::shape(value),
        }),
        Shape::Table(keys) => table(keys),
        Shape::Either(one, other) => json!({ "anyOf": [self::shape(one), self::shape(other)] }),
        Shape::Any => json!({}),
    }
}

fn names(rule: KeyRule) -> &'static str {
    match rule {
        KeyRule::Variable => "^(?!PORT$)[A-Za-z_][A-Za-z0-9_]*$",
        KeyRule::Text => ".",
        KeyRule::Name | KeyRule::Ref(_) | KeyRule::Where => LABEL,
    }
}

fn scalar(leaf: &'static Leaf) -> Value {
    let types = match leaf.accepts {
        Accepts::Text | Accepts::Quantity => json!("string"),
        Accepts::Number => json!(["string", "number"]),
        Accepts::Source => json!(["string", "number", "boolean"]),
    };
    let mut value = json!({ "type": types });
    if let Some(pattern) = leaf.pattern {
        value["pattern"] = json!(pattern);
    }
    value
}

fn snippets() -> Value {
    json!([
        {
            "label": "service",
            "description": "A program that is deployed",
            "body": {
                "service": "${1:web}", "owner": "${2:team}",
                "run": { "command": "${3:./web --port \\$PORT}", "port": "^${4:8080}" }, "health": "GET ${5:/healthz}",
            },
        },
        {
            "label": "freeze",
            "description": "A planned time in which nothing may start",
            "body": {
                "freeze": "${1:peak-season}", "why": "${2:Black Friday to Cyber Monday}",
                "from": "${3:2026-11-25 00:00}", "until": "${4:2026-12-01 06:00}",
            },
        },
        {
            "label": "canary",
            "description": "A strategy with growing shares of traffic",
            "body": {
                "strategy": "${1:careful}",
                "canary": [{ "to": "10%", "hold": "10m" }, { "to": "50%", "hold": "10m" }, { "to": "100%" }],
                "analysis": "standard",
            },
        },
    ])
}
