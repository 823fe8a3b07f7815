//! A command that is sent twice is one command.

use crate::world::World;

#[test]
fn the_same_key_gives_the_same_answer_and_never_means_another_command() {
    let world = World::up();
    let release = world.released("web", "1.0.0");
    let deploy = |environment: &str| {
        world.run(&[
            "deploy",
            &release,
            environment,
            "--no-wait",
            "--idempotency-key",
            "build-7",
        ])
    };
    let first = deploy("dev").ends(0).out;
    assert_eq!(deploy("dev").ends(0).out, first);
    let id = first.trim();
    world
        .run(&["status", id, "--watch", "--timeout", "60s"])
        .ends(0);
    assert_eq!(deploy("dev").ends(0).out, first, "also when it has ended");
    deploy("prod")
        .ends(7)
        .refuses("TG3003", &["key was used for another command"], "a new key");

    let lock = |reason: &str| {
        world.run(&[
            "env",
            "lock",
            "dev",
            "--reason",
            reason,
            "--idempotency-key",
            "lock-1",
        ])
    };
    lock("stock taking").ends(0);
    lock("stock taking").ends(0);
    lock("another reason")
        .ends(7)
        .refuses("TG3003", &["another command"], "a new key");
    let log = world
        .run(&["audit", "log", "--kind", "environment.held", "-o", "json"])
        .ends(0)
        .json();
    assert_eq!(log["items"].as_array().unwrap().len(), 1, "{log:#}");
}
