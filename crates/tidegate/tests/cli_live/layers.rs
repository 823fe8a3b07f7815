//! What people declare on the calendar, and runs that cannot be moved, hold deployments back and let them go again.

use crate::world::World;

const MORE: &str = "---
teams:
  web: { members: [admin], cover: every day 00:00-24:00 }
  api: {}
  shop: { members: [hugo] }
---
vendor: card-network
owner: shop
maintenance: Sun 02:00-06:00
notice: 10 days
zone: America/New_York
services: [web]
---
legacy: settlement
why: Nightly settlement on the mainframe
runs: every day at 22:00
for: 3h
restart-margin: 30m
environments: [far]
owner: shop
review-by: 2099-12-31
";

const AGES: [&str; 4] = ["--from", "2020-01-01 00:00", "--until", "2099-01-01 00:00"];

/// `calendar add KIND TITLE` for ages, in one environment.
fn add<'a>(kind: &'a str, environment: &'a str) -> Vec<&'a str> {
    let mut words = vec!["calendar", "add", kind, "The launch"];
    words.extend(AGES);
    words.extend(["--environment", environment, "--owner", "shop"]);
    words.extend(["--reason", "the launch"]);
    words
}

#[test]
fn a_campaign_holds_a_release_until_somebody_of_its_team_consents() {
    let mut world = World::written();
    world.write(&format!("{}{MORE}", world.configuration()));
    world.start();
    world.run(&add("campaign", "dev")).ends(0).says(&[
        "campaign-1  declared  asks  The launch",
        "shop answers for it",
    ]);
    world
        .run(&["calendar", "entries"])
        .ends(0)
        .says(&["campaign-1\tasks\t"]);
    world.released("web", "1.0.0");
    let id = world
        .run(&["deploy", "web@1.0.0", "dev", "--no-wait"])
        .ends(0)
        .out;
    let id = id.trim();
    world.run(&["why", "web@1.0.0", "dev"]).ends(3).says(&[
        "[no] campaign-1 (The launch)",
        "tidegate calendar consent campaign-1 web@1.0.0",
        "can change it: hugo",
    ]);
    let consent = [
        "calendar",
        "consent",
        "campaign-1",
        "web@1.0.0",
        "--reason",
        "it is for the launch",
    ];
    world.run(&consent).ends(4).refuses(
        "TG2013",
        &["admin may not consent to web@1.0.0: only members of shop consent"],
        "ask shop (hugo)",
    );
    let token = world.operator("hugo");
    let mut as_hugo = vec!["--token", &token];
    as_hugo.extend(consent);
    world
        .run(&as_hugo)
        .ends(0)
        .says(&["web@1.0.0 may go: it is for the launch (hugo)"]);
    world.until(id, |d| d["phase"] == "confirmed");
}

#[test]
fn maintenance_shows_what_it_holds_and_lets_it_go_when_it_is_cancelled() {
    let mut world = World::written();
    world.write(&format!("{}{MORE}", world.configuration()));
    world.start();
    world.run(&add("flood", "dev")).ends(64).refuses(
        "TG2004",
        &["`flood` is no kind of entry"],
        "maintenance",
    );
    let mut dry = add("outage", "dev");
    dry.push("--dry-run");
    world
        .run(&dry)
        .ends(0)
        .says(&["outage-1: no planned work is hit"]);
    world.run(&["calendar", "entries"]).ends(0);
    let every = [
        "maintenance",
        "add",
        "Switches",
        "--every",
        "every day 00:00-24:00",
        "--environment",
        "dev",
        "--reason",
        "every day",
    ];
    world.run(&every).ends(0).says(&[
        "maintenance-1  declared  blocks  Switches",
        "repeats  every day 00:00-24:00",
    ]);
    world.released("web", "1.0.0");
    let id = world
        .run(&["deploy", "web@1.0.0", "dev", "--no-wait"])
        .ends(0)
        .out;
    world
        .run(&["why", "web@1.0.0", "dev"])
        .ends(3)
        .says(&["maintenance-1 (Switches)", "declared by admin: every day"]);
    world
        .run(&["maintenance", "cancel", "maintenance-1", "--reason", "done"])
        .ends(0)
        .says(&["cancelled by admin: done"]);
    world.until(id.trim(), |d| d["phase"] == "confirmed");

    let legacy = world.run(&["legacy", "list", "-o", "json"]).ends(0).json();
    let one = &legacy["items"].get(0).unwrap_or(&legacy[0]);
    assert_eq!(
        (&one["name"], &one["overdue"]),
        (&"settlement".into(), &false.into()),
        "{legacy:#}"
    );
    assert!(one["days"].as_u64().unwrap() >= 90, "{legacy:#}");
    let mut work = vec![
        "calendar",
        "add",
        "vendor",
        "New switches",
        "--vendor",
        "card-network",
    ];
    work.extend([
        "--from",
        "2030-01-07 10:00",
        "--for",
        "2h",
        "--reason",
        "their notice",
    ]);
    world.run(&work).ends(64).refuses(
        "TG2004",
        &[
            "card-network may not work then",
            "lies outside its hours (Sun 02:00-06:00, America/New_York; tidegate.yaml:",
        ],
        "--despite-terms",
    );
    work.push("--despite-terms");
    world
        .run(&work)
        .ends(0)
        .says(&["vendor-2  declared  informs", "[no] breach: "]);
    world
        .run(&["vendor", "list"])
        .ends(0)
        .says(&["card-network\tshop\tSun 02:00-06:00\t10 days\tweb\t\tvendor-2"]);
}
