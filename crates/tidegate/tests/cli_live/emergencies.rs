//! An emergency on the command line: refused without an incident, loud, and in the list of overrides with its own reason.

use crate::world::World;

const COMPANY: &str = "\
tidegate: 1
teams:
  web: { members: [ana] }
  sre: { members: [ines] }
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
approvals: [{ from: sre, count: 1 }]
classes:
  emergency: { needs: [incident, reason, root-cause], approvals: [{ from: sre, count: 1 }], expires: 4h, review-within: 2 working days }
---
service: web
owner: web
run: { command: [./web], port: 18080 }
";

#[test]
fn an_emergency_is_told_at_once_and_stands_among_the_overrides_with_its_own_reason() {
    let mut world = World::written();
    world.write(COMPANY);
    world.start();
    world.signs_in("ana", "operator");
    world.signs_in("ines", "approver");
    world.released("web", "1.0.0");
    let deploy = ["deploy", "web@1.0.0", "prod", "--no-wait"];
    let id = world.run_as("ana", "", &deploy).ends(0).out;
    world.until(id.trim(), |d| d["phase"] == "waiting");
    let declare = |more: &[&str]| {
        let emergency = [
            "change",
            "emergency",
            "web@1.0.0",
            "prod",
            "--reason",
            "double charges",
        ];
        world.run_as("ana", "", &[emergency.as_slice(), more].concat())
    };
    declare(&[])
        .ends(64)
        .refuses("TG2004", &["an emergency needs its incident"], "--incident");
    declare(&["--incident", "INC-31"])
        .ends(64)
        .refuses("TG2004", &["root cause"], "--root-cause");
    let declared = declare(&[
        "--incident",
        "INC-31",
        "--root-cause",
        "a retry without a key",
    ]);
    declared.ends(0).says(&[
        "CHG-1: web@1.0.0 in prod is an emergency for INC-31. Expires",
        "needs     approval: sre (0 of 1: asked ines)",
        "owed      the review, by somebody else than ana",
    ]);
    world.run(&["notify", "ledger"]).ends(0).says(&[
        "emergency until",
        "INC-31: double charges",
        "ana, ines",
    ]);
    let listed = world.run(&["audit", "overrides"]).ends(0);
    assert!(
        listed.out.contains("emergency\tCHG-1") && listed.out.contains("double charges"),
        "{listed:#?}"
    );
    assert!(
        !listed.out.contains("nobody who was asked answered"),
        "{listed:#?}"
    );
}
