//! RFC 5545 rules: what is read, what is refused and where, and that every expansion ends.

use super::{at, berlin, local};
use proptest::prelude::*;
use tidegate_core::calendar::expand::{ExpandError, Expansion, expand};
use tidegate_core::calendar::rule::RuleSet;
use tidegate_core::calendar::{Bounds, Ended, Zone};
use tidegate_core::time::Timestamp;

fn expanded(text: &str, zone: &Zone, from: &str, until: &str, limit: usize) -> Expansion {
    let set = RuleSet::read(text).expect(text);
    expand(&set, zone, Bounds::new(at(from), at(until), limit)).expect(text)
}

fn texts(expansion: &Expansion, zone: &Zone) -> Vec<String> {
    expansion
        .occurrences
        .iter()
        .map(|o| zone.text(o.at))
        .collect()
}

#[test]
fn a_rule_in_a_zone_keeps_its_time_of_day_when_clocks_change() {
    let rule = "DTSTART;TZID=Europe/Berlin:20261020T023000\nRRULE:FREQ=DAILY";
    let found = expanded(
        rule,
        &Zone::utc(),
        "2026-10-24T00:00:00Z",
        "2026-10-27T00:00:00Z",
        9,
    );
    assert_eq!(
        texts(&found, &berlin()),
        [
            "2026-10-24T02:30:00+02:00",
            "2026-10-25T02:30:00+02:00",
            "2026-10-26T02:30:00+01:00"
        ]
    );
    assert_eq!(found.ended, Ended::Until);
    let spring = expanded(
        rule,
        &Zone::utc(),
        "2027-03-27T00:00:00Z",
        "2027-03-30T00:00:00Z",
        9,
    );
    assert_eq!(
        texts(&spring, &berlin()),
        [
            "2027-03-27T02:30:00+01:00",
            "2027-03-28T03:30:00+02:00",
            "2027-03-29T02:30:00+02:00"
        ]
    );
}

#[test]
fn times_that_meet_behind_a_gap_count_once_and_stay_in_order() {
    let rule =
        "DTSTART;TZID=Europe/Berlin:20260327T013000\nRRULE:FREQ=DAILY;BYHOUR=1,2,3;BYMINUTE=0,30";
    let found = expanded(
        rule,
        &Zone::utc(),
        "2026-03-29T00:00:00Z",
        "2026-03-29T03:00:00Z",
        9,
    );
    let wanted = [
        "01:00:00+01:00",
        "01:30:00+01:00",
        "03:00:00+02:00",
        "03:30:00+02:00",
    ];
    assert_eq!(
        texts(&found, &berlin()),
        wanted.map(|t| format!("2026-03-29T{t}"))
    );
}

#[test]
fn exclusions_dates_and_an_end_in_utc_are_taken_as_instants() {
    let rule = "DTSTART;TZID=Europe/Berlin:20261001T100000\n\
        RRULE:FREQ=WEEKLY;BYDAY=TH;UNTIL=20261105T090000Z\n\
        RDATE:20261002T080000Z\nEXDATE;TZID=Europe/Berlin:20261008T100000\n\
        EXDATE;VALUE=DATE:20261015\nEXRULE:FREQ=MONTHLY;BYDAY=-1TH";
    let found = expanded(
        rule,
        &Zone::utc(),
        "2026-01-01T00:00:00Z",
        "2028-01-01T00:00:00Z",
        99,
    );
    let wanted = [
        "2026-10-01T10:00:00+02:00",
        "2026-10-02T10:00:00+02:00",
        "2026-10-22T10:00:00+02:00",
        "2026-11-05T10:00:00+01:00",
    ];
    assert_eq!(texts(&found, &berlin()), wanted);
    assert_eq!(found.ended, Ended::Finished);
}

#[test]
fn a_date_in_utc_may_mean_the_second_of_two_equal_times() {
    let rule = "DTSTART;TZID=Europe/Berlin:20261001T100000\nRDATE:20261025T013000Z";
    let found = expanded(
        rule,
        &Zone::utc(),
        "2026-10-20T00:00:00Z",
        "2026-11-01T00:00:00Z",
        9,
    );
    assert_eq!(texts(&found, &berlin()), ["2026-10-25T02:30:00+01:00"]);
}

