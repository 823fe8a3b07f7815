//! Problems as SARIF 2.1.0, which code hosts show as inline review comments.

use super::{CODES, Diagnostic};
use serde_json::{Value, json};

/// One SARIF log with one run.
#[must_use]
pub fn to_sarif(diagnostics: &[Diagnostic]) -> Value {
    let used: Vec<_> = CODES
        .iter()
        .filter(|c| diagnostics.iter().any(|d| d.code == c.id))
        .collect();
    let rules: Vec<Value> = used
        .iter()
        .map(|c| {
            json!({
                "id": c.id,
                "shortDescription": { "text": c.title },
                "fullDescription": { "text": c.explanation },
                "defaultConfiguration": { "level": c.severity.as_str() },
            })
        })
        .collect();
    let results: Vec<Value> = diagnostics
        .iter()
        .map(|d| {
            json!({
                "ruleId": d.code,
                "ruleIndex": used.iter().position(|c| c.id == d.code),
                "level": d.severity.as_str(),
                "message": { "text": text(d) },
                "locations": if d.file.is_empty() { json!([]) } else { json!([location(&d.file, d.line, d.column, None)]) },
                "relatedLocations": d.secondary.iter().map(|s| location(&s.file, s.line, s.column, Some(&s.label)))
                    .collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "tidegate", "version": env!("CARGO_PKG_VERSION"), "rules": rules } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn text(d: &Diagnostic) -> String {
    let mut text = d.message.clone();
    if !d.label.is_empty() {
        text = format!("{text}: {}", d.label);
    }
    if let Some(help) = &d.help {
        text = format!("{text}. Help: {help}");
    }
    text
}

fn location(file: &str, line: u32, column: u32, label: Option<&str>) -> Value {
    let mut value = json!({
        "physicalLocation": {
            "artifactLocation": { "uri": uri(file) },
            "region": { "startLine": line, "startColumn": column },
        },
    });
    if let Some(label) = label {
        value["message"] = json!({ "text": label });
    }
    value
}

/// A relative path as a URI reference.
fn uri(path: &str) -> String {
    path.bytes()
        .map(|b| match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                char::from(b).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}
