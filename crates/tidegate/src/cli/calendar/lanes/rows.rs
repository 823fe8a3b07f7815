//! Rows below the environments: departures, slots, work under way, and whatever people put on the calendar.

use super::columns::Column;
use super::{Line, starts};
use tidegate_client::wire::{Calendar, CalendarEffect, CalendarItem, CalendarState, Timestamp};
use tidegate_core::calendar::{Span, Zone};

/// Kinds with the name of their row, in order; any other kind has its own name and comes after them.
const NAMES: [(&str, &str); 7] = [
    ("departure", "trains"),
    ("board", "board"),
    ("slot", "slots"),
    ("deployment", "running"),
    ("holiday", "holiday"),
    ("quarter-end", "quarter"),
    ("cover-gap", "no cover"),
];

/// A row with its texts by beginning.
pub struct Row {
    pub label: String,
    entries: Vec<Entry>,
}

struct Entry {
    text: String,
    from: Timestamp,
    /// Until when a stroke is drawn.
    until: Timestamp,
}

/// A row for each kind that is no window and blocks nothing of an environment's lane.
pub fn rows(calendar: &Calendar, columns: &[Column], zone: &Zone) -> Vec<Row> {
    let shown = columns.iter().map(Column::span);
    let first = shown
        .clone()
        .next()
        .map(Span::start)
        .unwrap_or(calendar.from);
    let mut rows: Vec<(String, Vec<Entry>)> = Vec::new();
    for item in &calendar.items {
        // Those have a lane.
        if matches!(item.effect, CalendarEffect::Opens | CalendarEffect::Blocks) && !item.instant {
            continue;
        }
        let name = NAMES.iter().find(|(kind, _)| *kind == item.kind);
        let label = name.map_or(item.kind.as_str(), |(_, name)| name).to_owned();
        let entry = entry(item, first, zone);
        match rows.iter_mut().find(|(name, _)| *name == label) {
            Some((_, entries)) => entries.push(entry),
            None => rows.push((label, vec![entry])),
        }
    }
    let place = |label: &str| NAMES.iter().position(|(_, name)| *name == label);
    rows.sort_by_key(|(label, _)| place(label).unwrap_or(NAMES.len()));
    let row = |(label, entries)| Row { label, entries };
    rows.into_iter().map(row).collect()
}

fn entry(item: &CalendarItem, first: Timestamp, zone: &Zone) -> Entry {
    let civil = |at: Timestamp| zone.civil(at);
    let clock = |at: Timestamp| civil(at).strftime("%H:%M").to_string();
    let (start, end) = (item.from, item.until.unwrap_or(Timestamp::MAX));
    let whole = |at: Timestamp| clock(at) == "00:00";
    let mut text = item.name.clone();
    if item.instant {
        text = format!("{text} {}", clock(start));
    } else if matches!(item.kind.as_str(), "holiday" | "quarter-end") {
        text.clone_from(&item.title);
    } else if start >= first && !whole(start) {
        text = format!("{text} {}", clock(start));
        if end < Timestamp::MAX && civil(start).date() == civil(end).date() {
            text.push_str(&format!("-{}", clock(end)));
        }
    }
    if item.kind == "departure" && item.detail.starts_with("waits") {
        text.push_str(&format!(" !{}", item.detail));
    }
    if matches!(item.kind.as_str(), "slot" | "deployment") {
        let environments = item.environments.join(",");
        text = text.replacen(&item.name, &format!("{}>{environments}", item.name), 1);
    }
    if item.state == CalendarState::Cancelled {
        text.push_str(" (cancelled)");
    }
    let until = if item.instant { start } else { end };
    Entry {
        text,
        from: start.max(first),
        until,
    }
}

impl Row {
    /// The row in a block of columns, in as many lines as its texts need.
    pub fn lines(&self, label: usize, columns: &[Column], widths: &[usize]) -> String {
        let mut lines: Vec<Line> = Vec::new();
        let ends: Vec<usize> = starts(widths)
            .zip(widths)
            .map(|(at, width)| at + width)
            .collect();
        for entry in &self.entries {
            let inside = |column: &Column| {
                let day = column.span();
                day.contains(entry.from) || (day.start() > entry.from && day.start() < entry.until)
            };
            let Some(first) = columns.iter().position(inside) else {
                continue;
            };
            let last = columns.iter().rposition(inside).unwrap_or(first);
            let at = ends[first] - widths[first];
            let room = ends[last] - at;
            let stroke = room.saturating_sub(entry.text.chars().count() + 2);
            let text = match (last > first, stroke) {
                (true, 1..) => format!("{} {}", entry.text, "-".repeat(stroke)),
                _ => entry.text.clone(),
            };
            let free = lines
                .iter()
                .position(|line| line.used() == 0 || line.used() < at);
            let index = free.unwrap_or(lines.len());
            if index == lines.len() {
                let name = if lines.is_empty() {
                    self.label.as_str()
                } else {
                    ""
                };
                lines.push(Line::new(label, name));
            }
            lines[index].write(at, &text);
        }
        lines.into_iter().map(|line| line.end("")).collect()
    }
}
