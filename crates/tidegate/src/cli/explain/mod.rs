//! `tidegate explain`: what a code means and what to do. Works without a server.

mod refusals;

use super::session::Session;
use crate::exit::{Exit, Failure};
use crate::output::Table;
use crate::output::table::Column;
use serde_json::json;

/// Explain a code such as TG0012; without one, list them all
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The code, as it stands in `error[TG0012]`
    code: Option<String>,
}

/// One code, of a configuration or of a server.
struct Entry {
    id: &'static str,
    kind: &'static str,
    title: &'static str,
    explanation: &'static str,
    example: &'static str,
}

fn entries() -> Vec<Entry> {
    let config = tidegate_config::CODES.iter().map(|c| Entry {
        id: c.id,
        kind: c.severity.as_str(),
        title: c.title,
        explanation: c.explanation,
        example: c.example,
    });
    let refusals = refusals::REFUSALS.iter().map(|r| Entry {
        id: r.id,
        kind: "refusal",
        title: r.title,
        explanation: r.explanation,
        example: "",
    });
    config.chain(refusals).collect()
}

/// Explain one code or list all.
pub fn run(args: &Args, session: &Session) -> Result<Exit, Failure> {
    let all = entries();
    let Some(code) = &args.code else {
        return list(&all, session);
    };
    let Some(entry) = all.iter().find(|e| e.id.eq_ignore_ascii_case(code)) else {
        return Err(Failure::usage(format!("there is no code `{code}`"))
            .help("`tidegate explain` lists all of them"));
    };
    let value = json!({
        "code": entry.id, "kind": entry.kind, "title": entry.title, "explanation": entry.explanation, "example": entry.example,
    });
    session.out.show(&value, entry.id, |look| {
        text(entry, look.width.clamp(40, 100))
    })?;
    Ok(Exit::Done)
}

fn list(all: &[Entry], session: &Session) -> Result<Exit, Failure> {
    let mut table = Table::new(&[
        Column::Always("CODE"),
        Column::Always("KIND"),
        Column::Always("TITLE"),
    ]);
    let mut items = Vec::new();
    for e in all {
        table.row([e.id.to_owned(), e.kind.to_owned(), e.title.to_owned()]);
        items.push(json!({ "code": e.id, "kind": e.kind, "title": e.title }));
    }
    session.out.list(&crate::output::Listing {
        items: &items,
        name: |v| v["code"].as_str().unwrap_or_default().to_owned(),
        table,
        none: "there are no codes",
    })?;
    Ok(Exit::Done)
}

fn text(entry: &Entry, width: usize) -> String {
    let mut out = format!("{}  {}  ({})\n\n", entry.id, entry.title, entry.kind);
    out.push_str(&wrapped(entry.explanation, width));
    if !entry.example.is_empty() {
        out.push_str("\nA text that has it:\n\n");
        for line in entry.example.lines() {
            out.push_str(&format!("    {line}\n"));
        }
    }
    out
}

/// Words in lines of at most `width` characters.
fn wrapped(text: &str, width: usize) -> String {
    let mut out = String::new();
    let mut used = 0;
    for word in text.split_whitespace() {
        let len = word.chars().count();
        if used > 0 && used + 1 + len > width {
            out.push('\n');
            used = 0;
        } else if used > 0 {
            out.push(' ');
            used += 1;
        }
        out.push_str(word);
        used += len;
    }
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_code_is_given_out_twice_and_every_code_says_something() {
        let mut ids: Vec<_> = entries().iter().map(|e| e.id).collect();
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all);
        assert!(
            entries()
                .iter()
                .all(|e| e.explanation.len() > 20 && !e.title.is_empty())
        );
    }
}
