//! Before it starts: whoever decides about the way back has said so, and privacy has signed with a stated meaning.

use crate::world::{Ran, World};

const COMPANY: &str = "\
tidegate: 1
teams:
  web: { members: [ana] }
  sre: { members: [ines] }
  privacy-office: { members: [grace] }
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
sign-offs:
  - { sign: privacy, from: privacy-office }
";

fn decided(world: &World, who: &str) -> Ran {
    let confirm = ["decision", "confirm", "CHG-1", "--reason", "here all day"];
    world.run_as(who, "", &confirm)
}

fn signed(world: &World, who: &str, plan: &str, meaning: &[&str]) -> Ran {
    let approve = ["approve", "CHG-1", "--yes", "--plan", plan];
    world.run_as(who, "", &[approve.as_slice(), meaning].concat())
}

#[test]
fn a_release_waits_for_whoever_decides_about_its_way_back_and_for_a_stated_signature() {
    let mut world = World::written();
    let port = world.port();
    let program = env!("CARGO_BIN_EXE_tidegate");
    world.write(&format!(
        "{COMPANY}---\nservice: web\nowner: web\nrollback: {{ decides: {{ owner: sre, deputy: web, confirm: true }} }}\nrun: {{ command: [\"{program}\", demo-service, --behaviour, behaviour.json], port: {port}, instances: 1, grace: 1s }}\nhealth: {{ get: /healthz, every: 1s, timeout: 1s, deadline: 20s }}\n"
    ));
    world.start();
    for (who, role) in [
        ("ana", "approver"),
        ("ines", "approver"),
        ("grace", "approver"),
    ] {
        world.signs_in(who, role);
    }
    world.released("web", "1.0.0");
    let id = world
        .run(&["deploy", "web@1.0.0", "prod", "--no-wait"])
        .ends(0)
        .out;
    world.until(id.trim(), |d| d["phase"] == "waiting");
    world
        .run(&["why", "web@1.0.0", "prod"])
        .ends(3)
        .says(&["tidegate decision confirm CHG-1 --reason …", "privacy"]);
    decided(&world, "grace")
        .ends(4)
        .refuses("TG2013", &["sre, web decide about it"], "ines");
    decided(&world, "ines")
        .ends(0)
        .says(&["CHG-1: ines (sre) decides about the way back of web@1.0.0 in prod"]);
    decided(&world, "ana").ends(0).says(&["CHG-1: ana (web)"]);

    let shown = world
        .run(&["change", "show", "CHG-1", "-o", "json"])
        .ends(0)
        .json();
    let plan = shown["plan"]["digest"]
        .as_str()
        .unwrap_or_else(|| panic!("{shown:#}"))
        .to_owned();
    signed(&world, "ines", &plan, &["--sign", "privacy"]).ends(4);
    signed(&world, "grace", &plan, &["--sign", "legal"]).ends(4);
    world
        .run(&["status", id.trim(), "-o", "json"])
        .says(&["waiting"]);
    signed(
        &world,
        "grace",
        &plan,
        &["--sign", "privacy", "--reason", "no new data leaves"],
    )
    .ends(0);
    world.until(id.trim(), |d| d["phase"] == "confirmed");
    world
        .run(&["change", "show", "CHG-1"])
        .ends(0)
        .says(&["privacy", "grace"]);
    world
        .run(&["audit", "log", "--kind", "change.rollback_owned"])
        .ends(0)
        .says(&["ines", "ana"]);
}
