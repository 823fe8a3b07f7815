//! A train through the real program: boarding, who is late, go, leaving inside peak season, arriving.

use crate::world::World;

const COMPANY: &str = "tidegate: 1
company: Example
zone: Europe/Berlin
---
environments:
  staging: { tier: test }
  prod: { tier: production, after: staging, port-offset: 1 }
---
pipeline: standard
strategy: recreate
watch: 1s
---
train: retail
carries: [web]
departs: every 2 weeks on Tue at 10:00
first: 2026-12-01
scope-closes: 22 hours before
go-no-go: 20 hours before
missed: ask
---
freeze: peak-season
why: Black Friday to Cyber Monday
from: 2026-11-25 00:00
until: 2026-12-01 06:00
zone: America/New_York
environments: [prod]
";

pub fn company() -> Option<World> {
    started(COMPANY)
}

fn crewed() -> Option<World> {
    started(CREWED)
}

fn started(company: &str) -> Option<World> {
    let mut world = World::written_at("2026-11-30T09:00:00[Europe/Berlin]")?;
    let program = env!("CARGO_BIN_EXE_tidegate");
    let port = world.port();
    world.write(&format!(
        "{company}---\nservice: web\nowner: web\nrun: {{ command: [\"{program}\", demo-service, --behaviour, behaviour.json], port: {port}, instances: 1, grace: 1s }}\nhealth: {{ get: /healthz, every: 1s, timeout: 1s, deadline: 20s }}\n"
    ));
    world.start();
    Some(world)
}

/// Wait until the departure is in a phase.
#[track_caller]
fn until(world: &World, departure: &str, phase: &str) {
    let mut last = String::new();
    let found = crate::world::until(|| {
        let shown = world
            .run(&["train", "show", departure, "-o", "json"])
            .ends(0);
        last = shown.json()["phase"].as_str().unwrap().to_owned();
        (last == phase).then_some(())
    });
    assert!(found.is_some(), "{departure} stayed {last}");
}

#[test]
fn a_train_leaves_inside_peak_season_and_its_passengers_wait_for_the_end() {
    let Some(world) = company() else { return };
    world.run(&["validate"]).ends(0);
    let web = world.arrived("web", "1.0.0", "staging");
    let late = world.arrived("web", "1.1.0", "staging");
    world.run(&["why", &web, "prod"]).ends(3).says(&[
        "[no]   web@1.0.0 is aboard no departure of train retail",
        "next: retail#1 leaves Tue 1 Dec 10:00 Berlin; boarding closes Mon 30 Nov 12:00 Berlin",
        "asked for by: trains.retail.carries (tidegate.yaml:14)",
    ]);
    world
        .run(&["train", "join", "retail", &web])
        .ends(0)
        .says(&[
            "retail #1  Tue 1 Dec 2026 10:00 Berlin (waits until 12:00, peak-season)   boarding",
            "web@1.0.0         on board  green in staging",
        ]);
    world
        .run(&["train", "go", "retail#1", "--reason", "looks good"])
        .ends(7)
        .refuses(
            "TG2002",
            &["does not take `go` now"],
            "once boarding is closed",
        );

    world.clock("2026-11-30T12:30:00[Europe/Berlin]");
    until(&world, "retail#1", "closed");
    world
        .run(&["train", "join", "retail#1", &late])
        .ends(3)
        .says(&["web@1.1.0         late", "somebody decides"]);
    world.clock("2026-11-30T15:00:00[Europe/Berlin]");
    until(&world, "retail#1", "go/no-go");
    world
        .run(&["train", "go", "retail#1", "--reason", "load test green"])
        .ends(0)
        .says(&["go by admin: load test green"]);

    world.clock("2026-12-01T09:59:58[Europe/Berlin]");
    until(&world, "retail#1", "departed");
    world
        .run(&["train", "show", "retail"])
        .ends(0)
        .says(&["moved on   nobody admitted it before retail#1 left"]);
    world
        .run(&["release", "show", &late])
        .ends(0)
        .says(&["travels   train, retail#2 (boarding) Tue 15 Dec 2026 10:00 Berlin"]);
    world.run(&["why", &web, "prod"]).ends(3).says(&[
        "[ok]   aboard retail#1, which has left",
        "freeze peak-season until Tue 1 Dec 06:00 New York",
        "Earliest possible: Tue 1 Dec 2026 12:00 Berlin.",
    ]);
    world.clock("2026-12-01T11:59:58[Europe/Berlin]");
    until(&world, "retail#1", "arrived");

    world
        .run(&["train", "delay", "retail#2", "--to", "2026-12-10 11:00"])
        .ends(64);
    // A day alone keeps the hour.
    let later = ["train", "delay", "retail#2", "--to", "2026-12-16"];
    world
        .run(&[&later[..], &["--reason", "the office moves"]].concat())
        .ends(0)
        .says(&["retail #2  Wed 16 Dec 2026 10:00 Berlin"]);
    world
        .run(&[
            "train",
            "cancel",
            "retail#2",
            "--drop",
            "--reason",
            "nothing to ship",
        ])
        .ends(0)
        .says(&["cancelled: nothing to ship"]);
    let list = world.run(&["train", "list", "-o", "json"]).ends(0).json();
    let next = &list["items"][0]["ahead"][0];
    assert_eq!(
        (&next["id"], &next["departs"]),
        (&"retail#3".into(), &"2026-12-29T09:00:00Z".into())
    );
    world
        .run(&["train", "keep", "retail", "--reason", "all is well"])
        .ends(7)
        .refuses("TG2002", &["keep"], "no other rhythm is proposed");
}

