//! What programs wrote is kept beside the log until a rule lets it go, a hold keeps it longer, and evidence says what became of it.

use crate::world::{World, until};
use std::fs;

const RULE: &str = "---
retention: short
keep: 30 days
of: output
services: [web]
";

/// A project whose `web@1.1.0` did not start in `dev`.
fn failed() -> Option<World> {
    let mut world = World::written_at("2026-03-02T09:00:00[Europe/Berlin]")?;
    world.write(&format!("{}{RULE}", world.configuration()));
    world.start();
    world.arrived("web", "1.0.0", "dev");
    let broken = world.bits("web", "1.1.0");
    fs::write(format!("{broken}/behaviour.json"), "no behaviour").unwrap();
    let register = ["artifact", "register", "web@1.1.0", &broken];
    world.run(&register).ends(0);
    world.run(&["release", "create", "web@1.1.0"]).ends(0);
    let promote = ["promote", "web@1.1.0", "--to", "dev", "--timeout", "60s"];
    assert_ne!(world.run(&promote).code, 0);
    Some(world)
}

#[test]
fn what_a_program_wrote_is_kept_held_and_removed_and_evidence_stays_good() {
    let Some(world) = failed() else { return };
    let kept = || {
        let all = world.run(&["audit", "retention", "-o", "json"]).ends(0);
        let items = all.json()["items"].as_array().unwrap().clone();
        let mut items = items.into_iter();
        items.find(|item| item["release"] == "web@1.1.0")
    };
    let state = |wanted: &str| until(|| kept().filter(|item| item["state"] == wanted));
    let first = state("kept").unwrap();
    assert_eq!(first["class"], "output");
    assert_eq!(first["rule"], "short");
    let bundle = |name: &str| {
        let file = world.beside(name);
        let get = ["release", "evidence", "web@1.1.0", "--out", &file];
        world.run(&get).ends(0);
        file
    };
    let before = bundle("before.zip");
    let verify = |file: &str| {
        world
            .run(&["evidence", "verify", file, "-o", "json"])
            .ends(0)
    };
    assert!(verify(&before).json()["bodies"].as_u64().unwrap() >= 1);

    let nothing = ["audit", "hold", "add", "--reason", "case 114"];
    world
        .run(&nothing)
        .ends(64)
        .refuses("", &["the hold covers nothing"], "--everything");
    let misspelt = [&nothing[..], &["--release", "wbe@1.1.0"]].concat();
    world.run(&misspelt).ends(1);
    let add = [&nothing[..], &["--release", "web@1.1.0"]].concat();
    world
        .run(&add)
        .ends(0)
        .says(&["HLD-1: holds release web@1.1.0"]);

    world.clock("2026-04-20T09:00:00[Europe/Berlin]");
    let held = state("held").unwrap();
    assert_eq!(held["holds"][0], "HLD-1");
    let list = ["audit", "hold", "list"];
    world
        .run(&list)
        .ends(0)
        .says(&["HLD-1", "stands", "case 114"]);
    let release = [
        "audit",
        "hold",
        "release",
        "HLD-1",
        "--reason",
        "case closed",
    ];
    world.run(&release).ends(0).says(&["HLD-1: released by"]);
    assert!(
        until(|| kept().is_none().then_some(())).is_some(),
        "{:#?}",
        kept()
    );
    let stream = format!("archive/{}", held["deployment"].as_str().unwrap());
    world
        .run(&["audit", "log", "--stream", &stream])
        .ends(0)
        .says(&["archive.removed"]);

    let after = bundle("after.zip");
    assert_eq!(verify(&after).json()["bodies"], 0);
    verify(&before);
    world.run(&["audit", "verify"]).ends(0).says(&["VALID"]);
}