#[test]
fn every_expansion_ends_and_says_why() {
    let table = [
        (
            "DTSTART:20260101T000000Z RRULE:FREQ=SECONDLY",
            5,
            Ended::Limit,
        ),
        (
            "DTSTART:20260101T000000Z RRULE:FREQ=DAILY;COUNT=3",
            3,
            Ended::Finished,
        ),
        ("DTSTART:20260101T000000Z", 1, Ended::Finished),
        (
            "DTSTART:20260101T000000Z RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
            0,
            Ended::Budget,
        ),
        (
            "DTSTART:20260101T000000Z RRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
            0,
            Ended::Budget,
        ),
        (
            "DTSTART:20260101T000000Z RRULE:FREQ=SECONDLY;INTERVAL=60;BYSECOND=7",
            0,
            Ended::Budget,
        ),
        (
            "DTSTART:20260101T000000Z RRULE:FREQ=DAILY EXRULE:FREQ=DAILY",
            0,
            Ended::Budget,
        ),
        (
            "DTSTART:20260101T000000Z RRULE:FREQ=YEARLY;INTERVAL=1000000",
            1,
            Ended::Until,
        ),
        (
            "DTSTART:99990101T000000Z RRULE:FREQ=DAILY;INTERVAL=300",
            2,
            Ended::Until,
        ),
    ];
    for (rule, count, ended) in table {
        let set = RuleSet::read(rule).expect(rule);
        let mut bounds = Bounds::new(at("2026-01-01T00:00:00Z"), at("9999-12-30T00:00:00Z"), 5);
        bounds.budget = 50_000;
        let found = expand(&set, &Zone::utc(), bounds).expect(rule);
        assert_eq!(
            (found.occurrences.len(), found.ended),
            (count, ended),
            "{rule}"
        );
    }
    let late = expanded(
        "DTSTART:20200101T000000Z RRULE:FREQ=DAILY;COUNT=3",
        &Zone::utc(),
        "2026-01-01T00:00:00Z",
        "2027-01-01T00:00:00Z",
        5,
    );
    assert_eq!((late.occurrences.len(), late.ended), (0, Ended::Finished));
}

#[test]
fn below_a_day_only_where_clocks_never_change() {
    let set = RuleSet::read("DTSTART:20260101T000000 RRULE:FREQ=HOURLY;INTERVAL=6").unwrap();
    let bounds = Bounds::new(at("2026-01-01T00:00:00Z"), Timestamp::MAX, 3);
    let refused = expand(&set, &berlin(), bounds).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "FREQ=HOURLY in Europe/Berlin: clocks there are put forward and back, so an hour would be left out or repeated"
    );
    assert_eq!(
        expand(&set, &Zone::utc(), bounds)
            .unwrap()
            .occurrences
            .len(),
        3
    );
    let backwards = Bounds::new(at("2026-01-02T00:00:00Z"), at("2026-01-01T00:00:00Z"), 3);
    assert!(matches!(
        expand(&set, &Zone::utc(), backwards),
        Err(ExpandError::NoTime { .. })
    ));
}

#[test]
fn bad_rules_are_refused_with_place_and_way_out() {
    let table = [
        "RRULE:FREQ=DAILY",
        "FREQ=DAILY",
        "DTSTART:20260230T090000",
        "DTSTART:20260201T250000",
        "DTSTART:tomorrow",
        "DTSTART;TZID=Europe/Berln:20260201T090000\nRRULE:FREQ=DAILY",
        "DTSTART;TZID=Europe/Berlin:20260201T090000Z\nRRULE:FREQ=DAILY",
        "DTSTART;X=1:20260201T090000",
        "DTSTART:20260201T090000\nRRULE:FREQ=WEEKLI;BYDAY=TU",
        "DTSTART:20260201T090000\nRRULE:FREQ=WEEKLY;BYDAY=TU,XX",
        "DTSTART:20260201T090000\nRRULE:FREQ=WEEKLY;BYDAY=1TU",
        "DTSTART:20260201T090000\nRRULE:FREQ=MONTHLY;BYMONTHDAY=0",
        "DTSTART:20260201T090000\nRRULE:FREQ=MONTHLY;BYMONTHDAY=32",
        "DTSTART:20260201T090000\nRRULE:FREQ=DAILY;INTERVAL=0",
        "DTSTART:20260201T090000\nRRULE:FREQ=DAILY;COUNT=-1",
        "DTSTART:20260201T090000\nRRULE:FREQ=DAILY;COUNT=2;UNTIL=20260301T000000Z",
        "DTSTART:20260201T090000\nRRULE:FREQ=DAILY;UNTIL=20260301",
        "DTSTART:20260201T090000\nRRULE:FREQ=DAILY;BYEASTER=0",
        "DTSTART:20260201T090000\nRRULE:FREQ=DAILY;BYHOUR=9;BYHOUR=10",
        "DTSTART:20260201T090000\nRRULE:FREQ=DAILY;BYSETPOS=1",
        "DTSTART:20260201T090000\nRRULE:INTERVAL=2",
        "DTSTART:20260201T090000\nRRULE:FREQ",
        "DTSTART:20260201T090000\nDTSTART:20260202T090000",
        "DTSTART:20260201T090000\nDURATION:3h",
        "DTSTART:20260201T090000\nDURATION:P",
        "DTSTART:20260201T090000\nDURATION:P1H",
        "DTSTART:20260201T090000\nDURATION:PT0S",
        "DTSTART:20260201T090000\nDURATION:PT1M1H",
        "DTSTART:20260201T090000\nDURATION:P99999999999999W",
        "DTSTART:20260201T090000\nDURATION:P401D",
        "DTSTART:20260201T090000\nDTEND:20260201T080000",
        "DTSTART:20260201T090000\nDTEND:20260202",
        "DTSTART:20260201\nDTEND:20260202T080000",
        "DTSTART:20260201T090000\nDTEND;TZID=Europe/Berlin:20260202T080000",
        "DTSTART:20260201T090000\nDTEND:20260202T080000\nDURATION:PT1H",
        "DTSTART:20260201T090000\nRDATE;VALUE=PERIOD:20260201T090000/PT1H",
        "DTSTART:20260201T090000\nRRULE:FREQ=D\u{e4}ILY",
        "",
    ];
    let mut shown = String::new();
    for text in table {
        let error = RuleSet::read(text).unwrap_err();
        shown.push_str(&format!("{text:?}\n  {error}\n  help: {}\n", error.help));
    }
    insta::assert_snapshot!(shown);
    let bomb = format!(
        "DTSTART:20260201T090000 RRULE:FREQ=YEARLY;BYYEARDAY={}",
        vec!["1"; 500].join(",")
    );
    assert!(
        RuleSet::read(&bomb)
            .unwrap_err()
            .what
            .contains("more than 400 values")
    );
    let long = "DTSTART:20260201T090000 ".repeat(10_000);
    assert!(
        RuleSet::read(&long)
            .unwrap_err()
            .what
            .contains("240000 bytes")
    );
}

