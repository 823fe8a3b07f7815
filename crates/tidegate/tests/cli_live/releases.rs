//! A release is made, travels, is replaced and comes back.

use crate::world::World;

#[test]
fn a_release_travels_its_path_and_a_rollback_brings_the_one_before_back() {
    let world = World::up();
    world
        .run(&["release", "create", "web@1.0.0"])
        .ends(1)
        .refuses(
            "TG2003",
            &["no artifact `web@1.0.0`"],
            "tidegate artifact list",
        );
    world.released("web", "1.0.0");
    world
        .run(&["release", "list"])
        .ends(0)
        .says(&["web@1.0.0\tlocked\tdev [    ]  prod [    ]  far [    ]"]);
    world.run(&["release", "show", "web@1.0.0"]).ends(0).says(&[
        "[wait] web@1.0.0 must succeed in dev first",
        "environments.prod.after (tidegate.yaml:7)",
    ]);

    let deployed = world
        .run(&["deploy", "web@1.0.0", "dev", "--reason", "first"])
        .ends(0);
    let lines: Vec<&str> = deployed.out.lines().collect();
    assert!(
        lines[0].contains("web@1.0.0 dev asked by admin plan sha256:")
            && lines[0].contains("(first)"),
        "{deployed:#?}"
    );
    assert!(
        lines[0].ends_with("times in Europe/Berlin (+01:00)"),
        "{deployed:#?}"
    );
    assert!(
        lines
            .iter()
            .any(|line| line.contains("[3/3] traffic 100% ok")),
        "{deployed:#?}"
    );
    assert!(
        lines.last().unwrap().contains("DONE web@1.0.0 dev after"),
        "the verdict is the last line: {deployed:#?}"
    );
    assert!(
        lines.last().unwrap().contains(&world.url()),
        "with a link: {deployed:#?}"
    );
    world.run(&["deploy", "web@1.0.0", "dev"]).ends(64).refuses(
        "TG2004",
        &["runs already"],
        "--again",
    );
    world
        .run(&["deploy", "web@1.0.0", "nowhere"])
        .ends(64)
        .refuses("TG2004", &["environment `nowhere`"], "tidegate ");
    world.run(&["deploy", "web@1.0.0"]).ends(64).refuses(
        "",
        &["into which environment"],
        "tidegate env list",
    );

    let promoted = world
        .run(&["promote", "web@1.0.0", "--to", "prod", "--timeout", "60s"])
        .ends(0);
    assert!(
        promoted
            .out
            .lines()
            .last()
            .unwrap()
            .contains("DONE web@1.0.0 arrived in prod"),
        "{promoted:#?}"
    );
    let shown = world
        .run(&["release", "show", "web@1.0.0", "-o", "json"])
        .ends(0)
        .json();
    let states: Vec<_> = shown["stages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| s["state"].as_str().unwrap())
        .collect();
    assert_eq!(states, ["done", "done", "none"], "{shown:#}");

    world.arrived("web", "1.1.0", "dev");
    let plan = world
        .run(&["rollback", "web", "dev", "--dry-run", "-o", "json"])
        .ends(0)
        .json();
    assert_eq!(
        (&plan["release"], &plan["decision"]["allowed"]),
        (&"web@1.0.0".into(), &true.into()),
        "{plan:#}"
    );
    world.run(&["rollback", "web", "dev"]).ends(64).refuses(
        "",
        &["a reason is needed"],
        "--reason",
    );
    let back = world
        .run(&["rollback", "web", "dev", "--reason", "too slow"])
        .ends(0);
    assert!(
        back.out
            .lines()
            .last()
            .unwrap()
            .contains("DONE web@1.0.0 dev"),
        "{back:#?}"
    );
    world.run(&["status", "dev"]).ends(0).says(&["1.0.0"]);
    world
        .run(&["promote", "web@1.1.0", "--to", "dev"])
        .ends(64)
        .refuses(
            "TG2004",
            &["web@1.1.0 is held", "too slow"],
            "tidegate release unhold web@1.1.0",
        );
    world
        .run(&["release", "show", "web@1.1.0"])
        .ends(0)
        .says(&["held      since", "too slow"]);
    world
        .run(&["release", "unhold", "web@1.1.0", "--reason", "faster now"])
        .ends(0);
    world.run(&["deploy", "web@1.1.0", "dev"]).ends(0);
    world
        .run(&["rollback", "api", "dev", "--reason", "why not"])
        .ends(64)
        .refuses("TG2004", &["nothing earlier of api"], "deploy");
}

#[test]
fn a_release_that_nobody_deployed_is_given_up() {
    let world = World::up();
    let release = world.released("web", "1.0.0");
    world
        .run(&["release", "cancel", &release])
        .ends(64)
        .refuses("", &["a reason is needed"], "--reason");
    world
        .run(&["release", "cancel", &release, "--reason", "wrong branch"])
        .ends(0)
        .says(&["cancelled"]);
    world.run(&["deploy", &release, "dev"]).ends(64).refuses(
        "TG2004",
        &["was cancelled: wrong branch"],
        "release a new version",
    );
}
