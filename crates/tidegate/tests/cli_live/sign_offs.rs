//! A rollout that waits for a signature before its first traffic, across a restart of the server.

use crate::signed_in::WORDS;
use crate::world::World;

const COMPANY: &str = "\
tidegate: 1
teams:
  web: { members: [ana] }
  qa: { members: [grace, ana] }
---
environments:
  prod: { tier: production }
---
strategy: accepted
blue-green: { warm: 1s, sign-off: { sign: acceptance, from: qa, within: 14d, remind-after: 1d } }
---
pipeline: standard
strategy: accepted
watch: 1s
";

#[test]
fn a_rollout_waits_for_its_acceptance_and_goes_on_when_it_is_signed() {
    let mut world = World::written();
    let port = world.port();
    let program = env!("CARGO_BIN_EXE_tidegate");
    world.write(&format!(
        "{COMPANY}---\nservice: web\nowner: web\nrun: {{ command: [\"{program}\", demo-service, --behaviour, behaviour.json], port: {port}, instances: 1, grace: 1s }}\nhealth: {{ get: /healthz, every: 1s, timeout: 1s, deadline: 20s }}\n"
    ));
    world.start();
    for (who, role) in [
        ("ana", "operator"),
        ("grace", "approver"),
        ("eve", "approver"),
    ] {
        world.signs_in(who, role);
    }
    world.released("web", "1.0.0");
    let deploy = [
        "deploy",
        "web@1.0.0",
        "prod",
        "--no-wait",
        "--reason",
        "first",
    ];
    let id = world.run_as("ana", "", &deploy).ends(0).out;
    let id = id.trim().to_owned();
    world.until(&id, |d| d["phase"] == "awaiting-sign-off");
    world.run(&["status", &id]).ends(0).says(&[
        "waiting for a sign-off",
        "acceptance by qa (asked grace)",
        "tidegate approve",
    ]);
    world
        .run(&["approvals"])
        .ends(0)
        .says(&["web@1.0.0 in prod: the rollout waits for acceptance by qa (grace)"]);
    let advance = ["advance", &id, "--reason", "it is late"];
    world.run_as("ana", "", &advance).ends(7).refuses(
        "TG2002",
        &["(waiting for a sign-off) does not take `advance`"],
        "tidegate approve",
    );
    let plan = world.run(&["status", &id, "-o", "json"]).json()["signOff"]["plan"].clone();
    let plan = plan.as_str().unwrap_or_default().to_owned();
    let sign = |who: &str, plan: &str| {
        let sign = ["approve", "web@1.0.0", "prod", "--yes", "--plan", plan];
        world.run_as(
            who,
            "",
            &[sign.as_slice(), &["--reason", "totals are right"]].concat(),
        )
    };
    sign("ana", &plan)
        .ends(4)
        .refuses("TG2013", &["ana is a requester of web@1.0.0"], "grace");
    sign("eve", &plan)
        .ends(4)
        .refuses("TG2013", &["eve is not of qa"], "grace");
    sign("grace", &format!("sha256:{}", "0".repeat(64)))
        .ends(7)
        .refuses("", &["carries out another plan"], "tidegate status");

    let reject = ["reject", &id, "--reason", "totals are wrong"];
    world.run_as("grace", "", &reject).ends(0).says(&[
        "waiting for a person",
        "does not sign acceptance: totals are wrong",
    ]);
    world.run_as("ana", "", &["resume", &id]).ends(0);
    world.until(&id, |d| d["phase"] == "awaiting-sign-off");

    world.stop();
    world.start();
    let login = ["login", "grace", "--password-stdin"];
    world.run_as("grace", WORDS, &login).ends(0);
    world
        .run(&["status", &id])
        .ends(0)
        .says(&["waiting for a sign-off"]);
    let sign = [
        "approve",
        &id,
        "--yes",
        "--plan",
        &plan,
        "--reason",
        "totals are right now",
    ];
    world
        .run_as("grace", "", &sign)
        .ends(0)
        .says(&["Signed acceptance for qa: web@1.0.0 in prod goes on"]);
    let watched = world
        .run(&["status", &id, "--watch", "--timeout", "60s"])
        .ends(0);
    watched.says(&["acceptance signed by grace (qa): totals are right now"]);
    world
        .run(&["notify", "ledger"])
        .ends(0)
        .says(&["waits for a sign-off", "acceptance signed by grace (qa)"]);
    let bundle = world.beside("web.evidence");
    let export = ["release", "evidence", "web@1.0.0", "--out", &bundle];
    world.run(&export).ends(0);
    let verify = ["evidence", "verify", &bundle, "--offline"];
    world.run(&verify).ends(0);
    let bytes = std::fs::read(&bundle).unwrap();
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut page = String::new();
    let mut file = archive.by_name("index.html").unwrap();
    std::io::Read::read_to_string(&mut file, &mut page).unwrap();
    assert!(
        page.contains("signs acceptance: totals are right now"),
        "{page}"
    );
    world
        .run(&["approve", &id, "--yes", "--plan", &plan])
        .ends(1)
        .refuses("", &["waits for no signature"], "tidegate approvals");
}
