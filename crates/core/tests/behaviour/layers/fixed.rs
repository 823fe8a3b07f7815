//! Runs that cannot be moved, and booked environments.

use super::*;

#[test]
fn a_run_at_night_keeps_its_length_and_its_margin_when_clocks_change() {
    let mut story = two_regions();
    let settlement = Legacy {
        why: "Nightly settlement on the mainframe".to_owned(),
        runs: words(&["every day at 01:30"]),
        lasting: Some(Millis::minutes(120)),
        restart_margin: Millis::minutes(30),
        zone: Some("Europe/Berlin".to_owned()),
        services: vec![service("web")],
        environments: vec![env("prod")],
        owner: team("platform"),
        review_by: jiff::civil::date(2026, 12, 1),
    };
    story
        .ledger
        .spec
        .legacy
        .insert(name("settlement"), settlement);
    // Clocks skip 02:00 to 03:00 on 29 March: two hours from 01:30 end at 04:30 on the wall, and the margin at 05:00.
    until(&mut story, "2026-03-29T00:15:00Z");
    let mut out = says(&story, "prod", GateId::Calendar);
    let id = story.deploy("web@1.1.0", "prod").unwrap();
    until(&mut story, "2026-03-29T02:00:00Z");
    out += &says(&story, "prod", GateId::Calendar);
    until(&mut story, "2026-03-29T04:00:00Z");
    assert_eq!(passed(&story, &id), Some(at("2026-03-29T03:00:00Z")));
    out += &says(&story, "far", GateId::Calendar);
    insta::assert_snapshot!(out);
}

#[test]
fn while_an_environment_is_booked_only_services_of_that_team_go_there() {
    let mut story = two_regions();
    let load_test = Booking {
        why: "Load test before the launch".to_owned(),
        environment: env("staging"),
        team: team("shop"),
        times: words(&["Mon 08:00-12:00"]),
        from: None,
        until: None,
        zone: None,
    };
    story
        .ledger
        .spec
        .bookings
        .insert(name("load-test"), load_test);
    let mut out = says(&story, "staging", GateId::Booking);
    story
        .ledger
        .spec
        .services
        .get_mut(&service("web"))
        .unwrap()
        .owner = team("shop");
    out += &says(&story, "staging", GateId::Booking);
    story
        .ledger
        .spec
        .services
        .get_mut(&service("web"))
        .unwrap()
        .owner = team("platform");
    let id = story.deploy("web@1.1.0", "staging").unwrap();
    until(&mut story, "2026-03-02T12:00:00Z");
    assert_eq!(passed(&story, &id), Some(at("2026-03-02T12:00:00Z")));
    insta::assert_snapshot!(out);
}
