//! Offsets, working days and fiscal quarters, on the dates of the sample company.

use super::{at, berlin, local};
use jiff::civil::{Date, date};
use tidegate_core::calendar::holiday::{FiscalYear, WorkingDays};
use tidegate_core::calendar::phrase::Phrase;
use tidegate_core::calendar::{Bounds, Ended, Schedule, Setting, Zone};
use tidegate_core::time::Timestamp;

fn acme(zone: Zone, holidays: &[Date]) -> Setting {
    let mut setting = Setting::in_zone(zone);
    setting.fiscal_year = FiscalYear::starting(2).unwrap();
    setting.working_days = WorkingDays::without(holidays.iter().copied());
    setting
}

/// The first `limit` starts from 21 November 2026 on, as clocks show them.
fn starts(text: &str, setting: &Setting, limit: usize) -> Vec<String> {
    let phrase = Phrase::read(text).expect(text);
    let schedule = Schedule::of_phrase(&phrase, setting, date(2026, 11, 21)).expect(text);
    let bounds = Bounds::new(
        local(&setting.zone, "2026-11-21 13:00"),
        Timestamp::MAX,
        limit,
    );
    let (found, ended) = schedule.happenings(setting, bounds).expect(text);
    assert!(
        found.len() < limit || ended == Ended::Limit || ended == Ended::Finished,
        "{text}: {ended:?}"
    );
    found
        .iter()
        .map(|h| h.start.civil.strftime("%a %-d %b %Y %H:%M").to_string())
        .collect()
}

#[test]
fn the_quarter_close_freeze_lies_where_the_sample_company_expects_it() {
    let setting = acme(berlin(), &[]);
    assert_eq!(
        starts("fiscal-quarter-end", &setting, 3),
        [
            "Sun 31 Jan 2027 00:00",
            "Fri 30 Apr 2027 00:00",
            "Sat 31 Jul 2027 00:00"
        ]
    );
    assert_eq!(
        starts("3 working days before fiscal-quarter-end", &setting, 2),
        ["Wed 27 Jan 2027 00:00", "Tue 27 Apr 2027 00:00"]
    );
    // As durations are written elsewhere.
    assert_eq!(
        starts("24h before 2026-12-01 10:00", &setting, 1),
        ["Mon 30 Nov 2026 10:00"]
    );
    assert_eq!(
        Phrase::read("3d before last Fri of month").map(|p| p.to_string()),
        Ok("3 days before last Fri of month".to_owned())
    );
    for wrong in [
        "h before 2026-12-01",
        "0h before 2026-12-01",
        "2000h before 2026-12-01",
        "3m before 2026-12-01",
    ] {
        assert!(Phrase::read(wrong).is_err(), "{wrong}");
    }
    // Ends with the day: Tuesday 2 February, 24:00.
    assert_eq!(
        starts("2 working days after fiscal-quarter-end", &setting, 1),
        ["Wed 3 Feb 2027 00:00"]
    );
}

#[test]
fn the_freeze_around_a_quarter_end_lies_in_each_region_by_its_own_clock() {
    let offset = |text| match Phrase::read(text).unwrap() {
        Phrase::Offset(offset, None) => offset,
        other => panic!("{other}"),
    };
    let ends = (
        offset("3 working days before"),
        offset("2 working days after"),
    );
    let table = [
        (
            "Europe/Berlin",
            "2027-01-26T23:00:00Z to 2027-02-02T23:00:00Z",
        ),
        (
            "America/New_York",
            "2027-01-27T05:00:00Z to 2027-02-03T05:00:00Z",
        ),
    ];
    for (zone, wanted) in table {
        let setting = acme(Zone::named(zone).unwrap(), &[]);
        let schedule =
            Schedule::of_phrase(&Phrase::QuarterEnd, &setting, date(2026, 1, 1)).unwrap();
        // Asked in the middle of it, it is there as a whole.
        for from in ["2026-11-21T00:00:00Z", "2027-02-01T00:00:00Z"] {
            let bounds = Bounds::new(at(from), at("2027-03-01T00:00:00Z"), 9);
            let (spans, ended) = schedule.around(ends, &setting, bounds).unwrap();
            let texts: Vec<String> = spans.iter().map(ToString::to_string).collect();
            assert_eq!(
                (texts.as_slice(), ended),
                ([wanted.to_owned()].as_slice(), Ended::Until)
            );
        }
    }
}

#[test]
fn holidays_are_no_working_days_and_belong_to_the_place() {
    let before = "3 working days before 2026-12-01 10:00";
    assert_eq!(
        starts(before, &acme(berlin(), &[]), 1),
        ["Thu 26 Nov 2026 00:00"]
    );
    let thanksgiving = [date(2026, 11, 26)];
    let new_york = Zone::named("America/New_York").unwrap();
    assert_eq!(
        starts(before, &acme(new_york, &thanksgiving), 1),
        ["Wed 25 Nov 2026 00:00"]
    );
}

