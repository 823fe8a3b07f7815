//! Phrases: read, written back in one way, as rules and back, and refused with a column.

use super::{at, berlin};
use jiff::civil::{Date, Weekday, date};
use proptest::prelude::*;
use tidegate_core::calendar::phrase::{
    Clock, Days, Minute, Offset, OffsetUnit, Pattern, Phrase, Side,
};
use tidegate_core::calendar::rule::RuleSet;
use tidegate_core::calendar::{Bounds, Schedule, Setting};

#[test]
fn every_way_to_write_a_phrase_has_one_canonical_text_and_a_rule() {
    let table = [
        "Mon-Thu 09:00-16:00",
        "weekdays 09:00-17:00",
        "monday, tue, Wed 9:00-16:00",
        "Sat-Sun",
        "Sat-Mon 22:00-06:00",
        "Mon, Wed",
        "weekends 00:00-24:00",
        "every day at 03:00",
        "daily 22:00-04:00",
        "every 3 days at 10:00",
        "every week on Wed at 14:00",
        "every Wed at 14:00",
        "every 2 weeks on Tue at 10:00",
        "every 2 weeks on Tue at 10:00 from 2026-12-01",
        "EVERY 2 WEEKS ON TUE AT 10:00 FROM 2026-12-03",
        "last Fri of month",
        "last Fri of month 20:00-24:00",
        "every month on last Fri at 10:00",
        "1st Mon, 3rd Mon of month at 08:30",
        "day 15, last day of month 09:00-12:00",
        "every 3 months on first Mon at 09:00",
        "Fri 18:00 - Mon 06:00",
        "friday 18:00-monday 6:00",
        "Fri 18:00 -Sun 24:00",
        "Thu 22:00 - Fri 06:00",
        "Thu 09:00 - 16:00",
        "Mon 00:00 - Mon 24:00",
        "Fri 18:00 - Fri 06:00",
        "last Fri of month 20:00 - Mon 06:00",
        "every 2 weeks on Fri 18:00 - Mon 06:00 from 2026-11-27",
    ];
    let mut shown = String::new();
    for text in table {
        let phrase = Phrase::read(text).expect(text);
        let canonical = phrase.to_string();
        assert_eq!(
            Phrase::read(&canonical).as_ref(),
            Ok(&phrase),
            "{canonical}"
        );
        let setting = Setting::in_zone(berlin());
        let schedule = Schedule::of_phrase(&phrase, &setting, date(2026, 11, 21)).unwrap();
        let rule = schedule.rules().unwrap().to_string().replace('\n', " ");
        shown.push_str(&format!("{text}\n  = {canonical}\n  = {rule}\n"));
    }
    insta::assert_snapshot!(shown);
}

#[test]
fn bad_phrases_are_refused_with_a_column_and_a_way_out() {
    let table = [
        "",
        "Mon-Thru 09:00-16:00",
        "Mon-Thu 09:00-25:00",
        "Mon-Thu 09:00-09:00",
        "Mon-Thu 24:00-02:00",
        "Mon-Thu 10:00",
        "Mon-Thu at 10",
        "Mon-Thu at 24:00",
        "every 2 weks on Tue at 10:00",
        "every 0 weeks on Tue",
        "every 2 weeks",
        "Fri 18:00 - Fri 18:00",
        "Fri 18:00 - Mon",
        "Fri 18:00 - weekdays 06:00",
        "Fri 18:00 -",
        "Fri 24:00 - Mon 06:00",
        "Fri 18:00-18:00",
        "Fri 18:00 - 18:00",
        "Thu, Fri 18:00 - Mon 06:00",
        "day 1 18:00 - Mon 06:00",
        "daily 18:00 - Mon 06:00",
        "every 2 weeks on last Fri",
        "every month on Tue",
        "every second Tue at 10:00",
        "every hour",
        "every 5 minutes",
        "every day on Mon",
        "last Fri",
        "Tue of month",
        "last Frday of month",
        "Mon, last Fri of month",
        "every week on Tue at 10:00 until 2027",
        "every week on Tue at 10:00 from 2026-02-30",
        "2026-13-01",
        "2026-1-1",
        "3 working days",
        "3 working hours before fiscal-quarter-end",
        "3 parsecs before fiscal-quarter-end",
        "3 days before 2 days before fiscal-quarter-end",
        "fiscal-quarter-ends",
        "tomorrow",
        "\u{e9}very day",
    ];
    let mut shown = String::new();
    for text in table {
        let error = Phrase::read(text).expect_err(text);
        shown.push_str(&format!("{text}\n  {error}\n  help: {}\n", error.help));
    }
    insta::assert_snapshot!(shown);
    assert!(
        Phrase::read(&"Mon,".repeat(500))
            .unwrap_err()
            .what
            .contains("2000 characters")
    );
}

