//! Quiet hours, denials, and regions that never change together.

use super::*;

#[test]
fn two_regions_go_in_their_own_quiet_hours_over_the_change_of_clocks_and_never_together() {
    let mut story = two_regions();
    for (to, zone, quiet) in [
        ("prod", "Europe/Berlin", "every day 02:00-05:00"),
        ("far", "America/New_York", "every day 20:00-23:00"),
    ] {
        let environment = environment(&mut story, to);
        zone.clone_into(&mut environment.zone);
        environment.quiet = words(&[quiet]);
    }
    environment(&mut story, "far").never_with = vec![env("prod")];
    let web = story.ledger.spec.services.get_mut(&service("web")).unwrap();
    web.needs_quiet = true;
    let mut out = String::new();
    // The evening before New York changes its clocks, before Berlin does, and after both did.
    for evening in ["2026-03-07", "2026-03-28", "2026-04-03"] {
        until(&mut story, &format!("{evening}T22:00:00Z"));
        let _ = writeln!(out, "{evening}");
        for to in ["prod", "far"] {
            out += &says(&story, to, GateId::Window);
        }
    }
    let first = story.deploy("web@1.1.0", "prod").unwrap();
    // Of two that may go at one instant, the older one goes first.
    story.pass(Millis::secs(1));
    let second = story.deploy("web@1.1.0", "far").unwrap();
    until(&mut story, "2026-04-04T00:00:00Z");
    assert_eq!(passed(&story, &first), Some(at("2026-04-04T00:00:00Z")));
    // The evening of New York is the same instant as the night of Berlin: one after the other.
    out += &says(&story, "far", GateId::Apart);
    assert_eq!(passed(&story, &second), None);
    story.succeeds(&first);
    story.pass(Millis::minutes(11));
    story.agent_finishes();
    let then = passed(&story, &second).expect("it goes in the same night");
    assert!(then < at("2026-04-04T02:30:00Z"), "{then}");
    insta::assert_snapshot!(out);
}

#[test]
fn a_service_that_needs_quiet_goes_nowhere_where_nobody_says_when_it_is() {
    let mut story = two_regions();
    let web = story.ledger.spec.services.get_mut(&service("web")).unwrap();
    web.needs_quiet = true;
    insta::assert_snapshot!(says(&story, "prod", GateId::Window));
}

#[test]
fn the_other_region_waits_until_the_same_service_was_proven_and_any_service_was_changed() {
    let mut story = two_regions();
    environment(&mut story, "far").never_with = vec![env("prod")];
    let first = story.deploy("web@1.0.0", "prod").unwrap();
    assert_eq!(story.phase(&first), "running");
    let second = story.deploy("web@1.0.0", "far").unwrap();
    assert_eq!(story.phase(&second), "waiting");
    story.succeeds(&first);
    assert_eq!(story.phase(&first), "succeeded");
    assert_eq!(story.phase(&second), "waiting", "watched still");
    let lane = says(&story, "far", GateId::Apart);
    assert!(lane.contains("web@1.0.0 is watched in prod"), "{lane}");
    story.pass(Millis::minutes(11));
    story.agent_finishes();
    assert_ne!(story.phase(&second), "waiting", "it begins by itself");
    // And the other way round, although only one of them says so.
    let third = story.deploy("web@1.1.0", "prod").unwrap();
    assert_eq!(story.phase(&third), "waiting");
}

#[test]
fn a_denial_closes_its_own_hours_and_no_others() {
    let mut story = two_regions();
    let window = Window {
        allow: words(&["Mon-Fri 08:00-18:00"]),
        deny: words(&["Mon-Fri 12:00-14:00", "Sat 00:00-24:00"]),
        zone: None,
        at_most: None,
    };
    story.ledger.spec.windows.insert(name("days"), window);
    environment(&mut story, "prod").window = Some(name("days"));
    let mut out = says(&story, "prod", GateId::Window);
    for then in [
        "2026-03-02T11:45:00Z",
        "2026-03-02T13:00:00Z",
        "2026-03-02T14:00:00Z",
    ] {
        until(&mut story, then);
        out += &says(&story, "prod", GateId::Window);
    }
    insta::assert_snapshot!(out);
}