#[test]
fn line_ends_may_be_written_as_command_lines_have_them() {
    let wanted = RuleSet::read("DTSTART:20260201T090000\nRRULE:FREQ=DAILY").unwrap();
    for text in [
        "DTSTART:20260201T090000 RRULE:FREQ=DAILY",
        "DTSTART:20260201T090000\\nRRULE:FREQ=DAILY",
        "DTSTART:20260201T090000\r\nRRULE:FREQ=DAILY\r\n",
        "dtstart:20260201t090000\nrrule:freq=daily;",
    ] {
        assert_eq!(RuleSet::read(text).as_ref(), Ok(&wanted), "{text:?}");
    }
}

fn rule() -> impl Strategy<Value = String> {
    let interval = 1..5u32;
    let part = prop::sample::select(vec![
        "FREQ=DAILY",
        "FREQ=WEEKLY;BYDAY=TU,FR",
        "FREQ=WEEKLY;BYDAY=SU,MO;WKST=SU",
        "FREQ=MONTHLY;BYDAY=-1FR,2MO",
        "FREQ=MONTHLY;BYMONTHDAY=-1,15,31",
        "FREQ=YEARLY;BYWEEKNO=1,53;BYDAY=MO",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
        "FREQ=YEARLY;BYYEARDAY=1,-1,100",
        "FREQ=DAILY;BYHOUR=2,14;BYMINUTE=30",
        "FREQ=HOURLY;BYDAY=WE",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
    ]);
    (part, interval).prop_map(|(part, interval)| {
        format!("DTSTART:20240131T023000Z\nRRULE:{part};INTERVAL={interval}")
    })
}

proptest! {
    #[test]
    fn a_stretch_in_the_middle_is_the_same_as_the_middle_of_the_whole(rule in rule(), from in 0..3_000i64, days in 1..400i64) {
        let set = RuleSet::read(&rule).unwrap();
        let day = |n: i64| Timestamp::from_second(local(&Zone::utc(), "2024-01-01 00:00").as_second() + n * 86_400).unwrap();
        let zone = Zone::utc();
        let whole = expand(&set, &zone, Bounds::new(day(0), day(from + days), 100_000)).unwrap();
        let part = expand(&set, &zone, Bounds::new(day(from), day(from + days), 100_000)).unwrap();
        let wanted: Vec<_> = whole.occurrences.into_iter().filter(|o| o.at >= day(from)).collect();
        prop_assert_eq!(part.occurrences, wanted);
    }

    #[test]
    fn any_text_is_read_or_refused_but_never_panics(text in "(DTSTART|RRULE|EXDATE|RDATE)?[;:= A-Za-z0-9,+é\\\\-]{0,60}") {
        let _ = RuleSet::read(&text);
        let _ = RuleSet::read(&format!("DTSTART:20260101T000000 RRULE:{text}"));
    }
}
