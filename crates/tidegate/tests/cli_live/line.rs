//! Places, the line and times that are asked for, as people see them.

use crate::world::World;

/// `prod` takes one at a time by a limit; `far` is frozen for ever and takes nothing that nobody scheduled.
fn world() -> World {
    let mut world = World::written();
    let text = world.configuration();
    let text = text.replace("one-at-a-time: true", "at-most: 1").replace(
        "far: { tier: production,",
        "far: { tier: production, unscheduled: refuse,",
    );
    let freeze =
        "---\nfreeze: audit\nwhy: Auditors look at it\nfrom: 2020-01-01\nenvironments: [far]\n";
    world.write(&format!("{text}{freeze}"));
    world.start();
    world
}

#[test]
fn who_waits_sees_its_place_and_who_has_the_place_and_goes_when_it_is_given_back() {
    let world = world();
    world.arrived("api", "1.0.0", "dev");
    let first = world.held_canary();
    let waits = world
        .run(&[
            "deploy",
            "api@1.0.0",
            "prod",
            "--no-wait",
            "--priority",
            "high",
            "--reason",
            "card refunds",
            "--expires",
            "3d",
        ])
        .ends(0);
    let id = waits.out.trim().to_owned();
    for part in ["place 1 of 1 for prod", "given up", "1st of 1 for prod"] {
        assert!(
            waits.err.contains(part),
            "`{part}` is missing in {waits:#?}"
        );
    }
    world.run(&["queue", "prod"]).ends(0).says(&[
        "prod: 1 of 1 places taken (environments.prod.at-most)",
        &format!("under way: web@1.1.0 ({first}) by admin since"),
        &format!("1. api@1.0.0 ({id}) high, team api, by admin since"),
        "waits for a place",
    ]);
    let data = world.run(&["queue", "prod", "-o", "json"]).ends(0).json();
    assert_eq!(data["waiting"][0]["deployment"], id.as_str());
    assert_eq!(data["limits"][0]["holders"][0], first.as_str());
    let shown = world.until(&id, |d| d["place"]["place"] == 1);
    assert_eq!(
        (&shown["priority"], &shown["place"]["of"]),
        (&"high".into(), &1.into())
    );
    world
        .run(&["release", "show", "api@1.0.0"])
        .ends(0)
        .says(&["place 1 of 1 for prod"]);
    // Who waits is told its place once, not at every look.
    let watched = world
        .run(&["status", &id, "--watch", "--timeout", "3s"])
        .ends(6);
    let told = watched.out.matches("place 1 of 1 for prod").count();
    assert_eq!(told, 1, "{watched:#?}");
    world
        .run(&["abort", &first, "--reason", "make way"])
        .ends(0);
    world
        .run(&["status", &id, "--watch", "--timeout", "60s"])
        .ends(0);
    world
        .run(&["queue", "prod"])
        .ends(0)
        .says(&["nobody waits for prod"]);
}

#[test]
fn a_time_that_makes_no_sense_and_work_that_nobody_scheduled_are_refused() {
    let world = world();
    world.arrived("web", "1.0.0", "prod");
    world
        .run(&[
            "deploy",
            "web@1.0.0",
            "prod",
            "--again",
            "--at",
            "2020-01-01 10:00",
        ])
        .ends(64)
        .refuses(
            "TG2004",
            &["has passed"],
            "say an instant that is still to come",
        );
    let high = [
        "deploy",
        "web@1.0.0",
        "prod",
        "--again",
        "--priority",
        "high",
    ];
    world
        .run(&high)
        .ends(64)
        .refuses("TG2004", &["priority `high` needs a reason"], "--reason");
    let refused = world.run(&["promote", "web@1.0.0", "--to", "far"]).ends(3);
    for part in [
        "far takes no unscheduled work outside its times",
        "no time is known at which it fits",
        "freeze audit",
    ] {
        assert!(
            refused.err.contains(part),
            "`{part}` is missing in {refused:#?}"
        );
    }
    world
        .run(&["queue", "nowhere"])
        .ends(1)
        .refuses("TG2003", &["nowhere"], "tidegate env list");
}
