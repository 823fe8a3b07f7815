//! The path of gates that a class of change takes: drawn by `why` and with the change, another one for an emergency.

use super::votes::{plan, sign_in};
use crate::world::World;

const RULES: &str = "\
---
teams:
  web: { members: [ana, farah] }
  risk: { members: [grace] }
  api: { members: [ana] }
---
policy: production
applies-to: { services: [web], tier: production }
documents: [impact]
classes:
  normal: { approvals: [{ from: owner }, { from: risk }] }
  emergency: { approvals: [{ from: owner }], needs: [incident, reason], expires: 2h }
never-by: [requester]
";

#[test]
fn each_class_draws_its_own_path_and_an_emergency_says_what_it_skips_and_what_holds() {
    let mut world = World::written();
    world.write(&format!("{}{RULES}", world.configuration()));
    world.start();
    sign_in(&world);
    world.arrived("web", "1.0.0", "dev");
    world.run(&["why", "web@1.0.0", "prod"]).ends(3).says(&[
        "Class normal asks: [ok] artifact > [ok] order > ",
        "[no] documents > [no] approval",
        "  not board (no board decides about such changes)",
    ]);
    let without = [
        "change",
        "emergency",
        "web@1.0.0",
        "prod",
        "--reason",
        "down",
    ];
    world
        .run_as("ana", "", &without)
        .ends(64)
        .refuses("TG2004", &["incident"], "--incident");
    let mut declare = without.to_vec();
    declare.extend(["--incident", "INC-7"]);
    world.run_as("ana", "", &declare).ends(0).says(&[
        "web@1.0.0 in prod is an emergency for INC-7",
        "holds     [ok] artifact > [ok] order > [ok] dependency > [ok] hold > [ok] environment > [ok] no-drift >",
        "[no] approval > [ok] freeze > [ok] vendor > [ok] apart > [ok] lock",
        "skips     soak, scope, documents, train, window, schedule, cover, rollback-owner, booking, calendar (an emergency does not wait for it)",
        "skips     board (an emergency is looked at afterwards)",
        "skips     review-debt (an emergency goes although another one owes its review)",
        "needs     approval: web (0 of 1: asked farah)",
    ]);
    world.run(&["why", "web@1.0.0", "prod"]).ends(3).says(&[
        "Class emergency asks: [ok] artifact",
        "not soak, scope, documents,",
    ]);
    let deploy = ["deploy", "web@1.0.0", "prod", "--no-wait"];
    let id = world.run_as("ana", "", &deploy).ends(0).out;
    let digest = plan(&world);
    let approve = ["approve", "CHG-1", "--yes", "--plan", &digest];
    world.run_as("farah", "", &approve).ends(0);
    world.until(id.trim(), |d| {
        d["phase"] == "confirmed" || d["phase"] == "succeeded"
    });
    world
        .run(&["change", "show", "CHG-1"])
        .ends(0)
        .says(&["path      [ok] artifact", "[ok] approval > [ok] freeze"]);
}
