//! What support needs while a customer is on the line: known issues by version, and the notes of a release.

use crate::imports::get;
use crate::world::World;

const ISSUES: &str = "\
known-issues:
  - Slow on Mondays.
  - { id: refunds, text: Large refunds time out., workaround: Split them., since: 1.1.0, fixed-in: 1.2.0, public: true }
";

#[test]
fn a_known_issue_comes_with_its_version_and_goes_with_the_fix() {
    let mut world = World::written();
    let text = world.configuration();
    let text = text.replacen("owner: web\n", &format!("owner: web\n{ISSUES}"), 1);
    world.write(&text);
    world.start();
    let show = ["service", "show", "web"];
    let issues = ["service", "issues", "web", "--env", "dev"];
    world.arrived("web", "1.0.0", "dev");
    let shown = world
        .run(&show)
        .ends(0)
        .says(&["dev  1.0.0 since", "issues: issue-1"]);
    assert!(!shown.out.contains("refunds"), "{shown:#?}");

    world.arrived("web", "1.1.0", "dev");
    world.run(&show).ends(0).says(&[
        "issues: issue-1, refunds",
        "refunds (since 1.1.0, fixed in 1.2.0): Large refunds time out.",
        "workaround: Split them.",
    ]);
    world
        .run(&issues)
        .ends(0)
        .says(&["web\trefunds\tsince 1.1.0, fixed in 1.2.0\tdev\tLarge refunds"]);
    let old = [
        "service",
        "issues",
        "web",
        "--version",
        "1.0.9",
        "-o",
        "json",
    ];
    let old = world.run(&old).ends(0).json();
    let ids: Vec<&str> = old["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|i| i["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["issue-1"]);
    let public = world
        .run(&["service", "issues", "--public", "-o", "json"])
        .ends(0)
        .json();
    let public = public["items"].as_array().unwrap();
    assert_eq!(
        (public.len(), public[0]["id"].as_str()),
        (1, Some("refunds"))
    );
    assert!(public[0]["environments"].is_null(), "{public:?}");

    world
        .run(&["release", "notes", "web@1.1.0", "dev"])
        .ends(0)
        .says(&[
            "web@1.1.0 -> dev   replaces web@1.0.0",
            "migrations not known",
            "way back\n  1 ",
            "known issues\n  issue-1",
            "refunds (since 1.1.0",
        ]);
    world.arrived("web", "1.2.0", "dev");
    let shown = world.run(&show).ends(0);
    assert!(!shown.out.contains("refunds"), "{shown:#?}");
    world
        .run(&["release", "notes", "web@1.2.0", "dev"])
        .ends(0)
        .says(&["fixed\n  refunds"]);
    world.run(&["service", "show", "nothing"]).ends(1).refuses(
        "TG2003",
        &["no service `nothing`"],
        "",
    );
}

#[test]
fn customers_read_what_is_public_without_signing_in_where_the_company_says_so() {
    let mut world = World::written();
    let text = world.configuration();
    let text = text.replacen("owner: web\n", &format!("owner: web\n{ISSUES}"), 1);
    world.write(&text);
    world.start();
    let address = format!("{}/feeds/known-issues.json", world.url());
    let (status, answer) = get(&address);
    assert_eq!(status, 404, "{answer}");
    assert!(answer.contains("public-feeds: [known-issues]"), "{answer}");
    world.write(&text.replacen(
        "tidegate: 1\n",
        "tidegate: 1\npublic-feeds: [known-issues]\n",
        1,
    ));
    world.run(&["plan"]).ends(0).says(&[
        "public-feeds",
        "weakens a control: anybody reads it without signing in",
    ]);
    world
        .run(&["apply", "--yes", "--reason", "for customers"])
        .ends(0);
    assert_eq!(get(&address), (200, r#"{"items":[]}"#.to_owned()));
    world.arrived("web", "1.1.0", "prod");
    let (status, answer) = get(&address);
    let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
    let items = serde_json::json!([{
        "service": "web", "id": "refunds", "text": "Large refunds time out.", "workaround": "Split them.", "fixedIn": "1.2.0"
    }]);
    assert_eq!(
        (status, &answer["items"]),
        (200, &items),
        "what is for the company alone stays there"
    );
    world.run(&["notify", "ledger"]).ends(0).says(&[
        "known issues",
        "web@1.1.0 is known to have Slow on Mondays.; refunds: Large refunds time out. (meanwhile: Split them.)",
    ]);
}
