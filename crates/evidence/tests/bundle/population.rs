//! The population of a period: nothing left out, nothing added, the same sample every time.

use crate::world::World;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tidegate_evidence::Wrong;
use tidegate_evidence::population::{Asked, Runs, Shown, collect, read, sample, signed};

const FROM: &str = "2026-11-01T00:00:00Z";
const UNTIL: &str = "2026-12-01T00:00:00Z";
const BITS: &str = "sha256:b70dd061b6b628482e9c894c94be053d197bd8e40e27bb9d0493a606122b3659";

impl World {
    /// A deployment that is planned, starts, and ends.
    fn deployed(&mut self, n: u32, environment: &str, class: &str, started: &str) {
        let id = format!("dep_01KJPWD6M084XFE65JDY1{n:05}");
        let stream = format!("deployment/{id}");
        let body = json!({ "environment": environment, "to": { "release": "payments@3.3.0", "artifact": BITS } });
        self.add(
            &stream,
            "deployment.proposed/1",
            json!({ "by": "rita", "purpose": "promote", "plan": { "body": body } }),
        );
        if class != "none" {
            let change = format!("change/CHG-{n}");
            self.add(
                &change,
                "change.planned/1",
                json!({ "planned": { "deployment": id } }),
            );
            self.add(
                &change,
                "change.assessed/1",
                json!({ "assessed": { "class": class } }),
            );
        }
        self.at = started.parse().unwrap();
        self.add(
            &stream,
            "deployment.gates_passed/1",
            json!({ "reports": [] }),
        );
        let action = format!("act_{n}");
        self.add(
            &stream,
            "deployment.step_started/1",
            json!({ "action": action }),
        );
        self.add(
            "environment/dev",
            "environment.held/1",
            json!({ "because": "a secret of others", "by": "ana" }),
        );
        self.add(
            &stream,
            "deployment.step_finished/1",
            json!({ "action": action }),
        );
        self.add(&stream, "deployment.confirmed/1", json!({}));
    }

    /// October, a November with twelve starts in production, December.
    fn year() -> Self {
        let mut world = Self::empty();
        world.at = "2026-10-30T09:00:00Z".parse().unwrap();
        world.deployed(1, "prod-eu", "normal", "2026-10-30T10:00:00Z");
        // Planned before the period, started in it; its Saturday begins at 23:00 UTC the day before.
        world.deployed(2, "prod-eu", "normal", "2026-11-06T23:30:00Z");
        for n in 3..12 {
            let hour = format!("2026-11-12T{n:02}:00:00Z");
            world.deployed(n, "prod-eu", "normal", &hour);
        }
        world.deployed(12, "prod-eu", "emergency", "2026-11-18T10:00:00Z");
        world.deployed(13, "prod-eu", "none", "2026-11-18T11:00:00Z");
        world.deployed(14, "staging", "none", "2026-11-18T12:00:00Z");
        world.deployed(15, "prod-eu", "normal", "2026-12-02T10:00:00Z");
        world
    }

    fn population(&self, running: Vec<Runs>) -> String {
        let sealed = self.sealed();
        let asked = Asked {
            from: FROM.parse().unwrap(),
            until: UNTIL.parse().unwrap(),
            at: "2026-12-03T09:00:00Z".parse().unwrap(),
            environments: BTreeMap::from([("prod-eu".to_owned(), "Europe/Berlin".to_owned())]),
            configuration: 4,
            running,
        };
        let mut made = None;
        self.store_read(&mut |rows| {
            made = Some(collect(rows, &sealed, asked.clone()).unwrap());
            Ok(())
        });
        let (text, statement) = made.unwrap();
        signed(text, self.key.vouch(statement.as_bytes()).unwrap()).unwrap()
    }

    fn shown(&self) -> Shown {
        read(
            &self.population(Vec::new()),
            &[self.key.verifier().to_owned()],
        )
        .unwrap()
    }
}

#[test]
fn every_start_in_production_in_the_period_is_there_and_no_other() {
    let shown = World::year().shown();
    assert_eq!(shown.items.len(), 12);
    assert!(shown.closed);
    assert!(shown.first > 1 && shown.last < shown.sealed.size);
    assert!(shown.items.iter().all(|item| item.environment == "prod-eu"));
    let classes: Vec<&str> = shown.items.iter().map(|item| item.class.as_str()).collect();
    assert_eq!(
        classes.iter().filter(|class| **class == "normal").count(),
        10
    );
    assert_eq!(classes[10..], ["emergency", "none"]);
    let first = &shown.items[0];
    assert!(first.weekend, "half past midnight on Saturday in Berlin");
    assert_eq!(
        (first.change.as_deref(), first.end.as_deref()),
        (Some("CHG-2"), Some("confirmed"))
    );
    assert_eq!((first.work.asked, first.work.reported), (1, 1));
    assert!(shown.findings.is_empty(), "{:?}", shown.findings);
}

#[test]
fn texts_of_others_are_not_in_the_file_and_their_hashes_are() {
    let text = World::year().population(Vec::new());
    assert!(!text.contains("a secret of others"));
    assert!(text.matches("environment.held/1").count() >= 12);
}

