//! A freeze that somebody declares stops a canary half way; one of the configuration lets one release through by exception.

use crate::world::World;

const MORE: &str = "\
---
teams:
  web: { members: [ana] }
  api: { members: [ana] }
  cfo-office: { members: [hugo] }
---
freeze: audit
why: Auditors look at the interface
from: 2020-01-01
services: [api]
environments: [prod]
exception-by: [cfo-office]
";

fn world() -> World {
    let mut world = World::written();
    world.write(&format!("{}{MORE}", world.configuration()));
    world.start();
    world
}

#[test]
fn a_declared_freeze_pauses_a_canary_over_a_restart_and_lets_it_go_when_it_is_lifted() {
    let mut world = world();
    let id = world.held_canary();
    let declare = [
        "freeze",
        "declare",
        "outage",
        "--in-flight",
        "pause",
        "--reason",
        "card network outage",
    ];
    let mut dry = declare.to_vec();
    dry.push("--dry-run");
    world.run(&dry).ends(0).says(&[
        "would concern all services in production, until somebody lifts it",
        "prod (Europe/Berlin)",
        &format!("pauses    web@1.1.0  deployment {id} (running)"),
        "far (America/New_York)",
        "nothing waits or runs in the next 14 days",
    ]);
    world.run(&["freeze", "show", "outage"]).ends(1);
    world.run(&declare).ends(0).says(&[
        "FRZ-outage  [no] holds  card network outage",
        "concerns    all services in production",
        "rollouts under way pause · rollbacks go · first installs wait",
        "exceptions  nobody grants any",
    ]);
    world.run(&declare).ends(64).refuses(
        "TG2004",
        &["FRZ-outage is declared already"],
        "tidegate freeze extend FRZ-outage",
    );
    world
        .run(&["advance", &id, "--reason", "all is well"])
        .ends(0);
    let held = |world: &World| {
        let paused = world.until(&id, |d| d["phase"] == "paused");
        let waiting = paused["waiting"].as_str().unwrap().to_owned();
        assert_eq!(waiting, "the end of freeze FRZ-outage: card network outage");
    };
    held(&world);
    world.stop();
    world.start();
    held(&world);
    world.run(&["resume", &id]).ends(7).refuses(
        "TG2002",
        &["paused by a freeze"],
        "tidegate freeze list",
    );
    world
        .run(&[
            "freeze",
            "exception",
            "outage",
            "--release",
            "web@1.1.0",
            "--reason",
            "now",
        ])
        .ends(64)
        .refuses(
            "TG2004",
            &["nobody can grant an exception from freeze FRZ-outage: it names no team"],
            "wait until it ends",
        );
    world
        .run(&["freeze", "lift", "outage", "--reason", "cards work again"])
        .ends(0)
        .says(&[
            "FRZ-outage  [ok] lifted",
            "note        lifted by admin: cards work again",
        ]);
    world.until(&id, |d| d["phase"] == "running" && d["share"] == 5_000);
    world
        .run(&["freeze", "list"])
        .ends(0)
        .says(&["audit\tholds"]);
    world
        .run(&["freeze", "list", "--all"])
        .ends(0)
        .says(&["FRZ-outage\tlifted"]);
    world
        .run(&["audit", "log", "--stream", "freeze/FRZ-outage"])
        .ends(0)
        .says(&["freeze.declared/1", "freeze.lifted/1"]);
}

#[test]
fn one_release_goes_inside_a_freeze_because_somebody_who_may_says_so() {
    let world = world();
    world.arrived("api", "1.0.0", "dev");
    let id = world
        .run(&["deploy", "api@1.0.0", "prod", "--no-wait"])
        .ends(0)
        .out;
    let id = id.trim();
    world.run(&["why", "api@1.0.0", "prod"]).ends(3).says(&[
        "freeze audit until the configuration lifts it",
        "cfo-office (hugo): exception from audit",
        "asked for by: freezes.audit (tidegate.yaml:",
    ]);
    world
        .run(&["freeze", "lift", "audit", "--reason", "now"])
        .ends(64)
        .refuses(
            "TG2004",
            &["freeze audit is part of the configuration"],
            "exception",
        );
    let ask = [
        "freeze",
        "exception",
        "audit",
        "--release",
        "api@1.0.0",
        "--reason",
        "refunds fail",
    ];
    world.run(&ask).ends(3).says(&[
        "EXC-1: cfo-office (hugo) decides. Refused without a decision by ",
        "lifts     freeze audit for api@1.0.0 in prod, nothing else",
    ]);
    let grant = ["exception", "grant", "EXC-1", "--reason", "customers wait"];
    world.run(&grant).ends(4).refuses(
        "TG2013",
        &["admin may not decide about EXC-1: who asked for it does not decide about it"],
        "ask cfo-office (hugo)",
    );
    let token = world.operator("hugo");
    let mut by_hugo = vec!["--token", &token];
    by_hugo.extend(grant);
    world.run(&by_hugo).ends(0).says(&[
        "EXC-1  [ok] active  api@1.0.0 inside audit, in prod",
        "granted by hugo",
    ]);
    world.until(id, |d| d["startedAt"].is_string());
    let used = world
        .run(&["exception", "show", "EXC-1", "-o", "json"])
        .ends(0)
        .json();
    assert_eq!(used["uses"][0]["deployment"], id, "{used:#}");
    world
        .run(&["exception", "revoke", "EXC-1", "--reason", "done"])
        .ends(0);
    world
        .run(&["exception", "review", "EXC-1", "--reason", "fine"])
        .ends(4)
        .refuses(
            "TG2013",
            &["admin may not review EXC-1"],
            "ask anybody else who may operate",
        );
    world
        .run(&[
            "--token",
            &token,
            "exception",
            "review",
            "EXC-1",
            "--reason",
            "a test was missing",
        ])
        .ends(0)
        .says(&["[ok] reviewed", "reviewed by hugo: a test was missing"]);
    world
        .run(&["exception", "list"])
        .ends(0)
        .says(&["EXC-1\taudit\tapi@1.0.0\tprod\treviewed"]);
    // Who decides was told that it waits, who asked what became of it, and nobody was told twice.
    let mine = ["--token", &token, "notify", "ledger", "--mine"];
    world.run(&mine).ends(0).says(&[
        "api@1.0.0 in prod\texception asked for until ",
        "refunds fail",
    ]);
    let told = [
        "notify",
        "ledger",
        "--to",
        "admin",
        "--release",
        "api@1.0.0",
    ];
    let told = [&told[..], &["-o", "json"]].concat();
    let told = world.run(&told).ends(0).json();
    let what: Vec<&str> = told["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|notice| notice["what"].as_str().unwrap())
        .collect();
    assert_eq!(what, ["exception revoked", "exception granted"]);
    world
        .run(&["notify", "ledger", "--to", "somebody-else"])
        .ends(0);
}
