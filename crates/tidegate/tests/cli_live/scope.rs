//! What ships with a release, through the real program: typed items with owners, a lock, a decision to open it again, and what that
//! costs those who had said yes.

use crate::world::World;

const COMPANY: &str = "tidegate: 1
company: Example
zone: Europe/Berlin
---
teams:
  web: { members: [ana, emil] }
  net: { members: [nils] }
  risk: { members: [rina] }
---
environments:
  prod: { tier: production }
---
pipeline: standard
strategy: recreate
watch: 1s
---
policy: production
applies-to: { tier: production }
scope: locked
approvals:
  - { from: owner, count: 1 }
sign-offs:
  - { sign: regulatory, from: risk, when: '\"mas-trm\" in release.tags' }
---
service: web
owner: web
run: { command: [./web], port: 18080 }
";

/// `web@1.0.0` waits in `prod`; nothing runs anywhere, since nothing need.
fn waiting() -> (World, String) {
    let mut world = World::written();
    world.write(COMPANY);
    world.start();
    for (who, role) in [
        ("ana", "operator"),
        ("emil", "approver"),
        ("nils", "approver"),
        ("rina", "approver"),
    ] {
        world.signs_in(who, role);
    }
    world.released("web", "1.0.0");
    let scope = |world: &World, words: &[&str], code| {
        let args = [
            &["release", "scope", "web@1.0.0"],
            words,
            &["--reason", "agreed"],
        ]
        .concat();
        world.run_as("ana", "", &args).ends(code)
    };
    scope(
        &world,
        &["--add", "infrastructure:new subnet", "--source", "NET-12"],
        0,
    )
    .says(&[
        "not locked",
        "application    web@1.0.0",
        "infrastructure new subnet (web, from NET-12): nobody said that it is complete",
    ]);
    scope(&world, &["--add", "wires"], 64).refuses(
        "TG2004",
        &["what kind of item is `wires`?"],
        "KIND:wires",
    );
    scope(
        &world,
        &[
            "--add",
            "flag:beta",
            "--owner",
            "net",
            "--exclude",
            "refunds",
        ],
        0,
    )
    .says(&["stays out  refunds: agreed (ana"]);
    let lock = ["release", "lock", "web@1.0.0", "--reason", "scope closes"];
    world.run_as("ana", "", &lock).ends(64).refuses(
        "TG2004",
        &["several teams (net, web), and nobody owns infrastructure:new subnet"],
        "--owner TEAM",
    );
    scope(
        &world,
        &["--add", "infrastructure:new subnet", "--owner", "net"],
        0,
    );
    scope(&world, &["--tag", "mas-trm"], 0);
    world
        .run_as("ana", "", &lock)
        .ends(0)
        .says(&["locked by ana"]);
    let deploy = [
        "deploy",
        "web@1.0.0",
        "prod",
        "--no-wait",
        "--reason",
        "launch",
    ];
    let id = world.run_as("ana", "", &deploy).ends(0).out;
    (world, id.trim().to_owned())
}

#[test]
fn a_scope_that_changes_after_the_lock_takes_a_decision_and_every_yes_with_it() {
    let (world, _) = waiting();
    world.run(&["why", "web@1.0.0", "prod"]).ends(3).says(&[
        "of 4 items of its scope are not complete",
        "infrastructure new subnet (net): nobody said that it is complete",
        "policies.production.scope",
        "regulatory by risk",
    ]);
    let plan = crate::votes::plan(&world);
    let yes = ["approve", "CHG-1", "--yes", "--plan", &plan];
    world.run_as("emil", "", &yes).ends(0);
    world.run(&["change", "show", "CHG-1"]).ends(0).says(&[
        "scope     infrastructure new subnet (net), from NET-12",
        "scope     stays out: refunds (agreed)",
        "scope     tag mas-trm",
        "yes       emil",
    ]);
    let include = [
        "release",
        "scope",
        "web@1.0.0",
        "--include",
        "refunds",
        "--reason",
        "in time after all",
    ];
    world.run_as("ana", "", &include).ends(7).refuses(
        "TG2014",
        &["the scope of web@1.0.0 was locked by ana"],
        "--unlock",
    );
    let unlock = [&include[..], &["--unlock"]].concat();
    world.run_as("ana", "", &unlock).ends(4).refuses(
        "TG2013",
        &["ana locked it"],
        "ask emil, nils",
    );
    let open = [
        "release",
        "scope",
        "web@1.0.0",
        "--unlock",
        "--reason",
        "refunds are in time",
    ];
    world
        .run_as("nils", "", &open)
        .ends(0)
        .says(&["opened again by nils"]);
    world.run_as("ana", "", &include).ends(0);
    world
        .run_as(
            "ana",
            "",
            &["release", "lock", "web@1.0.0", "--reason", "again"],
        )
        .ends(0);
    let deploy = [
        "deploy",
        "web@1.0.0",
        "prod",
        "--no-wait",
        "--reason",
        "launch",
    ];
    world.run_as("ana", "", &deploy).ends(0);
    let shown = world.run(&["change", "show", "CHG-1"]).ends(0);
    assert!(!shown.out.contains("yes       emil"), "{}", shown.out);
    let log = ["audit", "log", "--stream", "change/CHG-1", "-o", "json"];
    let log = world.run(&log).ends(0).out;
    assert!(
        log.contains("scope without stays out: refunds (agreed)"),
        "{log}"
    );
    world
        .run(&["release", "list", "--tag", "mas-trm", "-o", "name"])
        .ends(0)
        .says(&["web@1.0.0"]);
    let none = world
        .run(&["release", "list", "--tag", "pci", "-o", "name"])
        .ends(0);
    assert_eq!(none.out.trim(), "");
}