fn wrong(world: &World, lines: &[&str]) -> Wrong {
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    read(&text, &[world.key.verifier().to_owned()]).unwrap_err()
}

#[test]
fn a_line_that_is_removed_doubled_swapped_or_changed_is_found() {
    let world = World::year();
    let text = world.population(Vec::new());
    let lines: Vec<&str> = text.lines().collect();
    for n in 0..lines.len() {
        let mut fewer = lines.clone();
        fewer.remove(n);
        wrong(&world, &fewer);
        let mut twice = lines.clone();
        twice.insert(n, lines[n]);
        wrong(&world, &twice);
        let middle = lines[n].len() / 2;
        let mut bytes = lines[n].as_bytes().to_vec();
        bytes[middle] ^= 1;
        let changed = String::from_utf8_lossy(&bytes).into_owned();
        let mut other = lines.clone();
        other[n] = &changed;
        wrong(&world, &other);
    }
    let mut fewer = lines.clone();
    fewer.remove(5);
    let told = wrong(&world, &fewer).to_string();
    assert!(
        told.starts_with("line 6 is entry") && told.contains("is missing"),
        "{told}"
    );
}

/// A start that is left out shows even when whoever signs leaves it out.
#[test]
fn a_forged_range_under_a_good_signature_is_not_in_the_log() {
    let (world, mut other) = (World::year(), World::year());
    let text = world.population(Vec::new());
    other.other("1.0.0");
    let theirs = other.population(Vec::new());
    let header: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    let mut mixed: Value = serde_json::from_str(theirs.lines().next().unwrap()).unwrap();
    mixed["consistency"] = header["consistency"].clone();
    let mut lines: Vec<String> = theirs.lines().map(str::to_owned).collect();
    lines[0] = mixed.to_string();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    assert_eq!(wrong(&world, &lines).part, "the entries");
}

#[test]
fn work_that_no_agent_reported_and_targets_that_run_something_else_are_findings() {
    let world = World::year();
    let runs = |seen: Option<Vec<&str>>| Runs {
        environment: "prod-eu".to_owned(),
        service: "payments".to_owned(),
        deployment: "dep_1".to_owned(),
        artifact: BITS.to_owned(),
        seen: seen.map(|seen| seen.into_iter().map(str::to_owned).collect()),
    };
    let found = |seen| {
        read(&world.population(vec![runs(seen)]), &[])
            .unwrap()
            .findings
    };
    assert!(found(Some(vec![BITS])).is_empty());
    assert_eq!(
        found(None),
        ["payments in prod-eu: no agent has said what runs"]
    );
    let other = found(Some(vec!["sha256:other"]));
    assert!(
        other[0].ends_with("should run by dep_1, agents see sha256:other"),
        "{other:?}"
    );

    let mut world = World::empty();
    world.at = "2026-11-18T10:00:00Z".parse().unwrap();
    let body = json!({ "environment": "prod-eu", "to": { "release": "payments@3.3.0" } });
    world.add(
        "deployment/dep_a",
        "deployment.proposed/1",
        json!({ "plan": { "body": body } }),
    );
    world.add(
        "deployment/dep_a",
        "deployment.gates_passed/1",
        json!({ "reports": [] }),
    );
    world.add(
        "deployment/dep_a",
        "deployment.step_started/1",
        json!({ "action": "act_1" }),
    );
    world.add(
        "deployment/dep_a",
        "deployment.step_finished/1",
        json!({ "action": "act_2" }),
    );
    world.add("deployment/dep_a", "deployment.confirmed/1", json!({}));
    let shown = world.shown();
    assert!(!shown.closed);
    assert_eq!(
        shown.findings,
        [
            "payments@3.3.0 in prod-eu (dep_a): no agent reported act_1",
            "payments@3.3.0 in prod-eu (dep_a): act_2 was reported and never asked for"
        ]
    );
}

#[test]
fn a_sample_is_the_same_for_everybody_and_has_every_stratum() {
    let shown = World::year().shown();
    let drawn = |size, seed| -> Vec<u64> {
        sample(&shown.items, size, seed)
            .iter()
            .map(|chosen| chosen.item.seq)
            .collect()
    };
    assert_eq!(drawn(5, 42), drawn(5, 42));
    assert!((0..20).any(|seed| drawn(5, seed) != drawn(5, 42)));
    for seed in 0..20 {
        let chosen = sample(&shown.items, 5, seed);
        assert_eq!(chosen.len(), 5);
        assert!(chosen.iter().any(|c| c.item.class == "emergency"));
        assert!(chosen.iter().any(|c| c.item.weekend));
        assert!(chosen.iter().any(|c| c.item.class == "none"));
    }
    assert_eq!(sample(&shown.items, 1, 7)[0].item.class, "emergency");
    assert_eq!(drawn(500, 1).len(), 12);
    assert!(drawn(0, 1).is_empty());
}

#[test]
fn a_period_without_entries_is_shown_to_be_empty() {
    let mut world = World::empty();
    world.at = "2026-10-01T09:00:00Z".parse().unwrap();
    world.other("1.0.0");
    world.at = "2026-12-23T09:00:00Z".parse().unwrap();
    world.other("1.1.0");
    let shown = world.shown();
    assert!(shown.items.is_empty() && shown.closed && shown.first > shown.last);
}