#[test]
fn hours_go_by_and_days_are_whole() {
    let setting = acme(berlin(), &[]);
    let table = [
        ("24 hours before 2026-12-01 10:00", "Mon 30 Nov 2026 10:00"),
        ("36 hours after 2026-12-01 10:00", "Wed 2 Dec 2026 22:00"),
        ("1 day before 2026-12-01 10:00", "Mon 30 Nov 2026 00:00"),
        ("1 day after 2026-12-01 10:00", "Thu 3 Dec 2026 00:00"),
        ("1 working day after 2026-12-04", "Tue 8 Dec 2026 00:00"),
        // 24 hours before 10:00 on the day after clocks went forward.
        ("24 hours before 2027-03-28 10:00", "Sat 27 Mar 2027 09:00"),
    ];
    for (text, wanted) in table {
        assert_eq!(starts(text, &setting, 1), [wanted], "{text}");
    }
}

#[test]
fn offsets_from_what_repeats_repeat() {
    let setting = acme(berlin(), &[]);
    let train = "3 working days before every 2 weeks on Tue at 10:00 from 2026-12-01";
    assert_eq!(
        starts(train, &setting, 2),
        ["Thu 26 Nov 2026 00:00", "Thu 10 Dec 2026 00:00"]
    );
    // The anchor of the first lies before the instant asked from.
    assert_eq!(
        starts("5 days after day 18 of month", &setting, 2),
        ["Tue 24 Nov 2026 00:00", "Thu 24 Dec 2026 00:00"]
    );
    assert_eq!(
        starts("2 days before last Fri of month", &setting, 1),
        ["Wed 25 Nov 2026 00:00"]
    );
}

#[test]
fn an_offset_alone_does_not_say_from_what() {
    let phrase = Phrase::read("3 working days before").unwrap();
    let missing =
        Schedule::of_phrase(&phrase, &acme(berlin(), &[]), date(2026, 11, 21)).unwrap_err();
    assert_eq!(
        missing.to_string(),
        "`3 working days before` does not say from what"
    );
}

#[test]
fn holidays_of_a_country_count_where_its_clocks_are_and_the_companys_everywhere() {
    // 30 April 2028 is a Sunday, the day after it Labour Day in Berlin.
    let days = WorkingDays::without([date(2028, 5, 3)]).nor_in("DE", [date(2028, 5, 1)]);
    let until = |zone: &str| {
        let mut setting = acme(Zone::named(zone).unwrap(), &[]);
        setting.working_days = days.clone();
        starts("2 working days after 2028-04-30", &setting, 1)
    };
    assert_eq!(until("Europe/Berlin"), ["Fri 5 May 2028 00:00"]);
    assert_eq!(until("America/New_York"), ["Wed 3 May 2028 00:00"]);
    assert_eq!(until("UTC"), ["Wed 3 May 2028 00:00"]);
}

#[test]
fn working_days_are_counted_both_ways_and_end_with_the_calendar() {
    let all = WorkingDays::without([date(2026, 12, 25)]);
    let days = all.in_zone(&berlin());
    assert_eq!(days.before(date(2026, 12, 28), 1), Some(date(2026, 12, 24)));
    assert_eq!(days.after(date(2026, 12, 24), 1), Some(date(2026, 12, 28)));
    assert_eq!(days.after(Date::MAX, 1), None);
    assert_eq!(FiscalYear::starting(13), None);
    assert_eq!(
        FiscalYear::starting(2).unwrap().quarter_ends(),
        [1, 4, 7, 10]
    );
    assert_eq!(FiscalYear::default().quarter_ends(), [3, 6, 9, 12]);
}

#[test]
fn a_window_that_is_open_at_the_start_is_shown_and_night_windows_end_the_next_day() {
    let setting = acme(berlin(), &[]);
    let phrase = Phrase::read("Fri-Sat 22:00-06:00").unwrap();
    let schedule = Schedule::of_phrase(&phrase, &setting, date(2020, 1, 1)).unwrap();
    let bounds = Bounds::new(at("2026-11-21T01:00:00Z"), at("2026-11-22T20:00:00Z"), 9);
    let (found, ended) = schedule.happenings(&setting, bounds).unwrap();
    let spans: Vec<String> = found.iter().map(|h| h.span.unwrap().to_string()).collect();
    assert_eq!(
        spans,
        [
            "2026-11-20T21:00:00Z to 2026-11-21T05:00:00Z",
            "2026-11-21T21:00:00Z to 2026-11-22T05:00:00Z"
        ]
    );
    assert_eq!(ended, Ended::Until);
}
