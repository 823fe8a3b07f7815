//! Who must be on duty.

use super::*;

#[test]
fn a_deployment_waits_when_cover_ends_while_it_would_still_be_watched() {
    let mut story = two_regions();
    cover(
        &mut story,
        "platform",
        &["Mon-Fri 08:00-20:00"],
        "Europe/Berlin",
    );
    story.deployed("web@1.0.0", "prod");
    let mut late = story.clone();
    // Ten minutes of holds, ten of watch and ten for the way back; 20:00 in Berlin is 19:00 UTC.
    until(&mut story, "2026-03-06T18:30:00Z");
    let fits = story.deploy("web@1.1.0", "prod").unwrap();
    assert_eq!(story.phase(&fits), "running", "it just fits");

    until(&mut late, "2026-03-06T18:30:01Z");
    let id = late.deploy("web@1.1.0", "prod").unwrap();
    assert_eq!(late.phase(&id), "waiting");
    let mut out = says(&late, "prod", GateId::Cover);
    out += &says(&late, "staging", GateId::Cover);
    until(&mut late, "2026-03-07T12:00:00Z");
    out += &says(&late, "prod", GateId::Cover);
    until(&mut late, "2026-03-09T08:00:00Z");
    assert_eq!(passed(&late, &id), Some(at("2026-03-09T07:00:00Z")));
    out += &says(&late, "prod", GateId::Cover);
    insta::assert_snapshot!(out);
}

#[test]
fn who_must_be_on_duty_is_the_owner_and_the_owners_of_what_it_needs_or_who_is_named() {
    let mut story = two_regions();
    let spec = &mut story.ledger.spec;
    spec.services.get_mut(&service("api")).unwrap().owner = team("shop");
    cover(&mut story, "platform", &["Mon-Fri 08:00-12:00"], "UTC");
    cover(&mut story, "shop", &["Mon-Fri 08:00-10:00"], "UTC");
    let covering = |story: &Story, service_name: &str| {
        let teams = story.ledger.spec.covering(&service(service_name));
        teams.into_iter().map(TeamId::to_string).collect::<Vec<_>>()
    };
    assert_eq!(
        covering(&story, "api"),
        ["platform", "shop"],
        "it needs web"
    );
    assert_eq!(covering(&story, "web"), ["platform"]);
    let api = story.ledger.spec.services.get_mut(&service("api")).unwrap();
    api.cover_by = vec![team("platform")];
    assert_eq!(covering(&story, "api"), ["platform"]);
    // A team that says nothing restricts nothing; one that is gone is no pass.
    story
        .ledger
        .spec
        .teams
        .get_mut(&team("platform"))
        .unwrap()
        .cover = Vec::new();
    assert_eq!(covering(&story, "api"), Vec::<String>::new());
    let web = story.ledger.spec.services.get_mut(&service("web")).unwrap();
    web.cover_by = vec![team("gone")];
    assert!(says(&story, "prod", GateId::Cover).contains("broken"));
}

#[test]
fn a_change_of_the_roster_is_seen_by_what_has_its_slot_already() {
    let mut story = two_regions();
    cover(&mut story, "platform", &["every day 06:00-22:00"], "UTC");
    let spec = &mut story.ledger.spec;
    let window = Window {
        allow: words(&["Tue 20:00-21:00"]),
        deny: Vec::new(),
        zone: None,
        at_most: None,
    };
    spec.windows.insert(name("tuesday"), window);
    environment(&mut story, "prod").window = Some(name("tuesday"));
    let id = story.deploy("web@1.1.0", "prod").unwrap();
    let before = story.ledger.entries.len();
    cover(&mut story, "platform", &["every day 06:00-18:00"], "UTC");
    story.ledger.fire(&["config".to_owned()].into());
    story.ledger.wake_due();
    assert_eq!(
        story.ledger.kinds(before),
        ["deployment.waiting", "deployment.slot_lost"]
    );
    let body = &story.ledger.entries[before].entry.body;
    assert!(body.contains("platform is not on duty"), "{body}");
    until(&mut story, "2026-03-04T00:00:00Z");
    assert_eq!(
        passed(&story, &id),
        None,
        "nobody would be there on Tuesday"
    );
}

#[test]
fn what_a_roster_or_a_window_would_move_is_told_before_it_is_in_force() {
    let mut story = two_regions();
    cover(&mut story, "platform", &["every day 06:00-22:00"], "UTC");
    let window = Window {
        allow: words(&["every day 20:00-21:30"]),
        deny: Vec::new(),
        zone: None,
        at_most: None,
    };
    story.ledger.spec.windows.insert(name("evening"), window);
    environment(&mut story, "prod").window = Some(name("evening"));
    story.deploy("web@1.1.0", "prod").unwrap();
    let under = |story: &Story, change: &dyn Fn(&mut Spec)| {
        let mut spec = story.ledger.spec.clone();
        change(&mut spec);
        let ground = Ground {
            now: story.ledger.now,
            spec: &story.ledger.spec,
            origins: &story.ledger.origins,
            view: story.ledger.view(),
        };
        let items = replan::under((&spec, &story.ledger.origins), &ground).unwrap();
        items
            .into_iter()
            .map(|item| (item.slot, item.outcome, item.because, item.tell))
            .collect::<Vec<_>>()
    };
    let slot = Some(at("2026-03-02T20:00:00Z"));
    assert_eq!(under(&story, &|_| {}), [], "what stays is not named");
    // Nobody is there tonight any more; on Tuesday somebody is.
    let tuesday = |spec: &mut Spec| {
        let platform = spec.teams.get_mut(&team("platform")).unwrap();
        platform.cover = words(&["Mon 06:00-18:00", "Tue-Sun 06:00-22:00"]);
    };
    let moved = under(&story, &tuesday);
    let to = at("2026-03-03T20:00:00Z");
    assert_eq!(moved.len(), 1);
    assert_eq!((moved[0].0, &moved[0].1), (slot, &Outcome::Moves { to }));
    assert!(
        moved[0].2.starts_with("platform is not on duty"),
        "{moved:?}"
    );
    assert_eq!(moved[0].3, ["rita", "team platform"]);
    // Never again.
    let never = |spec: &mut Spec| {
        let platform = spec.teams.get_mut(&team("platform")).unwrap();
        platform.cover = words(&["every day 06:00-18:00"]);
    };
    let lost = under(&story, &never);
    assert_eq!((lost[0].0, &lost[0].1), (slot, &Outcome::IsCancelled));
    // A window that opens sooner.
    let sooner = |spec: &mut Spec| {
        let window = spec.windows.get_mut(&name("evening")).unwrap();
        window.allow = words(&["every day 16:00-21:30"]);
    };
    let to = at("2026-03-02T16:00:00Z");
    let earlier = under(&story, &sooner);
    assert_eq!(
        (earlier[0].0, &earlier[0].1, earlier[0].2.as_str()),
        (slot, &Outcome::Moves { to }, "it may go earlier")
    );
}
