//! Times that others have reserved are left to them by `calendar next-slot`; what a roster moves is told by `plan` before it is
//! applied, and by `why` after.

use crate::world::{Ran, World, until};
use crate::year::acme_with;
use serde_json::Value;

/// Everybody is on duty by day; the card network belongs to `payments`.
const DUTY: &str = "\
---
teams:
  web: { members: [wim] }
  payments: { members: [farah], cover: Mon-Fri 08:00-18:00 }
  ledger: { members: [lena] }
---
vendor: card-network
owner: payments
services: [payments]
";

fn world() -> Option<World> {
    let mut world = acme_with("2026-12-05T12:00:00[Europe/Berlin]", DUTY)?;
    world.start();
    Some(world)
}

/// A release that has a time of its own in `prod-eu`.
fn waiting(world: &World, service: &str, version: &str, at: Option<&str>) -> String {
    let release = world.released(service, version);
    world
        .run(&["promote", &release, "--to", "staging", "--timeout", "60s"])
        .ends(0);
    let mut words = vec![
        "deploy",
        release.as_str(),
        "prod-eu",
        "--no-wait",
        "--reason",
        "ready",
    ];
    words.extend(at.iter().flat_map(|at| ["--at", at]));
    let id = world.run(&words).ends(0).out.trim().to_owned();
    world.until(&id, |d| d["slot"].is_object() || d["phase"] == "waiting");
    release
}

fn slots(ran: &Ran) -> Vec<(String, String)> {
    let json = ran.json();
    let stages = json["slots"].as_array().unwrap().iter();
    let stages = stages.map(|slot| slot["stages"][0].clone());
    let text = |v: &Value| v.as_str().unwrap().to_owned();
    stages
        .map(|s| (text(&s["from"]), text(&s["until"])))
        .collect()
}

#[test]
fn a_time_that_another_has_reserved_is_not_offered() {
    let Some(world) = world() else { return };
    let next = |service: &str| {
        slots(
            &world
                .run(&[
                    "calendar",
                    "next-slot",
                    service,
                    "prod-eu",
                    "--from",
                    "2026-12-07 08:00",
                    "--limit",
                    "1",
                    "-o",
                    "json",
                ])
                .ends(0),
        )
    };
    let free = next("payments");
    assert_eq!(free[0].0, "2026-12-07T08:00:00Z", "09:00 in Berlin");
    let web = waiting(&world, "web", "8.14.0", None);
    let reserved = next("payments");
    assert!(
        reserved[0].0 >= free[0].1,
        "{reserved:?} comes after {web} at {free:?}"
    );
    world
        .run(&[
            "calendar",
            "next-slot",
            "payments",
            "prod-eu",
            "--from",
            "2026-12-07 08:00",
            "--limit",
            "1",
        ])
        .ends(0)
        .says(&["web@8.14.0"]);
    // Its own next version takes its place: that time is its own.
    assert_eq!(next("web")[0].0, "2026-12-07T08:00:00Z");
}

#[test]
fn what_a_roster_moves_is_told_before_it_is_applied_and_waits_with_its_reason_after() {
    let Some(world) = world() else { return };
    let payments = waiting(&world, "payments", "3.3.0", None);
    let path = world.root().join("tidegate.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(
        &path,
        text.replace("cover: Mon-Fri 08:00-18:00", "cover: Tue-Fri 08:00-18:00"),
    )
    .unwrap();
    let told = "payments@3.3.0 -> prod-eu moves from Mon 7 Dec 2026 09:00 Berlin to Tue 8 Dec 2026 09:00 Berlin: payments is not on duty";
    world.run(&["plan"]).ends(0).says(&[told, "team payments"]);
    let json = world.run(&["plan", "-o", "json"]).ends(0).json();
    assert!(
        json["deployments"][0]
            .as_str()
            .unwrap()
            .starts_with("payments@3.3.0"),
        "{json:#}"
    );
    world.run(&["apply", "--yes"]).ends(0).says(&[told]);
    let moved = until(|| {
        let why = world.run(&["why", &payments, "prod-eu"]);
        why.out
            .contains("Tue 8 Dec 2026 09:00 Berlin")
            .then_some(why)
    });
    moved
        .expect("it is judged anew")
        .ends(3)
        .says(&["payments is not on duty until Tue 8 Dec 08:00 Berlin"]);
}

#[test]
fn the_use_of_an_environment_is_counted_with_waits_and_bookings() {
    let Some(world) = world() else { return };
    world
        .run(&[
            "env",
            "book",
            "staging",
            "--team",
            "ledger",
            "--from",
            "2026-12-06 09:00",
            "--for",
            "8h",
            "--reason",
            "load test",
        ])
        .ends(0);
    world.run(&["env", "show", "staging"]).ends(0).says(&[
        "booked  Sun 6 Dec 2026 09:00 Berlin - Sun 6 Dec 2026 17:00 Berlin  staging for ledger",
    ]);
    waiting(&world, "web", "8.14.0", None);
    world.clock("2026-12-07T12:00:00[Europe/Berlin]");
    let json = || {
        world
            .run(&["env", "usage", "--from", "2026-12-05", "-o", "json"])
            .ends(0)
            .json()
    };
    let of = |json: &Value, env: &str| {
        let all = json["environments"].as_array().unwrap().iter();
        all.clone()
            .find(|e| e["environment"] == env)
            .unwrap()
            .clone()
    };
    let went = until(|| (of(&json(), "prod-eu")["deployments"] == 1).then_some(()));
    assert!(went.is_some(), "{:#}", json());
    let (staging, prod) = (of(&json(), "staging"), of(&json(), "prod-eu"));
    assert_eq!(staging["booked"][0]["team"], "ledger");
    assert_eq!(staging["booked"][0]["lastedMs"], 8 * 3_600_000);
    assert!(
        prod["waitedMs"].as_u64().unwrap() > 40 * 3_600_000,
        "{prod:#}"
    );
    assert_eq!(prod["teams"][0]["team"], "web");
    world
        .run(&[
            "env",
            "usage",
            "staging",
            "--from",
            "2026-12-05",
            "-o",
            "table",
        ])
        .ends(0)
        .says(&["staging", "ledger 8h", "web 1 in"]);
    world.run(&["env", "usage", "nowhere"]).refuses(
        "TG2003",
        &["there is no environment `nowhere`"],
        "tidegate env list",
    );
}