const CREWED: &str = "tidegate: 1
company: Example
zone: Europe/Berlin
---
teams:
  web: {}
  office: { members: [hugo] }
  testing: { members: [hugo, dina], cover: Mon-Fri 13:00-17:00 }
---
environments:
  staging: { tier: test }
  prod: { tier: production, after: staging, port-offset: 1 }
---
pipeline: standard
strategy: recreate
watch: 1s
---
train: retail
carries: [web]
departs: every week on Tue at 10:00
hands: { testing: 2 }
";

#[test]
fn a_departure_without_its_people_waits_until_they_are_on_duty() {
    let Some(world) = crewed() else { return };
    let web = world.arrived("web", "1.0.0", "staging");
    let short = "testing needs 2, 0 free: not on duty before Tue 1 Dec 2026 13:00 Berlin";
    world
        .run(&["train", "join", "retail", &web])
        .ends(0)
        .says(&["boarding", short]);
    world
        .run(&["train", "depart", "retail#1", "--reason", "all is green"])
        .ends(64)
        .refuses(
            "TG2004",
            &["retail#1 cannot leave now: too few hands: testing needs 2, 0 free"],
            "change `hands` of retail in the configuration",
        );
    world.clock("2026-12-01T10:00:01[Europe/Berlin]");
    until(&world, "retail#1", "closed");
    world.run(&["why", &web, "prod"]).ends(3).says(&[
        "aboard retail#1, which waits for hands until Wed 2 Dec 10:00 Berlin at the latest",
        "testing needs 2, 0 free",
        "trains.retail.hands.testing (tidegate.yaml:",
    ]);
    world.clock("2026-12-01T13:00:00[Europe/Berlin]");
    until(&world, "retail#1", "arrived");
}

#[test]
fn only_those_who_decide_about_a_train_move_or_cancel_its_departures() {
    let text = CREWED.replace("departs:", "decided-by: office\ndeparts:");
    let Some(world) = started(&text) else {
        return;
    };
    for what in [
        &["train", "delay", "retail#1", "--to", "2026-12-03 10:00"][..],
        &["train", "cancel", "retail#1"],
    ] {
        world
            .run(&[what, &["--reason", "no time"]].concat())
            .ends(4)
            .refuses(
                "TG2013",
                &["admin may not", "retail#1"],
                "ask office (hugo)",
            );
    }
    world
        .run(&["train", "show", "retail#1", "-o", "json"])
        .ends(0)
        .says(&["\"decidedBy\": \"office\"", "2026-12-01T09:00:00Z"]);
}
