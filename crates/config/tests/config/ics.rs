//! iCalendar files as programs write them, and as they should not.

use tidegate_config::Files;
use tidegate_config::ics::{EVENTS, Ics, IcsError, Item, LARGEST, Reach};
use tidegate_core::calendar::{Span, Zone};

fn berlin() -> Zone {
    Zone::named("Europe/Berlin").unwrap()
}

/// The year 2026 and the two around it.
fn reach() -> Reach {
    let at = |text: &str| text.parse().unwrap();
    let time = Span::new(at("2025-01-01T00:00:00Z"), at("2028-01-01T00:00:00Z")).unwrap();
    Reach { time, most: 2_000 }
}

fn calendar(events: &str) -> String {
    format!("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//EN\n{events}\nEND:VCALENDAR\n")
}

fn event(lines: &str) -> String {
    calendar(&format!(
        "BEGIN:VEVENT\nUID:a\nSUMMARY:Patch\n{lines}\nEND:VEVENT"
    ))
}

fn items(text: &str) -> Vec<Item> {
    let ics = Ics::read(text, &berlin()).unwrap();
    ics.items(&berlin(), reach()).unwrap()
}

fn spans(text: &str) -> Vec<String> {
    items(text).iter().map(|i| i.span.to_string()).collect()
}

fn refused(text: &str) -> IcsError {
    let read = Ics::read(text, &berlin());
    match read.and_then(|ics| ics.items(&berlin(), reach()).map(|_| ics)) {
        Ok(ics) => panic!("read as {ics:?}"),
        Err(e) => e,
    }
}

#[test]
fn a_file_of_outlook_is_read_with_its_zones_and_folded_lines() {
    let text = "BEGIN:VCALENDAR\r\nPRODID:-//Microsoft Corporation//Outlook 16.0 MIMEDIR//EN\r\nVERSION:2.0\r\nMETHOD:PUBLISH\r\nX-WR-CALNAME:Vendor\\, maintenance\r\nBEGIN:VTIMEZONE\r\nTZID:W. Europe Standard Time\r\nBEGIN:STANDARD\r\nDTSTART:16011028T030000\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\nBEGIN:DAYLIGHT\r\nDTSTART:16010325T020000\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\nCLASS:PUBLIC\r\nUID:040000008200E00074C5B7101A82E008\r\nSUMMARY;LANGUAGE=en-gb:Database main\r\n tenance\\; please keep out\r\nDESCRIPTION:First line\\nSecond line\\, with a comma\r\nDTSTART;TZID=\"W. Europe Standard Time\":20260328T230000\r\nDTEND;TZID=\"W. Europe Standard Time\":20260329T040000\r\nSEQUENCE:3\r\nBEGIN:VALARM\r\nTRIGGER:-PT15M\r\nACTION:DISPLAY\r\nDESCRIPTION:Reminder\r\nEND:VALARM\r\nEND:VEVENT\r\nBEGIN:VTODO\r\nUID:t\r\nEND:VTODO\r\nEND:VCALENDAR\r\n";
    let ics = Ics::read(text, &Zone::utc()).unwrap();
    assert_eq!(ics.name.as_deref(), Some("Vendor, maintenance"));
    assert_eq!(ics.skipped.get("VTODO"), Some(&1));
    let found = ics.items(&Zone::utc(), reach()).unwrap();
    let [item] = found.as_slice() else {
        panic!("{found:?}")
    };
    assert_eq!(item.title, "Database maintenance; please keep out");
    assert_eq!(item.details, "First line\nSecond line, with a comma");
    assert_eq!((item.sequence, item.line), (3, 21));
    assert_eq!(item.zone, "Europe/Berlin");
    // Four hours on the night in which the clocks are put forward.
    let span = "2026-03-28T22:00:00Z to 2026-03-29T02:00:00Z";
    assert_eq!(item.span.to_string(), span);
    assert_eq!(item.days, None);
}

#[test]
fn repeated_events_follow_their_zone_and_leave_out_what_is_excepted() {
    let weekly = event(
        "DTSTART;TZID=Europe/Berlin:20261017T200000\nDTEND;TZID=Europe/Berlin:20261017T220000\nRRULE:FREQ=WEEKLY;COUNT=4\nEXDATE;TZID=Europe/Berlin:20261031T200000",
    );
    assert_eq!(
        spans(&weekly),
        [
            "2026-10-17T18:00:00Z to 2026-10-17T20:00:00Z",
            "2026-10-24T18:00:00Z to 2026-10-24T20:00:00Z",
            "2026-11-07T19:00:00Z to 2026-11-07T21:00:00Z",
        ]
    );
    // An end is exact, a duration in days is what clocks show.
    let night = |end: &str| {
        event(&format!(
            "DTSTART;TZID=Europe/Berlin:20261024T120000\n{end}"
        ))
    };
    assert_eq!(
        spans(&night("DURATION:P1D")),
        ["2026-10-24T10:00:00Z to 2026-10-25T11:00:00Z"]
    );
    assert_eq!(
        spans(&night("DURATION:PT24H")),
        ["2026-10-24T10:00:00Z to 2026-10-25T10:00:00Z"]
    );
}

