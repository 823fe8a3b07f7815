//! Events as text.

use super::event::{Event, Repeats, When};
use super::shelf::Row;
use super::text::Text;
use super::vtimezone::{self, day, instant, stamp};
use jiff::ToSpan as _;
use std::collections::BTreeMap;
use tidegate_core::calendar::Zone;
use tidegate_core::time::Timestamp;

/// How long clients are asked to wait before they look again.
const REFRESH: &str = "PT1H";

/// What surrounds the events.
pub struct Frame<'a> {
    /// Name of the feed, as people gave it.
    pub name: &'a str,
    /// Version of the server.
    pub version: &'a str,
    /// What the ids of this server end with.
    pub origin: &'a str,
    /// Leave out what people typed.
    pub public: bool,
    /// Rules that could not be read, one line each.
    pub unknown: &'a [String],
}

/// The feed.
pub fn calendar(frame: &Frame<'_>, rows: &[(&String, &Row)]) -> String {
    let mut text = Text::default();
    text.line("BEGIN", "VCALENDAR");
    text.line("VERSION", "2.0");
    text.text("PRODID", &format!("-//Tidegate//{}//EN", frame.version));
    text.line("CALSCALE", "GREGORIAN");
    text.line("METHOD", "PUBLISH");
    let name = format!("Tidegate: {}", frame.name);
    text.text("NAME", &name);
    text.text("X-WR-CALNAME", &name);
    if !frame.unknown.is_empty() {
        let detail = if frame.public {
            String::new()
        } else {
            format!(": {}", frame.unknown.join("; "))
        };
        let missing = format!("Incomplete: rules that cannot be read{detail}");
        text.text("DESCRIPTION", &missing);
        text.text("X-WR-CALDESC", &missing);
    }
    text.line("REFRESH-INTERVAL;VALUE=DURATION", REFRESH);
    text.line("X-PUBLISHED-TTL", REFRESH);
    for (zone, from) in zones(rows) {
        vtimezone::write(&mut text, &zone, from);
    }
    for (uid, row) in rows {
        events(&mut text, frame, uid, row);
    }
    text.line("END", "VCALENDAR");
    text.end()
}

/// Zones of what repeats, each with an instant before its first event.
fn zones(rows: &[(&String, &Row)]) -> Vec<(Zone, Timestamp)> {
    let mut first: BTreeMap<&str, jiff::civil::DateTime> = BTreeMap::new();
    for (_, row) in rows {
        if let When::Repeats(repeats) = &row.event.when {
            let from = first.entry(&repeats.zone).or_insert(repeats.start);
            *from = (*from).min(repeats.start);
        }
    }
    let zone = |(name, start): (&str, jiff::civil::DateTime)| {
        let zone = Zone::named(name).ok()?;
        // From the beginning of the year before, so that the description changes once a year at most.
        let from = jiff::civil::date(start.year(), 1, 1).checked_sub(1.year());
        let from = from.ok()?.to_datetime(jiff::civil::Time::midnight());
        let at = zone.instant(from)?;
        Some((zone, at))
    };
    first.into_iter().filter_map(zone).collect()
}

fn events(text: &mut Text, frame: &Frame<'_>, uid: &str, row: &Row) {
    begin(text, frame, uid, row);
    match &row.event.when {
        When::At(at) => text.line("DTSTART", &instant(*at)),
        When::Within(from, until) => {
            text.line("DTSTART", &instant(*from));
            text.line("DTEND", &instant(*until));
        }
        When::Day(date) => {
            text.line("DTSTART;VALUE=DATE", &day(*date));
            if let Ok(next) = date.tomorrow() {
                text.line("DTEND;VALUE=DATE", &day(next));
            }
        }
        When::Repeats(repeats) => rule(text, repeats),
    }
    text.line("END", "VEVENT");
    let When::Repeats(repeats) = &row.event.when else {
        return;
    };
    for (start, from, until) in &repeats.exact {
        begin(text, frame, uid, row);
        text.line(&zoned("RECURRENCE-ID", repeats), &stamp(*start));
        text.line("DTSTART", &instant(*from));
        text.line("DTEND", &instant(*until));
        text.line("END", "VEVENT");
    }
}

fn rule(text: &mut Text, repeats: &Repeats) {
    text.line(&zoned("DTSTART", repeats), &stamp(repeats.start));
    text.line(&zoned("DTEND", repeats), &stamp(repeats.end));
    text.line("RRULE", &repeats.rule);
    for start in &repeats.except {
        text.line(&zoned("EXDATE", repeats), &stamp(*start));
    }
}

fn zoned(name: &str, repeats: &Repeats) -> String {
    format!("{name};TZID={}", repeats.zone)
}

fn begin(text: &mut Text, frame: &Frame<'_>, uid: &str, row: &Row) {
    let Event {
        kind,
        title,
        private,
        environments,
        services,
        cancelled,
        ..
    } = &row.event;
    text.line("BEGIN", "VEVENT");
    text.text("UID", &format!("{uid}@{}", frame.origin));
    text.line("DTSTAMP", &instant(row.changed));
    text.line("LAST-MODIFIED", &instant(row.changed));
    text.line("SEQUENCE", &row.sequence.to_string());
    text.line("STATUS", if *cancelled { "CANCELLED" } else { "CONFIRMED" });
    let place = if environments.is_empty() {
        String::new()
    } else {
        format!(" ({})", environments.join(", "))
    };
    text.text("SUMMARY", &format!("{title}{place}"));
    let mut lines = Vec::new();
    if !services.is_empty() {
        lines.push(format!("Services: {}", services.join(", ")));
    }
    if !frame.public {
        lines.extend(private.iter().cloned());
    }
    if !lines.is_empty() {
        text.text("DESCRIPTION", &lines.join("\n"));
    }
    text.text("CATEGORIES", kind);
    // It says when work may go out; nobody is busy because of it.
    text.line("TRANSP", "TRANSPARENT");
}
