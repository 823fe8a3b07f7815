//! What a bundle says about who was told what, what boards decided, and what lies beside the log.

use crate::world::{DEPLOYMENT, World, unzip};
use serde_json::{Value, json};
use tidegate_core::digest::Digest;
use tidegate_evidence::bundle::BODY;
use tidegate_evidence::check;

impl World {
    /// The release with a failed step before it, a lost slot, a board, a train that also carries others, and two bodies of which one is gone
    /// by retention and one for no known reason.
    pub fn told() -> Self {
        let mut world = Self::released();
        let deployment = format!("deployment/{DEPLOYMENT}");
        let body = |text: &str| json!({ "digest": Digest::of(text.as_bytes()).to_string(), "bytes": text.len() });
        let keep = |world: &Self, text: &str| {
            let mut kept = None;
            world.write(&mut |tx| {
                kept = Some(tx.put_blob(text.as_bytes())?);
                Ok(())
            });
        };
        let failed = |text: &str| json!({ "n": 1, "step": "start", "because": "it ended", "log": [], "output": body(text) });
        for text in ["kept", "past its time", "lost"] {
            world.add(&deployment, "deployment.step_failed/1", failed(text));
        }
        keep(&world, "kept");
        let gone = json!({ "key": "k", "digest": Digest::of(b"past its time").to_string(), "bytes": 13, "class": "output", "rule": "short", "until": "2026-11-23T08:00:00Z" });
        world.add(
            &format!("archive/{DEPLOYMENT}"),
            "archive.removed/1",
            json!({ "bodies": [gone] }),
        );
        world.add(&deployment, "deployment.slot_lost/1", json!({ "before": { "start": "2026-11-24T09:00:00Z" }, "because": "a freeze was declared" }));
        world.add(
            "change/CHG-1",
            "change.reminded/1",
            json!({ "whom": ["farah"] }),
        );
        world.sitting();
        world.train();
        world
    }

    fn sitting(&mut self) {
        let sitting = "meeting/cab/2026-11-25";
        self.add(
            sitting,
            "meeting.called/1",
            json!({ "id": "cab/2026-11-25" }),
        );
        for change in ["CHG-9", "CHG-1"] {
            let topic = json!({ "change": change, "risk": 40 });
            self.add(sitting, "meeting.item_put/1", json!({ "topic": topic }));
            let cast = json!({ "person": "hugo", "choice": "go" });
            let voted = json!({ "change": change, "cast": cast });
            self.add(sitting, "meeting.voted/1", voted);
        }
        self.row("board-item", "CHG-1/cab", "\"cab/2026-11-25\"");
    }

    fn train(&mut self) {
        let train = "departure/retail/000004";
        self.add(train, "departure.laid/1", json!({ "timetable": {} }));
        for release in ["web@1.0.0", "payments@3.3.0"] {
            let boarded = json!({ "release": release, "by": "rita", "way": "asked" });
            self.add(train, "departure.boarded/1", boarded);
        }
        let later = json!({ "timetable": { "departs": "2026-12-01T09:00:00Z" }, "because": "a holiday", "by": "hugo" });
        self.add(train, "departure.postponed/1", later);
        self.row("aboard", "payments@3.3.0", r#"{"departure":"retail#4"}"#);
    }
}

fn list(world: &World, name: &str) -> Vec<Value> {
    let files = unzip(&world.bundle());
    serde_json::from_slice(&files[name]).unwrap()
}

#[test]
fn who_was_told_what_follows_from_the_entries() {
    let world = World::told();
    check(&world.bundle(), &[]).unwrap();
    let told = list(&world, "communications.json");
    let short = |item: &Value| format!("{} -> {}", item["what"], item["to"]);
    let told: Vec<String> = told.iter().map(short).collect();
    assert_eq!(
        told,
        [
            r#""without a time" -> ["rita"]"#,
            r#""still asked" -> ["farah"]"#,
            r#""postponed" -> ["rita"]"#,
        ]
    );
}

#[test]
fn of_a_board_and_a_train_only_what_is_about_the_release_is_there() {
    let world = World::told();
    let files = unzip(&world.bundle());
    for (name, bytes) in &files {
        let text = String::from_utf8_lossy(bytes);
        assert!(!text.contains("CHG-9") && !text.contains("web@1"), "{name}");
    }
    let kinds: Vec<Value> = list(&world, "decisions.json")
        .into_iter()
        .map(|item| item["kind"].clone())
        .collect();
    assert_eq!(
        kinds,
        [
            "meeting.called/1",
            "meeting.item_put/1",
            "meeting.voted/1",
            "departure.boarded/1",
            "departure.postponed/1"
        ]
    );
    // Whoever puts an entry of somebody else in is found, with the entry.
    let mut material = world.material();
    let other = material.entries.iter_mut();
    let mut other = other.filter(|p| p.entry.kind == "meeting.voted/1");
    let entry = &mut other.next().unwrap().entry;
    let text = entry.body.as_deref().unwrap().replace("CHG-1", "CHG-9");
    entry.body = Some(text);
    let wrong = check(&world.signed(&material), &[]).unwrap_err();
    assert!(wrong.part.starts_with("entry "), "{wrong}");
}

#[test]
fn each_body_is_carried_or_listed_with_the_reason() {
    let world = World::told();
    let states: Vec<(Value, Value)> = list(&world, "archive.json")
        .into_iter()
        .map(|item| (item["state"].clone(), item["because"].clone()))
        .collect();
    let words: Vec<&str> = states.iter().map(|(s, _)| s.as_str().unwrap()).collect();
    assert_eq!(words, ["never sent", "carried", "removed", "missing"]);
    let because = states[2].1.as_str().unwrap();
    assert!(because.contains("by the rule short (entry "), "{because}");
    let checked = check(&world.bundle(), &[]).unwrap();
    assert_eq!((checked.bodies, checked.missing), (1, 2));
}

#[test]
fn a_body_that_was_changed_or_is_silently_left_out_is_found() {
    let world = World::told();
    let refused = |change: &dyn Fn(&mut tidegate_evidence::Material), part: &str| {
        let mut material = world.material();
        change(&mut material);
        let wrong = check(&world.signed(&material), &[])
            .unwrap_err()
            .to_string();
        assert!(wrong.contains(part), "{wrong}");
    };
    refused(
        &|m| m.bodies.values_mut().for_each(|b| b.push(b'!')),
        "is not what its name says",
    );
    refused(
        &|m| drop(m.bodies.insert(Digest::of(b"more"), b"more".to_vec())),
        "is not one that an entry refers to",
    );
    // Signed by the log itself, and still not believed.
    refused(&|m| m.bodies.clear(), "neither here nor listed as missing");
    refused(&|m| m.missing.clear(), "neither here nor listed as missing");
    let kept = format!("{BODY}{}.json", Digest::of(b"kept").hex());
    assert!(unzip(&world.bundle()).contains_key(&kept));
}