#[test]
fn times_without_a_zone_are_in_the_one_that_is_given() {
    let text = event("DTSTART:20260701T100000\nDURATION:PT1H");
    let in_zone = |zone: &Zone| {
        let ics = Ics::read(&text, zone).unwrap();
        ics.items(zone, reach()).unwrap()[0]
            .span
            .start()
            .to_string()
    };
    assert_eq!(in_zone(&berlin()), "2026-07-01T08:00:00Z");
    assert_eq!(in_zone(&Zone::utc()), "2026-07-01T10:00:00Z");
}

#[test]
fn whole_days_are_days_wherever_they_are_looked_at() {
    let days = |text: &str| {
        let all = items(text);
        let days = all.iter().filter_map(|i| i.days);
        days.map(|(a, b)| format!("{a}..{b}")).collect::<Vec<_>>()
    };
    let christmas =
        event("DTSTART;VALUE=DATE:20251225\nDTEND;VALUE=DATE:20251227\nRRULE:FREQ=YEARLY");
    assert_eq!(
        days(&christmas),
        [
            "2025-12-25..2025-12-26",
            "2026-12-25..2026-12-26",
            "2027-12-25..2027-12-26"
        ]
    );
    assert_eq!(
        days(&event("DTSTART;VALUE=DATE:20260501")),
        ["2026-05-01..2026-05-01"]
    );
    assert_eq!(
        days(&event(
            "DTSTART;VALUE=DATE:20260501\nDTEND;VALUE=DATE:20260501"
        )),
        ["2026-05-01..2026-05-01"]
    );
    let midnight = "DTSTART;TZID=America/New_York:20260704T000000\nDTEND;TZID=America/New_York:20260705T000000";
    assert_eq!(days(&event(midnight)), ["2026-07-04..2026-07-04"]);
}

#[test]
fn one_occurrence_that_was_moved_or_called_off_stands_for_the_one_of_the_rule() {
    let all = |second: &str| {
        calendar(&format!(
            "BEGIN:VEVENT\nUID:a\nSUMMARY:Patch\nDTSTART:20260706T100000Z\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=3\nEND:VEVENT\nBEGIN:VEVENT\nUID:a\nSUMMARY:Patch later\nSEQUENCE:1\n{second}\nEND:VEVENT"
        ))
    };
    let moved = items(&all(
        "RECURRENCE-ID:20260713T100000Z\nDTSTART:20260714T080000Z\nDURATION:PT2H",
    ));
    let shown: Vec<(String, Option<&str>)> = moved
        .iter()
        .map(|i| (i.span.start().to_string(), i.occurrence.as_deref()))
        .collect();
    assert_eq!(
        shown,
        [
            ("2026-07-06T10:00:00Z".to_owned(), Some("20260706T100000Z")),
            ("2026-07-20T10:00:00Z".to_owned(), Some("20260720T100000Z")),
            ("2026-07-14T08:00:00Z".to_owned(), Some("20260713T100000Z")),
        ]
    );
    let off = items(&all(
        "RECURRENCE-ID;TZID=Europe/Berlin:20260713T120000\nSTATUS:CANCELLED\nDTSTART:20260713T100000Z\nDURATION:PT1H",
    ));
    assert_eq!(off.iter().filter(|i| !i.cancelled).count(), 2);
    assert!(
        off.iter()
            .any(|i| i.cancelled && i.occurrence.as_deref() == Some("20260713T100000Z"))
    );
}

#[test]
fn of_two_versions_of_an_event_the_newer_counts_and_a_cancelled_file_cancels_all() {
    let one = |sequence: u32, hour: u32| {
        format!(
            "BEGIN:VEVENT\nUID:a\nSEQUENCE:{sequence}\nSUMMARY:Patch\nDTSTART:20260706T{hour}0000Z\nDURATION:PT1H\nEND:VEVENT"
        )
    };
    for order in [[one(2, 12), one(1, 10)], [one(1, 10), one(2, 12)]] {
        let text = calendar(&order.join("\n"));
        assert_eq!(
            spans(&text),
            ["2026-07-06T12:00:00Z to 2026-07-06T13:00:00Z"]
        );
    }
    let text = calendar(&[one(1, 10), one(1, 12)].join("\n"));
    let e = refused(&text);
    assert_eq!(e.line, 11);
    assert!(e.what.contains("has the UID of the event in line 4"), "{e}");
    let text = calendar(&format!("METHOD:CANCEL\n{}", one(1, 10)));
    assert!(items(&text)[0].cancelled);
}

