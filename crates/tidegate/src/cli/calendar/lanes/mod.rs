//! The calendar as lanes of days: environments with their open hours and freezes, and below them whatever else there is.
//!
//! Made of the API's answer and a look alone. Columns are days in the reader's zone; weekends on which nothing begins, ends or
//! opens are one stroke. Exact instants are in the other formats; what the picture cannot show is said below it.

mod cell;
mod columns;
mod notes;
mod rows;

use crate::output::Look;
use columns::{Column, columns};
use tidegate_client::wire::Calendar;
use tidegate_core::calendar::Zone;

/// Least width of a day.
const DAY: usize = 10;

/// A picture of the calendar.
///
/// # Errors
/// The zone that is shown is not in the database of this program.
pub fn text(calendar: &Calendar, look: &Look) -> Result<String, String> {
    let zone = Zone::named(look.zone.name())?;
    let all = columns(calendar, &zone);
    let lanes: Vec<cell::Lane> = cell::lanes(calendar, &all, &zone);
    let others = rows::rows(calendar, &all, &zone);
    let label = lanes.iter().map(|lane| &lane.label);
    let label = label.chain(others.iter().map(|row| &row.label));
    let label = label.map(|text| text.chars().count()).max().unwrap_or(0) + 2;
    let widths = widths(&all, &lanes);
    let mut text = String::new();
    for part in parts(&all, &widths, look.width.saturating_sub(label)) {
        if !text.is_empty() {
            text.push('\n');
        }
        let (all, widths) = (&all[part.clone()], &widths[part.clone()]);
        let mut line = Line::new(label, "");
        for (at, (column, width)) in starts(widths).zip(all.iter().zip(widths)) {
            match column {
                Column::Day { date, .. } => {
                    let name = date.strftime("%a %-d").to_string();
                    line.write(at, &format!("{name:width$}"));
                }
                // The day before leaves room for it.
                Column::Gap { .. } => line.write(at.saturating_sub(1), "| "),
            }
        }
        text.push_str(&line.end(""));
        for lane in &lanes {
            text.push_str(&lane.line(label, part.clone(), widths));
        }
        for row in &others {
            text.push_str(&row.lines(label, all, widths));
        }
    }
    text.push_str(&notes::notes(calendar, look, &zone));
    Ok(text)
}

/// Columns of each block that fits the width, whole weeks where there are any.
fn parts(all: &[Column], widths: &[usize], room: usize) -> Vec<std::ops::Range<usize>> {
    let mut parts = Vec::new();
    let mut start = 0;
    while start < all.len() {
        let (mut end, mut used) = (start, 0);
        while end < all.len() && (end == start || used + widths[end] <= room) {
            used += widths[end];
            end += 1;
        }
        if end < all.len() {
            let gap = (start + 1..end)
                .rev()
                .find(|at| matches!(all[*at], Column::Gap { .. }));
            end = gap.map_or(end, |gap| gap + 1);
        }
        // A stroke at the edge of a block parts nothing.
        let inner = (start..end)
            .skip_while(|at| matches!(all[*at], Column::Gap { .. }))
            .collect::<Vec<_>>();
        let last = inner
            .iter()
            .rev()
            .find(|at| !matches!(all[**at], Column::Gap { .. }));
        if let (Some(first), Some(last)) = (inner.first(), last) {
            parts.push(*first..*last + 1);
        }
        start = end;
    }
    parts
}

/// A column is as wide as the widest cell needs.
fn widths(all: &[Column], lanes: &[cell::Lane]) -> Vec<usize> {
    let width = |(at, column): (usize, &Column)| match column {
        Column::Gap { .. } => 1,
        Column::Day { .. } => {
            let cells = lanes
                .iter()
                .map(|lane| lane.cells[at].text.chars().count() + 2);
            cells.max().unwrap_or(0).max(DAY)
        }
    };
    all.iter().enumerate().map(width).collect()
}

/// Where columns of these widths begin.
fn starts(widths: &[usize]) -> impl Iterator<Item = usize> {
    widths.iter().scan(0, |at, width| {
        let start = *at;
        *at += width;
        Some(start)
    })
}

/// One line of text, written at places.
struct Line {
    label: usize,
    chars: Vec<char>,
}

impl Line {
    fn new(label: usize, name: &str) -> Self {
        Self {
            label,
            chars: format!("{name:label$}").chars().collect(),
        }
    }
    /// Text from a column of the days on, over what is there.
    fn write(&mut self, at: usize, text: &str) {
        for (n, char) in text.chars().enumerate() {
            let at = self.label + at + n;
            if self.chars.len() <= at {
                self.chars.resize(at + 1, ' ');
            }
            self.chars[at] = char;
        }
    }
    /// How far it is written, from the first day on.
    fn used(&self) -> usize {
        self.chars.len().saturating_sub(self.label)
    }
    fn end(self, more: &str) -> String {
        let text: String = self.chars.into_iter().collect();
        format!("{}{more}\n", text.trim_end())
    }
}

#[cfg(test)]
mod tests;
