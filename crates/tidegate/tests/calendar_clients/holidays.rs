//! The public holidays inside the program beside those that the Python package `holidays` has. It was made by other people from
//! other sources; where the two differ, the law is named here.

use super::python;
use jiff::civil::{Date, Weekday};
use std::collections::BTreeSet;
use std::process::Command;
use tidegate_config::{Files, load};

const CODES: [&str; 28] = [
    "AT", "CH-ZH", "DE", "DE-BB", "DE-BE", "DE-BW", "DE-BY", "DE-HB", "DE-HE", "DE-HH", "DE-MV",
    "DE-NI", "DE-NW", "DE-RP", "DE-SH", "DE-SL", "DE-SN", "DE-ST", "DE-TH", "ES", "FR", "GB-ENG",
    "GB-WLS", "IT", "NL", "PL", "US", "US-NY",
];
const YEARS: (i16, i16) = (2020, 2035);

/// Weekdays of a list, as the configuration takes them.
fn ours(code: &str) -> BTreeSet<Date> {
    let tree = format!(
        "tidegate: 1\n---\nservice: web\nowner: me\nrun: {{ command: ./web }}\n---\nholidays: them\nimport: {code}\n"
    );
    let spec = load(&Files::of([("tidegate.yaml", tree)])).spec;
    let days = spec.expect(code).holidays_of.remove(code).expect(code);
    let within = days.into_iter().filter(|day| {
        (YEARS.0..=YEARS.1).contains(&day.year())
            && !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
    });
    within.collect()
}

/// Days that only one of us has, with the reason.
fn known(code: &str, day: Date) -> bool {
    match (code, day.month(), day.day()) {
        // Every year by the Algemene termijnenwet; the package has the years in which most employers give it.
        ("NL", 5, 5) => day.year() % 5 != 0,
        // Executive Law § 168-a makes Susan B. Anthony's birthday a day of commemoration; it is none of General Construction
        // Law § 24, which also keeps no Saturday on a Friday.
        ("US-NY", 2, 11 | 15 | 16) => day != washington(day.year()),
        _ => false,
    }
}

fn washington(year: i16) -> Date {
    let first = Date::new(year, 2, 1).unwrap();
    first.nth_weekday_of_month(3, Weekday::Monday).unwrap()
}

#[test]
fn public_holidays_are_those_that_others_have_for_sixteen_years() {
    let Some(python) = python::with("holidays") else {
        return;
    };
    let mut command = Command::new(python);
    command.arg(python::beside("days.py"));
    command
        .args([YEARS.0.to_string(), YEARS.1.to_string()])
        .args(CODES);
    let out = command.output().unwrap();
    assert!(
        out.status.success(),
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
    let said = String::from_utf8(out.stdout).unwrap();
    let (mut same, mut differ) = (0, Vec::new());
    for code in CODES {
        let prefix = format!("{code} ");
        let theirs = said.lines().filter_map(|line| line.strip_prefix(&prefix));
        let theirs: BTreeSet<Date> = theirs.map(|day| day.parse().unwrap()).collect();
        let ours = ours(code);
        same += ours.intersection(&theirs).count();
        let unknown = ours
            .symmetric_difference(&theirs)
            .filter(|day| !known(code, **day));
        differ.extend(unknown.map(|day| {
            let who = if ours.contains(day) { "ours" } else { "theirs" };
            format!("{code} {day}: only {who}")
        }));
    }
    assert!(same > 3900, "{same} days agree");
    assert!(
        differ.is_empty(),
        "{same} days agree, but\n{}",
        differ.join("\n")
    );
    eprintln!("{same} days of {} lists agree", CODES.len());
}
