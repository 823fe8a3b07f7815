//! What people do with a deployment under way.

use crate::world::World;

#[test]
fn a_canary_is_paused_goes_on_is_advanced_and_taken_back() {
    let world = World::up();
    let id = world.held_canary();
    let status = world.run(&["status", &id]).ends(0);
    let status = status.says(&[
        "web@1.1.0 -> prod",
        "[ >  ] hold 10m",
        "old 1.0.0",
        "90%",
        "by admin: new greeting",
        "tidegate pause",
    ]);
    assert!(
        status.out.lines().all(|line| line == line.trim_end()),
        "{status:#?}"
    );

    world.run(&["resume", &id]).ends(7).refuses(
        "TG2002",
        &[&id, "(running)", "does not take `resume` now"],
        "tidegate pause",
    );
    world
        .run(&["pause", &id])
        .ends(64)
        .refuses("", &["a reason is needed"], "--reason");
    world
        .run(&["pause", "web@1.1.0/prod", "--reason", "look first"])
        .ends(0)
        .says(&["paused"]);
    let paused = world.run(&["status", &id, "-o", "json"]).ends(0).json();
    assert_eq!(paused["phase"], "paused");
    assert!(
        paused["step"]["until"].is_string(),
        "a pause has an end: {paused:#}"
    );
    world
        .run(&["pause", &id, "--reason", "twice"])
        .ends(7)
        .refuses("TG2002", &["(paused)", "`pause`"], "tidegate resume");
    world.run(&["resume", &id]).ends(0).says(&["running"]);
    world
        .run(&["advance", &id, "--reason", "enough seen"])
        .ends(0);
    world.until(&id, |d| {
        d["share"] == 5_000 && d["step"]["until"].is_string()
    });

    let left = world.interrupted(&["status", &id, "--watch"]).ends(130);
    assert!(
        left.err
            .contains("detached; the rollout goes on: `tidegate status"),
        "{left:#?}"
    );
    world
        .run(&["abort", &id, "--reason", "refunds fail"])
        .ends(0)
        .says(&["rolling back"]);
    let told = world
        .run(&["status", &id, "--watch", "--timeout", "60s"])
        .ends(5);
    let told = told.says(&[
        "paused by admin: look first (rolls back by itself at",
        "resumed by admin",
        "hold ended by admin: enough seen",
        "rolling back to web@1.0.0: admin: refunds fail",
        "[back 1/3] traffic 0% ok",
    ]);
    assert!(
        told.out
            .lines()
            .last()
            .unwrap()
            .contains("ROLLED BACK web@1.1.0 prod after"),
        "{told:#?}"
    );
    // Every line but those that the program itself wrote.
    let own = |line: &&str| !line.starts_with("  | ");
    for line in told.out.lines().filter(own) {
        let clock = line.get(..8).unwrap_or_default();
        assert!(
            clock.chars().enumerate().all(|(n, c)| if n % 3 == 2 {
                c == ':'
            } else {
                c.is_ascii_digit()
            }),
            "{line}"
        );
    }
    world
        .run(&["abort", &id, "--reason", "again"])
        .ends(7)
        .refuses("TG2002", &["rolled back"], "tidegate deploy");
    world.run(&["status", "prod", "-o", "json"]).ends(0);
    world
        .run(&["pause", "dep_nosuch", "--reason", "x"])
        .ends(64)
        .refuses("TG2004", &["dep_nosuch"], "");
    world
        .run(&["pause", "api@1.0.0/prod", "--reason", "x"])
        .ends(1)
        .refuses(
            "",
            &["no deployment of `api@1.0.0/prod` is under way"],
            "tidegate status",
        );
}
