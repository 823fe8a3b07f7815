//! The calendar: algebra, zones, rules, phrases and slots.
#![expect(clippy::unwrap_used, reason = "a test ends at the first surprise")]

mod algebra;
mod calendars;
mod conformance;
mod dateutil;
mod offsets;
mod phrases;
mod rules;
mod slots;
mod spans;
mod zones;

use jiff::civil::DateTime;
use tidegate_core::calendar::Zone;
use tidegate_core::time::Timestamp;

fn berlin() -> Zone {
    Zone::named("Europe/Berlin").unwrap()
}

/// An instant from RFC 3339 text.
fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// An instant from what clocks in the zone show.
fn local(zone: &Zone, text: &str) -> Timestamp {
    zone.instant(text.parse::<DateTime>().unwrap()).unwrap()
}
