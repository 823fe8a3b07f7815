//! From nothing to a configuration in force, and what is said about configurations that are wrong.

use crate::world::{World, command};
use std::fs;

#[test]
fn a_new_project_is_written_checked_started_planned_and_applied() {
    let mut world = World::written();
    let fresh = tempfile::tempdir().unwrap();
    let init = [
        "init",
        "--services",
        "web,api",
        "--environments",
        "dev,prod",
        "--owner",
        "me",
        "--company",
        "Acme",
    ];
    let wrote = command(fresh.path(), &init).output().unwrap();
    assert_eq!(wrote.status.code(), Some(0), "{wrote:?}");
    let checked = command(fresh.path(), &["validate", "--deny", "warnings"])
        .output()
        .unwrap();
    assert_eq!(checked.status.code(), Some(0), "{checked:?}");
    let again = command(fresh.path(), &init).output().unwrap();
    assert_eq!(
        again.status.code(),
        Some(64),
        "what is there is not overwritten: {again:?}"
    );

    world.run(&["plan"]).ends(4).refuses(
        "",
        &["no server is named", "TIDEGATE_URL"],
        "tidegate up",
    );
    world.run(&["validate"]).ends(0).says(&["valid: 1 file"]);
    world.start();
    world.run(&["plan", "--detailed-exitcode"]).ends(0).says(&[
        "Comparing . with the configuration in force",
        "8 documents unchanged (--full to see them)",
        "Plan: 0 to add, 0 to change, 0 to remove.",
    ]);
    world.run(&["apply", "--yes"]).ends(0);

    world.write(&world.configuration().replace("soak: 1h", "soak: 10m"));
    let plan = world
        .run(&[
            "plan",
            "--detailed-exitcode",
            "--out",
            "plan.json",
            "--full",
        ])
        .ends(2);
    let plan = plan.says(&[
        "~ environment far",
        "soak: 1h -> 10m",
        "! weakens a control",
        "7 documents unchanged\n    analysis golden\n",
        "1 to change",
    ]);
    assert!(plan.err.contains("tidegate apply plan.json"), "{plan:?}");
    let data = world.run(&["plan", "-o", "json"]).ends(0).json();
    assert_eq!(data["unchanged"].as_array().unwrap().len(), 7, "{data:#}");
    assert!(
        data["changes"][0]
            .as_str()
            .unwrap()
            .contains("environments.far.soak"),
        "{data:#}"
    );

    world.run(&["apply", "plan.json"]).ends(64).refuses(
        "",
        &["needs a person's agreement"],
        "--yes",
    );
    world
        .run(&["apply", "plan.json", "--dry-run"])
        .ends(0)
        .says(&["soak: 1h -> 10m"]);
    world
        .run(&["apply", "plan.json", "--yes", "--reason", "a week of quiet"])
        .ends(0)
        .says(&["Applied as revision 2"]);
    world
        .run(&["apply", "plan.json", "--yes"])
        .ends(64)
        .refuses(
            "TG2004",
            &["changed since this plan was made"],
            "tidegate plan",
        );
    world
        .run(&["config", "list"])
        .ends(0)
        .says(&["2\t", "\tadmin\t"]);
    let revisions = world.run(&["config", "list", "-o", "json"]).ends(0).json();
    assert_eq!(revisions["items"][0]["reason"], "a week of quiet");
    world
        .run(&["config", "show", "web", "far", "--effective"])
        .ends(0)
        .says(&[
            "environment.soak\t10m\ttidegate.yaml:8",
            "rollback.within\t10m\tbuilt-in",
            "strategy\tcareful\ttidegate.yaml:12",
        ]);
    let shown = world
        .run(&["config", "show", "web", "far", "--effective", "-o", "json"])
        .ends(0)
        .json();
    let soak = shown["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|v| v["path"] == "environment.soak")
        .unwrap();
    assert_eq!(
        (&soak["value"], &soak["file"], &soak["line"]),
        (&"10m".into(), &"tidegate.yaml".into(), &8.into())
    );
}

#[test]
fn every_mistake_is_shown_with_its_place_and_a_way_out_and_stops_plan_apply_and_up() {
    let world = World::written();
    let good = world.configuration();
    let with = |from: &str, to: &str| good.replacen(from, to, 1);
    let table = [
        (
            with("owner: web", "ownr: web"),
            "TG0012",
            "unknown key `ownr`",
            "tidegate.yaml:31:1",
            "did you mean `owner`?",
        ),
        (
            with("owner: web\n", "owner: web\nowner: me\n"),
            "TG0003",
            "`owner`",
            "tidegate.yaml:32:1",
            "",
        ),
        (
            with("soak: 1h", "soak: 60"),
            "TG0",
            "60",
            "tidegate.yaml:8:",
            "60m",
        ),
        (
            with("after: dev", "after: devv"),
            "TG0",
            "devv",
            "tidegate.yaml:7:",
            "did you mean `dev`?",
        ),
        (
            with("{ tier: dev, deploy: manual }", "{ tier: dev, after: far }"),
            "TG0",
            "dev",
            "tidegate.yaml:",
            "after",
        ),
    ];
    for (text, code, what, place, way_out) in table {
        world.write(&text);
        let ran = world.run(&["validate"]).ends(65);
        for part in [&format!("error[{code}"), what, place, way_out] {
            assert!(
                ran.err.contains(part),
                "`{part}` is missing in\n{}",
                ran.err
            );
        }
        let data = world.run(&["validate", "-o", "json"]).ends(65).json();
        assert!(data["errors"].as_u64() >= Some(1), "{data:#}");
    }
    world
        .run(&["up", "--listen", "127.0.0.1:0"])
        .ends(65)
        .says(&[]);
    assert!(
        !fs::exists(world.root().join(".tidegate/url")).unwrap(),
        "nothing was started"
    );
}
