//! What was: the usual commands as of an instant or an entry.

use crate::world::World;
use serde_json::Value;
use std::fs;

/// The newest entry.
fn newest(world: &World) -> u64 {
    let log = world
        .run(&["audit", "log", "--limit", "1", "-o", "json"])
        .ends(0)
        .json();
    log["items"][0]["seq"].as_u64().unwrap()
}

/// Since when that entry stands.
fn instant(world: &World, seq: u64) -> String {
    let before = (seq - 1).to_string();
    let log = world
        .run(&[
            "audit", "log", "--after", &before, "--limit", "1", "-o", "json",
        ])
        .ends(0)
        .json();
    log["items"][0]["at"].as_str().unwrap().to_owned()
}

fn data(world: &World, arguments: &[&str]) -> Value {
    let all = [arguments, &["-o", "json"]].concat();
    world.run(&all).ends(0).json()
}

#[test]
fn what_ran_and_what_was_decided_then_is_seen_on_the_usual_commands() {
    let world = World::up();
    world.arrived("web", "1.0.0", "dev");
    let then = newest(&world);
    let (entry, at) = (then.to_string(), instant(&world, then));
    let before = data(&world, &["release", "show", "web@1.0.0"]);
    let lane = |value: &Value| value["services"][0]["running"]["release"].clone();
    let ran = data(&world, &["env", "show", "dev"]);
    assert!(ran.to_string().contains("web@1.0.0"), "{ran:#}");

    world.arrived("web", "1.1.0", "dev");
    world
        .run(&["freeze", "declare", "outage", "--reason", "network"])
        .ends(0);
    world
        .run(&["env", "lock", "dev", "--reason", "load test"])
        .ends(0);

    for as_of in [&entry, &at] {
        let back = data(&world, &["env", "show", "dev", "--as-of", as_of]);
        assert_eq!(lane(&back), lane(&ran), "{back:#}");
        assert_eq!(back["phase"], "open");
        let release = data(&world, &["release", "show", "web@1.0.0", "--as-of", as_of]);
        assert_eq!(release["phase"], before["phase"]);
        let list = data(&world, &["release", "list", "--as-of", as_of]);
        assert!(!list.to_string().contains("web@1.1.0"), "{list:#}");
        let freezes = data(&world, &["freeze", "list", "--all", "--as-of", as_of]);
        assert!(!freezes.to_string().contains("outage"), "{freezes:#}");
    }
    let now = data(&world, &["env", "show", "dev"]);
    assert!(now.to_string().contains("web@1.1.0"), "{now:#}");
    world
        .run(&["status", "--as-of", &at])
        .ends(0)
        .says(&["1.0.0"]);
    world
        .run(&["where", "web@1.0.0", "--as-of", &entry])
        .ends(0)
        .says(&["dev"]);
    refused(&world);
    resumed(&world);
}

/// Without the instants that are those of the question.
fn undated(mut answer: Value) -> Value {
    for key in ["askedAt", "earliest", "at"] {
        answer[key].take();
    }
    answer
}

#[test]
fn questions_are_answered_as_of_then_and_a_freeze_that_came_later_is_not_in_them() {
    let world = World::up();
    let unborn = newest(&world).to_string();
    world.arrived("web", "1.0.0", "dev");
    let then = newest(&world);
    let (entry, at) = (then.to_string(), instant(&world, then));
    let why = ["why", "web@1.0.0", "prod"];
    world.run(&why).ends(0);
    let asked = [&why[..], &["risk", "explain", "web@1.0.0", "prod"]];
    let asked = asked.map(|ask| (ask, undated(data(&world, ask))));

    let outage = ["freeze", "declare", "outage", "--reason", "network"];
    world.run(&outage).ends(0);

    world.run(&why).ends(3).says(&["freeze FRZ-outage"]);
    for as_of in [&entry, &at] {
        let back = |ask: &[&str]| world.run(&[ask, &["--as-of", as_of]].concat());
        for (ask, before) in &asked {
            let all = [ask, &["--as-of", as_of.as_str()][..]].concat();
            assert_eq!(undated(data(&world, &all)), *before);
        }
        let why = back(&why).ends(0);
        assert!(!why.out.contains("outage"), "{why:#?}");
        let ready = back(&["release", "ready", "web@1.0.0", "prod"]);
        assert!(!ready.out.contains("outage"), "{ready:#?}");
        let calendar = back(&["calendar", "show"]).ends(0);
        assert!(!calendar.out.contains("outage"), "{calendar:#?}");
        let slots = back(&["calendar", "next-slot", "web", "prod"]).ends(0);
        assert!(!slots.out.contains("outage"), "{slots:#?}");
        let standing = back(&["env", "show", "prod"]).ends(0);
        assert!(!standing.out.contains("outage"), "{standing:#?}");
    }
    world.run(&["calendar", "show"]).ends(0).says(&["outage"]);
    // What was not there yet is unknown, and not what it is today.
    let early = [&why[..], &["--as-of", &unborn]].concat();
    let early = world.run(&early).ends(1);
    assert!(early.err.contains("web@1.0.0"), "{early:#?}");
}

fn refused(world: &World) {
    for (as_of, because) in [
        ("2126-01-01 09:00 Berlin", "lies in the future"),
        (
            "2020-01-01 09:00 Berlin",
            "does not reach back that far: its first entry is of",
        ),
        ("999999", "the ledger has no entry 999999"),
    ] {
        let ran = world.run(&["env", "list", "--as-of", as_of]).ends(64);
        assert!(
            ran.err.contains("error[TG2004]") && ran.err.contains(because),
            "{ran:#?}"
        );
    }
    let before = newest(world);
    let deploy = [
        "deploy",
        "web@1.0.0",
        "dev",
        "--reason",
        "x",
        "--as-of",
        "5",
        "--no-wait",
    ];
    let ended = world.run(&deploy);
    assert!(!ended.out.contains("dep_"), "{ended:#?}");
    assert_eq!(newest(world), before, "nothing was changed");
}

/// An export that broke off goes on, and is the same file in the end.
fn resumed(world: &World) {
    let copy = world.beside("whole.jsonl");
    world.run(&["audit", "export", "--out", &copy]).ends(0);
    let whole = fs::read_to_string(&copy).unwrap();
    let part = world.beside(".whole.jsonl.part");
    let lines: Vec<&str> = whole.split_inclusive('\n').collect();
    let half = lines.len() / 2;
    for cut in [
        lines[..half].concat() + &lines[half][..9],
        lines[..lines.len() - 1].concat(),
        whole.clone(),
    ] {
        fs::remove_file(&copy).unwrap();
        fs::write(&part, &cut).unwrap();
        let resumed = world.run(&["audit", "export", "--out", &copy]).ends(0);
        assert!(resumed.err.contains("which came before"), "{resumed:#?}");
        assert_eq!(fs::read_to_string(&copy).unwrap(), whole);
    }
    // What is not good is as if it had not come.
    fs::write(&part, whole.replacen("\"seq\":3", "\"seq\":4", 1)).unwrap();
    world.run(&["audit", "export", "--out", &copy]).ends(0);
    world
        .run(&["audit", "verify", &copy])
        .ends(0)
        .says(&["VALID"]);
}