#[test]
fn what_is_malformed_is_refused_with_its_line_and_the_way_out() {
    let all = [
        ("nothing", String::new()),
        ("a web page", "<!DOCTYPE html>\n<html>\n".to_owned()),
        ("an event alone", "BEGIN:VEVENT\nEND:VEVENT\n".to_owned()),
        (
            "cut off",
            "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\n".to_owned(),
        ),
        (
            "crossed",
            calendar("BEGIN:VEVENT\nBEGIN:VALARM\nEND:VEVENT\nEND:VALARM"),
        ),
        (
            "nested calendar",
            calendar("BEGIN:VCALENDAR\nEND:VCALENDAR"),
        ),
        ("event in event", calendar("BEGIN:VEVENT\nBEGIN:VEVENT")),
        (
            "nested too deep",
            "BEGIN:VCALENDAR\n".to_owned() + &"BEGIN:X\n".repeat(20),
        ),
        (
            "old version",
            "BEGIN:VCALENDAR\nVERSION:1.0\nEND:VCALENDAR\n".to_owned(),
        ),
        ("an answer", calendar("METHOD:REPLY")),
        ("another calendar", calendar("CALSCALE:HEBREW")),
        ("no start", event("DTEND:20260706T100000Z")),
        (
            "two starts",
            event("DTSTART:20260706T100000Z\nDTSTART:20260707T100000Z"),
        ),
        ("a date that is none", event("DTSTART:20260230T100000Z")),
        ("words", event("DTSTART:tomorrow at ten")),
        (
            "a smuggled line",
            event("DTSTART:20260706T100000Z RRULE:FREQ=DAILY"),
        ),
        (
            "unknown zone",
            event("DTSTART;TZID=Customized Time Zone:20260706T100000"),
        ),
        (
            "described zone without a name",
            calendar(
                "BEGIN:VTIMEZONE\nTZID:Office\nEND:VTIMEZONE\nBEGIN:VEVENT\nUID:a\nSUMMARY:Patch\nDTSTART;TZID=Office:20260706T100000\nEND:VEVENT",
            ),
        ),
        (
            "end before start",
            event("DTSTART:20260706T100000Z\nDTEND:20260706T090000Z"),
        ),
        (
            "mixed ends",
            event("DTSTART:20260706T100000Z\nDTEND;VALUE=DATE:20260707"),
        ),
        (
            "end and duration",
            event("DTSTART:20260706T100000Z\nDTEND:20260706T110000Z\nDURATION:PT1H"),
        ),
        (
            "negative duration",
            event("DTSTART:20260706T100000Z\nDURATION:-PT1H"),
        ),
        (
            "hours of a day",
            event("DTSTART;VALUE=DATE:20260706\nDURATION:PT1H"),
        ),
        (
            "a century",
            event("DTSTART:20260706T100000Z\nDURATION:P40000D"),
        ),
        (
            "no rule",
            event("DTSTART:20260706T100000Z\nRRULE:FREQ=SOMETIMES"),
        ),
        (
            "date behind time",
            event("DTSTART:20260706T100000Z\nRRULE:FREQ=DAILY;UNTIL=20260801"),
        ),
        (
            "this and future",
            event("RECURRENCE-ID;RANGE=THISANDFUTURE:20260706T100000Z\nDTSTART:20260706T100000Z"),
        ),
        (
            "repeated replacement",
            event("RECURRENCE-ID:20260706T100000Z\nDTSTART:20260706T100000Z\nRRULE:FREQ=DAILY"),
        ),
        ("sequence", event("DTSTART:20260706T100000Z\nSEQUENCE:-1")),
        ("no property", event("DTSTART 20260706T100000Z")),
        (
            "open quote",
            event("DTSTART;TZID=\"Europe/Berlin:20260706T100000"),
        ),
        ("control character", event("DTSTART:2026\u{0}0706T100000Z")),
    ];
    let mut shown = String::new();
    for (name, text) in all {
        let IcsError { line, what, help } = refused(&text);
        assert!(line >= 1 && !help.is_empty(), "{name}");
        shown.push_str(&format!("{name}\n  line {line}: {what}\n  help: {help}\n"));
    }
    insta::with_settings!({ snapshot_path => "../snapshots", omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("ics-malformed", shown);
    });
}

