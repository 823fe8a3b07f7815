//! What the picture cannot show: clocks that change, rules that could not be read, and what was left out.

use super::columns::midnight;
use crate::cli::calendar::feeds;
use crate::output::Look;
use std::collections::BTreeSet;
use tidegate_client::wire::{Calendar, Timestamp};
use tidegate_core::calendar::Zone;

/// Lines below the picture, with an empty one before them when there are any.
pub fn notes(calendar: &Calendar, look: &Look, shown: &Zone) -> String {
    let mut clocks = Vec::new();
    let mut zones: BTreeSet<&str> = calendar
        .lanes
        .iter()
        .map(|lane| lane.zone.as_str())
        .collect();
    zones.insert(shown.name());
    for zone in zones.iter().filter_map(|name| Zone::named(name).ok()) {
        let changes = changes(calendar.from, calendar.until, &zone);
        clocks.extend(changes.into_iter().map(|(at, before)| {
            let name = zone
                .name()
                .rsplit('/')
                .next()
                .unwrap_or_default()
                .replace('_', " ");
            let civil = zone.civil(at);
            let how = if civil > before { "forward" } else { "back" };
            let text = format!(
                "clocks in {name} go {how} on {}, {} to {}",
                before.strftime("%a %-d %b %Y"),
                before.strftime("%H:%M"),
                civil.strftime("%H:%M"),
            );
            (at, text)
        }));
    }
    clocks.sort();
    let mut lines = Vec::new();
    lines.extend(calendar.stale.iter().map(|one| feeds::stale(one, look)));
    for unknown in &calendar.unknown {
        let rule = &unknown.rule;
        let place = if rule.line > 0 {
            format!("{}:{}", rule.file, rule.line)
        } else {
            rule.file.clone()
        };
        lines.push(format!(
            "cannot be read: {} ({place}): {}; what it concerns is closed",
            rule.path, unknown.because
        ));
    }
    if calendar.left_out > 0 {
        let last = calendar
            .items
            .last()
            .map_or(calendar.from, |item| item.from);
        lines.push(format!(
            "{} later items are left out, from {} on: ask for a shorter time or fewer kinds",
            calendar.left_out,
            look.zone.long(last)
        ));
    }
    lines.extend(clocks.into_iter().map(|(_, line)| line));
    let lines: String = lines.into_iter().map(|line| line + "\n").collect();
    if lines.is_empty() {
        lines
    } else {
        format!("\n{lines}")
    }
}

/// Instants at which clocks change, with what they would have shown.
fn changes(
    from: Timestamp,
    until: Timestamp,
    zone: &Zone,
) -> Vec<(Timestamp, jiff::civil::DateTime)> {
    let ahead = |at: Timestamp| {
        let utc = Zone::utc().civil(at);
        zone.civil(at).since(utc).ok().map(|span| span.fieldwise())
    };
    let mut found = Vec::new();
    let mut date = zone.civil(from).date();
    while let (Some(start), Ok(next)) = (midnight(zone, date), date.tomorrow()) {
        let Some(end) = midnight(zone, next).filter(|_| start < until) else {
            break;
        };
        if ahead(start) != ahead(end) {
            let (mut low, mut high) = (start.as_second(), end.as_second());
            while low + 1 < high {
                let middle = low + (high - low) / 2;
                let there = Timestamp::from_second(middle).unwrap_or(start);
                if ahead(there) == ahead(start) {
                    low = middle;
                } else {
                    high = middle;
                }
            }
            let at = Timestamp::from_second(high).unwrap_or(end);
            let last = Timestamp::from_second(low).unwrap_or(start);
            let before = zone
                .civil(last)
                .saturating_add(jiff::SignedDuration::from_secs(1));
            if from <= at && at < until {
                found.push((at, before));
            }
        }
        date = next;
    }
    found
}
