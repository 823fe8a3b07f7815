//! Business units: what somebody may do in one of them ends where another one begins, and the company's rules stay the
//! company's.

use crate::world::World;

const UNITS: &str = "\
---
teams:
  web: { members: [ana] }
  api: { members: [ben] }
  risk: { members: [rita] }
---
units:
  retail: { teams: [web], roles: { web: admin } }
  bank: { teams: [api], roles: { api: operator } }
---
guardrail: money
owner: risk
forbid: |
  @message(\"nothing of tier 1 goes to production from here\")
  forbid (principal, action in Action::\"deploy\", resource)
  when { resource has service && resource.service.tier == 1 };
---
policy: own-rule
unit: retail
valid: 72h
";
const OWN: [&str; 2] = ["may not deploy there", "viewer, operator in bank"];
const ROLE: &str = "operator or admin of the unit whose business it is, or of the company";

/// A viewer of the whole company, signed in.
fn viewer(world: &World, who: &str) {
    world.signs_in(who, "viewer");
}

#[test]
fn what_somebody_may_do_in_a_unit_ends_where_another_one_begins() {
    let mut world = World::written();
    world.write(&format!("{}{UNITS}", world.configuration()));
    world.start();
    viewer(&world, "ana");
    viewer(&world, "ben");
    world.arrived("web", "1.0.0", "dev");
    world
        .run_as("ana", "", &["whoami"])
        .ends(0)
        .says(&["role          viewer", "in retail     admin"]);

    // Deploying.
    let deploy = ["deploy", "web@1.0.0", "prod", "--no-wait"];
    world
        .run_as("ben", "", &deploy)
        .ends(4)
        .refuses("TG2008", &OWN, ROLE);
    let unknown = ["deploy", "web@9.9.9", "prod", "--no-wait"];
    world
        .run_as("ben", "", &unknown)
        .ends(4)
        .refuses("TG2008", &OWN, ROLE);
    let may = ["role", "may", "release promote", "--on", "web@1.0.0"];
    let may = |who: &str| world.run_as(who, "", &may);
    may("ben").ends(4).says(&["no: release promote"]);
    may("ana").ends(0).says(&[
        "yes: release promote",
        "built-in policy `unit-administrators`",
    ]);
    let id = world.run_as("ana", "", &deploy).ends(0).out;
    let abort = ["abort", id.trim(), "--reason", "not ours"];
    world.run_as("ben", "", &abort).ends(4).refuses(
        "TG2008",
        &["may not abort a deployment there"],
        ROLE,
    );

    // Freezing.
    let freeze = |scope: &[&str]| {
        let mut words = vec![
            "freeze", "declare", "quiet", "--reason", "a test", "--for", "1h",
        ];
        words.extend(scope);
        words.into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let freeze = |who: &str, scope: &[&str]| {
        let words = freeze(scope);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        world.run_as(who, "", &words)
    };
    let declared = "may not declare a freeze there";
    freeze("ben", &["--service", "web"])
        .ends(4)
        .refuses("TG2008", &[declared], ROLE);
    freeze("ana", &[])
        .ends(4)
        .refuses("TG2008", &[declared], ROLE);
    freeze("ana", &["--service", "web,api"])
        .ends(4)
        .refuses("TG2008", &[declared], ROLE);
    freeze("ana", &["--unit", "retail"]).ends(0);
    let lift = ["freeze", "lift", "FRZ-quiet", "--reason", "done"];
    world.run_as("ben", "", &lift).ends(4).refuses(
        "TG2008",
        &["may not lift a freeze there"],
        ROLE,
    );
    world.run_as("ana", "", &lift).ends(0);

    // Environments of no unit are the company's.
    let hold = ["env", "lock", "prod", "--for", "1h", "--reason", "a look"];
    world.run_as("ana", "", &hold).ends(4).refuses(
        "TG2008",
        &["may not hold an environment there"],
        ROLE,
    );
}

#[test]
fn an_administrator_of_a_unit_makes_own_tokens_and_none_for_others() {
    let mut world = World::written();
    world.write(&format!("{}{UNITS}", world.configuration()));
    world.start();
    viewer(&world, "ana");
    viewer(&world, "ben");
    let create = ["token", "create", "robot", "--role", "operator"];
    world.run_as("ana", "", &create).ends(0);
    let others = ["token", "create", "x", "--role", "admin", "--owner", "ben"];
    let company = "it takes the role admin of the company";
    world.run_as("ana", "", &others).ends(4).refuses(
        "TG2008",
        &["may not make tokens for others"],
        company,
    );
    let agent = [
        "token",
        "create",
        "x",
        "--role",
        "agent",
        "--environments",
        "prod",
    ];
    world.run_as("ana", "", &agent).ends(4).refuses(
        "TG2008",
        &["beyond environments of their unit"],
        company,
    );
    let listed = world
        .run_as("ana", "", &["token", "list", "-o", "json"])
        .ends(0);
    let names: Vec<String> = listed.json()["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|token| token["name"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        names,
        ["robot"],
        "the server's own are nobody's but the company's"
    );
    world
        .run_as("ana", "", &["token", "revoke", "admin", "--yes"])
        .ends(1)
        .refuses("TG2003", &["there is no token `admin`"], "");
    world.run_as("ben", "", &["token", "list"]).ends(4).refuses(
        "TG2008",
        &["see or change who may come in"],
        "",
    );
    world
        .run_as("ana", "", &["user", "add", "x", "--role", "admin"])
        .ends(4)
        .refuses("TG2008", &["see or change who may come in"], "");
}

#[test]
fn rules_of_the_company_are_changed_by_nobody_in_a_unit_and_guardrails_by_no_new_friend_of_theirs()
{
    let mut world = World::written();
    let whole = format!("{}{UNITS}", world.configuration());
    world.write(&whole);
    world.start();
    viewer(&world, "ana");
    let apply = ["apply", "--yes", "--reason", "as agreed"];
    let refused = |text: String, what: &str| {
        world.write(&text);
        world.run_as("ana", "", &apply).ends(4).refuses(
            "TG2008",
            &[what, "is not theirs"],
            "admin of the unit",
        );
    };
    refused(
        whole.replace("members: [ben]", "members: [ben, ana]"),
        "bring a configuration into force: teams.api",
    );
    refused(
        whole.replace(
            "roles: { api: operator }",
            "roles: { api: operator, web: admin }",
        ),
        "bring a configuration into force: what belongs to no unit",
    );
    refused(
        whole.replace("tier == 1", "tier == 2"),
        "bring a configuration into force: guardrails.money",
    );
    // A service that a guardrail looks at does not change under it.
    refused(
        whole.replace("owner: web\n", "owner: web\ntier: 4\n"),
        "bring a configuration into force: guardrails.money for web",
    );
    // What is the unit's own.
    world.write(
        &whole
            .replace("members: [ana]", "members: [ana, cleo]")
            .replace("valid: 72h", "valid: 24h"),
    );
    world.run_as("ana", "", &apply).ends(0);

    // Whoever administers the company is no owner of its guardrails, and does not make themselves one.
    let friend = whole.replace("members: [rita]", "members: [rita, admin]");
    world.write(&friend);
    world.run(&["plan"]).ends(0).says(&[
        "weakens a control",
        "others answer for guardrail money; risk must agree to it",
    ]);
    world.run(&apply).ends(4).refuses(
        "TG2013",
        &["change who belongs to risk, which answers for guardrail money"],
        "risk (rita)",
    );
}
