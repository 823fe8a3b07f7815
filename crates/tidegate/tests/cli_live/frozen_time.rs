//! Freezes and exceptions as time passes, through the real program: a declared freeze ends by itself and what it held goes on;
//! an exception that was revoked owes a review, and an overdue one shows.

use crate::world::World;

const COMPANY: &str = "tidegate: 1
company: Example
zone: Europe/Berlin
---
teams:
  web: { members: [ana] }
  cfo-office: { members: [hugo] }
---
environments:
  staging: { tier: test }
  prod: { tier: production, after: staging, port-offset: 1 }
---
pipeline: standard
strategy: recreate
watch: 1s
";

fn company() -> Option<World> {
    let mut world = World::written_at("2026-11-30T09:00:00[Europe/Berlin]")?;
    let program = env!("CARGO_BIN_EXE_tidegate");
    let port = world.port();
    world.write(&format!(
        "{COMPANY}---\nservice: web\nowner: web\nrun: {{ command: [\"{program}\", demo-service, --behaviour, behaviour.json], port: {port}, instances: 1, grace: 1s }}\nhealth: {{ get: /healthz, every: 1s, timeout: 1s, deadline: 20s }}\n"
    ));
    world.start();
    Some(world)
}

fn declare(world: &World, name: &str, lasting: &str) {
    let declare = [
        "freeze",
        "declare",
        name,
        "--for",
        lasting,
        "--first-installs",
        "wait",
        "--exception-by",
        "cfo-office",
        "--reason",
        "card network outage",
    ];
    world.run(&declare).ends(0).says(&["[no] holds"]);
}

fn held(world: &World, release: &str) -> String {
    let asked = world
        .run(&["deploy", release, "prod", "--no-wait", "-o", "json"])
        .ends(0)
        .json();
    let id = asked["id"].as_str().unwrap().to_owned();
    world.until(&id, |d| d["phase"] == "waiting");
    id
}

#[test]
fn a_declared_freeze_ends_by_itself_and_what_it_held_goes_on() {
    let Some(world) = company() else { return };
    let web = world.arrived("web", "1.0.0", "staging");
    declare(&world, "outage", "3h");
    let id = held(&world, &web);
    world.run(&["why", &web, "prod"]).ends(3).says(&[
        "freeze FRZ-outage until Mon 30 Nov 12:0",
        "Earliest possible: Mon 30 Nov 2026 12:0",
    ]);
    world.clock("2026-11-30T12:30:00[Europe/Berlin]");
    world.until(&id, |d| d["phase"] == "confirmed");
    world
        .run(&["freeze", "show", "outage"])
        .ends(0)
        .says(&["expired"]);
    world.run(&["why", &web, "prod"]).ends(0);
}

#[test]
fn a_revoked_exception_stops_what_has_not_started_and_its_overdue_review_shows() {
    let Some(world) = company() else { return };
    let web = world.arrived("web", "1.0.0", "staging");
    declare(&world, "outage", "30d");
    let ask = [
        "freeze",
        "exception",
        "outage",
        "--release",
        &web,
        "--for",
        "8h",
        "--reason",
        "refunds fail",
    ];
    world
        .run(&ask)
        .ends(3)
        .says(&["EXC-1: cfo-office (hugo) decides"]);
    let token = world.operator("hugo");
    let hugo = ["--token", token.as_str()];
    let grant = ["exception", "grant", "EXC-1", "--reason", "customers wait"];
    world.run(&[&hugo[..], &grant[..]].concat()).ends(0);
    let revoke = [
        "exception",
        "revoke",
        "EXC-1",
        "--reason",
        "found another way",
    ];
    world.run(&revoke).ends(0).says(&[
        "EXC-1  [no] revoked  web@1.0.0 inside FRZ-outage, in prod",
        "found another way",
    ]);
    let id = held(&world, &web);
    world
        .run(&["why", &web, "prod"])
        .ends(3)
        .says(&["freeze FRZ-outage until"]);

    // Two working days after its end would have been; nobody looked at it.
    world.clock("2026-12-04T09:00:00[Europe/Berlin]");
    let shown = crate::world::until(|| {
        let list = world
            .run(&["exception", "list", "-o", "json"])
            .ends(0)
            .json();
        (list["items"][0]["reviewOverdue"] == true).then_some(())
    });
    assert!(
        shown.is_some(),
        "{}",
        world.run(&["exception", "show", "EXC-1"]).out
    );
    world
        .run(&["exception", "show", "EXC-1"])
        .ends(0)
        .says(&["review    overdue since Wed 2 Dec 2026 17:0"]);
    world
        .run(&["exception", "list", "-o", "table"])
        .ends(0)
        .says(&["revoked, review overdue"]);
    let review = [
        "exception",
        "review",
        "EXC-1",
        "--reason",
        "the alert was wrong",
    ];
    world
        .run(&[&hugo[..], &review[..]].concat())
        .ends(0)
        .says(&["[ok] reviewed", "reviewed by hugo: the alert was wrong"]);
    world.until(&id, |d| d["phase"] == "waiting");
}