#[test]
fn what_would_take_for_ever_is_refused() {
    let whole =
        |n: usize| calendar(&"BEGIN:VEVENT\nDTSTART:20260706T100000Z\nEND:VEVENT\n".repeat(n));
    let daily = "DTSTART:20200101T000000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY";
    let ten = (0..10).map(|n| format!("BEGIN:VEVENT\nUID:{n}\n{daily}\nEND:VEVENT\n"));
    let dates = vec!["20260706T100000Z"; 4_000].join(",");
    let many = |name: &str| {
        format!(
            "DTSTART:20260706T100000Z\n{}",
            format!("{name}:{dates}\n").repeat(100)
        )
    };
    let all = [
        (
            "ten megabytes",
            "x".repeat(LARGEST + 1),
            "10485760 (10 MiB)",
        ),
        (
            "ten megabytes in one line",
            format!("BEGIN:VCALENDAR\nX:{}", "x".repeat(LARGEST - 100)),
            "262144 bytes",
        ),
        (
            "ten megabytes in folded lines",
            format!("BEGIN:VCALENDAR\nX:{}", "x\n ".repeat(LARGEST / 4)),
            "262144 bytes",
        ),
        (
            "ten thousand and one events",
            whole(EVENTS + 1),
            "more than 10000 events",
        ),
        (
            "components",
            calendar(&"BEGIN:VTODO\nEND:VTODO\n".repeat(100_001)),
            "more than 100000 components",
        ),
        (
            "zones",
            calendar(&"BEGIN:VTIMEZONE\nEND:VTIMEZONE\n".repeat(1_001)),
            "more than 1000 time zones",
        ),
        (
            "every second",
            event("DTSTART:20260706T100000Z\nRRULE:FREQ=SECONDLY"),
            "repeats secondly",
        ),
        (
            "every second of a minute",
            event(
                "DTSTART:20260706T100000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23;BYMINUTE=0,5,10,15,20,25,30,35,40,45,50,55;BYSECOND=0,10,20,30,40,50",
            ),
            "more often than can be looked at",
        ),
        (
            "hourly within days",
            event("DTSTART:20200101T000000Z\nRRULE:FREQ=HOURLY;COUNT=1000000"),
            "repeats hourly",
        ),
        (
            "a huge count",
            event("DTSTART:16010101T000000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=4000000000"),
            "COUNT is `4000000000`",
        ),
        (
            "a count from the first year on",
            event("DTSTART:00010101T000000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=1000000"),
            "more often than can be looked at",
        ),
        (
            "ten events daily for years",
            calendar(&ten.collect::<String>()),
            "more than 2000 occurrences",
        ),
        ("excepted dates", event(&many("EXDATE")), "EXDATE"),
        ("dates", event(&many("RDATE")), "RDATE"),
        (
            "rules",
            event(&format!(
                "DTSTART:20260706T100000Z\n{}",
                "RRULE:FREQ=DAILY\n".repeat(51)
            )),
            "more than 50 rules",
        ),
        (
            "properties",
            event(&"EXDATE:20260706T100000Z\n".repeat(5_001)),
            "more than 5000 properties",
        ),
    ];
    for (name, text, expected) in all {
        let e = refused(&text);
        let said = format!("{e} help: {}", e.help);
        assert!(said.contains(expected), "{name}: {said}");
        assert!(said.len() < 600, "{name}: {said}");
    }
}

#[test]
fn bytes_that_are_no_text_are_refused_at_their_line() {
    let e = Ics::read_bytes(b"BEGIN:VCALENDAR\nX:\xff\n", &berlin()).unwrap_err();
    assert_eq!((e.line, e.what.as_str()), (2, "this is not UTF-8 text"));
    let bom = format!(
        "\u{feff}{}",
        event("DTSTART:20260706T100000Z\nDURATION:PT1H")
    );
    assert_eq!(items(&bom).len(), 1);
}

/// A small generator of its own, so that every run sees the same files.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        // xorshift64*
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(high).unwrap() % end.max(1)
    }
}

