//! Lanes of environments: the open hours of each day, and freezes across days.

use super::columns::Column;
use super::{Line, starts};
use std::ops::Range;
use tidegate_client::wire::{Calendar, CalendarEffect, CalendarItem, CalendarLane, Timestamp};
use tidegate_core::calendar::{Intervals, Span, Zone};

/// An environment, or a freeze of some of its services.
pub struct Lane {
    pub label: String,
    pub cells: Vec<Cell>,
    /// Whose clocks are shown, where the environment has others.
    clocks: String,
    /// What blocks, by column.
    blocks: Vec<(Span, String)>,
}

/// One day of a lane.
#[derive(Debug, Default)]
pub struct Cell {
    /// Hours, as far as they are not told by the fill.
    pub text: String,
    /// Blocked from where the text begins, or from its end.
    fill: Fill,
    /// The day.
    span: Option<Span>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Fill {
    #[default]
    None,
    /// Behind the text.
    After,
    /// The whole day.
    All,
}

/// What blocks begins with.
fn word(item: &CalendarItem) -> String {
    let kind = match item.kind.as_str() {
        "freeze" => "FREEZE".to_owned(),
        other => other.to_uppercase(),
    };
    format!("{kind} {}", item.name)
}

fn time(item: &CalendarItem) -> Option<Span> {
    Span::new(item.from, item.until.unwrap_or(Timestamp::MAX))
}

/// A lane for each environment, and below it one for each group of services that something blocks alone.
pub fn lanes(calendar: &Calendar, columns: &[Column], zone: &Zone) -> Vec<Lane> {
    let mut lanes = Vec::new();
    for lane in &calendar.lanes {
        let here = |item: &&CalendarItem| {
            !item.instant
                && (item.environments.is_empty() || item.environments.contains(&lane.environment))
        };
        let of = |effect: CalendarEffect| {
            let all = calendar.items.iter().filter(here);
            all.filter(move |item| item.effect == effect)
        };
        let (whole, some): (Vec<_>, Vec<_>) =
            of(CalendarEffect::Blocks).partition(|item| item.services.is_empty());
        let windows: Intervals = of(CalendarEffect::Opens).filter_map(time).collect();
        let open = lane.window.as_ref().map_or(Some(columns), |_| None);
        let open = open.map_or(windows, |all| all.iter().map(Column::span).collect());
        lanes.push(Lane::new(
            lane,
            lane.environment.clone(),
            &open,
            &whole,
            columns,
            zone,
        ));
        let mut groups: Vec<&Vec<String>> = some.iter().map(|item| &item.services).collect();
        groups.sort();
        groups.dedup();
        for services in groups {
            let theirs: Vec<_> = some
                .iter()
                .filter(|i| &i.services == services)
                .copied()
                .collect();
            let label = short(&services.join(","));
            lanes.push(Lane::new(
                lane,
                label,
                &Intervals::none(),
                &theirs,
                columns,
                zone,
            ));
        }
    }
    lanes
}

fn short(names: &str) -> String {
    match names.char_indices().nth(18) {
        Some((end, _)) => format!("  {}..", &names[..end]),
        None => format!("  {names}"),
    }
}

impl Lane {
    fn new(
        lane: &CalendarLane,
        label: String,
        open: &Intervals,
        against: &[&CalendarItem],
        columns: &[Column],
        zone: &Zone,
    ) -> Self {
        let blocks: Vec<(Span, String)> = against
            .iter()
            .filter_map(|item| Some((time(item)?, word(item))))
            .collect();
        let blocked: Intervals = blocks.iter().map(|(span, _)| *span).collect();
        let open = open.subtraction(&blocked);
        let differs = Zone::named(&lane.zone).is_ok_and(|own| {
            let other = |at: Timestamp| own.civil(at) != zone.civil(at);
            label == lane.environment && columns.iter().any(|c| other(c.span().start()))
        });
        let name = zone.name().rsplit('/').next().unwrap_or_default();
        let clocks = match differs {
            true => format!("   ({} time)", name.replace('_', " ")),
            false => String::new(),
        };
        let cell = |column: &Column| {
            let cell = cell(column.span(), &open, &blocked, zone);
            match column {
                Column::Day { .. } => cell,
                // There is no room for hours.
                Column::Gap { .. } => Cell {
                    text: String::new(),
                    ..cell
                },
            }
        };
        Self {
            label,
            cells: columns.iter().map(cell).collect(),
            clocks,
            blocks,
        }
    }

