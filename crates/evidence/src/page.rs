//! The page of a bundle, for people: one file of HTML that needs no server and no script. Everything in it is escaped.

use crate::documents::{About, Version, Worked};
use crate::facts::{at, text};
use serde_json::Value;
use std::fmt::Write as _;

mod later;

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem;color:#1b1f24;background:#fff}\
h1,h2,h3{line-height:1.2}table{border-collapse:collapse;width:100%;margin:.5rem 0 1.5rem}\
th,td{text-align:left;vertical-align:top;padding:.3rem .6rem;border-bottom:1px solid #d0d7de}\
td.n{text-align:right;font-variant-numeric:tabular-nums}code{font:13px/1.4 ui-monospace,monospace;overflow-wrap:anywhere}\
.no{font-weight:600;color:#a40e26}.note{background:#f6f8fa;padding:.8rem 1rem;border-left:4px solid #57606a}\
@media(prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}th,td{border-color:#30363d}.note{background:#161b22}.no{color:#ff7b72}}\
@media print{body{max-width:none}}";

/// The page.
pub(crate) fn page(about: &About<'_>, worked: &Worked, entries: usize) -> String {
    let release = escape(&about.release.to_string());
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n\
         <title>Evidence of {release}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>Evidence of {release}</h1>\n"
    );
    head(&mut out, about, entries);
    deployments(&mut out, worked);
    artifacts(&mut out, worked);
    approvals(&mut out, worked, about.version);
    gates(&mut out, worked);
    verdicts(&mut out, worked);
    if about.version != Version::One {
        later::decisions(&mut out, worked);
        later::communications(&mut out, worked);
        later::archive(&mut out, worked);
    }
    timeline(&mut out, worked);
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

/// Text that means nothing to a browser.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// An instant to the second, in UTC.
fn instant(value: &Value) -> String {
    let text = value.as_str().unwrap_or_default();
    let second = text.get(..19).unwrap_or(text).replace('T', " ");
    escape(&format!("{second} UTC"))
}

fn table(out: &mut String, title: &str, columns: &[&str], rows: Vec<Vec<String>>) {
    let _ = writeln!(out, "<h2>{title}</h2>");
    if rows.is_empty() {
        out.push_str("<p>None on record.</p>\n");
        return;
    }
    body(out, columns, rows);
}

fn body(out: &mut String, columns: &[&str], rows: Vec<Vec<String>>) {
    out.push_str("<table>\n<thead><tr>");
    for column in columns {
        let _ = write!(out, "<th scope=\"col\">{column}</th>");
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for row in rows {
        out.push_str("<tr>");
        for (n, cell) in row.iter().enumerate() {
            let class = if n == 0 { " class=\"n\"" } else { "" };
            let _ = write!(out, "<td{class}>{cell}</td>");
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table>\n");
}

fn head(out: &mut String, about: &About<'_>, entries: usize) {
    let mut lines = about.checkpoint.lines();
    let (log, size, root) = (
        escape(lines.next().unwrap_or_default()),
        escape(lines.next().unwrap_or_default()),
        escape(lines.next().unwrap_or_default()),
    );
    let at = instant(&Value::String(about.at.to_string()));
    let _ = writeln!(
        out,
        "<p>{entries} entries of the log <code>{log}</code>, which had {size} entries and the root <code>{root}</code> \
         when this was made, {at}. Numbers in the first column of each table are those of the entries.</p>\n\
         <div class=\"note\"><p><strong>What this shows.</strong> Each entry stands in the log as it was signed and was not \
         changed since. This page and the other documents say what the entries say and nothing else: \
         <code>tidegate evidence verify FILE --key NAME+ID+KEY</code> works them out again, without a server.</p>\
         <p><strong>What it does not show.</strong> That a statement in an entry is true, or who sat at a keyboard. \
         Reading this page checks nothing; the command does.</p></div>"
    );
    if !about.missing.is_empty() {
        out.push_str("<h2>Missing</h2>\n<ul>\n");
        for part in about.missing {
            let (what, because) = (escape(&part.what), escape(&part.because));
            let _ = writeln!(out, "<li>{what}: {because}</li>");
        }
        out.push_str("</ul>\n");
    }
}

/// Number of the entry of an item.
fn seq(item: &Value) -> String {
    item["seq"].to_string()
}

fn told(item: &Value, path: &[&str]) -> String {
    escape(text(item, path))
}

fn code(item: &Value, path: &[&str]) -> String {
    format!("<code>{}</code>", told(item, path))
}

fn deployments(out: &mut String, worked: &Worked) {
    let end = |deployment: &str| {
        let mut lines = worked.timeline.iter().rev();
        let ends = [
            "confirmed",
            "rolled_back",
            "settled",
            "cancelled",
            "superseded",
            "expired",
            "base_moved",
            "succeeded",
            "needs_human",
        ];
        let found = lines.find_map(|line| {
            let stream = text(line, &["stream"]).strip_prefix("deployment/")?;
            let kind = text(line, &["kind"]).strip_prefix("deployment.")?;
            let kind = kind.split('/').next()?;
            (stream == deployment && ends.contains(&kind)).then(|| kind.replace('_', " "))
        });
        escape(&found.unwrap_or_else(|| "under way".to_owned()))
    };
    let row = |plan: &Value| {
        vec![
            seq(plan),
            instant(&plan["at"]),
            told(plan, &["environment"]),
            told(plan, &["purpose"]),
            end(text(plan, &["deployment"])),
            told(plan, &["by"]),
            told(plan, &["reason"]),
            format!(
                "{} {}",
                code(plan, &["deployment"]),
                code(plan, &["digest"])
            ),
        ]
    };
    let columns = [
        "Entry",
        "Planned",
        "Environment",
        "Purpose",
        "End",
        "By",
        "Reason",
        "Deployment and digest of its plan",
    ];
    table(
        out,
        "Deployments",
        &columns,
        worked.plans.iter().map(row).collect(),
    );
}

fn artifacts(out: &mut String, worked: &Worked) {
    let row = |item: &Value| {
        let event = &item["event"];
        let digest = match text(event, &["bits", "digest"]) {
            "" => text(event, &["artifact"]),
            digest => digest,
        };
        let commit = text(event, &["bits", "commit"]);
        vec![
            seq(item),
            instant(&item["at"]),
            told(item, &["kind"]),
            told(item, &["actor"]),
            format!("<code>{}</code>", escape(digest)),
            format!("<code>{}</code>", escape(commit)),
        ]
    };
    let columns = ["Entry", "When", "What", "By", "Digest", "Commit"];
    table(
        out,
        "Artifact",
        &columns,
        worked.artifacts.iter().map(row).collect(),
    );
}

fn approvals(out: &mut String, worked: &Worked, version: Version) {
    let row = |item: &Value| {
        let event = &item["event"];
        let signed = &event["signed"];
        let who = match (text(event, &["vote", "person"]), text(signed, &["person"])) {
            ("", "") => text(item, &["actor"]),
            ("", person) | (person, _) => person,
        };
        let team = match text(event, &["vote", "team"]) {
            "" => text(signed, &["team"]),
            team => team,
        };
        let why = match text(event, &["vote", "reason"]) {
            "" if signed.is_object() => {
                let said = |key| text(signed, &[key]);
                format!("signs {}: {}", said("sign"), said("reason"))
            }
            "" if version == Version::Three => later::declared(event),
            "" => crate::facts::words(event),
            reason => reason.to_owned(),
        };
        let bound = match item["bound"].as_bool() {
            Some(true) => "the plan that was carried out",
            Some(false) => "another plan",
            None => "",
        };
        let by_key = match text(event, &["vote", "signature", "key"]) {
            "" => String::new(),
            key => format!(", signed with key {}", escape(key)),
        };
        vec![
            seq(item),
            instant(&item["at"]),
            told(item, &["record"]),
            told(item, &["kind"]),
            format!(
                "{}{}{by_key}",
                escape(who),
                if team.is_empty() {
                    String::new()
                } else {
                    format!(" for {}", escape(team))
                }
            ),
            bound.to_owned(),
            escape(&why),
        ]
    };
    let columns = ["Entry", "When", "Record", "What", "Who", "Given for", "Why"];
    table(
        out,
        "Approvals, decisions and exceptions",
        &columns,
        worked.approvals.iter().map(row).collect(),
    );
}

fn gates(out: &mut String, worked: &Worked) {
    out.push_str("<h2>Gates</h2>\n");
    if worked.gates.is_empty() {
        out.push_str("<p>None on record.</p>\n");
    }
    for asked in &worked.gates {
        let when = match asked["started"].as_bool() {
            Some(true) => "as they stood at the start of",
            _ => "as they stood when they were last asked for",
        };
        let _ = writeln!(
            out,
            "<h3>{when} {}, {}</h3>",
            code(asked, &["deployment"]),
            instant(&asked["at"])
        );
        let number = seq(asked);
        let row = |gate: &Value| {
            let report = &gate["report"];
            let state = text(report, &["outcome", "state"]);
            let class = if matches!(state, "pass") {
                ""
            } else {
                " class=\"no\""
            };
            let who = report["who"].as_array().map(|who| {
                who.iter()
                    .filter_map(Value::as_str)
                    .collect::<Vec<_>>()
                    .join(", ")
            });
            vec![
                number.clone(),
                told(report, &["gate"]),
                format!("<span{class}>{}</span>", escape(state)),
                escape(
                    &[text(report, &["title"]), text(report, &["detail"])]
                        .into_iter()
                        .filter(|t| !t.is_empty())
                        .collect::<Vec<_>>()
                        .join("; "),
                ),
                escape(&who.unwrap_or_default()),
                format!("{} {}", code(report, &["rule"]), told(gate, &["place"])),
            ]
        };
        let rows = at(asked, &["gates"])
            .as_array()
            .map(|gates| gates.iter().map(row).collect());
        body(
            out,
            &[
                "Entry",
                "Gate",
                "Answer",
                "What",
                "Who can change it",
                "Rule",
            ],
            rows.unwrap_or_default(),
        );
    }
}

fn verdicts(out: &mut String, worked: &Worked) {
    let row = |item: &Value| {
        let event = &item["event"];
        let verdict = match &event["verdict"] {
            Value::Null => &event["cause"]["verdict"],
            verdict => verdict,
        };
        let sentence = match verdict {
            Value::Null => {
                let cause = &event["cause"];
                format!("{} {}", text(cause, &["cause"]), crate::facts::words(cause))
            }
            verdict => sentence(verdict),
        };
        vec![
            seq(item),
            instant(&item["at"]),
            code(item, &["deployment"]),
            told(item, &["kind"]),
            escape(&sentence),
        ]
    };
    let columns = ["Entry", "When", "Deployment", "What", "Verdict"];
    table(
        out,
        "Verdicts",
        &columns,
        worked.verdicts.iter().map(row).collect(),
    );
}

/// A verdict with its figures. Rates and differences are in parts per million, latencies in microseconds. Written here and not in core, whose
/// sentences may change: those of a bundle that exists may not.
fn sentence(verdict: &Value) -> String {
    let mut parts = vec![text(verdict, &["judgement", "judgement"]).to_owned()];
    let metrics = verdict["metrics"].as_array();
    parts.extend(metrics.into_iter().flatten().map(|m| {
        format!(
            "{} {}: new {} in {} requests, old {} in {} requests, difference {}, tolerated {}",
            text(m, &["metric"]),
            text(m, &["judgement", "judgement"]),
            m["new_value"],
            m["new_requests"],
            m["old_value"],
            m["old_requests"],
            m["difference"],
            m["limit"],
        )
    }));
    parts.join("; ")
}

fn timeline(out: &mut String, worked: &Worked) {
    let row = |line: &Value| {
        vec![
            seq(line),
            instant(&line["at"]),
            told(line, &["actor"]),
            code(line, &["stream"]),
            told(line, &["kind"]),
            told(line, &["told"]),
        ]
    };
    let columns = ["Entry", "When", "Who", "Stream", "What", "More"];
    table(
        out,
        "Timeline",
        &columns,
        worked.timeline.iter().map(row).collect(),
    );
}
