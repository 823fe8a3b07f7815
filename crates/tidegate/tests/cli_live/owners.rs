//! Before it starts: whoever decides about the way back has said so, and privacy has signed with a stated meaning.

use crate::signed_in::WORDS;
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
    signed(&world, "grace", &plan, &["--sign", "legal"])
        .ends(64)
        .refuses(
            "TG2004",
            &["grace is asked to sign privacy, not to sign legal"],
            "--sign privacy",
        );
    signed(&world, "grace", &plan, &[]).ends(64).refuses(
        "TG2004",
        &["grace is asked to sign privacy, not for a yes"],
        "--sign privacy",
    );
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

#[test]
fn a_signature_can_ask_for_a_fresh_sign_in() {
    let Some(mut world) = World::written_at("2026-11-23T09:00:00[Europe/Berlin]") else {
        return;
    };
    let fresh = COMPANY.replace(
        "from: privacy-office }",
        "from: privacy-office, signed-in-within: 15m }",
    );
    world.write(&format!(
        "{fresh}---\nservice: web\nowner: web\nrun: {{ command: [./web], port: 18080 }}\n"
    ));
    world.start();
    world.signs_in("grace", "approver");
    world.released("web", "1.0.0");
    let deploy = ["deploy", "web@1.0.0", "prod", "--no-wait"];
    let id = world.run(&deploy).ends(0).out;
    world.until(id.trim(), |d| d["phase"] == "waiting");
    let shown = world.run(&["change", "show", "CHG-1", "-o", "json"]).json();
    let plan = shown["plan"]["digest"].as_str().unwrap_or_default();
    world.clock("2026-11-23T10:00:00[Europe/Berlin]");
    signed(&world, "grace", plan, &["--sign", "privacy"])
        .ends(4)
        .refuses(
            "TG2017",
            &["at most 15m before", "grace signed in"],
            "tidegate login",
        );
    let login = ["login", "grace", "--password-stdin"];
    world.run_as("grace", WORDS, &login).ends(0);
    signed(&world, "grace", plan, &["--sign", "privacy"])
        .ends(0)
        .says(&["Approved CHG-1"]);
}
