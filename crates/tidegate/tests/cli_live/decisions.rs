//! Back or stay through the real program: the owner does not answer, the deputy is asked, an executive lets it stay for a time,
//! and the way back is what is carried out.

use crate::world::World;

const COMPANY: &str = "tidegate: 1
company: Example
zone: Europe/Berlin
---
teams:
  web: { members: [ana, emil] }
  sre: { members: [ines] }
  office: { members: [vera] }
---
environments:
  prod: { tier: production }
---
pipeline: standard
strategy: slow
watch: 1s
---
strategy: slow
canary:
  - { to: 10%, hold: 5h }
  - { to: 100% }
";

const PEOPLE: [(&str, &str); 4] = [
    ("ana", "operator"),
    ("emil", "approver"),
    ("ines", "approver"),
    ("vera", "approver"),
];

/// Monday, 23 November 2026, 09:00: a tenth of `prod` is `web@1.1.0`; the deployment.
fn monday() -> Option<(World, String)> {
    let mut world = World::written_at("2026-11-23T09:00:00[Europe/Berlin]")?;
    let (program, port) = (env!("CARGO_BIN_EXE_tidegate"), world.port());
    let service = format!(
        "---
service: web
owner: web
run: {{ command: [\"{program}\", demo-service, --behaviour, behaviour.json], port: {port}, instances: 1, grace: 1s }}
health: {{ get: /healthz, every: 1s, timeout: 1s, deadline: 20s }}
rollback:
  within: 5m
  decides:
    deputy: sre
    executive: office
    answer-within: 10m
    criteria: more than 2% of checkouts fail
"
    );
    world.write(&format!("{COMPANY}{service}"));
    world.start();
    for (who, role) in PEOPLE {
        world.signs_in(who, role);
    }
    world.arrived("web", "1.0.0", "prod");
    world.released("web", "1.1.0");
    let deploy = [
        "deploy",
        "web@1.1.0",
        "prod",
        "--no-wait",
        "--reason",
        "launch",
    ];
    let id = world.run_as("ana", "", &deploy).ends(0).out;
    let id = id.trim().to_owned();
    world.until(&id, |d| {
        d["step"]["until"].is_string() && d["share"] == 1_000
    });
    Some((world, id))
}

#[test]
fn a_bad_version_stays_only_for_a_time_and_goes_back_when_anybody_who_is_asked_says_so() {
    let Some((world, id)) = monday() else { return };
    let open = [
        "decision",
        "open",
        &id,
        "--reason",
        "checkout errors in the shops",
        "--effect",
        "120 EUR a minute",
    ];
    world.run_as("ana", "", &open).ends(0).says(&[
        "DEC-1: web@1.1.0 in prod: back or stay? web (ana, emil) is asked until Mon 23 Nov 2026 09:1",
        "seen      checkout errors in the shops",
        "effect    120 EUR a minute",
        "agreed    more than 2% of checkouts fail",
        "asked     web, then sre",
        "otherwise it goes back Mon 23 Nov 2026 09:2",
        "office: tidegate decision resolve DEC-1 --stay",
    ]);
    let advance = ["advance", &id, "--reason", "it is fine"];
    world.run_as("ana", "", &advance).ends(64).refuses(
        "TG2004",
        &["DEC-1 is open: whether it goes back or stays is not decided"],
        "tidegate decision resolve DEC-1",
    );

    world.clock("2026-11-23T09:14:00[Europe/Berlin]");
    let asked = crate::world::until(|| {
        let ran = world.run(&["decision", "show", "DEC-1"]);
        ran.out.contains("sre (ines) is asked").then_some(ran)
    });
    asked.expect("the deputy is asked");
    decided(&world, &id);
}

/// An executive lets it stay; the deputy takes it back; both orders are kept.
fn decided(world: &World, id: &str) {
    let stay = [
        "decision",
        "resolve",
        "DEC-1",
        "--stay",
        "--until",
        "2026-11-23 10:00",
        "--reason",
        "the launch; refunds only",
    ];
    world.run_as("emil", "", &stay).ends(4).refuses(
        "TG2013",
        &["only office lets it stay against its criteria"],
        "ask vera",
    );
    world.run_as("vera", "", &stay).ends(0).says(&[
        "DEC-1: web@1.1.0 in prod: stays until Mon 23 Nov 2026 10:00",
        "order     stay until Mon 23 Nov 2026 10:00",
    ]);
    world
        .run(&["decision", "list"])
        .ends(0)
        .says(&["DEC-1\tweb@1.1.0\tprod\tstaying\t"]);
    let back = [
        "decision",
        "resolve",
        "DEC-1",
        "--roll-back",
        "--reason",
        "it is more than refunds",
    ];
    world
        .run_as("ines", "", &back)
        .ends(0)
        .says(&["DEC-1: web@1.1.0 in prod: goes back"]);
    world.until(id, |d| d["phase"] == "rolled-back");
    world
        .run_as("vera", "", &stay)
        .ends(0)
        .says(&["(not carried out: the way back was ordered)"]);
    world
        .run(&["audit", "log", "--limit", "300"])
        .ends(0)
        .says(&[
            "decision.opened/1",
            "decision.escalated/1",
            "decision.ordered/1",
        ]);
}

#[test]
fn when_nobody_answers_it_goes_back() {
    let Some((world, id)) = monday() else { return };
    let open = ["decision", "open", &id, "--reason", "checkout errors"];
    world.run_as("emil", "", &open).ends(0);
    world.clock("2026-11-23T09:30:00[Europe/Berlin]");
    world.until(&id, |d| d["phase"] == "rolled-back");
    world
        .run(&["decision", "show", "DEC-1"])
        .ends(0)
        .says(&["lapsed: nobody decided in time: it went back"]);
}
