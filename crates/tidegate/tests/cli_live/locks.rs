//! Locks of environments, as people set, see, open and break them.

use crate::world::World;

#[test]
fn a_lock_belongs_to_whoever_set_it_until_its_end_or_until_an_admin_breaks_it() {
    let world = World::up();
    world.arrived("web", "1.0.0", "dev");
    let (ana, hugo) = (world.operator("ana"), world.operator("hugo"));
    let lock = ["--token", &ana, "env", "lock", "prod", "--for", "90m"];
    let lock = [lock.as_slice(), &["--reason", "load test"]].concat();
    world.run(&lock).ends(0).says(&[
        "[no] locked",
        "locked since",
        "by ana, until",
        ": load test",
    ]);
    let data = world
        .run(&["env", "show", "prod", "-o", "json"])
        .ends(0)
        .json();
    assert_eq!(data["held"]["by"], "ana");
    assert!(data["held"]["until"].is_string(), "{data:#}");
    let id = world
        .run(&["deploy", "web@1.0.0", "prod", "--no-wait"])
        .ends(0)
        .out;
    world
        .run(&["why", "web@1.0.0", "prod"])
        .ends(3)
        .says(&["prod is held by ana: load test", "ends by itself at"]);
    let unlock = |who: &str| {
        let arguments = ["--token", who, "env", "unlock", "prod", "--reason", "mine"];
        world.run(&arguments)
    };
    unlock(&hugo).ends(7).refuses(
        "TG2014",
        &["prod is locked by ana since", "until", "load test"],
        "an admin can break it",
    );
    let breaks = [
        "env",
        "unlock",
        "prod",
        "--break",
        "--reason",
        "ana is away",
    ];
    let by_hugo = [["--token", &hugo].as_slice(), &breaks].concat();
    world
        .run(&by_hugo)
        .ends(4)
        .refuses("TG2008", &["hugo (operator)", "may not"], "role");
    world.run(&breaks).ends(0).says(&["prod", "open"]);
    world
        .run(&["status", id.trim(), "--watch", "--timeout", "60s"])
        .ends(0);
    unlock(&ana).ends(7).refuses(
        "TG2014",
        &["admin broke the lock of ana at", "ana is away"],
        "tidegate env show prod",
    );
    world
        .run(&["audit", "log", "--kind", "environment.lock_broken"])
        .ends(0)
        .says(&["environment.lock_broken"]);
}

#[test]
fn a_lock_ends_by_itself_and_lets_go_what_waited() {
    let world = World::up();
    world.arrived("web", "1.0.0", "dev");
    world
        .run(&["env", "lock", "prod", "--for", "2s", "--reason", "a moment"])
        .ends(0);
    world
        .run(&["deploy", "web@1.0.0", "prod", "--timeout", "60s"])
        .ends(0);
    let past = ["env", "lock", "prod", "--until", "2020-01-01 10:00"];
    let past = [past.as_slice(), &["--reason", "x"]].concat();
    world
        .run(&past)
        .ends(64)
        .refuses("TG2004", &["is not later than now"], "--for");
}
