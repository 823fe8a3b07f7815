//! Random rules in zones whose clocks change, beside python-dateutil: the same instants.
//!
//! Needs a Python with dateutil: `TIDEGATE_PYTHON` names it, else `python3`; without one the test says so and ends.
//! `TIDEGATE_CALENDARS` says how many rules (400 without it). Left out are the three readings in which the two differ on purpose
//! (`docs/explanation/calendar.md`).

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};
use tidegate_core::calendar::expand::expand;
use tidegate_core::calendar::rule::RuleSet;
use tidegate_core::calendar::{Bounds, Zone};

const SCRIPT: &str = include_str!("dateutil.py");
const ZONES: [&str; 12] = [
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Australia/Sydney",
    "Europe/London",
    "America/St_Johns",
    "America/Los_Angeles",
    "Pacific/Chatham",
    "Asia/Kolkata",
    "Asia/Tokyo",
    "Europe/Lisbon",
    "UTC",
];
const FROM: &str = "2026-06-01T00:00:00";
const UNTIL: &str = "2028-06-01T00:00:00";

struct Seeded(u64);

impl Seeded {
    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % most
    }
    fn some(&mut self, least: u64, most: u64, name: &str) -> String {
        let count = 1 + self.below(3);
        let values: Vec<String> = (0..count)
            .map(|_| (least + self.below(most - least + 1)).to_string())
            .collect();
        format!(";{name}={}", values.join(","))
    }
    fn days(&mut self, counted: bool) -> String {
        let all = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
        let places = ["1", "2", "4", "-1", "-2"];
        let one = |random: &mut Self| {
            let day = all[usize::try_from(random.below(7)).unwrap()];
            let place = places[usize::try_from(random.below(5)).unwrap()];
            format!("{}{day}", if counted { place } else { "" })
        };
        let list: Vec<String> = (0..1 + self.below(3)).map(|_| one(self)).collect();
        format!(";BYDAY={}", list.join(","))
    }
}

fn rule(random: &mut Seeded) -> String {
    let (year, month, day) = (
        2024 + random.below(3),
        1 + random.below(12),
        1 + random.below(28),
    );
    let (hour, minute) = (random.below(24), random.below(60));
    let mut text = format!("DTSTART:{year}{month:02}{day:02}T{hour:02}{minute:02}00\nRRULE:FREQ=");
    let freq = usize::try_from(random.below(4)).unwrap();
    text += ["DAILY", "WEEKLY", "MONTHLY", "YEARLY"][freq];
    if random.below(2) == 0 {
        write!(text, ";INTERVAL={}", 1 + random.below(5)).unwrap();
    }
    match random.below(4) {
        0 => write!(text, ";COUNT={}", 1 + random.below(900)).unwrap(),
        1 => write!(text, ";UNTIL=2027{:02}15T120000", 1 + random.below(12)).unwrap(),
        _ => {}
    }
    match (freq, random.below(4)) {
        (_, 0) => {}
        (0 | 1, _) => text += &random.days(false),
        (2, 1) => text += &random.days(true),
        (2, _) => text += &random.some(1, 31, "BYMONTHDAY"),
        (_, 1) => text += &random.some(1, 366, "BYYEARDAY"),
        (_, 2) => text += &random.days(true),
        (..) => {
            text += &random.some(1, 12, "BYMONTH");
            text += &random.days(true);
        }
    }
    if random.below(3) == 0 {
        text += &random.some(0, 23, "BYHOUR");
    }
    if random.below(4) == 0 {
        text += &random.some(0, 59, "BYMINUTE");
    }
    if random.below(3) == 0 {
        let month = 1 + random.below(12);
        write!(
            text,
            "\nEXDATE:2027{month:02}{day:02}T{hour:02}{minute:02}00"
        )
        .unwrap();
    }
    if random.below(4) == 0 {
        write!(text, "\nRDATE:20270328T023000,20271031T023000").unwrap();
    }
    text
}

fn ask(cases: &serde_json::Value) -> Option<serde_json::Value> {
    let python = std::env::var("TIDEGATE_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let mut child = Command::new(&python)
        .args(["-c", SCRIPT])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    // A Python without dateutil ends before it has read everything.
    let _ = child.stdin.take()?.write_all(cases.to_string().as_bytes());
    let done = child.wait_with_output().ok()?;
    serde_json::from_slice(&done.stdout).ok()
}

#[test]
fn random_rules_happen_when_dateutil_says() {
    let count = std::env::var("TIDEGATE_CALENDARS").ok();
    let count = count.and_then(|text| text.parse().ok()).unwrap_or(400);
    let mut random = Seeded(20_261_121);
    let cases: Vec<(String, &str)> = (0..count)
        .map(|_| {
            (
                rule(&mut random),
                ZONES[usize::try_from(random.below(12)).unwrap()],
            )
        })
        .collect();
    let asked: Vec<_> = cases
        .iter()
        .map(|(rule, zone)| serde_json::json!({ "rule": rule, "zone": zone, "from": FROM, "until": UNTIL }))
        .collect();
    let Some(answer) = ask(&serde_json::Value::from(asked)) else {
        println!("skipped: no Python with dateutil; name one in TIDEGATE_PYTHON");
        return;
    };
    let mut occurrences = 0;
    let answers = answer["answers"].as_array().unwrap();
    assert_eq!(answers.len(), cases.len());
    for ((rule, zone), theirs) in cases.iter().zip(answers) {
        let zone = Zone::named(zone).unwrap();
        let end = |text: &str| super::local(&zone, text);
        // Both ends are left out: what clocks do there is another question.
        let (from, until) = (end(FROM), end(UNTIL));
        let found = expand(
            &RuleSet::read(rule).expect(rule),
            &zone,
            Bounds::new(from, until, 100_000),
        );
        let ours: Vec<i64> = found
            .unwrap()
            .occurrences
            .iter()
            .map(|o| o.at.as_second())
            .collect();
        let theirs: Vec<i64> = theirs
            .as_array()
            .unwrap()
            .iter()
            .filter_map(serde_json::Value::as_i64)
            .filter(|at| *at < until.as_second())
            .collect();
        occurrences += ours.len();
        assert_eq!(ours, theirs, "{rule}\nin {zone}");
    }
    println!(
        "{} rules, {occurrences} occurrences, as python-dateutil {} has them",
        cases.len(),
        answer["version"]
    );
}
