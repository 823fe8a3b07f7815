//! Rules of spans: `DTEND`, `DURATION`, windows over midnight, over days and over the nights in which clocks change.

use super::{at, berlin, local};
use jiff::civil::date;
use tidegate_core::calendar::rule::RuleSet;
use tidegate_core::calendar::{Bounds, Ended, Intervals, Schedule, Setting, Span, Written, Zone};
use tidegate_core::time::{Millis, Timestamp};

/// The spans of a text within bounds, as clocks in Berlin show them.
fn shown(text: &str, from: &str, until: &str) -> Vec<String> {
    let zone = berlin();
    let setting = Setting::in_zone(zone.clone());
    let schedule = Written::read(text)
        .expect(text)
        .schedule(&setting, date(2026, 1, 1))
        .unwrap();
    assert!(schedule.has_spans(), "{text}");
    let bounds = Bounds::new(local(&zone, from), local(&zone, until), 100);
    let (found, _) = schedule.happenings(&setting, bounds).unwrap();
    let clock = |at: Timestamp| zone.civil(at).strftime("%a %m-%d %H:%M").to_string();
    let line = |span: Span| {
        let (start, end) = (clock(span.start()), clock(span.end()));
        format!("{start} - {end} ({})", span.length())
    };
    found.iter().filter_map(|h| h.span).map(line).collect()
}

#[test]
fn a_weekend_lasts_an_hour_less_in_spring_and_an_hour_more_in_autumn() {
    let weekend = "Fri 18:00 - Mon 06:00";
    let spring = shown(weekend, "2027-03-26 00:00", "2027-04-03 00:00");
    assert_eq!(
        spring,
        [
            "Fri 03-26 18:00 - Mon 03-29 06:00 (2d11h)",
            "Fri 04-02 18:00 - Mon 04-05 06:00 (2d12h)"
        ]
    );
    let autumn = shown(weekend, "2026-10-23 00:00", "2026-10-30 00:00");
    assert_eq!(autumn, ["Fri 10-23 18:00 - Mon 10-26 06:00 (2d13h)"]);
    // On Sunday it is still open.
    let running = shown(weekend, "2026-11-22 12:00", "2026-11-23 12:00");
    assert_eq!(running, ["Fri 11-20 18:00 - Mon 11-23 06:00 (2d12h)"]);
}

#[test]
fn a_window_that_meets_a_skipped_one_behind_the_gap_keeps_its_own_end() {
    let both = "DTSTART:20270101T023000 DTEND:20270101T033000 RRULE:FREQ=DAILY;BYHOUR=2,3";
    let found = shown(both, "2027-03-28 00:00", "2027-03-29 00:00");
    assert_eq!(found, ["Sun 03-28 03:30 - Sun 03-28 04:30 (1h)"]);
}

#[test]
fn an_end_is_what_clocks_show_and_a_duration_in_hours_is_time_that_goes_by() {
    let table = [
        (
            "DTSTART;TZID=Europe/Berlin:20270101T220000 DTEND;TZID=Europe/Berlin:20270102T060000 RRULE:FREQ=DAILY",
            "Sat 03-27 22:00 - Sun 03-28 06:00 (7h)",
        ),
        (
            "DTSTART;TZID=Europe/Berlin:20270101T220000 DURATION:PT8H RRULE:FREQ=DAILY",
            "Sat 03-27 22:00 - Sun 03-28 07:00 (8h)",
        ),
        (
            "rrule:DTSTART:20270101T220000 DURATION:P1D RRULE:FREQ=DAILY",
            "Sat 03-27 22:00 - Sun 03-28 22:00 (23h)",
        ),
        (
            "rrule: DTSTART:20270101T220000 DURATION:P1DT2H RRULE:FREQ=DAILY;BYDAY=SA",
            "Sat 03-27 22:00 - Mon 03-29 00:00 (1d1h)",
        ),
        (
            "DTSTART;VALUE=DATE:20270101 DTEND;VALUE=DATE:20270102 RRULE:FREQ=WEEKLY;BYDAY=SU",
            "Sun 03-28 00:00 - Mon 03-29 00:00 (23h)",
        ),
        (
            // 22:00 in London is 23:00 in Berlin.
            "DTSTART;TZID=Europe/Berlin:20270101T220000 DTEND;TZID=Europe/London:20270101T220000 RRULE:FREQ=DAILY",
            "Sat 03-27 22:00 - Sat 03-27 23:00 (1h)",
        ),
    ];
    for (text, wanted) in table {
        let found = shown(text, "2027-03-27 12:00", "2027-03-28 12:00");
        assert!(found.iter().any(|span| span == wanted), "{text}: {found:?}");
    }
}

#[test]
fn a_set_with_an_end_is_read_back_from_its_text() {
    for text in [
        "DTSTART;TZID=Europe/Berlin:20270101T220000\nDTEND;TZID=Europe/Berlin:20270102T060000\nRRULE:FREQ=DAILY\nEXDATE;TZID=Europe/Berlin:20270103T220000",
        "DTSTART:20270101T220000Z\nDURATION:P1DT2H30M\nRRULE:FREQ=HOURLY;INTERVAL=5",
        "DTSTART:20270101T220000\nDURATION:PT1H1S\nRDATE:20270301T100000",
        "DTSTART;VALUE=DATE:20270101\nDTEND;VALUE=DATE:20270103\nRRULE:FREQ=WEEKLY",
    ] {
        let set = RuleSet::read(text).expect(text);
        assert_eq!(set.to_string(), text);
    }
}