#[test]
fn mutated_files_are_read_or_refused_and_nothing_else() {
    let seed = [
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nX-WR-CALNAME:Vendor\r\nBEGIN:VTIMEZONE\r\nTZID:Office\r\nX-LIC-LOCATION:Europe/Berlin\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\nUID:1@example.org\r\nSEQUENCE:2\r\nSTATUS:CONFIRMED\r\nSUMMARY:Ünïcödé \\, \\n text\r\nDTSTART;TZID=Office:20260328T230000\r\nDTEND;TZID=Office:20260329T040000\r\nRRULE:FREQ=MONTHLY;BYDAY=-1SU;COUNT=12\r\nEXDATE;TZID=Office:20260426T230000\r\nEND:VEVENT\r\n",
        "BEGIN:VEVENT\r\nUID:1@example.org\r\nRECURRENCE-ID;TZID=Office:20260531T230000\r\nSUMMARY:moved\r\nDTSTART:20260601T100000Z\r\nDURATION:P1DT2H\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:2\r\nSUMMARY:days\r\nDTSTART;VALUE=DATE:20260501\r\nRRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=1FR\r\nBEGIN:VALARM\r\nTRIGGER:-PT5M\r\nEND:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
    ]
    .concat();
    let words = [
        "BEGIN:VEVENT\r\n",
        "END:VEVENT\r\n",
        "BEGIN:VCALENDAR\r\n",
        "RRULE:FREQ=DAILY\r\n",
        "9999",
        "-",
        ";",
        ":",
        "\"",
        "\\",
        "\r\n ",
        "\n",
        "Z",
        "T",
        "COUNT=999999999",
        "INTERVAL=0",
        "\u{0}",
        "é",
        "BYSETPOS=-1;",
        "EXDATE:",
        "00000000",
        "99991231T235959Z",
        ",",
        "=",
        "TZID=",
    ];
    let mut dice = Dice(0x5eed_ca1e_0000_0001);
    let (mut read, mut refused) = (0, 0);
    for _ in 0..3_000 {
        let mut bytes = seed.clone().into_bytes();
        for _ in 0..=dice.below(3) {
            let at = dice.below(bytes.len());
            let end = (at + dice.below(40)).min(bytes.len());
            match dice.below(9) {
                0 | 1 => drop(bytes.drain(at..end)),
                2 | 3 => bytes[at] = u8::try_from(dice.below(256)).unwrap(),
                4 | 5 => {
                    let word = words[dice.below(words.len())];
                    bytes.splice(at..at, word.bytes());
                }
                6 | 7 => {
                    let piece = bytes[at..end].to_vec();
                    let to = dice.below(bytes.len());
                    bytes.splice(to..to, piece);
                }
                _ => bytes.truncate(at.max(1)),
            }
        }
        let result =
            Ics::read_bytes(&bytes, &berlin()).and_then(|ics| ics.items(&berlin(), reach()));
        let lines = bytes.iter().filter(|b| **b == b'\n').count() + 1;
        match result {
            Ok(items) => {
                read += 1;
                assert!(items.len() <= reach().most);
            }
            Err(e) => {
                refused += 1;
                assert!((1..=lines).contains(&e.line), "{e:?}");
                assert!(!e.what.is_empty() && !e.help.is_empty(), "{e:?}");
            }
        }
    }
    assert!(
        read > 100 && refused > 300,
        "{read} read, {refused} refused"
    );
}

#[test]
fn holidays_come_from_files_of_the_tree_with_their_places() {
    let files = |list: &str| {
        let tree =
            format!("tidegate: 1\n---\nholidays: acme\ndays: [2026-12-24]\nimport: {list}\n");
        let ics = event("DTSTART;VALUE=DATE:20251225\nDTEND;VALUE=DATE:20251227\nRRULE:FREQ=YEARLY;UNTIL=20271231")
            .replace("END:VCALENDAR", "BEGIN:VEVENT\nUID:b\nSTATUS:CANCELLED\nDTSTART;VALUE=DATE:20260501\nEND:VEVENT\nEND:VCALENDAR");
        Files::of([
            ("company/calendar.yaml", tree),
            ("company/holidays/de-be.ics", ics),
        ])
    };
    let loaded = crate::common::loaded(&files("[holidays/de-be.ics]"));
    assert_eq!(loaded.diagnostics, []);
    let days = loaded.spec.unwrap().holidays;
    let days: Vec<String> = days.iter().map(ToString::to_string).collect();
    assert_eq!(
        days,
        [
            "2025-12-25",
            "2025-12-26",
            "2026-12-24",
            "2026-12-25",
            "2026-12-26",
            "2027-12-25",
            "2027-12-26"
        ]
    );
    let place = |path: &str| loaded.origins.of(path).to_string();
    assert_eq!(place("holidays.2026-12-24"), "company/calendar.yaml:4");
    assert_eq!(place("holidays.2026-12-26"), "company/holidays/de-be.ics:4");
    let outside = crate::common::loaded(&files("[../../de-be.ics]"));
    assert_eq!(outside.diagnostics[0].code, "TG0407");
}
