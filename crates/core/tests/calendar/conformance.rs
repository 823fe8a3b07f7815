//! Published recurrence cases, read in place.

use jiff::civil::DateTime;
use serde::Deserialize;
use std::path::PathBuf;
use tidegate_core::calendar::expand::expand;
use tidegate_core::calendar::rule::RuleSet;
use tidegate_core::calendar::{Bounds, Ended, Zone};
use tidegate_core::time::Timestamp;

/// Cases whose recorded rule is not all that the original test did; the reasons are in `docs/explanation/calendar.md`.
const EXCEPTIONS: [&str; 5] = [
    "testGetItemSliceStep",
    "testStrSetDate",
    "testStrSetDateAndExRule",
    "testStrSetExDate",
    "testStrUntilWithTZ",
];

#[derive(Deserialize)]
struct RuleCase {
    test: String,
    rule: String,
    tz: Option<String>,
    expect: Vec<String>,
}

#[derive(Deserialize)]
struct SetCase {
    test: String,
    rrules: Vec<String>,
    rdates: Vec<String>,
    exrules: Vec<String>,
    exdates: Vec<String>,
    expect: Vec<String>,
}

/// The text of a file of cases, or a line that says why there is none.
fn cases(file: &str) -> Option<String> {
    let named = std::env::var_os("TIDEGATE_CONFORMANCE").map(PathBuf::from);
    let beside = || {
        PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").unwrap())
            .join("../../../shared/conformance")
    };
    let path = named.unwrap_or_else(beside).join("recurrence").join(file);
    let text = std::fs::read_to_string(&path).ok();
    if text.is_none() {
        println!(
            "skipped: {} is not there; name its folder in TIDEGATE_CONFORMANCE",
            path.display()
        );
    }
    text
}

/// A written zone as a name of the zone database. POSIX counts `UTC+04` as east here, `Etc` counts west.
fn zone(written: Option<&str>) -> Zone {
    match written {
        None => Zone::utc(),
        Some(text) if text.contains("UTC+04") => Zone::named("Etc/GMT-4").unwrap(),
        Some(text) => {
            let (_, name) = text.split_once("zoneinfo/").unwrap();
            Zone::named(name.trim_end_matches("')")).unwrap()
        }
    }
}

fn occurrences(text: &str, zone: &Zone, from: DateTime, limit: usize) -> (Vec<String>, Ended) {
    let set = RuleSet::read(text).expect(text);
    let bounds = Bounds::new(zone.instant(from).unwrap(), Timestamp::MAX, limit);
    let found = expand(&set, zone, bounds).expect(text);
    let shown = |at: Timestamp| zone.civil(at).strftime("%Y%m%dT%H%M%S").to_string();
    let texts = found.occurrences.iter().map(|o| shown(o.at)).collect();
    (texts, found.ended)
}

/// Whether the rule gives what is expected. A case without an end of its own shows a stretch of it.
fn holds(case: &RuleCase) -> bool {
    let zone = zone(case.tz.as_deref());
    let expected: Vec<&str> = case.expect.iter().map(|e| &e[..15]).collect();
    let first: DateTime = expected[0].parse().unwrap();
    let bounded = case.rule.contains("COUNT") || case.rule.contains("UNTIL");
    if bounded {
        let start: DateTime = "19700101T000000".parse().unwrap();
        let (found, ended) = occurrences(&case.rule, &zone, start, 1_000);
        found == expected && ended == Ended::Finished
    } else {
        occurrences(&case.rule, &zone, first, expected.len()).0 == expected
    }
}

#[test]
fn published_rules_give_the_published_instants() {
    let Some(text) = cases("dateutil_rrule_cases.json") else {
        return;
    };
    let cases: Vec<RuleCase> = serde_json::from_str(&text).unwrap();
    let failed: Vec<&str> = cases
        .iter()
        .filter(|case| !holds(case))
        .map(|case| case.test.as_str())
        .collect();
    println!(
        "{} of {} rules agree",
        cases.len() - failed.len(),
        cases.len()
    );
    assert_eq!(
        failed, EXCEPTIONS,
        "exactly the documented exceptions differ"
    );
}

#[test]
fn published_rules_are_written_back_as_rules_that_mean_the_same() {
    let Some(text) = cases("dateutil_rrule_cases.json") else {
        return;
    };
    let cases: Vec<RuleCase> = serde_json::from_str(&text).unwrap();
    for case in &cases {
        let set = RuleSet::read(&case.rule).unwrap();
        assert_eq!(
            RuleSet::read(&set.to_string()).as_ref(),
            Ok(&set),
            "{}",
            case.test
        );
    }
}

#[test]
fn published_sets_give_the_published_instants() {
    let Some(text) = cases("dateutil_rruleset_cases.json") else {
        return;
    };
    let cases: Vec<SetCase> = serde_json::from_str(&text).unwrap();
    for case in &cases {
        let line = |name: &str, rule: &String| {
            let (start, rule) = rule.split_once('\n').unwrap();
            format!("{start}\n{}", rule.replace("RRULE", name))
        };
        let mut lines: Vec<String> = case.rrules.iter().map(|rule| line("RRULE", rule)).collect();
        lines.extend(case.exrules.iter().map(|rule| line("EXRULE", rule)));
        lines.extend(case.rdates.iter().map(|date| format!("RDATE:{date}")));
        lines.extend(case.exdates.iter().map(|date| format!("EXDATE:{date}")));
        let start: DateTime = "19700101T000000".parse().unwrap();
        let (found, ended) = occurrences(&lines.join("\n"), &Zone::utc(), start, 1_000);
        assert_eq!(found, case.expect, "{}", case.test);
        assert_eq!(ended, Ended::Finished, "{}", case.test);
    }
    println!("{} sets agree", cases.len());
}