    /// The lane in a block of columns.
    pub fn line(&self, label: usize, part: Range<usize>, widths: &[usize]) -> String {
        let mut line = Line::new(label, &self.label);
        let cells = &self.cells[part];
        for (at, (cell, width)) in starts(widths).zip(cells.iter().zip(widths)) {
            let text = cell.text.chars().count();
            match cell.fill {
                Fill::None => {}
                Fill::After => line.write(at + text, &"=".repeat(width - text)),
                Fill::All => line.write(at, &"=".repeat(*width)),
            }
            line.write(at, &cell.text);
        }
        self.names(&mut line, cells, widths);
        line.end(&self.clocks)
    }

    /// The name of what blocks, at the beginning of each stretch, as far as there is room for it.
    fn names(&self, line: &mut Line, cells: &[Cell], widths: &[usize]) {
        for (start, end, time) in runs(cells, widths) {
            let mut words: Vec<&str> = self
                .blocks
                .iter()
                .filter(|(span, _)| span.overlap(time).is_some())
                .map(|(_, word)| word.as_str())
                .collect();
            words.dedup();
            let text = words.join(" + ");
            let (room, long) = (end - start, text.chars().count());
            if long < room {
                line.write(start, &format!("{text} "));
            } else if room > 3 {
                let cut: String = text.chars().take(room - 3).collect();
                line.write(start, &format!("{cut}.. "));
            }
        }
    }
}

/// Stretches that are filled: from and up to which place, and their time.
fn runs(cells: &[Cell], widths: &[usize]) -> Vec<(usize, usize, Span)> {
    let mut runs: Vec<(usize, usize, Span)> = Vec::new();
    for (at, (cell, width)) in starts(widths).zip(cells.iter().zip(widths)) {
        let start = match cell.fill {
            Fill::None => continue,
            Fill::After => at + cell.text.chars().count(),
            Fill::All => at,
        };
        let Some(day) = cell.span else { continue };
        match runs.last_mut() {
            Some((_, end, time)) if *end == start => {
                *end = at + width;
                *time = Span::new(time.start(), day.end()).unwrap_or(*time);
            }
            _ => runs.push((start, at + width, day)),
        }
    }
    runs
}

/// One day of an environment.
fn cell(day: Span, open: &Intervals, blocked: &Intervals, zone: &Zone) -> Cell {
    let blocked = blocked.within(day);
    let open = open.within(day);
    let made = |text: String, fill: Fill| Cell {
        text,
        fill,
        span: Some(day),
    };
    let clock = |at: Timestamp| {
        let civil = zone.civil(at);
        match (at == day.end(), civil.minute()) {
            (true, _) => "24".to_owned(),
            (false, 0) => civil.strftime("%H").to_string(),
            (false, _) => civil.strftime("%H:%M").to_string(),
        }
    };
    let [first, rest @ ..] = blocked.spans() else {
        return made(hours(open.spans(), &clock), Fill::None);
    };
    // A day on which nothing is open before is closed from its beginning.
    let shut = open
        .ending_after(day.start())
        .first()
        .is_none_or(|s| s.start() >= first.start());
    if first.end() == day.end() && shut {
        return made(String::new(), Fill::All);
    }
    let mut text = String::new();
    let mut from = day.start();
    for span in [first].into_iter().chain(rest) {
        let before = open
            .ending_after(from)
            .iter()
            .take_while(|s| s.start() < span.start());
        text.push_str(&between(
            before.copied().collect::<Vec<_>>().as_slice(),
            from,
            day,
            &clock,
        ));
        if span.start() > day.start() {
            text.push_str(&format!("|{}", clock(span.start())));
        }
        if span.end() == day.end() {
            return made(text, Fill::After);
        }
        text.push_str(&format!(
            "{}{}|",
            if span.start() > day.start() { "-" } else { "" },
            clock(span.end())
        ));
        from = span.end();
    }
    let after: Vec<Span> = open.ending_after(from).to_vec();
    text.push_str(&between(&after, from, day, &clock));
    made(text, Fill::None)
}

/// Open hours beside something that blocks; where it ends and they begin the hour is said once.
fn between(
    open: &[Span],
    from: Timestamp,
    day: Span,
    clock: &dyn Fn(Timestamp) -> String,
) -> String {
    let one = |span: &Span| {
        if span.start() == from && from > day.start() {
            format!("--{}", clock(span.end()))
        } else {
            format!("{}-{}", clock(span.start()), clock(span.end()))
        }
    };
    open.iter().map(one).collect::<Vec<_>>().join(",")
}

/// `09----16`, or `09-12,14-16`.
fn hours(open: &[Span], clock: &dyn Fn(Timestamp) -> String) -> String {
    if let [one] = open {
        let (start, end) = (clock(one.start()), clock(one.end()));
        let dashes = 8usize.saturating_sub(start.len() + end.len()).max(2);
        return format!("{start}{}{end}", "-".repeat(dashes));
    }
    let one = |span: &Span| format!("{}-{}", clock(span.start()), clock(span.end()));
    open.iter().map(one).collect::<Vec<_>>().join(",")
}
