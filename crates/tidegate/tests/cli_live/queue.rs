//! Two want into one environment.

use crate::world::World;

#[test]
fn the_second_waits_says_for_whom_and_goes_by_itself_when_the_first_has_ended() {
    let world = World::up();
    world.arrived("api", "1.0.0", "dev");
    let first = world.held_canary();
    let may_not = world
        .run(&["deploy", "api@1.0.0", "prod", "--no-queue"])
        .ends(3);
    may_not.says(&[
        "api@1.0.0 may not enter prod yet.",
        "prod is locked by web@1.1.0",
    ]);
    let second = world
        .run(&["deploy", "api@1.0.0", "prod", "--no-wait"])
        .ends(0)
        .out;
    let second = second.trim();

    let why = world.run(&["why", "api@1.0.0", "prod"]).ends(3).says(&[
        &format!("api@1.0.0 -> prod: waiting ({second})"),
        "[ok]   succeeded in dev",
        &format!("[wait] prod is locked by web@1.1.0 ({first})"),
        "can change it:",
        "asked for by: environments.prod.one-at-a-time (tidegate.yaml:7)",
    ]);
    assert!(
        why.out
            .trim_end()
            .ends_with("it waits for: lock, capacity."),
        "{why:#?}"
    );
    let data = world
        .run(&["why", "api@1.0.0", "prod", "-o", "json"])
        .ends(3)
        .json();
    assert_eq!(
        (&data["allowed"], &data["deployment"]),
        (&false.into(), &second.into())
    );
    let ids: Vec<_> = data["conditions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| c["id"].as_str().unwrap())
        .collect();
    assert_eq!(
        ids,
        [
            "artifact",
            "order",
            "soak",
            "dependency",
            "hold",
            "environment",
            "no-drift",
            "scope",
            "documents",
            "approval",
            "board",
            "review-debt",
            "train",
            "window",
            "freeze",
            "schedule",
            "cover",
            "rollback-owner",
            "booking",
            "calendar",
            "vendor",
            "apart",
            "lock",
            "capacity"
        ]
    );
    let lock = &data["conditions"][22];
    assert_eq!(
        (&lock["state"], &lock["rule"]["line"]),
        (&"wait".into(), &7.into()),
        "{lock:#}"
    );

    world
        .run(&["status"])
        .ends(0)
        .says(&["prod\tapi\t-\t", "1.0.0 waits", "1.1.0 10%"]);
    world
        .run(&["status", second, "--watch", "--timeout", "300ms"])
        .ends(6);
    world
        .run(&["abort", &first, "--reason", "make way"])
        .ends(0);
    let told = world
        .run(&["status", second, "--watch", "--timeout", "60s"])
        .ends(0);
    assert!(
        told.out
            .lines()
            .last()
            .unwrap()
            .contains("DONE api@1.0.0 prod"),
        "{told:#?}"
    );
}

#[test]
fn a_deployment_at_its_gates_is_given_up_without_touching_anything() {
    let world = World::up();
    world.arrived("web", "1.0.0", "dev");
    world
        .run(&["env", "lock", "prod", "--reason", "stock taking"])
        .ends(0)
        .says(&["[no] locked", "stock taking"]);
    let id = world
        .run(&["deploy", "web@1.0.0", "prod", "--no-wait"])
        .ends(0)
        .out;
    world.run(&["why", "web@1.0.0", "prod"]).ends(3).says(&[
        "[no]",
        "prod is held by admin: stock taking",
        "not before someone changes: environment.",
    ]);
    world
        .run(&["abort", id.trim(), "--reason", "tomorrow"])
        .ends(0);
    world
        .run(&["status", id.trim(), "--watch"])
        .ends(8)
        .says(&["cancelled by admin: tomorrow"]);
    world
        .run(&["env", "unlock", "prod", "--reason", "counted"])
        .ends(0)
        .says(&["[ok] open"]);
    world.run(&["why", "web@1.0.0", "prod"]).ends(0).says(&[
        "web@1.0.0 may enter prod.",
        "It may go now: tidegate deploy web@1.0.0 prod",
    ]);
}
