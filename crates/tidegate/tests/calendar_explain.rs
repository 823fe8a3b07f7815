//! `tidegate calendar explain` with the real binary and no server: texts, data and exit codes are the contract.
#![expect(clippy::unwrap_used, reason = "a test ends at the first surprise")]

use serde_json::Value;
use std::io::Write as _;
use std::process::{Command, Output, Stdio};

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tidegate"));
    command
        .args(["calendar", "explain"])
        .args(arguments)
        .current_dir(env!("CARGO_TARGET_TMPDIR"))
        .env_clear()
        .env("TZ", "Europe/Berlin")
        .stdin(Stdio::null());
    command
}

fn explain(arguments: &[&str]) -> Output {
    command(arguments).output().unwrap()
}

/// The answer as data; it must end with 0.
fn data(arguments: &[&str]) -> Value {
    let done = explain(&[arguments, &["-o", "json"]].concat());
    assert_eq!(done.status.code(), Some(0), "{}", err(&done));
    serde_json::from_slice(&done.stdout).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// One member of every occurrence.
fn each(value: &Value, member: &str) -> Vec<String> {
    let all = value["occurrences"].as_array().unwrap();
    all.iter()
        .map(|o| o[member].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_phrase_is_shown_with_its_rule_its_zone_and_the_next_five_times() {
    let train = [
        "every 2 weeks on Tue at 10:00 from 2026-12-01",
        "--from",
        "2026-11-21",
    ];
    let value = data(&train);
    let days = [
        "2026-12-01",
        "2026-12-15",
        "2026-12-29",
        "2027-01-12",
        "2027-01-26",
    ];
    assert_eq!(
        each(&value, "local"),
        days.map(|day| format!("{day}T10:00:00+01:00"))
    );
    assert_eq!(each(&value, "at")[0], "2026-12-01T09:00:00Z");
    assert_eq!(each(&value, "zone")[0], "Europe/Berlin");
    assert_eq!(
        value["rule"],
        "DTSTART;TZID=Europe/Berlin:20261201T100000\nRRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"
    );
    assert_eq!(value["phrase"], train[0]);
    // The rule says the same again, and can be said as the phrase.
    let again = data(&[value["rule"].as_str().unwrap(), "--from", "2026-11-21"]);
    assert_eq!(again["occurrences"], value["occurrences"]);
    assert_eq!(again["phrase"], value["phrase"]);
    // For people: rows on stdout, what was understood on stderr.
    let shown = explain(&train);
    assert_eq!(String::from_utf8_lossy(&shown.stdout).lines().count(), 5);
    assert!(
        err(&shown).contains("zone    Europe/Berlin (of this machine"),
        "{}",
        err(&shown)
    );
}

#[test]
fn a_window_says_until_when_an_operation_may_start_and_an_occurrence_how_long_it_takes() {
    let window = data(&[
        "Mon-Thu 09:00-16:00",
        "--zone",
        "America/New_York",
        "--from",
        "2026-11-23",
        "--for",
        "90m",
        "--limit",
        "1",
    ]);
    assert_eq!(each(&window, "start"), ["2026-11-23T14:00:00Z"]);
    assert_eq!(each(&window, "end"), ["2026-11-23T21:00:00Z"]);
    assert_eq!(each(&window, "lastStart"), ["2026-11-23T19:30:00Z"]);
    let short = data(&[
        "Mon-Thu 09:00-10:00",
        "--from",
        "2026-11-23",
        "--for",
        "90m",
        "--limit",
        "1",
    ]);
    assert_eq!(each(&short, "note"), ["too short for 1h30m"]);
    let rule = "DTSTART;TZID=Europe/Berlin:20270328T010000 RRULE:FREQ=DAILY;COUNT=1";
    let point = data(&[rule, "--from", "2027-01-01", "--for", "3h"]);
    assert_eq!(
        each(&point, "end"),
        ["2027-03-28T03:00:00Z"],
        "time that goes by"
    );
}

#[test]
fn quarter_close_is_where_the_fiscal_year_and_the_holidays_put_it() {
    let ask = |more: &[&str]| {
        let fixed = [
            "3 working days before fiscal-quarter-end",
            "--from",
            "2026-11-21",
            "--limit",
            "1",
        ];
        each(&data(&[&fixed, more].concat()), "local")
    };
    assert_eq!(
        ask(&["--fiscal-year-starts", "February"]),
        ["2027-01-27T00:00:00+01:00"]
    );
    assert_eq!(
        ask(&[
            "--fiscal-year-starts",
            "February",
            "--holiday",
            "2027-01-28,2027-01-29"
        ]),
        ["2027-01-25T00:00:00+01:00"]
    );
    assert_eq!(ask(&[]), ["2026-12-28T00:00:00+01:00"]);
}

#[test]
fn a_day_on_which_clocks_change_is_remarked() {
    let spring = data(&["every day at 02:30", "--from", "2027-03-28", "--limit", "1"]);
    assert_eq!(each(&spring, "local"), ["2027-03-28T03:30:00+02:00"]);
    assert_eq!(
        each(&spring, "note"),
        ["clocks skip 02:30: moved later by as much"]
    );
    let autumn = data(&["every day at 02:30", "--from", "2026-10-25", "--limit", "1"]);
    assert_eq!(each(&autumn, "local"), ["2026-10-25T02:30:00+02:00"]);
    assert_eq!(
        each(&autumn, "note"),
        ["clocks show 02:30 twice: the first"]
    );
}

#[test]
fn a_named_stretch_may_be_empty_and_a_rule_may_come_from_stdin() {
    let none = data(&[
        "every day at 09:00",
        "--from",
        "2026-11-21 10:00",
        "--until",
        "2026-11-21 12:00",
    ]);
    assert_eq!(
        (&none["occurrences"], &none["ended"]),
        (&serde_json::json!([]), &"until".into())
    );
    let mut child = command(&["-", "--from", "1997-01-01", "-o", "name"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let rule = b"DTSTART:19970902T090000Z\r\nRRULE:FREQ=YEARLY;COUNT=2\r\n";
    child.stdin.take().unwrap().write_all(rule).unwrap();
    let done = child.wait_with_output().unwrap();
    assert_eq!(
        String::from_utf8_lossy(&done.stdout),
        "1997-09-02T09:00:00Z\n1998-09-02T09:00:00Z\n"
    );
}

#[test]
fn what_cannot_be_read_ends_with_64_and_shows_the_place() {
    let table: [(&[&str], &str); 12] = [
        (
            &["every 2 weks on Tue at 10:00"],
            "  every 2 weks on Tue at 10:00\n          ^ column 9\nhelp: did you mean `weeks`?",
        ),
        (
            &["DTSTART:20260101T000000\nRRULE:FREQ=WEEKLI"],
            "  RRULE:FREQ=WEEKLI\n             ^ line 2, column 12\nhelp: did you mean `WEEKLY`?",
        ),
        (&["2026-02-30 10:00"], "the date 2026-02-30 does not exist"),
        (
            &["DTSTART;TZID=Europe/Berln:20260101T000000"],
            "did you mean `Europe/Berlin`?",
        ),
        (
            &["every day at 02:30", "--zone", "Europe/Berln"],
            "neither an IANA time zone nor an environment",
        ),
        (
            &["every day at 02:30", "--from", "2026-02-30"],
            "`2026-02-30` is not an instant",
        ),
        (
            &[
                "every day at 02:30",
                "--from",
                "2026-02-20",
                "--until",
                "2026-02-19",
            ],
            "is not after the start",
        ),
        (
            &["every day at 02:30", "--limit", "10001"],
            "is not in 1..=10000",
        ),
        (&["every day at 02:30", "--for", "3"], "no unit"),
        (
            &["DTSTART:20260101T000000 RRULE:FREQ=HOURLY"],
            "FREQ=HOURLY in Europe/Berlin: clocks there are put forward and back",
        ),
        (&["every hour"], "phrases repeat daily or less often"),
        (&["3 working days before"], "does not say from what"),
    ];
    for (arguments, wanted) in table {
        let done = explain(arguments);
        assert_eq!(
            done.status.code(),
            Some(64),
            "{arguments:?}: {}",
            err(&done)
        );
        assert!(err(&done).contains(wanted), "{arguments:?}: {}", err(&done));
        assert!(done.stdout.is_empty(), "{arguments:?}");
    }
}

#[test]
fn what_never_happens_or_opens_too_late_ends_with_65() {
    let table: [(&[&str], &str); 5] = [
        (
            &["DTSTART:20260101T000000 RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"],
            "never happens",
        ),
        (
            &["DTSTART:20260101T000000Z RRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30"],
            "never happens as far as it was followed",
        ),
        (
            &["DTSTART:20200101T000000 RRULE:FREQ=DAILY;COUNT=3"],
            "is over",
        ),
        (
            &[
                "every 20 months on day 31 09:00-12:00 from 2028-01-01",
                "--from",
                "2026-01-01",
            ],
            "does not happen within 400 days: the first time is Mon 31 Jan 2028",
        ),
        (&["2020-01-01 10:00"], "is over"),
    ];
    for (arguments, wanted) in table {
        let done = explain(arguments);
        assert_eq!(
            done.status.code(),
            Some(65),
            "{arguments:?}: {}",
            err(&done)
        );
        assert!(err(&done).contains(wanted), "{arguments:?}: {}", err(&done));
    }
    // A point that is far away is only remarked.
    let far = explain(&[
        "DTSTART:19970902T090000Z RRULE:FREQ=YEARLY;INTERVAL=100;COUNT=3",
        "--from",
        "1998-01-01",
    ]);
    assert_eq!(far.status.code(), Some(0));
    assert!(err(&far).contains("warning: "), "{}", err(&far));
}

#[test]
fn inside_a_tree_the_company_says_zone_fiscal_year_and_holidays() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("services");
    std::fs::create_dir(&inner).unwrap();
    let write = |text: &str| std::fs::write(folder.path().join("tidegate.yaml"), text).unwrap();
    write(
        "tidegate: 1\nzone: America/New_York\nfiscal-year-starts: February\n---\nholidays: acme\ndays: [2027-01-28]\n",
    );
    let ask = |more: &[&str]| {
        let fixed = [
            "2 working days before fiscal-quarter-end",
            "--from",
            "2026-11-21",
            "--limit",
            "1",
            "-o",
            "json",
        ];
        let mut command = command(&[&fixed, more].concat());
        let done = command.current_dir(&inner).output().unwrap();
        assert_eq!(done.status.code(), Some(0), "{}", err(&done));
        let value: Value = serde_json::from_slice(&done.stdout).unwrap();
        (value, err(&done))
    };
    let (value, _) = ask(&[]);
    assert_eq!(value["zoneFrom"], "configuration");
    // 31 January 2027 is a Sunday, and the 28th a holiday.
    assert_eq!(each(&value, "local"), ["2027-01-27T00:00:00-05:00"]);
    let (value, _) = ask(&["--zone", "UTC", "--fiscal-year-starts", "January"]);
    assert_eq!(value["zoneFrom"], "option");
    assert_eq!(each(&value, "local"), ["2026-12-29T00:00:00+00:00"]);
    write("tidegate: 1\nzone: America/New_Yrok\n");
    let (value, told) = ask(&[]);
    assert_eq!(value["zoneFrom"], "machine");
    assert!(
        told.contains("has errors and does not count here"),
        "{told}"
    );
}

#[test]
fn a_rule_with_a_duration_and_a_window_over_days_have_spans() {
    let rule = "DTSTART:20261201T220000Z DURATION:PT3H RRULE:FREQ=DAILY";
    let value = data(&[rule, "--from", "2026-12-02", "--for", "45m", "--limit", "1"]);
    // What is under way counts.
    assert_eq!(each(&value, "start"), ["2026-12-01T22:00:00Z"]);
    assert_eq!(each(&value, "end"), ["2026-12-02T01:00:00Z"]);
    assert_eq!(each(&value, "lastStart"), ["2026-12-02T00:15:00Z"]);
    assert_eq!(value["end"], "DURATION:PT3H");
    let weekend = data(&[
        "Fri 18:00 - Mon 06:00",
        "--from",
        "2027-03-27",
        "--limit",
        "1",
    ]);
    assert_eq!(each(&weekend, "start"), ["2027-03-26T17:00:00Z"]);
    assert_eq!(each(&weekend, "end"), ["2027-03-29T04:00:00Z"]);
    let text = format!(
        "{} {}",
        weekend["rule"].as_str().unwrap(),
        weekend["end"].as_str().unwrap()
    );
    let again = data(&[&text, "--from", "2027-03-27", "--limit", "1"]);
    assert_eq!(again["occurrences"], weekend["occurrences"]);
    let phrase = again["phrase"].as_str().unwrap();
    assert!(phrase.starts_with("Fri 18:00 - Mon 06:00"), "{phrase}");
    let wrong = explain(&["rrule:DTSTART:20261201T220000Z DURATION:3h RRULE:FREQ=DAILY"]);
    assert_eq!(wrong.status.code(), Some(64));
    assert!(err(&wrong).contains("`3h` is no length"), "{}", err(&wrong));
}
