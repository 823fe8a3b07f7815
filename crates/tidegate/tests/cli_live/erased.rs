//! Words that should never have been written are taken out for good, and everything that proves the log still does.

use crate::world::{World, until};
use serde_json::Value;
use std::fs;
use std::path::Path;

const WORDS: &str = "because ana has her knee operated on Friday";

/// A token of an admin who is a person.
fn admin(world: &World, name: &str) -> String {
    world.run(&["user", "add", name, "--role", "admin"]).ends(0);
    let made = world
        .run(&[
            "token", "create", name, "--for", name, "--role", "admin", "-o", "json",
        ])
        .ends(0)
        .json();
    made["token"].as_str().unwrap().to_owned()
}

/// Positions of the entries in which the words stand.
fn holding(world: &World) -> Vec<u64> {
    let log = world
        .run(&[
            "audit", "log", "--after", "0", "--limit", "500", "-o", "json",
        ])
        .ends(0)
        .json();
    let holds = |entry: &&Value| entry["body"].to_string().contains(WORDS);
    let items = log["items"].as_array().unwrap().iter();
    items
        .filter(holds)
        .map(|entry| entry["seq"].as_u64().unwrap())
        .collect()
}

/// A file beneath a folder that holds the words.
fn file_with(folder: &Path, words: &str) -> Option<String> {
    for entry in fs::read_dir(folder).ok()? {
        let path = entry.ok()?.path();
        let found = match path.is_dir() {
            true => file_with(&path, words),
            false => fs::read(&path)
                .is_ok_and(|bytes| bytes.windows(words.len()).any(|w| w == words.as_bytes()))
                .then(|| path.display().to_string()),
        };
        if found.is_some() {
            return found;
        }
    }
    None
}

#[test]
fn two_admins_take_words_out_of_the_log_and_every_proof_of_it_holds() {
    let world = World::up();
    let (rita, hugo) = (admin(&world, "rita"), admin(&world, "hugo"));
    world.released("web", "1.0.0");
    world
        .run(&[
            "promote",
            "web@1.0.0",
            "--to",
            "prod",
            "--reason",
            WORDS,
            "--timeout",
            "60s",
        ])
        .ends(0);
    let found = until(|| {
        let held = holding(&world);
        let ended = world
            .run(&[
                "audit",
                "log",
                "--kind",
                "deployment.confirmed",
                "-o",
                "json",
            ])
            .json();
        let ended = ended["items"].as_array().map_or(0, Vec::len);
        (held.len() >= 2 && ended >= 2).then_some(held)
    });
    let held = found.expect("both deployments end");
    let data = world.root().join(".tidegate");
    assert!(file_with(&data, WORDS).is_some(), "they stand in the files");

    asked_and_confirmed(&world, &held, (&rita, &hugo));
    assert_eq!(holding(&world), Vec::<u64>::new());
    proofs_hold(&world, &held);
    let gone = until(|| file_with(&data, WORDS).is_none().then_some(()));
    assert!(gone.is_some(), "still in {:?}", file_with(&data, WORDS));
}

/// One asks, and another confirms, for each entry in which the words stand.
fn asked_and_confirmed(world: &World, held: &[u64], (rita, hugo): (&str, &str)) {
    let first = held[0].to_string();
    let ask = |seq: &str, token: &str| {
        world.run(&[
            "audit",
            "erase",
            seq,
            "--reason",
            "she asked for it",
            "--token",
            token,
        ])
    };
    let confirm = |id: &str, token: &str| {
        world.run(&[
            "audit",
            "erase",
            "--confirm",
            id,
            "--reason",
            "checked",
            "--token",
            token,
        ])
    };
    ask(&first, rita).ends(0).says(&[
        "ERS-1: asked for entry",
        "words in  reason",
        "where the same words stand: each is erased by itself",
        "tidegate audit erase --confirm ERS-1",
    ]);
    confirm("ERS-1", rita).ends(4).refuses(
        "TG2013",
        &["who asked for it does not confirm it"],
        "admins other than rita",
    );
    confirm("ERS-1", hugo)
        .ends(0)
        .says(&["ERS-1: the words are gone from entry", "confirmed by hugo"]);
    ask(&first, rita)
        .ends(64)
        .refuses("TG2004", &["already"], "tidegate audit erasures");
    for (n, seq) in held.iter().enumerate().skip(1) {
        ask(&seq.to_string(), rita).ends(0);
        confirm(&format!("ERS-{}", n + 1), hugo).ends(0);
    }
}

/// Verification, export, proof, population, evidence and backup, none of which holds the words.
fn proofs_hold(world: &World, held: &[u64]) {
    let erased = format!("{} erased", held.len());
    world.run(&["audit", "verify"]).ends(0).says(&["VALID"]);
    world.run(&["audit", "erasures"]).ends(0).says(&[
        "ERS-1",
        "rita",
        "hugo",
        "done",
        "she asked for it",
    ]);
    let first = held[0].to_string();
    let before = (held[0] - 1).to_string();
    world
        .run(&["audit", "log", "--after", &before, "--limit", "1"])
        .ends(0)
        .says(&["(words erased by entry"]);
    let folder = world.root().parent().unwrap().join("copies");
    fs::create_dir_all(&folder).unwrap();
    let copy = |name: &str| folder.join(name).display().to_string();
    let (export, proof) = (copy("ledger.jsonl"), copy("proof.json"));
    let (population, bundle, backup) = (copy("p.jsonl"), copy("e.zip"), copy("backup.db"));
    world.run(&["audit", "export", "--out", &export]).ends(0);
    world
        .run(&["audit", "verify", &export])
        .ends(0)
        .says(&["VALID", &erased]);
    world
        .run(&["audit", "prove", &first, "--out", &proof])
        .ends(0);
    world
        .run(&["audit", "verify", &proof])
        .ends(0)
        .says(&["VALID"]);
    world
        .run(&[
            "audit",
            "population",
            "--from",
            "2020-01-01",
            "--until",
            "2100-01-01",
            "--out",
            &population,
        ])
        .ends(0)
        .says(&["production change", "web@1.0.0 -> prod"]);
    world.run(&["audit", "population", &population]).ends(0);
    world
        .run(&["release", "evidence", "web@1.0.0", "--out", &bundle])
        .ends(0);
    world
        .run(&["evidence", "verify", &bundle, "--offline"])
        .ends(0)
        .says(&["VALID", "of them erased"]);
    world.run(&["backup", "--out", &backup]).ends(0);
    world.run(&["store", "verify", &backup]).ends(0);
    let found = file_with(&folder, WORDS);
    assert_eq!(found, None, "a copy made afterwards has none of the words");
    // Without the entry that says so, the same copy is not good.
    let text = fs::read_to_string(&export).unwrap();
    fs::write(
        &export,
        text.replace("\"asked_by\\\":\\\"rita", "\"asked_by\\\":\\\"dina"),
    )
    .unwrap();
    world.run(&["audit", "verify", &export]).ends(1);
}
