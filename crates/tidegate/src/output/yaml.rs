//! JSON values as YAML 1.2. Texts are quoted whenever any reader could take them for something else.

use serde_json::Value;

/// The value as a YAML document.
pub fn render(value: &Value) -> String {
    // By name: whether values keep the order in which they were made depends on what else is built.
    let mut value = value.clone();
    value.sort_all_objects();
    let value = &value;
    let mut out = String::new();
    match value {
        Value::Object(map) if !map.is_empty() => block(value, 0, &mut out),
        Value::Array(list) if !list.is_empty() => block(value, 0, &mut out),
        _ => {
            out.push_str(&scalar(value));
            out.push('\n');
        }
    }
    out
}

/// Lines of a map or list that is not empty, indented by `depth` levels.
fn block(value: &Value, depth: usize, out: &mut String) {
    let indent = "  ".repeat(depth);
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                out.push_str(&format!("{indent}{}:", text(key)));
                nested(value, depth, out);
            }
        }
        Value::Array(list) => {
            for value in list {
                out.push_str(&format!("{indent}-"));
                item(value, depth, out);
            }
        }
        _ => {}
    }
}

fn nested(value: &Value, depth: usize, out: &mut String) {
    if is_block(value) {
        out.push('\n');
        block(value, depth + 1, out);
    } else {
        out.push_str(&format!(" {}\n", scalar(value)));
    }
}

/// An item begins on the line of its dash.
fn item(value: &Value, depth: usize, out: &mut String) {
    if !is_block(value) {
        out.push_str(&format!(" {}\n", scalar(value)));
        return;
    }
    let mut inner = String::new();
    block(value, depth + 1, &mut inner);
    out.push(' ');
    out.push_str(inner.trim_start());
}

fn is_block(value: &Value) -> bool {
    match value {
        Value::Object(map) => !map.is_empty(),
        Value::Array(list) => !list.is_empty(),
        _ => false,
    }
}

fn scalar(value: &Value) -> String {
    match value {
        Value::String(s) => text(s),
        Value::Object(_) => "{}".to_owned(),
        Value::Array(_) => "[]".to_owned(),
        other => other.to_string(),
    }
}

/// Plain when it is a word nobody can mistake, else quoted as JSON, which YAML reads.
fn text(s: &str) -> String {
    let first = s.chars().next();
    let plain = first.is_some_and(|c| c.is_ascii_alphabetic() || c == '/')
        && s.chars()
            .all(|c| c.is_ascii_alphanumeric() || " ._-/@+".contains(c))
        && !s.ends_with(' ')
        && !matches!(
            s.to_ascii_lowercase().as_str(),
            "true" | "false" | "null" | "yes" | "no" | "on" | "off" | "y" | "n"
        );
    if plain {
        s.to_owned()
    } else {
        Value::from(s).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn maps_lists_and_doubtful_words_are_written_for_every_reader() {
        let value = json!({
            "release": "web@1.1.0", "size": 12, "empty": [], "none": null, "answer": "no", "version": "1.10",
            "digest": "sha256:ab", "stages": [{"environment": "dev", "tags": ["a b", "- c"]}, "x", [1, 2]],
        });
        let text = render(&value);
        assert_eq!(
            text,
            "answer: \"no\"\ndigest: \"sha256:ab\"\nempty: []\nnone: null\nrelease: web@1.1.0\nsize: 12\nstages:\n  - environment: dev\n    tags:\n      - a b\n      - \"- c\"\n  - x\n  - - 1\n    - 2\nversion: \"1.10\"\n"
        );
        assert_eq!(render(&json!({})), "{}\n");
    }
}
