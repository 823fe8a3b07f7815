//! What the page shows since the second version of the format, and since the third.

use super::{code, escape, instant, seq, table, told};
use crate::documents::Worked;
use crate::facts::{text, words};
use serde_json::Value;

/// What somebody declared of a change: the incident, the reason and the root cause of an emergency, or why a stricter class.
pub(super) fn declared(event: &Value) -> String {
    let parts = ["incident", "reason", "root_cause"];
    let parts = parts.map(|part| text(event, &["declared", part]));
    let known: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    match known.is_empty() {
        true => words(event),
        false => known.join("; "),
    }
}

pub(super) fn decisions(out: &mut String, worked: &Worked) {
    let row = |item: &Value| {
        vec![
            seq(item),
            instant(&item["at"]),
            code(item, &["record"]),
            told(item, &["kind"]),
            told(item, &["actor"]),
            escape(&words(&item["event"])),
        ]
    };
    let columns = ["Entry", "When", "Record", "What", "Who", "More"];
    let rows = worked.decisions.iter().map(row).collect();
    table(out, "Boards, decisions and reviews", &columns, rows);
}

pub(super) fn communications(out: &mut String, worked: &Worked) {
    let row = |item: &Value| {
        let to = item["to"].as_array().into_iter().flatten();
        let mut to: Vec<&str> = to.filter_map(Value::as_str).collect();
        to.extend(item["team"].as_str());
        vec![
            seq(item),
            instant(&item["at"]),
            code(item, &["about"]),
            told(item, &["what"]),
            told(item, &["because"]),
            escape(&to.join(", ")),
            format!(
                "{}: {}",
                told(item, &["channel"]),
                told(item, &["delivered"])
            ),
        ]
    };
    let columns = ["Entry", "When", "About", "What", "Why", "Told", "How"];
    let rows = worked.communications.iter().map(row).collect();
    table(out, "Who was told what", &columns, rows);
}

pub(super) fn archive(out: &mut String, worked: &Worked) {
    let row = |item: &Value| {
        vec![
            seq(item),
            told(item, &["class"]),
            told(item, &["state"]),
            told(item, &["because"]),
            code(item, &["sha256"]),
        ]
    };
    let columns = ["Entry", "What", "State", "Why", "SHA-256"];
    let rows = worked.archive.iter().map(row).collect();
    table(out, "Beside the log", &columns, rows);
}
