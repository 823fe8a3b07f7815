//! Policies of the configuration on who may do what: who is refused and why, and who may change the policy.

use crate::world::World;

const TEAMS: &str = "\
---
teams:
  web: { members: [ana] }
  api: { members: [ana] }
  risk: { members: [rita] }
";
const MONEY: &str = "\
---
guardrail: money
owner: risk
forbid: |
  @id(\"owners\")
  @message(\"only its owners bring a service to production\")
  forbid (principal, action in Action::\"deploy\", resource)
  when { resource has environment && resource.environment.tier == \"production\" }
  unless { resource has service && principal in resource.service.owner };
";

#[test]
fn a_guardrail_stops_whom_it_names_and_only_its_owners_take_it_away() {
    let mut world = World::written();
    let without = format!("{}{TEAMS}", world.configuration());
    let whole = format!("{without}{MONEY}");
    world.write(&whole);
    world.start();
    for (who, role) in [("ana", "operator"), ("rita", "admin")] {
        world.signs_in(who, role);
    }
    world.arrived("web", "1.0.0", "dev");
    let line = whole.lines().position(|l| l.contains("@id")).unwrap() + 1;
    let rule = format!("guardrail money: owners (tidegate.yaml:{line})");
    let said = [
        "only its owners bring a service to production",
        rule.as_str(),
    ];
    let ways: [&[&str]; 3] = [
        &["deploy", "web@1.0.0", "prod", "--no-wait"],
        &["deploy", "web@1.0.0", "prod", "--dry-run"],
        &["promote", "web@1.0.0", "--to", "prod", "--no-wait"],
    ];
    for way in ways {
        world
            .run(way)
            .ends(4)
            .refuses("TG2016", &said, "owns the policy");
    }
    world
        .run(&["audit", "log", "--limit", "200"])
        .ends(0)
        .says(&["access.refused/1"]);

    let asked = [
        "role",
        "may",
        "release",
        "promote",
        "--on",
        "web@1.0.0",
        "--env",
        "prod",
    ];
    world
        .run(&asked)
        .ends(4)
        .says(&["no: release promote", &rule]);
    world
        .run_as("ana", "", &asked)
        .ends(0)
        .says(&["yes: release promote", "built-in policy `operators`"]);
    world.run_as("ana", "", &["role", "may"]).ends(0).says(&[
        "config apply\tno\tit takes the role admin",
        "freeze lift\tyes",
    ]);

    // Nobody loosens it but those who answer for it; what they agreed to goes at once.
    world.write(&without);
    world.run(&["plan"]).ends(0).says(&[
        "weakens a control",
        "nothing forbids it any more; risk must agree to it",
    ]);
    world.run(&["apply", "--yes"]).ends(4).refuses(
        "TG2013",
        &[
            "change or remove guardrail money",
            "risk answers for it (tidegate.yaml:",
        ],
        "risk (rita)",
    );
    let apply = &["apply", "--yes", "--reason", "the owners deploy"];
    world.run_as("ana", "", apply).ends(4).refuses(
        "TG2008",
        &["ana (operator) may not bring a configuration into force"],
        "it takes the role admin",
    );
    world.write(&whole.replace("owner: risk", "owner: web"));
    world
        .run(&["apply", "--yes"])
        .ends(4)
        .refuses("TG2013", &["guardrail money"], "risk (rita)");
    world.write(&whole);
    let deploy = ["deploy", "web@1.0.0", "prod", "--no-wait"];
    world.run_as("ana", "", &deploy).ends(0);
    world.write(&without);
    world.run_as("rita", "", apply).ends(0);
}

const OWNED: &str = "\
---
policy: dual
owner: risk
applies-to: { tier: production }
approvals: [{ from: web, count: 2 }]
";

#[test]
fn a_policy_with_an_owner_is_weakened_by_nobody_else_and_strengthened_by_everybody() {
    let mut world = World::written();
    let teams = TEAMS.replace("web: { members: [ana]", "web: { members: [ana, ben]");
    let whole = format!("{}{teams}{OWNED}", world.configuration());
    world.write(&whole);
    world.start();
    world.signs_in("rita", "admin");
    let line = whole
        .lines()
        .position(|l| l.contains("policy: dual"))
        .unwrap()
        + 1;
    let answers = format!("risk answers for it (tidegate.yaml:{line})");
    let weaker = whole.replace("count: 2", "count: 1");
    world.write(&weaker);
    world.run(&["plan"]).ends(0).says(&[
        "1 instead of 2 must say yes; risk must agree to it",
        "1 weakens a control",
    ]);
    let what = ["weaken policies.dual by policies.dual.approvals", &answers];
    world
        .run(&["apply", "--yes"])
        .ends(4)
        .refuses("TG2013", &what, "risk (rita)");
    for other in [
        whole.replace("owner: risk\n", ""),
        whole.replace("members: [rita]", "members: [rita, ana]"),
        whole.replace(OWNED, ""),
    ] {
        assert_ne!(other, whole);
        world.write(&other);
        world.run(&["apply", "--yes"]).ends(4).refuses(
            "TG2013",
            &["weaken policies.dual", &answers],
            "risk (rita)",
        );
    }
    world.write(&whole.replace("count: 2", "count: 2 }, { from: risk"));
    world.run(&["apply", "--yes"]).ends(0);
    world.write(&weaker);
    world.run_as("rita", "", &["apply", "--yes"]).ends(0);
}

#[test]
fn a_text_with_a_mistake_is_refused_with_its_line_before_it_holds() {
    let world = World::written();
    let wrong = MONEY.replace("environment.tier ==", "environment.teir ==");
    let whole = format!("{}{TEAMS}{wrong}", world.configuration());
    world.write(&whole);
    let line = whole.lines().position(|l| l.contains("teir")).unwrap() + 1;
    let ran = world.run(&["validate"]).ends(65);
    for part in [
        "TG0471",
        "did you mean `tier`",
        &format!("tidegate.yaml:{line}"),
    ] {
        let text = format!("{}{}", ran.out, ran.err);
        assert!(text.contains(part), "`{part}` is missing in {text}");
    }
}

/// The digest of the only proposal.
fn proposed(world: &World) -> String {
    let listed = world.run(&["config", "proposals", "-o", "name"]).ends(0);
    listed.out.trim().to_owned()
}

#[test]
fn somebody_else_weakens_a_control_after_its_owner_said_yes_to_exactly_that() {
    let mut world = World::written();
    let owned = OWNED.replace("count: 2", "count: 1");
    let strict = format!("{}{TEAMS}{owned}valid: 1h\n", world.configuration());
    world.write(&strict);
    world.start();
    for (who, role) in [("ana", "admin"), ("ben", "admin"), ("rita", "approver")] {
        world.signs_in(who, role);
    }
    let looser = strict.replace("valid: 1h", "valid: 9h");
    world.write(&looser);
    let refused = ["weaken policies.dual", "risk answers for it"];
    let apply = ["apply", "--yes", "--reason", "a long night"];
    world.run_as("ana", "", &apply).ends(4).refuses(
        "TG2013",
        &refused,
        "`tidegate config propose`",
    );
    let propose = ["config", "propose", "--reason", "a long night"];
    world
        .run_as("ana", "", &propose)
        .ends(0)
        .says(&["waiting upon revision 1", "risk (rita) for policies.dual"]);
    let digest = proposed(&world);
    let yes = [
        "config",
        "approve",
        &digest[..16],
        "--reason",
        "until Monday",
    ];
    let plan = format!("ana proposed it: `tidegate config approve {digest}`");
    world
        .run(&["plan"])
        .ends(0)
        .says(&["needs: risk (rita) for policies.dual", &plan]);
    world
        .run(&["config", "show"])
        .ends(0)
        .says(&["proposed by ana: ", "waits for risk (rita)"]);
    // Neither whoever wants it nor another administrator says yes in the place of its owner.
    let own = ["whoever proposes it does not approve it"];
    world
        .run_as("ana", "", &yes)
        .ends(4)
        .refuses("TG2013", &own, "ask risk (rita)");
    world.run_as("ben", "", &yes).ends(4).refuses(
        "TG2013",
        &["others answer for what it weakens"],
        "risk",
    );
    world
        .run_as("rita", "", &yes)
        .ends(0)
        .says(&["agreed upon revision 1", "rita said yes"]);

    // The yes is to this and nothing else.
    world.write(&strict.replace("valid: 1h", "valid: 10h"));
    world
        .run_as("ana", "", &apply)
        .ends(4)
        .refuses("TG2013", &refused, "risk (rita)");
    world.run_as("ana", "", &propose).ends(0);
    world.write(&looser);
    world
        .run_as("ana", "", &apply)
        .ends(4)
        .refuses("TG2013", &refused, "risk (rita)");

    world.run_as("ana", "", &propose).ends(0);
    world.run_as("rita", "", &yes).ends(0);
    world
        .run(&["plan"])
        .ends(0)
        .says(&["rita said yes to exactly this"]);
    world.run_as("ana", "", &apply).ends(0);
    world.run(&["config", "proposals"]).ends(0).says(&[]);
    world.run(&["audit", "overrides"]).ends(0).says(&[
        "control weakened with its owner's yes\trevision 2",
        "yes by rita (risk)",
        "a long night: policies.dual",
    ]);
    let kept = world.run(&["audit", "log", "--limit", "200"]).ends(0);
    for kind in ["config.proposed/1", "config.approved/1", "access.refused/1"] {
        assert!(kept.out.contains(kind), "{kind} is missing in {}", kept.out);
    }
}
