//! Go/no-go criteria through the real program: frozen a day before the sitting, kept whatever is applied, answered by those
//! who are asked, and part of the gate after the board said go.

use super::boards::{asked, monday_with, sign_in_again, vote};
use crate::world::World;

const CRITERIA: &str = "freeze-criteria: 24h before
criteria:
  rehearsed: { text: the way back was rehearsed, owner: risk, answer: risk, valid: 7d }
  not-extreme: { text: the risk is not extreme, owner: web, holds: risk.score < 100 }
";

#[test]
fn criteria_are_kept_from_their_instant_on_and_a_go_waits_until_each_is_met() {
    let Some((world, text)) = monday_with(CRITERIA) else {
        return;
    };
    let id = asked(&world, "web", "40", "true");
    world.until(&id, |d| d["phase"] == "waiting");
    world.run(&["board", "agenda"]).ends(0).says(&[
        "agreed    2 criteria may change until Mon 23 Nov 2026 14:00",
        "criterion met      not-extreme  the risk is not extreme (web): `risk.score < 100` holds; seen",
        "criterion unknown  rehearsed  the way back was rehearsed (risk): nobody of risk answered",
        "missing   rehearsed by risk: nobody of risk answered",
    ]);
    world
        .run(&["why", "web@1.0.0", "prod"])
        .ends(3)
        .says(&["1 of 2 criteria met; rehearsed unknown (risk)"]);

    world.clock("2026-11-23T14:30:00[Europe/Berlin]");
    sign_in_again(&world);
    let agenda = crate::world::until(|| {
        let ran = world.run(&["board", "criteria"]);
        ran.out
            .contains("criteria frozen Mon 23 Nov 2026 14")
            .then_some(ran)
    });
    agenda.expect("it is frozen").says(&[
        "weekly-cab/2026-11-24: criteria frozen",
        "rehearsed    the way back was rehearsed (risk; answer of risk, good for 7d)",
    ]);
    let softer = "criteria:\n  not-extreme: { text: the risk is not extreme, owner: web, holds: risk.score < 100 }\n";
    world.write(&text.replace(CRITERIA, softer));
    world
        .run(&["plan"])
        .ends(0)
        .says(&["changes go without it"]);
    world
        .run(&["apply", "--yes", "--reason", "no drill"])
        .ends(0);
    world.run(&["board", "criteria"]).ends(0).says(&[
        "criteria frozen Mon 23 Nov 2026 14",
        "configuration: rehearsed is no longer asked: the way back was rehearsed",
        "those who lead the board take it over: tidegate board criteria --adopt --reason",
    ]);

    decided_and_open(&world, &id);
}

/// The board says go; the deployment waits for the one criterion that nobody answered.
fn decided_and_open(world: &World, id: &str) {
    vote(world, "dina", &["--go"]).ends(0);
    vote(world, "grace", &["--go"])
        .ends(0)
        .says(&["GO (2 votes"]);
    world.run(&["why", "web@1.0.0", "prod"]).ends(3).says(&[
        "board weekly-cab said go, and 1 of 2 criteria met; rehearsed unknown (risk)",
        "can change it: risk (rehearsed)",
    ]);
    world.run(&["release", "ready", "web@1.0.0"]).ends(3).says(&[
        "NO-GO web@1.0.0 -> prod   ",
        "board weekly-cab, Tue 24 Nov 2026 14",
        "[ok]     not-extreme: the risk is not extreme (web); `risk.score < 100` holds, seen Mon 23 Nov",
        "[broken] rehearsed: the way back was rehearsed (risk); nobody of risk answered",
        "environments",
        "prod: web does not run there (web); agent seen Mon 23 Nov",
        "missing",
        "criterion rehearsed of weekly-cab: nobody of risk answered (risk)",
        "tidegate board criterion CHG-1 rehearsed --met --evidence",
    ]);
    let adopt = [
        "board",
        "criteria",
        "--adopt",
        "--reason",
        "no drill this year",
    ];
    world.run_as("hugo", "", &adopt).ends(4).refuses(
        "TG2013",
        &["those who lead the board do"],
        "ask dina",
    );
    let answer = |what: &'static str| {
        [
            "board",
            "criterion",
            "web@1.0.0/prod",
            "rehearsed",
            what,
            "--evidence",
            "drill 12: 41 s",
        ]
    };
    world.run_as("farah", "", &answer("--met")).ends(4).refuses(
        "TG2013",
        &["farah has a part in web@1.0.0 (author"],
        "ask grace, hugo",
    );
    world
        .run_as("hugo", "", &answer("--unmet"))
        .ends(0)
        .says(&["criterion unmet    rehearsed", "hugo: drill 12: 41 s"]);
    world
        .run_as("hugo", "", &answer("--met"))
        .ends(0)
        .says(&["criterion met      rehearsed", "good until"]);
    world.until(id, |d| d["phase"] == "confirmed");
    let page = world
        .run(&["release", "ready", "web@1.0.0/prod", "-o", "json"])
        .ends(0)
        .json();
    assert_eq!(page["ready"], true, "{page:#}");
    assert_eq!(page["boards"][0]["criteria"][1]["state"], "met", "{page:#}");
    world
        .run(&["audit", "log", "--limit", "300"])
        .ends(0)
        .says(&["meeting.criteria_frozen/1", "meeting.criterion_answered/1"]);
}

#[test]
fn other_criteria_are_taken_over_by_a_decision_and_what_was_voted_is_void() {
    let Some((world, text)) = monday_with(CRITERIA) else {
        return;
    };
    asked(&world, "web", "40", "true");
    world.clock("2026-11-23T14:30:00[Europe/Berlin]");
    sign_in_again(&world);
    vote(&world, "grace", &["--go"])
        .ends(0)
        .says(&["1 of 2 votes"]);
    let stricter = "  load-tested: { text: a load test was run, owner: web, answer: risk }\n";
    world.write(&text.replace(CRITERIA, &format!("{CRITERIA}{stricter}")));
    world
        .run(&["apply", "--yes", "--reason", "the audit asks"])
        .ends(0);
    let adopt = ["board", "criteria", "--adopt", "--reason", "the audit asks"];
    world.run_as("dina", "", &adopt).ends(0).says(&[
        "criteria changed by dina",
        "load-tested  a load test was run (web; answer of risk)",
    ]);
    world
        .run(&["board", "agenda"])
        .ends(0)
        .says(&["0 of 2 votes"]);
    world.run_as("dina", "", &adopt).ends(64).refuses(
        "TG2004",
        &["the configuration has the same criteria"],
        "apply it first",
    );
}
