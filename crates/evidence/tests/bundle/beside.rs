//! What a bundle says about who was told what, what boards decided, and what lies beside the log.

use crate::world::{DEPLOYMENT, World, rezip, unzip};
use serde_json::{Value, json};
use tidegate_core::digest::Digest;
use tidegate_evidence::bundle::BODY;
use tidegate_evidence::{Material, check};

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

/// Even whoever signs cannot leave out an entry of a sitting or a departure, or say that one is about others.
#[test]
fn a_sitting_or_a_departure_with_an_entry_left_out_is_found_even_under_a_good_signature() {
    let world = World::told();
    let good = world.material();
    let checked = check(&world.bundle(), &[]).unwrap();
    let whole: Vec<String> = checked
        .shared
        .iter()
        .map(|(s, n)| format!("{s}: {n}"))
        .collect();
    assert_eq!(
        whole,
        ["departure/retail/000004: 4", "meeting/cab/2026-11-25: 5"]
    );
    let told = |material: &Material| check(&world.signed(material), &[]).unwrap_err().to_string();
    let at = |material: &Material, kind: &str| {
        let found = material.entries.iter().position(|p| p.entry.kind == kind);
        found.unwrap()
    };
    for kind in ["meeting.item_put/1", "departure.boarded/1"] {
        let mut fewer = good.clone();
        fewer.entries.remove(at(&good, kind));
        let text = told(&fewer);
        // Without what brought the release aboard the departure is none of its own.
        let named = text.contains("is missing") || text.contains("is not of payments@3.3.0");
        assert!(named, "{text}");
    }
    for n in 0..good.withheld.len() {
        let mut fewer = good.clone();
        fewer.withheld.remove(n);
        let text = told(&fewer);
        assert!(text.contains("is missing"), "{text}");
    }
    for kind in ["meeting.called/1", "departure.postponed/1"] {
        let mut hidden = good.clone();
        let mut gone = hidden.entries.remove(at(&good, kind));
        gone.entry.body = None;
        hidden.withheld.push(gone);
        hidden.withheld.sort_by_key(|p| p.entry.seq);
        let text = told(&hidden);
        assert!(text.contains("is about payments@3.3.0 too"), "{text}");
    }
}

/// Without the key of the log, a whole sitting cannot be left out, and neither can its newest entries.
#[test]
fn a_sitting_that_is_left_out_whole_is_not_what_was_signed() {
    let world = World::told();
    let mut fewer = world.material();
    let is_other = |p: &tidegate_evidence::Proved| !p.entry.stream.as_str().starts_with("meeting/");
    fewer.entries.retain(is_other);
    fewer.withheld.retain(is_other);
    let forged = tidegate_evidence::Bundle::of(&fewer).unwrap();
    let genuine = unzip(&world.bundle());
    let note = String::from_utf8(genuine["manifest.sig"].clone()).unwrap();
    let wrong = check(&forged.file(note).unwrap(), &[]).unwrap_err();
    assert_eq!(
        wrong.to_string(),
        "manifest.json is not the one that was signed"
    );

    let mut files = unzip(&world.signed(&fewer));
    files.insert("manifest.json".to_owned(), genuine["manifest.json"].clone());
    files.insert("manifest.sig".to_owned(), genuine["manifest.sig"].clone());
    assert!(check(&rezip(&files), &[]).is_err());
}
