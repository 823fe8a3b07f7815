//! Programs of others read the calendar feed of the real binary: `icalendar` and `dateutil` every event and every time zone,
//! `vdirsyncer` what changed and what was called off.

#![expect(clippy::unwrap_used, reason = "a test ends at the first surprise")]

#[path = "../program/mod.rs"]
#[expect(dead_code, reason = "other stories use the rest")]
mod program;

mod holidays;
mod python;

use program::{Site, get};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Zones with rules of every kind, and none whose rules the editions of the database disagree about. Each is the zone of an environment with a window.
const ZONES: [&str; 12] = [
    "Africa/Cairo",
    "America/New_York",
    "America/Nuuk",
    "America/Santiago",
    "America/St_Johns",
    "Asia/Jerusalem",
    "Asia/Kolkata",
    "Asia/Tokyo",
    "Australia/Lord_Howe",
    "Europe/Berlin",
    "Europe/Dublin",
    "Pacific/Auckland",
];
const WINDOWS: [&str; 2] = ["Mon-Thu 21:00-04:00", "last Sat of month 22:00-03:00"];

#[test]
fn programs_of_others_read_the_feed_and_see_what_changes() {
    let Some(python) = python::with("clients") else {
        return;
    };
    let mut site = Site::new(&configuration("from: 2031-06-01\nuntil: 2031-06-03\n"));
    site.up();
    let url = feed(&site);
    zones_are_those_of_the_database(&site, &python, &url);
    every_opening_is_where_it_is(&site, &python, &url);
    changes_arrive(&site, &python);
    site.interrupt();
}

/// Days after today, as a date.
fn day(days: i64) -> String {
    midnight(days)
        .split('T')
        .next()
        .unwrap_or_default()
        .to_owned()
}

/// Midnight UTC so many days from today.
fn midnight(days: i64) -> String {
    let now = std::time::SystemTime::now();
    let seconds = now.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let today = i64::try_from(seconds / 86_400).unwrap();
    let at = tidegate_core::time::Timestamp::from_second((today + days) * 86_400);
    at.unwrap().to_string()
}

fn configuration(freeze: &str) -> String {
    let mut text = "tidegate: 1\ncompany: Acme\n---\nenvironments:\n".to_owned();
    for (n, zone) in ZONES.iter().enumerate() {
        text.push_str(&format!(
            "  prod-{n}: {{ tier: production, zone: {zone}, window: nights }}\n"
        ));
    }
    text.push_str(&format!(
        "---\nwindow: nights\nallow: [\"{}\"]\n",
        WINDOWS.join("\", \"")
    ));
    text.push_str("---\nservice: web\nowner: me\nrun: { command: sleep 600 }\n");
    if !freeze.is_empty() {
        text.push_str(&format!(
            "---\nfreeze: peak\nwhy: told by ana\nzone: UTC\n{freeze}"
        ));
    }
    text
}

fn feed(site: &Site) -> String {
    let said = site.says("calendar ics create clients").with(0);
    let url = said.lines().find(|line| line.starts_with("http")).unwrap();
    url.trim().to_owned()
}

fn read(site: &Site, python: &Path, args: &[&str]) -> String {
    let mut command = Command::new(python);
    command.arg(python::beside("read.py")).args(args);
    site.run(command).with(0)
}

fn zones_are_those_of_the_database(site: &Site, python: &Path, url: &str) {
    let said = read(site, python, &["zones", url]);
    for zone in ZONES {
        assert!(
            said.contains(&format!("{zone}: ")),
            "{zone} is missing:\n{said}"
        );
    }
    assert_eq!(said.matches("times agree").count(), ZONES.len(), "{said}");
}

/// Beginnings and ends of a window in a zone, from our own command line.
fn openings(site: &Site, zone: &str, from: &str, until: &str) -> BTreeSet<(String, String)> {
    let mut all = BTreeSet::new();
    for phrase in WINDOWS {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tidegate"));
        command.args(["calendar", "explain", phrase, "--zone", zone]);
        command.args([
            "--from", from, "--until", until, "--limit", "1000", "-o", "json",
        ]);
        let said = site.run(command).with(0);
        let found: serde_json::Value = serde_json::from_str(&said).unwrap();
        let text = |of: &serde_json::Value, key: &str| of[key].as_str().unwrap().to_owned();
        for one in found["occurrences"].as_array().unwrap() {
            all.insert((text(one, "start"), text(one, "end")));
        }
    }
    all
}

