//! Who says yes to a change, in whose place, and what a yes of somebody who may not leaves behind.

use crate::world::World;

pub const TEAMS: &str = "\
---
teams:
  web: { members: [ana, farah] }
  risk: { members: [grace] }
  api: { members: [ana] }
---
policy: dual-control
applies-to: { services: [web], tier: production }
approvals:
  - { from: owner }
  - { from: risk }
never-by: [requester]
valid: 24h
";

/// Ana, farah, grace and hugo are signed in; what goes to production needs two of them.
pub fn governed(more: &str) -> World {
    let mut world = World::written();
    world.write(&format!("{}{TEAMS}{more}", world.configuration()));
    world.start();
    sign_in(&world);
    world.arrived("web", "1.0.0", "dev");
    world
}

/// Ana, farah, grace and hugo get an account and sign in.
pub fn sign_in(world: &World) {
    for who in ["ana", "farah", "grace", "hugo"] {
        let role = if who == "ana" { "operator" } else { "approver" };
        world.signs_in(who, role);
    }
}

/// The digest of the plan that waits in production.
pub fn plan(world: &World) -> String {
    let change = world
        .run(&["change", "show", "CHG-1", "-o", "json"])
        .ends(0)
        .json();
    change["plan"]["digest"].as_str().unwrap().to_owned()
}

/// Two hours from now.
fn later() -> String {
    let later = std::time::SystemTime::now() + std::time::Duration::from_secs(7_200);
    jiff::Timestamp::try_from(later).unwrap().to_string()
}

#[test]
fn a_deputy_decides_until_the_right_is_taken_back_and_never_about_the_holders_own_change() {
    let world = governed("");
    let deploy = &["deploy", "web@1.0.0", "prod", "--no-wait", "--reason", "x"];
    let id = world.run_as("ana", "", deploy).ends(0).out;
    let id = id.trim();
    let plan = plan(&world);
    let yes = |who: &str, more: &[&str]| {
        let mut all = vec!["approve", "CHG-1", "--yes", "--plan", &plan];
        all.extend(more);
        world.run_as(who, "", &all)
    };
    yes("hugo", &[])
        .ends(4)
        .refuses("TG2013", &["hugo is not asked"], "farah, grace");

    let lend = |who: &str, team: &str, to: &str| {
        let until = "2099-01-01 09:00";
        let all = [
            "delegate", team, "--to", to, "--until", until, "--reason", "on leave",
        ];
        world.run_as(who, "", &all)
    };
    lend("grace", "risk", "hugo").ends(64).refuses(
        "TG2004",
        &["a delegation lasts at most 90 days"],
        "--until",
    );
    let later = later();
    let soon = [
        "delegate", "risk", "--to", "hugo", "--until", &later, "--reason", "on leave",
    ];
    world.run_as("farah", "", &soon).ends(4).refuses(
        "TG2013",
        &["farah is no member of risk"],
        "ask grace",
    );
    world
        .run_as("grace", "", &soon)
        .ends(0)
        .says(&["DLG-1: hugo decides for grace in risk until", "on leave"]);
    world
        .run(&["delegate", "list"])
        .ends(0)
        .says(&["DLG-1\trisk\tgrace\thugo"]);
    world
        .run(&["calendar", "show", "--kinds", "delegation"])
        .ends(0)
        .says(&["delegation\tDLG-1\tinforms\tnow"]);
    let own = [
        "delegate", "web", "--to", "hugo", "--until", &later, "--reason", "on leave",
    ];
    world.run_as("ana", "", &own).ends(0);
    yes("hugo", &["--instead-of", "ana"]).ends(4).refuses(
        "TG2013",
        &["ana is a requester of web@1.0.0"],
        "ask",
    );
    yes("farah", &[]).ends(0).says(&["still missing: risk"]);
    yes("hugo", &["--instead-of", "grace"]).ends(0);
    world.until(id, |d| d["phase"] != "waiting");
    world
        .run_as(
            "hugo",
            "",
            &["delegate", "revoke", "DLG-1", "--reason", "she is back"],
        )
        .ends(0)
        .says(&["DLG-1: revoked", "revoked by hugo: she is back"]);
    world
        .run(&["audit", "log", "--limit", "200"])
        .ends(0)
        .says(&["delegation.lent/1", "delegation.revoked/1"]);
}
