//! The calendar that people look at: drawn, listed, asked for the next slot and for what collides.

use crate::world::World;
use crate::year::acme_with;

const TRAIN: &str = "---
train: retail
carries: [web, payments]
departs: every 2 weeks on Tue at 10:00
first: 2026-12-01
";

const BERLIN: [&str; 2] = ["--zone", "Europe/Berlin"];

fn ask(world: &World, arguments: &[&str]) -> crate::world::Ran {
    world.run(&[arguments, &BERLIN].concat())
}

#[test]
fn the_company_sees_its_calendar_and_what_it_says_is_what_happens() {
    let Some(mut world) = acme_with("2026-11-23T08:00:00[Europe/Berlin]", TRAIN) else {
        return;
    };
    world.start();
    drawn(&world);
    windows(&world);
    slots(&world);
    refused(&world);
}

fn drawn(world: &World) {
    // The train is laid as soon as the configuration is in force.
    let fortnight = ["--from", "2026-11-23", "--weeks", "2"];
    let found = crate::world::until(|| {
        let ran = ask(
            world,
            &[&["calendar"][..], &fortnight, &["-o", "table"]].concat(),
        )
        .ends(0);
        ran.out.contains("retail#1").then_some(ran)
    });
    found.expect("a departure is on the calendar").says(&[
        "Mon 23    Tue 24    Wed 25    Thu 26    Fri 27   | Mon 30    Tue 1",
        "prod-eu  09----16  09----16  FREEZE peak-season ======================12|--16",
        "prod-us  15----21  15----21  FREEZE peak-season ======================12|15-21",
        "(Berlin time)",
        "retail#1 10:00 !waits 2h",
    ]);
    let rows = ask(
        world,
        &[&["calendar", "show", "--kinds", "freeze"][..], &fortnight].concat(),
    )
    .ends(0);
    let rows: Vec<Vec<&str>> = rows
        .out
        .lines()
        .map(|row| row.split('\t').collect())
        .collect();
    assert_eq!(rows.len(), 1, "{rows:?}");
    assert_eq!(
        rows[0][..4],
        [
            "2026-11-25 06:00:00 +01:00",
            "2026-12-01 12:00:00 +01:00",
            "freeze",
            "peak-season"
        ]
    );
    assert!(rows[0][8].starts_with("tidegate.yaml:"), "{rows:?}");
    let data = ask(
        world,
        &[&["calendar", "show", "-o", "json"][..], &fortnight].concat(),
    )
    .ends(0)
    .json();
    assert_eq!(data["lanes"][1]["environment"], "prod-eu");
    assert_eq!(data["leftOut"], 0);
    ask(
        world,
        &[&["calendar", "conflicts", "-o", "table"][..], &fortnight].concat(),
    )
    .ends(0)
    .says(&[
        "freeze  retail#1 (web in prod-eu)  with freeze peak-season (tidegate.yaml:",
        "let it wait until Tue 1 Dec 2026 12:00 Berlin",
    ]);
}

fn windows(world: &World) {
    ask(world, &["window", "list", "-o", "table"])
        .ends(0)
        .says(&[
            "office-hours-eu",
            "office-hours-us",
            "allow  Mon-Thu 09:00-15:00   America/New_York",
            "Mon 23 Nov 2026 09:00 New York - Mon 23 Nov 2026 15:00 New York",
        ]);
    ask(
        world,
        &["window", "check", "prod-eu", "--at", "2026-12-01 11:59"],
    )
    .ends(3)
    .says(&[
        "prod-eu  [wait] closed, opens Tue 1 Dec 2026 12:00 Berlin",
        "window office-hours-eu until Tue 1 Dec 2026 16:00 Berlin",
        "freeze peak-season until Tue 1 Dec 2026 12:00 Berlin",
    ]);
    ask(
        world,
        &["window", "check", "prod-eu", "--at", "2026-12-01 12:00"],
    )
    .ends(0)
    .says(&["prod-eu  [ok] open until Tue 1 Dec 2026 16:00 Berlin"]);
}

fn slots(world: &World) {
    let after = ["--from", "2026-11-24 15:30"];
    ask(
        world,
        &[
            &["calendar", "next-slot", "web", "prod-eu", "--for", "45m"][..],
            &after,
        ]
        .concat(),
    )
    .ends(0)
    .says(&[
        "1. web prod-eu  Tue 1 Dec 2026 12:00 Berlin - 12:45   starts until 15:15",
        "window office-hours-eu closes Tue 24 Nov 16:00 Berlin, too early for 45m",
        "2. web prod-eu  Wed 2 Dec 2026 09:00 Berlin - 09:45",
    ]);
    let path = ask(
        world,
        &[
            &[
                "calendar",
                "next-slot",
                "web",
                "prod-us,prod-eu",
                "--for",
                "45m",
            ][..],
            &after,
        ]
        .concat(),
    );
    path.ends(0)
        .says(&["web prod-us  Tue 1 Dec 2026 15:00 Berlin (09:00 New York) - 15:45"]);
    ask(
        world,
        &["calendar", "next-slot", "web", "prod-eu", "--for", "8h"],
    )
    .ends(3)
    .says(&[
        "never web in prod-eu",
        "is never open for 8h in the next 400 days",
    ]);
    // What `why` says of a real release is the same instant.
    let release = world.arrived("web", "8.14.0", "staging");
    ask(
        world,
        &["why", &release, "prod-eu", "--at", "2026-11-25 10:00"],
    )
    .ends(3)
    .says(&["freeze peak-season until Tue 1 Dec 06:00 New York"]);
}

fn refused(world: &World) {
    ask(world, &["calendar", "show", "--from", "2026-02-30"])
        .ends(64)
        .refuses(
            "",
            &["`2026-02-30` is not an instant"],
            "write `2026-11-25 09:00`",
        );
    let from = ["calendar", "show", "--from", "2026-11-23"];
    let until = |until: &str| ask(world, &[&from[..], &["--until", until]].concat());
    assert!(
        until("2026-11-22")
            .ends(64)
            .err
            .contains("before it begins")
    );
    assert!(
        until("2028-11-22")
            .ends(64)
            .err
            .contains("at most 400 days")
    );
    let kinds = ask(world, &["calendar", "show", "--kinds", "tides"]).ends(64);
    assert!(
        kinds
            .err
            .contains("kinds are train, release, window, freeze"),
        "{kinds:?}"
    );
    assert!(
        ask(world, &["window", "check", "moon"])
            .err
            .contains("there is no environment `moon`")
    );
    assert!(
        ask(
            world,
            &["calendar", "next-slot", "web", "prod-eu", "--for", "45"]
        )
        .ends(64)
        .err
        .contains("has no unit")
    );
    world
        .run(&["calendar", "show", "--zone", "Europe/Berln"])
        .ends(64);
}