#[test]
fn a_phrase_a_rule_and_the_rule_of_the_phrase_are_one_window() {
    for (phrase, rule) in [
        (
            "Mon-Thu 09:00-16:00",
            "DTSTART:20260105T090000 DTEND:20260105T160000 RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH",
        ),
        (
            "Fri 18:00 - Mon 06:00",
            "DTSTART:20260102T180000 DTEND:20260105T060000 RRULE:FREQ=WEEKLY;BYDAY=FR",
        ),
        (
            "last Fri of month 20:00-24:00",
            "DTSTART:20260130T200000 DTEND:20260131T000000 RRULE:FREQ=MONTHLY;BYDAY=-1FR",
        ),
    ] {
        let year = ("2026-02-01 00:00", "2027-02-01 00:00");
        let wanted = shown(phrase, year.0, year.1);
        assert_eq!(shown(rule, year.0, year.1), wanted);
        let Ok(Written::Rules(set)) = Written::read(rule) else {
            panic!("{rule} is a rule");
        };
        let back = Schedule::of_rules(set).pattern().unwrap().to_string();
        assert!(back.starts_with(phrase), "{back}");
    }
}

#[test]
fn spans_that_overlap_and_began_long_ago_are_all_there() {
    let rule = "DTSTART:20260101T000000Z DURATION:P30D RRULE:FREQ=DAILY";
    let setting = Setting::in_zone(Zone::utc());
    let schedule = Written::read(rule)
        .unwrap()
        .schedule(&setting, date(1970, 1, 1))
        .unwrap();
    let bounds = Bounds::new(at("2026-06-01T12:00:00Z"), at("2026-06-02T12:00:00Z"), 100);
    let (found, ended) = schedule.happenings(&setting, bounds).unwrap();
    assert_eq!((found.len(), ended), (31, Ended::Until));
    let all: Intervals = found.iter().filter_map(|h| h.span).collect();
    assert_eq!(all.spans().len(), 1);
    assert_eq!(all.spans()[0].length(), Millis(60 * 86_400_000));
}

#[test]
fn what_no_clock_can_follow_ends_with_its_reason() {
    let setting = Setting::in_zone(Zone::utc());
    let bounds = Bounds::new(
        at("2026-06-01T12:00:00Z"),
        at("2027-06-01T12:00:00Z"),
        100_000,
    );
    let cases = [
        (
            "DTSTART:20260101T000000Z DURATION:PT1S RRULE:FREQ=SECONDLY",
            Ended::Limit,
        ),
        (
            "DTSTART:20260101T000000Z DURATION:P300D RRULE:FREQ=MINUTELY",
            Ended::Limit,
        ),
        (
            "DTSTART:19700101T000000Z DURATION:PT1S RRULE:FREQ=SECONDLY;COUNT=1000000",
            Ended::Budget,
        ),
        (
            "DTSTART:20260101T000000Z DURATION:PT1S RRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
            Ended::Until,
        ),
        (
            "DTSTART:99991230T000000Z DURATION:P400D RRULE:FREQ=YEARLY",
            Ended::Until,
        ),
        (
            "DTSTART:20260101T000000Z DURATION:PT1H RRULE:FREQ=YEARLY;INTERVAL=1000000",
            Ended::Until,
        ),
    ];
    for (rule, wanted) in cases {
        let schedule = Written::read(rule)
            .expect(rule)
            .schedule(&setting, date(1970, 1, 1))
            .unwrap();
        let (_, ended) = schedule.happenings(&setting, bounds).unwrap();
        assert_eq!(ended, wanted, "{rule}");
    }
    let end = Bounds::new(at("9999-12-01T00:00:00Z"), Timestamp::MAX, 10);
    let last = Written::read("DTSTART:99991230T000000Z DURATION:P2D RRULE:FREQ=DAILY").unwrap();
    let schedule = last.schedule(&setting, date(1970, 1, 1)).unwrap();
    assert!(schedule.happenings(&setting, end).is_ok());
}

#[test]
fn what_is_a_rule_and_what_a_phrase() {
    assert!(matches!(Written::read("Mon"), Ok(Written::Phrase(_))));
    for rule in [
        "DTSTART:20260101T000000Z",
        "rrule:DTSTART:20260101T000000Z",
        "RRULE: DTSTART:20260101T000000Z RRULE:FREQ=DAILY",
        "RRULE:FREQ=DAILY DTSTART:20260101T000000Z",
    ] {
        assert!(
            matches!(Written::read(rule), Ok(Written::Rules(_))),
            "{rule}"
        );
    }
    let error = Written::read("RRULE:FREQ=DAILY").unwrap_err();
    assert_eq!(error.to_string(), "column 1: there is no DTSTART");
    let error = Written::read("FREQ=DAILY").unwrap_err();
    assert!(error.help.contains("RRULE:"), "{error:?}");
}