#[test]
fn rules_that_no_phrase_can_say_have_none() {
    for rule in [
        "DTSTART:20260201T090000 RRULE:FREQ=YEARLY",
        "DTSTART:20260201T090000 RRULE:FREQ=WEEKLY;COUNT=3",
        "DTSTART:20260201T090000 RRULE:FREQ=WEEKLY;BYDAY=TU EXDATE:20260203T090000",
        "DTSTART:20260201T090030 RRULE:FREQ=WEEKLY;BYDAY=TU",
        "DTSTART:20260201T090000 RRULE:FREQ=MONTHLY;BYMONTHDAY=-2",
        "DTSTART:20260201T090000 RRULE:FREQ=MONTHLY;BYDAY=MO;BYMONTHDAY=13",
    ] {
        assert_eq!(
            Schedule::of_rules(RuleSet::read(rule).unwrap()).pattern(),
            None,
            "{rule}"
        );
    }
    let weekly = RuleSet::read("DTSTART:20261201T100000 RRULE:FREQ=WEEKLY;INTERVAL=2").unwrap();
    let pattern = Schedule::of_rules(weekly).pattern().unwrap();
    assert_eq!(
        pattern.to_string(),
        "every 2 weeks on Tue at 10:00 from 2026-12-01"
    );
}

fn weekday() -> impl Strategy<Value = Weekday> {
    (0..7i8).prop_map(|n| Weekday::from_monday_zero_offset(n).unwrap())
}

fn days() -> impl Strategy<Value = Days> {
    let place = prop::sample::select(vec![1i8, 2, 3, 4, 5, -1]);
    prop_oneof![
        Just(Days::Each),
        prop::collection::btree_set(0..7i8, 1..7).prop_map(|set| Days::OfWeek(
            set.into_iter()
                .map(|n| Weekday::from_monday_zero_offset(n).unwrap())
                .collect()
        )),
        prop::collection::vec((place, weekday()), 1..4).prop_map(|mut all| {
            all.sort_by_key(|(nth, day)| {
                (
                    if *nth < 0 { 100 } else { *nth },
                    day.to_monday_zero_offset(),
                )
            });
            all.dedup();
            Days::NthOfMonth(all)
        }),
        (prop::collection::btree_set(1..=31i8, 1..4), any::<bool>()).prop_map(|(set, last)| {
            Days::OfMonth(set.into_iter().chain(last.then_some(-1)).collect())
        }),
    ]
}

fn day() -> impl Strategy<Value = Date> {
    (2020..2040i16, 1..=12i8, 1..=28i8).prop_map(|(y, m, d)| date(y, m, d))
}

fn pattern() -> impl Strategy<Value = Pattern> {
    let clock = prop_oneof![
        Just(Clock::AllDay),
        (0..1440u16).prop_map(|n| Clock::At(Minute(n))),
        (0..1440u16, 1..=1440u16)
            .prop_filter("not empty", |(a, b)| a != b)
            .prop_map(|(a, b)| Clock::Range(Minute(a), Minute(b))),
    ];
    let all = (1..1_000u32, days(), clock, prop::option::of(day()));
    let usual = all.prop_map(|(every, days, clock, from)| Pattern {
        every,
        days,
        clock,
        from,
    });
    prop_oneof![3 => usual, 1 => across()]
}

