//! Who gets in, and how far.

use crate::world::{World, command};

#[test]
fn without_a_token_with_a_wrong_one_and_with_too_small_a_role_the_answer_is_4() {
    let world = World::up();
    let release = world.released("web", "1.0.0");
    let elsewhere = tempfile::tempdir().unwrap();
    let alone = command(elsewhere.path(), &["--server", &world.url(), "status"])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&alone.stderr);
    assert_eq!(alone.status.code(), Some(4), "{text}");
    assert!(
        text.contains("no token is known for") && text.contains("TIDEGATE_TOKEN"),
        "{text}"
    );

    let unknown = format!("tg_{}", "0".repeat(43));
    for token in ["hello", "tg_short", unknown.as_str()] {
        let ran = world.run(&["--token", token, "status"]).ends(4).refuses(
            "TG3001",
            &["token"],
            "TIDEGATE_TOKEN",
        );
        assert!(!ran.err.contains(token), "{ran:#?}");
    }
    let token = |name: &str, role: &str| {
        world
            .run(&["token", "create", name, "--role", role])
            .ends(0)
            .out
            .trim()
            .to_owned()
    };
    let (viewer, publisher, operator) = (
        token("eve", "viewer"),
        token("ci", "publisher"),
        world.operator("olga"),
    );
    let may_not = |token: &str, arguments: &[&str], who: &str| {
        let mut all = vec!["--token", token];
        all.extend(arguments);
        world
            .run(&all)
            .ends(4)
            .refuses("TG2008", &[who, "may not"], "role");
    };
    world.run(&["--token", &viewer, "status"]).ends(0);
    may_not(&viewer, &["deploy", &release, "dev"], "eve (viewer)");
    may_not(&viewer, &["token", "list"], "eve (viewer)");
    may_not(
        &publisher,
        &["deploy", &release, "dev", "--dry-run"],
        "ci (publisher)",
    );
    may_not(
        &publisher,
        &["rollback", "web", "dev", "--reason", "x"],
        "ci (publisher)",
    );
    may_not(
        &publisher,
        &["env", "lock", "dev", "--reason", "x"],
        "ci (publisher)",
    );
    world.write(&world.configuration().replace("soak: 1h", "soak: 2h"));
    may_not(&operator, &["apply", "--yes"], "olga (operator)");
    may_not(
        &operator,
        &["token", "create", "more", "--role", "admin"],
        "olga (operator)",
    );
    world
        .run(&[
            "--token",
            &publisher,
            "artifact",
            "register",
            "web@1.1.0",
            &world.bits("web", "1.1.0"),
        ])
        .ends(0);
    world
        .run(&["--token", &operator, "deploy", &release, "dev"])
        .ends(0)
        .says(&["asked by olga"]);
    world
        .run(&[
            "--server",
            "http://127.0.0.1:1",
            "--token",
            &viewer,
            "status",
        ])
        .ends(1)
        .refuses("", &["is not reachable"], "tidegate up");
}

#[test]
fn tokens_are_shown_once_named_once_and_the_last_way_in_stays() {
    let world = World::up();
    let made = world
        .run(&[
            "token",
            "create",
            "eve",
            "--role",
            "viewer",
            "--expires-in",
            "90d",
            "-o",
            "json",
        ])
        .ends(0)
        .json();
    let secret = made["token"].as_str().unwrap();
    assert!(
        secret.starts_with("tg_") && made["expiresAt"].is_string(),
        "{}",
        made["name"]
    );
    world
        .run(&["token", "create", "eve", "--role", "viewer"])
        .ends(7)
        .refuses(
            "TG3015",
            &["a token `eve` exists"],
            "tidegate token revoke eve",
        );
    let list = world.run(&["token", "list"]).ends(0).says(&[
        "eve\tviewer\t",
        "admin\tadmin\t",
        "agent:local\tagent\t\tdev,far,prod\t",
    ]);
    assert!(!list.out.contains(secret));
    world
        .run(&["token", "create", "x", "--role", "agent"])
        .ends(64)
        .refuses("", &["names its environments"], "--environments");
    world
        .run(&["token", "revoke", "eve"])
        .ends(64)
        .refuses("", &["a person's agreement"], "--yes");
    world.run(&["token", "revoke", "eve", "--yes"]).ends(0);
    world.run(&["--token", secret, "status"]).ends(4);
    world
        .run(&["token", "revoke", "admin", "--yes"])
        .ends(7)
        .refuses(
            "TG3016",
            &["only administrator's token"],
            "tidegate token create",
        );
    world
        .run(&["token", "revoke", "nobody", "--yes"])
        .ends(1)
        .refuses("TG2003", &["no token `nobody`"], "");
    world
        .run(&["audit", "log", "--stream", "access/eve"])
        .ends(0)
        .says(&[
            "access.granted/1\trole: viewer; by: admin",
            "access.revoked/1\trole: viewer; by: admin",
        ]);
}