fn every_opening_is_where_it_is(site: &Site, python: &Path, url: &str) {
    let (from, until) = (midnight(-20), midnight(360));
    let bare = |text: &str| text.trim_end_matches('Z').to_owned();
    let said = read(site, python, &["events", url, &bare(&from), &bare(&until)]);
    for (n, zone) in ZONES.iter().enumerate() {
        let title = format!("window nights is open (prod-{n})\t");
        let theirs: BTreeSet<(String, String)> = said
            .lines()
            .filter_map(|line| line.strip_prefix(&title))
            .map(|line| {
                let mut parts = line.split('\t').map(|p| p.replace("+00:00", "Z"));
                (parts.next().unwrap(), parts.next().unwrap())
            })
            .collect();
        let ours = openings(site, zone, &from, &until);
        assert!(ours.len() > 200, "{zone}: {}", ours.len());
        let missing: Vec<_> = ours.difference(&theirs).collect();
        let more: Vec<_> = theirs.difference(&ours).collect();
        assert!(
            missing.is_empty() && more.is_empty(),
            "{zone}: missing {missing:?}, more {more:?}"
        );
    }
}

fn changes_arrive(site: &Site, python: &Path) {
    let said = site
        .says("calendar ics create freezes --kinds freeze --public")
        .with(0);
    let url = said.lines().find(|line| line.starts_with("http")).unwrap();
    let apply = |freeze: String| {
        site.write("tidegate.yaml", &configuration(&freeze));
        site.says("apply --yes").with(0);
    };
    apply(format!("from: {}\nuntil: {}\n", day(10), day(15)));
    site.write(
        "vdirsyncer",
        &format!(
            "[general]\nstatus_path = \"status\"\n[pair feed]\na = \"remote\"\nb = \"local\"\ncollections = null\n\
             [storage remote]\ntype = \"http\"\nurl = \"{url}\"\n[storage local]\ntype = \"filesystem\"\npath = \"local\"\nfileext = \".ics\"\n"
        ),
    );
    fs::create_dir_all(site.path().join("local")).unwrap();
    vdirsyncer(site, python, "discover");
    let before = synced(site, python);
    let stamp = |days: i64| day(days).replace('-', "");
    assert!(
        before.contains(&format!("DTSTART:{}T000000Z", stamp(10))),
        "{before}"
    );
    assert!(
        before.contains("STATUS:CONFIRMED") && !before.contains("ana"),
        "{before}"
    );

    apply(format!("from: {}\nuntil: {}\n", day(10), day(17)));
    let moved = synced(site, python);
    assert!(
        moved.contains(&format!("DTEND:{}T000000Z", stamp(17))),
        "{moved}"
    );
    let sequence = |text: &str| value(text, "SEQUENCE").parse::<u64>().unwrap();
    assert!(sequence(&moved) > sequence(&before));

    apply(String::new());
    let lifted = synced(site, python);
    assert!(lifted.contains("STATUS:CANCELLED"), "{lifted}");
    assert!(sequence(&lifted) > sequence(&moved));

    site.says("calendar ics revoke freezes --yes").with(0);
    let (host, path) = url.trim_start_matches("http://").split_once('/').unwrap();
    let port = host.rsplit(':').next().unwrap().parse().unwrap();
    assert_eq!(get(port, &format!("/{}", path.trim())).unwrap().0, 404);
}

fn value(text: &str, name: &str) -> String {
    let unfolded = text.replace("\r\n", "\n").replace("\n ", "");
    let prefix = format!("{name}:");
    let mut lines = unfolded.lines().filter_map(|l| l.strip_prefix(&prefix));
    lines.next_back().unwrap_or_default().to_owned()
}

fn vdirsyncer(site: &Site, python: &Path, verb: &str) {
    let mut command = Command::new(python.with_file_name("vdirsyncer"));
    command.args(["--config", "vdirsyncer", verb]);
    site.run(command).with(0);
}

/// The one event that is there after a synchronisation. vdirsyncer gives what it reads from the web UIDs of its own.
fn synced(site: &Site, python: &Path) -> String {
    vdirsyncer(site, python, "sync");
    let files: Vec<PathBuf> = fs::read_dir(site.path().join("local"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert_eq!(files.len(), 1, "{files:?}");
    fs::read_to_string(&files[0]).unwrap()
}