/// A window from one weekday until another, in the one way to write it.
fn across() -> impl Strategy<Value = Pattern> {
    let place = prop::sample::select(vec![0i8, 1, 2, 5, -1]);
    let ends = (0..1440u16, 1..=6i8, 0..1440u16)
        .prop_filter("a day or more", |(a, days, b)| *days > 1 || b >= a)
        .prop_filter("not a whole day", |ends| *ends != (0, 1, 0));
    (1..1_000u32, place, weekday(), ends, prop::option::of(day())).prop_map(
        |(every, place, first, (start, days, end), from)| {
            let last = first.wrapping_add(i64::from(days));
            let days = match place {
                0 => Days::OfWeek(vec![first]),
                nth => Days::NthOfMonth(vec![(nth, first)]),
            };
            let clock = Clock::Across(Minute(start), last, Minute(end));
            Pattern {
                every,
                days,
                clock,
                from,
            }
        },
    )
}

fn phrase() -> impl Strategy<Value = Phrase> {
    let unit = prop::sample::select(vec![
        OffsetUnit::Hours,
        OffsetUnit::Days,
        OffsetUnit::WorkingDays,
    ]);
    let side = prop::sample::select(vec![Side::Before, Side::After]);
    let plain = prop_oneof![
        pattern().prop_map(Phrase::Pattern),
        Just(Phrase::QuarterEnd),
        day().prop_map(|day| Phrase::Instant(day, None)),
        (day(), 0..24i8, 0..60i8)
            .prop_map(|(day, h, m)| Phrase::Instant(day, Some(jiff::civil::time(h, m, 0, 0)))),
    ];
    let offset =
        (1..=1_000u16, unit, side).prop_map(|(count, unit, side)| Offset { count, unit, side });
    prop_oneof![
        3 => plain.clone(),
        1 => (offset, prop::option::of(plain)).prop_map(|(o, from)| Phrase::Offset(o, from.map(Box::new))),
    ]
}

proptest! {
    #[test]
    fn a_phrase_is_read_back_from_its_text(phrase in phrase()) {
        let text = phrase.to_string();
        let read = Phrase::read(&text);
        prop_assert_eq!(read.as_ref(), Ok(&phrase), "{}", text);
    }

    #[test]
    fn a_pattern_comes_back_from_its_rule_and_means_the_same(pattern in pattern(), anchor in day()) {
        let setting = Setting::in_zone(berlin());
        let there = Schedule::of_phrase(&Phrase::Pattern(pattern.clone()), &setting, anchor).unwrap();
        let text = there.rules().unwrap().to_string();
        prop_assert_eq!(&RuleSet::read(&text).unwrap(), there.rules().unwrap());
        let back = there.pattern().unwrap();
        let bounds = Bounds::new(at("2020-01-01T00:00:00Z"), at("2060-01-01T00:00:00Z"), 20);
        let again = Schedule::of_phrase(&Phrase::Pattern(back.clone()), &setting, anchor).unwrap();
        prop_assert_eq!(there.happenings(&setting, bounds), again.happenings(&setting, bounds));
        // All but the first day, which a phrase may leave open, and 00:00-24:00, which is the whole day.
        let whole = Clock::Range(Minute(0), Minute(1_440));
        let clock = if pattern.clock == whole { Clock::AllDay } else { pattern.clock };
        prop_assert_eq!(back.clock, clock);
        prop_assert_eq!(back.every, pattern.every);
        prop_assert_eq!(back.days, pattern.days);
    }

    #[test]
    fn any_words_are_read_or_refused_but_never_panic(text in "[ a-zA-Z0-9:,é-]{0,50}", words in prop::collection::vec(prop::sample::select(vec![
        "every", "2", "weeks", "on", "Tue", "at", "10:00", "last", "of", "month", ",", "day", "15", "from", "2026-12-01", "before", "working", "days", "second",
    ]), 0..10)) {
        let _ = Phrase::read(&text);
        if let Ok(phrase) = Phrase::read(&words.join(" ")) {
            prop_assert_eq!(Phrase::read(&phrase.to_string()), Ok(phrase));
        }
    }
}
