//! The ledger as a story: one line for what a release manager would tell, with the clock of the place it happened in.

use std::fmt::Write as _;
use std::path::PathBuf;
use tidegate_core::time::Timestamp;
use tidegate_ledger::row::Entry;

/// What is told of each entry; most are too small to be told.
pub fn tell(entries: &[Entry]) -> String {
    let mut story = String::new();
    let mut names = std::collections::BTreeMap::new();
    for entry in entries {
        let body: serde_json::Value = entry
            .body
            .as_deref()
            .and_then(|body| serde_json::from_str(body).ok())
            .unwrap_or_default();
        if entry.kind.starts_with("deployment.proposed/") {
            let plan = &body["plan"]["body"];
            let name = format!(
                "{} {}",
                text(&plan["to"]["release"]),
                text(&plan["environment"])
            );
            names.insert(entry.stream.clone(), name);
        }
        let subject = names
            .get(&entry.stream)
            .cloned()
            .unwrap_or_else(|| entry.stream.as_str().to_owned());
        if let Some(what) = line(entry, &body) {
            // Writing to a text cannot fail.
            let _ = writeln!(story, "{}  {subject}  {what}", clock(entry.at, &subject));
        }
    }
    story
}

fn line(entry: &Entry, body: &serde_json::Value) -> Option<String> {
    let (kind, _) = entry.kind.split_once('/')?;
    Some(match kind {
        "deployment.waiting" => {
            let reports = body["reports"].as_array()?;
            let no: Vec<String> = reports
                .iter()
                .filter(|r| r["outcome"]["state"] != "pass")
                .map(|r| text(&r["title"]))
                .collect();
            format!("waits: {}", no.join("; "))
        }
        "deployment.gates_passed" => "starts".to_owned(),
        "deployment.confirmed" => "done".to_owned(),
        "deployment.rollback_started" => "is taken back".to_owned(),
        "deployment.expired"
        | "deployment.superseded"
        | "deployment.cancelled"
        | "deployment.needs_human" => {
            format!(
                "{} {}",
                kind.trim_start_matches("deployment."),
                text(&body["because"])
            )
        }
        "config.applied" => "in force".to_owned(),
        "departure.laid" | "departure.relaid" | "departure.postponed" => {
            let at: Timestamp = body["timetable"]["departs"].as_str()?.parse().ok()?;
            let what = kind.trim_start_matches("departure.");
            format!("{what} for {} {}", clock(at, ""), text(&body["because"]))
        }
        "departure.boarded" => format!("{} is aboard", text(&body["release"])),
        "departure.late_asked" => format!(
            "{} is late: {}",
            text(&body["release"]),
            text(&body["because"])
        ),
        "departure.missed" => format!(
            "{} missed it: {}",
            text(&body["release"]),
            text(&body["because"])
        ),
        "departure.replaced" => {
            format!(
                "{} stays: {} travels instead",
                text(&body["release"]),
                text(&body["with"])
            )
        }
        "departure.passenger_dropped" => {
            format!(
                "{} is dropped: {}",
                text(&body["release"]),
                text(&body["because"])
            )
        }
        "departure.decided" => {
            let go = if body["go"] == true { "go" } else { "no-go" };
            format!("{go} by {}: {}", text(&body["by"]), text(&body["reason"]))
        }
        "departure.departed" => {
            let aboard: Vec<&str> = body["passengers"]
                .as_object()?
                .keys()
                .map(String::as_str)
                .collect();
            format!("departs with {}", aboard.join(", "))
        }
        "departure.passenger_failed" => {
            format!(
                "{} did not arrive: {}",
                text(&body["release"]),
                text(&body["because"])
            )
        }
        "departure.arrived" => format!("arrives: {} of {} failed", body["failed"], body["carried"]),
        "departure.cancelled" => format!("cancelled: {}", text(&body["because"])),
        "train.pace_proposed" => format!("rhythm proposed: {}", text(&body["pace"]["phrase"])),
        "train.pace_kept" => format!("rhythm kept: {}", text(&body["reason"])),
        "train.pace_changed" => format!(
            "rhythm is now {}: {}",
            text(&body["phrase"]),
            text(&body["because"])
        ),
        _ => return None,
    })
}

fn text(value: &serde_json::Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// `Tue 1 Dec 2026 10:00 Berlin`; the clock of New York for what happens there.
fn clock(at: Timestamp, subject: &str) -> String {
    let (name, place) = if subject.ends_with("prod-us") {
        ("America/New_York", "New York")
    } else {
        ("Europe/Berlin", "Berlin")
    };
    let zone = tidegate_core::time::zone(name).expect("the zone is known");
    format!(
        "{} {place}",
        at.to_zoned(zone).strftime("%a %d %b %Y %H:%M")
    )
}

/// Compare with the golden file, or write it when `UPDATE` is set.
pub fn check(name: &str, story: &str) {
    let path = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").expect("cargo says it"))
        .join("tests/year")
        .join(name);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, story).expect("the story is written");
        return;
    }
    let golden = std::fs::read_to_string(&path).unwrap_or_default();
    for (n, (is, was)) in story.lines().zip(golden.lines()).enumerate() {
        assert_eq!(is, was, "line {} of {name}; UPDATE=1 writes it anew", n + 1);
    }
    assert_eq!(
        story.lines().count(),
        golden.lines().count(),
        "lines of {name}"
    );
}
