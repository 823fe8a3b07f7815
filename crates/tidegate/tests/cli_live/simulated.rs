//! Rules that are tried on what was before they hold, and questions about the risk that people answer.

use super::votes::{governed, plan};
use crate::world::World;

const QUESTION: &str = "---
risk: ours
weights: { rollback: 50, timing: 50 }
---
risk-question: rehearsed
ask: Was the way back rehearsed?
factor: rollback
share: 100
answers: { done: 0, missing: 100 }
";

fn file(world: &World, name: &str, text: &str) -> String {
    let path = world.root().join(name);
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}

#[test]
fn an_answer_lowers_the_risk_and_what_is_no_answer_is_refused() {
    let world = governed(QUESTION);
    world
        .run(&["risk", "explain", "web@1.0.0", "prod"])
        .ends(0)
        .says(&[
            "Was the way back rehearsed?: not known, counts at its worst",
            "answer it: tidegate risk answer web@1.0.0 rehearsed=done|missing",
        ]);
    let answer = |text: &str| world.run_as("ana", "", &["risk", "answer", "web@1.0.0", text]);
    answer("rehearsed=perhaps").ends(64).refuses(
        "TG2004",
        &["`perhaps` is no answer to rehearsed: Was the way back rehearsed?"],
        "done, missing",
    );
    answer("rehersed=done").ends(64).refuses(
        "TG2004",
        &["there is no question rehersed"],
        "rehearsed",
    );
    let half = answer("rehearsed").ends(64);
    assert!(half.err.contains("write `question=answer`"), "{half:#?}");
    answer("rehearsed=done")
        .ends(0)
        .says(&["Was the way back rehearsed? done (ana)"]);
    world
        .run(&["audit", "log", "--limit", "50"])
        .ends(0)
        .says(&["release.answered/1"]);
}

#[test]
fn proposed_rules_are_judged_by_what_was_recorded_beside_those_in_force() {
    let world = governed("");
    let deploy = &["deploy", "web@1.0.0", "prod", "--no-wait", "--reason", "x"];
    let id = world.run_as("ana", "", deploy).ends(0).out;
    let digest = plan(&world);
    for who in ["farah", "grace"] {
        let yes = ["approve", "CHG-1", "--yes", "--plan", &digest];
        world.run_as(who, "", &yes).ends(0);
    }
    world.until(id.trim(), |d| d["phase"] == "succeeded");
    let closed = || {
        let change = world.run(&["change", "show", "CHG-1", "-o", "json"]).json();
        (change["phase"] == "closed").then_some(())
    };
    crate::world::until(closed).expect("it held");

    let lax =
        "policy: dual-control\nclasses:\n  standard: { when: risk.score <= 100, approvals: [] }\n";
    let lax = file(&world, "lax.yaml.proposed", lax);
    let said = world
        .run(&["simulate", "policy", "-f", &lax, "--since", "1d"])
        .ends(0);
    said.says(&[
        "1 release replayed since",
        "0 would have needed the board (was 0), 0 other approvals (was 1), 1 none (was 0)",
        "no failed release would have passed without approval",
        "CHG-1 web@1.0.0 prod   successful",
        "needs web 1, risk 1",
        "proposed  standard, risk",
        "needs nobody",
    ]);
    // Nothing was changed by asking.
    world.run(&["plan", "--detailed-exitcode"]).ends(0);
    let wrong = file(
        &world,
        "wrong.yaml.proposed",
        "policy: dual-control\napprovals: [{ from: nobodies }]\n",
    );
    world
        .run(&["simulate", "policy", "-f", &wrong])
        .ends(65)
        .says(&[]);
    world
        .run(&[
            "simulate",
            "policy",
            "-f",
            &lax,
            "--since",
            "2099-01-01 00:00",
        ])
        .ends(0)
        .says(&["0 releases replayed"]);
}
