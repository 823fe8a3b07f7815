//! Imported holidays: lists of countries and regions (`import: [DE-BE]`), and iCalendar files of the tree
//! (`import: [holidays/de-be.ics]`).
//!
//! A path is relative to the file that names it and stays below the root. A file is taken whole or not at all: a list with a
//! day missing would move every freeze that counts working days.

use crate::files::{Files, MAX_FILE};
use crate::holidays::{List, YEARS, looks_like_a_code};
use crate::ics::{Ics, IcsError, Reach};
use crate::yaml::{Node, Spot};
use jiff::civil::{Date, date};
use std::sync::Arc;
use tidegate_core::calendar::{Span, Zone};

/// Days before and from these on are left out: rules without an end have to end somewhere.
const FROM: Date = date(*YEARS.start(), 1, 1);
const UNTIL: Date = date(*YEARS.end() + 1, 1, 1);
/// Most days of a file.
const DAYS: usize = 20_000;
/// Most files of a list; more are refused where they stand.
pub const FILES: usize = 50;

/// Why an entry of `import` is not read.
pub enum Unimported {
    /// It names no file.
    NoPath,
    /// It has the form of a code, and there is no such list.
    NoList,
    /// It leads out of the tree.
    Outside,
    /// There is no such file; this is where it was looked for.
    Missing(String),
    /// The file is larger than others may be; its size.
    TooLarge(usize),
    /// What is wrong in the file, and where.
    Bad(Spot, IcsError),
}

/// An entry of `import` with its days and their places, or why it is not read.
pub type Imported<'a> = (&'a Node, Result<Vec<(Date, Spot)>, Unimported>);

/// Lists of countries and regions that `import` names, with their places.
pub fn lists(node: &Node) -> impl Iterator<Item = (&'static List, &Spot)> {
    let items = node.get("import").map_or(&[][..], Node::items).iter();
    let items = items.take(FILES);
    items.filter_map(|item| Some((List::named(item.text()?.trim())?, &item.spot)))
}

/// The days of each file that `import` names, with their places in it, and what is neither file nor list.
pub fn imported<'a>(node: &'a Node, files: &Files) -> Vec<Imported<'a>> {
    let items = node.get("import").map_or(&[][..], Node::items);
    let text = |item: &'a Node| Some((item, item.text()?.trim()));
    items
        .iter()
        .take(FILES)
        .filter_map(text)
        .filter(|(_, text)| List::named(text).is_none())
        .map(|(item, text)| (item, days(&item.spot.file, text, files)))
        .collect()
}

fn days(from: &str, text: &str, files: &Files) -> Result<Vec<(Date, Spot)>, Unimported> {
    if !text.ends_with(".ics") {
        let code = looks_like_a_code(text);
        return Err(if code {
            Unimported::NoList
        } else {
            Unimported::NoPath
        });
    }
    let path = beside(from, text).ok_or(Unimported::Outside)?;
    let Some(content) = files.text(&path) else {
        return Err(Unimported::Missing(path));
    };
    if content.len() > MAX_FILE {
        return Err(Unimported::TooLarge(content.len()));
    }
    let file: Arc<str> = Arc::from(path.as_str());
    let lines = Lines::of(&file, content);
    let bad = |error: IcsError| Unimported::Bad(lines.place(error.line), error);
    let zone = Zone::utc();
    let ics = Ics::read(content, &zone).map_err(bad)?;
    let instants = (
        zone.instant(FROM.to_datetime(jiff::civil::Time::midnight())),
        zone.instant(UNTIL.to_datetime(jiff::civil::Time::midnight())),
    );
    let (Some(from), Some(until)) = instants else {
        return Ok(Vec::new());
    };
    let Some(time) = Span::new(from, until) else {
        return Ok(Vec::new());
    };
    let partly = |line: usize, called: String| {
        bad(IcsError {
            line,
            what: format!("{called} is no whole day"),
            help: "a holiday is a whole day: write DTSTART;VALUE=DATE, or remove the event"
                .to_owned(),
        })
    };
    if let Some(event) = ics.events.iter().find(|event| event.length.is_zero()) {
        return Err(partly(event.line, event.called()));
    }
    let reach = Reach { time, most: DAYS };
    let mut all = Vec::new();
    for item in ics.items(&zone, reach).map_err(bad)? {
        if item.cancelled {
            continue;
        }
        let Some((first, last)) = item.days else {
            return Err(partly(
                item.line,
                format!("the event `{}`", item.title.trim()),
            ));
        };
        let spot = lines.place(item.line);
        let within = first.series(jiff::Span::new().days(1));
        let within = within.take_while(|day| *day <= last).take(DAYS);
        all.extend(within.map(|day| (day, spot.clone())));
    }
    Ok(all)
}

/// `text` as seen from the file `from`; none when it leads out of the tree.
fn beside(from: &str, text: &str) -> Option<String> {
    if text.starts_with('/') || text.contains('\\') || text.contains(':') {
        return None;
    }
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(text.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            other => parts.push(other),
        }
    }
    Some(parts.join("/"))
}

/// Where the lines of a file are.
struct Lines<'a> {
    file: &'a Arc<str>,
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    fn of(file: &'a Arc<str>, text: &'a str) -> Self {
        let ends = text.match_indices('\n').map(|(at, _)| at + 1);
        let starts = std::iter::once(0).chain(ends).collect();
        Self { file, text, starts }
    }

    fn place(&self, line: usize) -> Spot {
        let start = self.starts.get(line.saturating_sub(1)).copied();
        let start = start.unwrap_or(self.text.len());
        let length = self.text[start..].lines().next().map_or(0, str::len);
        Spot {
            file: Arc::clone(self.file),
            span: start..start + length,
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_seen_from_its_file_and_stays_in_the_tree() {
        let seen = |from, text| beside(from, text);
        assert_eq!(seen("calendar.yaml", "de.ics").as_deref(), Some("de.ics"));
        assert_eq!(
            seen("a/b/c.yaml", "../h/de.ics").as_deref(),
            Some("a/h/de.ics")
        );
        assert_eq!(seen("a/c.yaml", "./de.ics").as_deref(), Some("a/de.ics"));
        for outside in ["../de.ics", "/etc/de.ics", "C:\\de.ics", "https://x/de.ics"] {
            assert_eq!(seen("calendar.yaml", outside), None, "{outside}");
        }
    }
}
