//! The company's calendar through the real program, at the instants that matter: the end of peak season, the close of a
//! quarter, clocks that change in one region and not yet in the other, and a server that was away for a week.

use crate::world::World;

/// `web`, `payments` and `ledger` on the calendar of the example company.
fn acme(when: &str) -> Option<World> {
    acme_with(when, "")
}

/// The same with more documents.
pub fn acme_with(when: &str, more: &str) -> Option<World> {
    let world = World::written_at(when)?;
    let program = env!("CARGO_BIN_EXE_tidegate");
    let mut text = format!("{COMPANY}{more}");
    for (n, service) in ["web", "payments", "ledger"].into_iter().enumerate() {
        let port = usize::from(world.port()) + n;
        text.push_str(&format!(
            "---\nservice: {service}\nowner: {service}\nrun: {{ command: [\"{program}\", demo-service, --behaviour, behaviour.json], port: {port}, instances: 1, grace: 1s }}\nhealth: {{ get: /healthz, every: 1s, timeout: 1s, deadline: 20s }}\n"
        ));
    }
    world.write(&text);
    Some(world)
}

fn asked(world: &World, service: &str, version: &str) -> String {
    let release = world.released(service, version);
    world
        .run(&[
            "promote",
            &release,
            "--to",
            "prod-us",
            "--no-wait",
            "--reason",
            "ready",
        ])
        .ends(0);
    release
}

/// Wait until a release is where its stages say: `eu` and `us` are the states of its production stages.
#[track_caller]
fn stages(world: &World, release: &str, eu: &str, us: &str) {
    let mut last = String::new();
    let found = crate::world::until(|| {
        let shown = world
            .run(&["release", "show", release, "-o", "json"])
            .ends(0)
            .json();
        let state = |env: &str| {
            let stages = shown["stages"].as_array().unwrap();
            let stage = stages.iter().find(|s| s["environment"] == env).unwrap();
            stage["state"].as_str().unwrap().to_owned()
        };
        last = format!("{} {}", state("prod-eu"), state("prod-us"));
        (last == format!("{eu} {us}")).then_some(())
    });
    assert!(found.is_some(), "{release} stayed {last}");
}

#[test]
fn what_is_ready_in_peak_season_goes_when_it_ends_each_region_by_its_own_clock() {
    let Some(mut world) = acme("2026-12-01T09:58:00[Europe/Berlin]") else {
        return;
    };
    world.start();
    let web = asked(&world, "web", "8.14.0");
    stages(&world, &web, "started", "none");
    world.run(&["why", &web, "prod-eu"]).ends(3).says(&[
        "freeze peak-season until Tue 1 Dec 06:00 New York",
        "window office-hours-eu is open until Tue 1 Dec 16:00 Berlin",
        "Earliest possible: Tue 1 Dec 2026 12:00 Berlin.",
    ]);
    world.clock("2026-12-01T11:59:58[Europe/Berlin]");
    stages(&world, &web, "done", "started");
    world
        .run(&["why", &web, "prod-us"])
        .ends(3)
        .says(&["window office-hours-us opens Tue 1 Dec 09:00 New York"]);
    world.clock("2026-12-01T14:59:58[Europe/Berlin]");
    stages(&world, &web, "done", "done");
}

#[test]
fn quarter_close_holds_money_over_the_end_of_the_month_and_lets_the_rest_through() {
    let Some(mut world) = acme("2027-01-28T10:00:00[Europe/Berlin]") else {
        return;
    };
    world.start();
    let (ledger, web) = (
        asked(&world, "ledger", "5.2.0"),
        asked(&world, "web", "8.15.0"),
    );
    stages(&world, &web, "done", "started");
    stages(&world, &ledger, "started", "none");
    world.run(&["why", &ledger, "prod-eu"]).ends(3).says(&[
        "freeze quarter-close until Wed 3 Feb 00:00 Berlin",
        "Earliest possible: Wed 3 Feb 2027 09:00 Berlin.",
    ]);
    // New York closes its quarter by its own midnight.
    world
        .run(&["why", &ledger, "prod-us"])
        .ends(3)
        .says(&["freeze quarter-close until Wed 3 Feb 00:00 New York"]);
    world.clock("2027-02-02T23:59:58[Europe/Berlin]");
    std::thread::sleep(std::time::Duration::from_secs(4));
    stages(&world, &ledger, "started", "none");
    world.clock("2027-02-03T08:59:58[Europe/Berlin]");
    stages(&world, &ledger, "done", "started");
}

