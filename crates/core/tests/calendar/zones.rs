//! From clocks to instants: gaps, folds, midnight, and a day that was left out.

use super::{at, local};
use jiff::civil::DateTime;
use tidegate_core::calendar::civil::{CivilEnd, CivilSpan, Fits};
use tidegate_core::calendar::{Span, Zone};
use tidegate_core::time::Millis;

fn window(zone: &str, start: &str, end: &str) -> Option<Span> {
    let (start, end): (DateTime, DateTime) = (start.parse().unwrap(), end.parse().unwrap());
    let end = CivilEnd::At(end);
    CivilSpan { start, end }.on(&Zone::named(zone).unwrap())
}

/// Zone, what its clocks show, the instant, and how it lies.
const CHANGES: [(&str, &str, &str, Fits); 10] = [
    // Berlin goes from 02:00 to 03:00, and back from 03:00 to 02:00.
    (
        "Europe/Berlin",
        "2026-03-29 02:30",
        "2026-03-29T01:30:00Z",
        Fits::Skipped,
    ),
    (
        "Europe/Berlin",
        "2026-10-25 02:30",
        "2026-10-25T00:30:00Z",
        Fits::Twice,
    ),
    (
        "Europe/Berlin",
        "2026-10-25 03:00",
        "2026-10-25T02:00:00Z",
        Fits::Once,
    ),
    (
        "America/New_York",
        "2026-03-08 02:15",
        "2026-03-08T07:15:00Z",
        Fits::Skipped,
    ),
    (
        "America/New_York",
        "2026-11-01 01:15",
        "2026-11-01T05:15:00Z",
        Fits::Twice,
    ),
    // Half an hour only.
    (
        "Australia/Lord_Howe",
        "2026-10-04 02:10",
        "2026-10-03T15:40:00Z",
        Fits::Skipped,
    ),
    (
        "Australia/Lord_Howe",
        "2026-04-05 01:40",
        "2026-04-04T14:40:00Z",
        Fits::Twice,
    ),
    (
        "Australia/Lord_Howe",
        "2026-04-05 02:00",
        "2026-04-04T15:30:00Z",
        Fits::Once,
    ),
    // A whole day was left out.
    (
        "Pacific/Apia",
        "2011-12-30 12:00",
        "2011-12-30T22:00:00Z",
        Fits::Skipped,
    ),
    // Clocks change at midnight: the day begins at 01:00.
    (
        "Africa/Cairo",
        "2026-04-24 00:00",
        "2026-04-23T22:00:00Z",
        Fits::Skipped,
    ),
];

#[test]
fn a_skipped_time_moves_later_by_the_gap_and_of_a_repeated_one_the_first_counts() {
    for (name, civil, instant, fits) in CHANGES {
        let zone = Zone::named(name).unwrap();
        let civil: DateTime = civil.parse().unwrap();
        assert_eq!(zone.instant(civil), Some(at(instant)), "{name} {civil}");
        assert_eq!(zone.fits(civil), fits, "{name} {civil}");
    }
}

#[test]
fn a_night_window_is_an_hour_shorter_or_longer_when_clocks_change() {
    let hours = |zone, start, end| window(zone, start, end).unwrap().length().0 / 3_600_000;
    let table = [
        ("Europe/Berlin", "2026-11-21 22:00", "2026-11-22 06:00", 8),
        ("Europe/Berlin", "2026-03-28 22:00", "2026-03-29 06:00", 7),
        ("Europe/Berlin", "2026-10-24 22:00", "2026-10-25 06:00", 9),
        (
            "America/New_York",
            "2026-11-01 00:00",
            "2026-11-02 00:00",
            25,
        ),
        (
            "America/New_York",
            "2026-03-08 00:00",
            "2026-03-09 00:00",
            23,
        ),
    ];
    for (zone, start, end, wanted) in table {
        assert_eq!(hours(zone, start, end), wanted, "{zone} {start}");
    }
    let lord_howe = window(
        "Australia/Lord_Howe",
        "2026-10-03 22:00",
        "2026-10-04 06:00",
    )
    .unwrap();
    assert_eq!(lord_howe.length(), Millis::minutes(7 * 60 + 30));
}

#[test]
fn a_window_within_a_change_keeps_its_ends_or_is_not_there() {
    // Both ends are skipped: both move.
    let both = window("Europe/Berlin", "2026-03-29 02:10", "2026-03-29 02:50").unwrap();
    assert_eq!(
        both.to_string(),
        "2026-03-29T01:10:00Z to 2026-03-29T01:50:00Z"
    );
    // The start moves behind the end: nothing is left.
    assert_eq!(
        window("Europe/Berlin", "2026-03-29 02:30", "2026-03-29 03:15"),
        None
    );
    // Both ends are repeated: the first of each.
    let fold = window("Europe/Berlin", "2026-10-25 02:00", "2026-10-25 03:00").unwrap();
    assert_eq!(
        fold.to_string(),
        "2026-10-25T00:00:00Z to 2026-10-25T02:00:00Z"
    );
    let first = window("Europe/Berlin", "2026-10-25 01:30", "2026-10-25 02:30").unwrap();
    assert_eq!(first.length(), Millis::minutes(60));
}

#[test]
fn an_end_by_duration_counts_time_that_goes_by() {
    let zone = Zone::named("Europe/Berlin").unwrap();
    let start: DateTime = "2026-03-29 01:00".parse().unwrap();
    let end = CivilEnd::After(Millis::minutes(180));
    let span = CivilSpan { start, end }.on(&zone).unwrap();
    assert_eq!(span.end(), local(&zone, "2026-03-29 05:00"));
}

#[test]
fn only_zones_whose_clocks_never_change_by_definition_count_as_fixed() {
    for name in ["UTC", "Etc/UTC", "Etc/GMT+5", "GMT"] {
        assert!(Zone::named(name).unwrap().is_fixed(), "{name}");
    }
    for name in ["Europe/Berlin", "Asia/Tokyo", "Africa/Lagos"] {
        assert!(!Zone::named(name).unwrap().is_fixed(), "{name}");
    }
    assert!(
        Zone::named("Mars/Olympus")
            .unwrap_err()
            .contains("not an IANA time zone")
    );
}
