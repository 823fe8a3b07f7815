//! Looking without changing anything: status, where, why, events, doctor, completion.

use crate::world::World;
use serde_json::Value;

#[test]
fn status_is_the_same_in_every_format() {
    let world = World::up();
    world.arrived("web", "1.0.0", "dev");
    // What the agent sees arrives a moment later than the end of the deployment.
    let seen = crate::world::until(|| {
        world
            .run(&["status"])
            .out
            .contains("[ok] 1/1")
            .then_some(())
    });
    assert!(seen.is_some(), "{:#?}", world.run(&["status"]));
    let rows = world.run(&["status"]).ends(0).out;
    assert_eq!(rows.lines().count(), 6, "{rows}");
    assert!(
        rows.lines().all(|line| line.split('\t').count() == 6),
        "{rows}"
    );
    assert!(rows.contains("dev\tweb\t1.0.0\t[ok] 1/1\t\t20"), "{rows}");
    world.run(&["status", "-o", "table"]).ends(0).says(&[
        "ENVIRONMENT  SERVICE  RUNNING",
        "dev          web      1.0.0",
    ]);
    world
        .run(&["status", "-o", "wide"])
        .ends(0)
        .says(&["REVISION", &format!("http://127.0.0.1:{}", world.port())]);
    assert_eq!(
        world
            .run(&["status", "-o", "name"])
            .ends(0)
            .out
            .lines()
            .next(),
        Some("dev/api")
    );
    assert_eq!(
        world
            .run(&["status", "--columns", "service,running"])
            .ends(0)
            .out
            .lines()
            .nth(1),
        Some("web\t1.0.0")
    );
    world
        .run(&["status", "--columns", "nope"])
        .ends(64)
        .refuses("", &["no column `nope`"], "columns are environment");
    let data = world.run(&["status", "-o", "json"]).ends(0).json();
    let web = data["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|c| c["environment"] == "dev" && c["service"] == "web")
        .unwrap();
    assert_eq!(
        (&web["running"]["release"], &web["observed"]["healthy"]),
        (&"web@1.0.0".into(), &1.into())
    );
    assert!(
        web["running"]["since"].as_str().unwrap().ends_with('Z'),
        "data is in UTC: {web:#}"
    );
    let lines = world.run(&["status", "-o", "jsonl"]).ends(0).out;
    assert_eq!(
        lines.lines().next(),
        Some(r#"{"format":"1.0","type":"version"}"#)
    );
    for line in lines.lines() {
        serde_json::from_str::<Value>(line).unwrap();
    }
    world
        .run(&["status", "-o", "yaml"])
        .ends(0)
        .says(&["items:\n", "release: web@1.0.0"]);

    world.run(&["status", "web@9.9.9"]).ends(1).refuses(
        "TG2003",
        &["web@9.9.9"],
        "tidegate release list",
    );
    world
        .run(&["status", "nowhere"])
        .ends(1)
        .refuses("TG2003", &["nowhere"], "tidegate env list");
    world.run(&["status", "web@1.0.0/prod"]).ends(1).refuses(
        "",
        &["never deployed to prod"],
        "tidegate why web@1.0.0 prod",
    );
    world
        .run(&["--zone", "far", "release", "show", "web@1.0.0"])
        .ends(0)
        .says(&["-05:00"]);
    world.run(&["--zone", "Mars", "status"]).ends(64).refuses(
        "",
        &["`Mars` is neither"],
        "--zone Europe/Berlin",
    );
}

#[test]
fn why_names_every_condition_its_end_and_the_line_that_asks_for_it() {
    let world = World::up();
    world.arrived("web", "1.0.0", "prod");
    let why = world.run(&["why", "web@1.0.0", "far"]).ends(3).says(&[
        "web@1.0.0 may not enter far yet.",
        "[ok]   succeeded in prod",
        "[wait] prod healthy for 1h",
        "not before",
        "asked for by: environments.far.soak (tidegate.yaml:8)",
        "[ok]   needs nothing else",
        "[ok]   not held",
        "[ok]   far is open",
    ]);
    let last = why.out.trim_end().lines().last().unwrap();
    assert!(
        last.starts_with("Earliest possible: ")
            && last.contains("New York (")
            && last.contains("Berlin)"),
        "{why:#?}"
    );
    let data = world
        .run(&["why", "web@1.0.0/far", "-o", "json"])
        .ends(3)
        .json();
    let soak = &data["conditions"][2];
    assert_eq!(
        (&soak["id"], &soak["state"], &soak["until"]),
        (&"soak".into(), &"wait".into(), &data["earliest"]),
        "{data:#}"
    );
    assert_eq!(data["zone"], "America/New_York");
    let later = data["earliest"].as_str().unwrap();
    world
        .run(&["why", "web@1.0.0", "far", "--at", later])
        .ends(0)
        .says(&["may enter far"]);
    world
        .run(&["why", "web@1.0.0", "far", "--at", "soon"])
        .ends(64)
        .refuses(
            "",
            &["`soon` is not an instant"],
            "write `2026-11-25 09:00`",
        );
    world
        .run(&["why", "web@1.0.0", "nowhere"])
        .ends(64)
        .refuses("TG2004", &["nowhere"], "tidegate");
    world
        .run(&["deploy", "web@1.0.0", "far", "--dry-run"])
        .ends(3)
        .says(&[
            "plan sha256:",
            "[wait] prod healthy for 1h",
            "Nothing was changed (--dry-run).",
        ]);
}

#[test]
fn a_commit_an_event_and_the_health_of_everything_are_found() {
    let world = World::up();
    let bits = world.bits("web", "1.0.0");
    world
        .run(&[
            "artifact",
            "register",
            "web@1.0.0",
            &bits,
            "--commit",
            "c0ffee1234567",
        ])
        .ends(0);
    world.run(&["release", "create", "web@1.0.0"]).ends(0);
    world.run(&["deploy", "web@1.0.0", "dev"]).ends(0);
    world
        .run(&["where", "c0ffee1"])
        .ends(0)
        .says(&["web@1.0.0\tdev\t[done]\t", "web@1.0.0\tprod\t[    ]"]);
    let found = world.run(&["where", "1.0.0", "-o", "json"]).ends(0).json();
    assert_eq!(found["items"][0]["release"], "web@1.0.0", "{found:#}");
    world.run(&["where", "nothing-has-this"]).ends(1).refuses(
        "",
        &["`nothing-has-this`"],
        "--commit",
    );

    world
        .run(&[
            "event",
            "tail",
            "--topics",
            "artifact,config",
            "--after",
            "0",
            "--limit",
            "2",
        ])
        .ends(0)
        .says(&["config.applied", "artifact.registered  web@1.0.0  by admin"]);
    let events = world
        .run(&[
            "event", "tail", "--after", "0", "--limit", "2", "-o", "jsonl",
        ])
        .ends(0)
        .out;
    let second: Value = serde_json::from_str(events.lines().nth(1).unwrap()).unwrap();
    assert_eq!(second["specversion"], "1.0", "{second:#}");

    world
        .run(&["event", "tail", "--topics", "deploys"])
        .ends(64)
        .refuses(
            "TG3006",
            &["no events of the kind `deploys`"],
            "topics are artifact",
        );

    let healthy = crate::world::until(|| (world.run(&["doctor"]).code == 0).then_some(()));
    assert!(healthy.is_some(), "{:#?}", world.run(&["doctor"]));
    world.run(&["doctor"]).ends(0).says(&[
        "[ok]\tclock\t",
        "[ok]\tledger\t",
        "[ok]\tagent of dev\t",
        "[ok]\tstreams\t",
    ]);
    world
        .run(&["version"])
        .ends(0)
        .says(&["server", &world.url()]);
    for shell in ["bash", "zsh", "fish"] {
        world
            .run(&["completion", shell])
            .ends(0)
            .says(&["tidegate", "rollback"]);
    }
}