#[test]
fn two_regions_keep_their_office_hours_when_the_clocks_of_one_have_changed() {
    // New York changed on 14 March 2027, Berlin changes on the 28th: for two weeks they are five hours apart.
    let Some(mut world) = acme("2027-03-15T13:00:00[Europe/Berlin]") else {
        return;
    };
    world.start();
    let web = asked(&world, "web", "8.20.0");
    stages(&world, &web, "done", "started");
    world.run(&["why", &web, "prod-us"]).ends(3).says(&[
        "opens Mon 15 Mar 09:00 New York",
        "Earliest possible: Mon 15 Mar 2027 09:00 New York (14:00 Berlin).",
    ]);
    world.clock("2027-03-15T13:59:58[Europe/Berlin]");
    stages(&world, &web, "done", "done");
    let next = asked(&world, "web", "8.21.0");
    let at = ["why", &next, "prod-us", "--at", "2027-03-29T12:00:00+02:00"];
    world.run(&at).ends(3).says(&["Mon 29 Mar 09:00 New York"]);
}

#[test]
fn after_a_week_away_nothing_starts_outside_its_window_and_one_goes_after_the_other() {
    let Some(mut world) = acme("2026-11-26T12:00:00[Europe/Berlin]") else {
        return;
    };
    world.start();
    let releases: Vec<String> = [
        ("web", "8.14.0"),
        ("payments", "3.3.0"),
        ("ledger", "5.2.0"),
    ]
    .into_iter()
    .map(|(service, version)| asked(&world, service, version))
    .collect();
    for release in &releases {
        stages(&world, release, "started", "none");
    }
    world.stop();
    // The freeze ended on Tuesday at noon; the server comes back on Friday, when no window is open.
    world.clock("2026-12-04T12:00:00[Europe/Berlin]");
    world.start();
    std::thread::sleep(std::time::Duration::from_secs(5));
    for release in &releases {
        stages(&world, release, "started", "none");
        world
            .run(&["why", release, "prod-eu"])
            .ends(3)
            .says(&["opens Mon 7 Dec 09:00 Berlin"]);
    }
    world.clock("2026-12-07T08:59:57[Europe/Berlin]");
    for release in &releases {
        stages(&world, release, "done", "started");
    }
    one_after_the_other(&world, &releases);
}

/// No two deployments to `prod-eu` overlapped, as the ledger tells it.
fn one_after_the_other(world: &World, releases: &[String]) {
    let mut spans: Vec<(String, String)> = releases
        .iter()
        .map(|release| {
            let shown = world
                .run(&["release", "show", release, "-o", "json"])
                .ends(0)
                .json();
            let stages = shown["stages"].as_array().unwrap();
            let stage = stages
                .iter()
                .find(|s| s["environment"] == "prod-eu")
                .unwrap();
            let id = stage["deployment"].as_str().unwrap();
            let shown = world.run(&["status", id, "-o", "json"]).ends(0).json();
            let text = |key: &str| shown[key].as_str().unwrap_or_default().to_owned();
            (text("startedAt"), text("endedAt"))
        })
        .collect();
    spans.sort();
    for pair in spans.windows(2) {
        assert!(pair[0].0 < pair[1].0, "{spans:?}");
        assert!(pair[0].0.starts_with("2026-12-07T08:0"), "{spans:?}");
    }
}

const COMPANY: &str = "\
tidegate: 1
company: Acme Pay
zone: Europe/Berlin
fiscal-year-starts: February
---
environments:
  staging: { tier: test, deploy: manual, port-offset: 6 }
  prod-eu: { tier: production, after: staging, one-at-a-time: true, zone: Europe/Berlin, window: office-hours-eu }
  prod-us: { tier: production, after: prod-eu, one-at-a-time: true, zone: America/New_York, window: office-hours-us, port-offset: 3 }
---
window: office-hours-eu
allow: Mon-Thu 09:00-16:00
---
window: office-hours-us
allow: Mon-Thu 09:00-15:00
---
freeze: quarter-close
why: Finance closes the books; money services must not move.
around: fiscal-quarter-end
from: 3 working days before
until: 2 working days after
services: [payments, ledger]
environments: [prod-eu, prod-us]
---
freeze: peak-season
why: Black Friday to Cyber Monday
from: 2026-11-25 00:00
until: 2026-12-01 06:00
zone: America/New_York
environments: [prod-eu, prod-us]
---
pipeline: standard
path: [staging, prod-eu, prod-us]
strategy: { default: recreate }
watch: 1s
";
