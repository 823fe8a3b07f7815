//! A board through the real program, from Monday's request to Tuesday's sitting: what needs it waits, members vote before they
//! meet, a condition becomes a gate, and what it leaves undecided moves to the next sitting.

use crate::signed_in::WORDS;
use crate::world::{Ran, World};

const COMPANY: &str = "tidegate: 1
company: Example
zone: Europe/Berlin
---
teams:
  web: { members: [ana, farah] }
  risk: { members: [grace, hugo] }
  office: { members: [dina] }
---
environments:
  staging: { tier: test }
  prod: { tier: production, after: staging, port-offset: 10 }
---
pipeline: standard
strategy: recreate
watch: 1s
---
board: weekly-cab
meets: every week on Tue at 14:00
chair: office
members: [web, risk, office]
quorum: 2
reviews: change.class == \"normal\" && (change.migrates || change.size >= 20)
agenda-closes: 24h before
";

const PEOPLE: [(&str, &str); 5] = [
    ("ana", "operator"),
    ("farah", "approver"),
    ("grace", "approver"),
    ("hugo", "approver"),
    ("dina", "approver"),
];

/// Monday, 23 November 2026, in the morning: `web` and `api` are there, and everybody is known.
fn monday() -> Option<World> {
    Some(monday_with("")?.0)
}

/// The same with more about the board; and the whole text.
pub(super) fn monday_with(more: &str) -> Option<(World, String)> {
    let mut world = World::written_at("2026-11-23T09:00:00[Europe/Berlin]")?;
    let program = env!("CARGO_BIN_EXE_tidegate");
    let mut text = format!("{COMPANY}{more}");
    for (n, service) in ["web", "api"].into_iter().enumerate() {
        let port = usize::from(world.port()) + n;
        text.push_str(&format!(
            "---\nservice: {service}\nowner: web\nrun: {{ command: [\"{program}\", demo-service, --behaviour, behaviour.json], port: {port}, instances: 1, grace: 1s }}\nhealth: {{ get: /healthz, every: 1s, timeout: 1s, deadline: 20s }}\n"
        ));
    }
    world.write(&text);
    world.start();
    for (who, role) in PEOPLE {
        world.signs_in(who, role);
    }
    Some((world, text))
}

/// Sign-ins end while the clock moves on.
pub(super) fn sign_in_again(world: &World) {
    for (who, _) in PEOPLE {
        world
            .run_as(who, WORDS, &["login", who, "--password-stdin"])
            .ends(0);
    }
}

/// Registered with what is new in it, tested, and asked for in production; the deployment.
pub(super) fn asked(world: &World, service: &str, commits: &str, migrates: &str) -> String {
    let release = format!("{service}@1.0.0");
    world
        .run(&[
            "artifact",
            "register",
            &release,
            &world.bits(service, "1.0.0"),
            "--author",
            "farah",
            "--commits",
            commits,
            "--migrates",
            migrates,
        ])
        .ends(0);
    world.run(&["release", "create", &release]).ends(0);
    world
        .run(&["promote", &release, "--to", "staging", "--timeout", "60s"])
        .ends(0);
    let deploy = ["deploy", &release, "prod", "--no-wait", "--reason", "ready"];
    let id = world.run_as("ana", "", &deploy).ends(0).out;
    id.trim().to_owned()
}

pub(super) fn vote(world: &World, who: &str, what: &[&str]) -> Ran {
    let all = [&["board", "vote", "web@1.0.0/prod"], what].concat();
    world.run_as(who, "", &all)
}

#[test]
fn a_risky_change_waits_for_tuesdays_board_and_a_small_one_never_comes_there() {
    let Some(world) = monday() else { return };
    let small = asked(&world, "api", "2", "false");
    world.until(&small, |d| d["phase"] == "confirmed");
    let risky = asked(&world, "web", "40", "true");
    world.until(&risky, |d| d["phase"] == "waiting");
    world.run(&["board", "list"]).ends(0).says(&[
        "weekly-cab\tevery week on Tue at 14:00 Europe/Berlin\t",
        "\t1\t2 of 3\t",
    ]);
    let agenda = world.run(&["board", "agenda"]).ends(0).says(&[
        "weekly-cab, Tue 24 Nov 2026 14:00",
        "web@1.0.0 -> prod",
        "0 of 2 votes",
        "asked     dina, grace, hugo",
    ]);
    assert!(!agenda.out.contains("api@1.0.0"), "{agenda:#?}");
    world.run(&["why", "web@1.0.0", "prod"]).ends(3).says(&[
        "board weekly-cab decides, Tue 24 Nov 2026 14:00 Berlin: 0 of 2 votes",
        "tidegate.yaml:",
    ]);
    world
        .run(&["calendar", "show", "--kinds", "board"])
        .ends(0)
        .says(&["board\tweekly-cab\tinforms"]);

    vote(&world, "ana", &["--go"]).ends(4).refuses(
        "TG2013",
        &["ana has a part in web@1.0.0 (requester"],
        "ask dina, grace, hugo",
    );
    vote(&world, "farah", &["--go"]).ends(4).refuses(
        "TG2013",
        &["farah has a part in web@1.0.0 (author"],
        "ask",
    );
    vote(&world, "grace", &["--go", "--plan", "sha256:00000000"])
        .ends(7)
        .refuses("", &["has another plan by now"], "look at the agenda again");
    let condition = [
        "--go-if",
        "load test repeated",
        "--owner",
        "farah",
        "--until",
        "2026-11-26 12:00",
        "--reason",
        "the last one was short",
    ];
    vote(&world, "grace", &condition)
        .ends(0)
        .says(&["1 of 2 votes: grace go-if", "asked     dina"]);
    vote(&world, "dina", &["--go"]).ends(0).says(&[
        "GO, if 0 of 1 met",
        "1 load test repeated (farah, by Thu 26 Nov",
    ]);
    world.run(&["why", "web@1.0.0", "prod"]).ends(3).says(&[
        "board weekly-cab said go, if: 1 load test repeated (farah until Thu 26 Nov 2026 12:00 Berlin)",
    ]);
    let met = [
        "board",
        "condition",
        "CHG-2",
        "1",
        "--met",
        "--evidence",
        "run 4711: p95 180 ms",
    ];
    world.run_as("farah", "", &met).ends(4).refuses(
        "TG2013",
        &["farah has a part in web@1.0.0 (author"],
        "ask somebody without a part in it",
    );
    world
        .run_as("hugo", "", &met)
        .ends(0)
        .says(&["GO, if 1 of 1 met", "met, seen by hugo: run 4711"]);
    world.until(&risky, |d| d["phase"] == "confirmed");

    world.clock("2026-11-24T15:30:00[Europe/Berlin]");
    let minutes = crate::world::until(|| {
        let ran = world.run(&["board", "minutes"]);
        (ran.code == 0).then_some(ran)
    });
    minutes.unwrap().says(&[
        "weekly-cab, Tue 24 Nov 2026 14:00",
        "1 decided, 0 moved on, 0 no longer needed",
        "grace for risk: go-if, load test repeated; the last one was short",
        "dina for office: go",
    ]);
    let data = world
        .run(&["board", "minutes", "--meeting", "2026-11-24", "-o", "json"])
        .ends(0)
        .json();
    assert_eq!(data["items"][0]["state"], "go", "{data:#}");
    assert_eq!(
        data["items"][0]["conditions"][0]["metBy"], "hugo",
        "{data:#}"
    );
}

#[test]
fn without_a_quorum_an_item_moves_to_the_next_sitting_and_is_decided_there() {
    let Some(world) = monday() else { return };
    let id = asked(&world, "web", "40", "true");
    vote(&world, "hugo", &["--go"]).ends(0);
    let open = ["board", "open", "weekly-cab", "--reason", "urgent"];
    world.run_as("hugo", "", &open).ends(4).refuses(
        "TG2013",
        &["those who lead the board do"],
        "ask dina",
    );
    world.clock("2026-11-24T15:30:00[Europe/Berlin]");
    let minutes = crate::world::until(|| {
        let ran = world.run(&["board", "minutes"]);
        (ran.code == 0).then_some(ran)
    });
    minutes.unwrap().says(&[
        "0 decided, 1 moved on, 0 no longer needed",
        "moved to weekly-cab/2026-12-01: no quorum: 1 of 2 votes: hugo go",
    ]);
    world.run(&["why", "web@1.0.0", "prod"]).ends(3).says(&[
        "board weekly-cab decides, Tue 1 Dec 2026 14:00 Berlin: 1 of 2 votes: hugo go",
        "moved from weekly-cab/2026-11-24: no quorum",
    ]);
    sign_in_again(&world);
    let no = ["--no-go", "--reason", "no way back was rehearsed"];
    vote(&world, "dina", &no).ends(64).refuses(
        "",
        &["does not say when it is looked at again"],
        "--next",
    );
    let no = [no.as_slice(), &["--next", "2026-12-08"]].concat();
    vote(&world, "dina", &no).ends(0).says(&[
        "NO-GO",
        "next      Tue 8 Dec 2026",
        "dina for office: no-go; no way back was rehearsed",
    ]);
    world.run(&["why", "web@1.0.0", "prod"]).ends(8).says(&[
        "board weekly-cab said no-go",
        "no way back was rehearsed",
        "looked at again Tue 8 Dec 2026",
    ]);
    world
        .run(&["release", "ready", "web@1.0.0"])
        .ends(8)
        .says(&["looked at again Tue 8 Dec 2026"]);
    world
        .run(&["release", "show", "web@1.0.0"])
        .ends(0)
        .says(&["rolling"]);
    assert_eq!(
        world.run(&["status", &id, "-o", "json"]).json()["phase"],
        "waiting"
    );
    world
        .run(&["audit", "log", "--limit", "200"])
        .ends(0)
        .says(&[
            "meeting.called/1",
            "meeting.item_moved/1",
            "meeting.decided/1",
        ]);
}

#[test]
fn what_a_board_let_go_and_that_failed_stands_on_its_next_agenda() {
    let Some((world, text)) = monday_with("") else {
        return;
    };
    world.write(&text.replace("watch: 1s", "watch: 8s"));
    world
        .run(&["apply", "--yes", "--reason", "a longer look"])
        .ends(0);
    let id = asked(&world, "web", "40", "true");
    vote(&world, "grace", &["--go"]).ends(0);
    vote(&world, "dina", &["--go"])
        .ends(0)
        .says(&["stands    GO ("]);
    world.until(&id, |d| d["phase"] == "succeeded");
    let agenda = world.run(&["board", "agenda"]).ends(0);
    assert!(!agenda.out.contains("failed"), "{agenda:#?}");
    let back = ["abort", &id, "--reason", "customers see errors"];
    world.run_as("ana", "", &back).ends(0);
    world.until(&id, |d| d["phase"] == "rolled-back");
    world.run(&["board", "agenda"]).ends(0).says(&[
        "what we approved that failed, in 90 days",
        "CHG-1  web@1.0.0 -> prod   backed-out Mon 23 Nov 2026",
        "let go by weekly-cab/2026-11-24",
    ]);
}
