//! Consent, terms of vendors, and what makes no sense.

use super::*;
use tidegate_core::model::listing;

#[test]
fn a_campaign_asks_for_the_consent_of_its_owner_and_never_of_whoever_wants_the_release() {
    let mut story = two_regions();
    let campaign = what(
        Kind::Campaign,
        "Spring sale",
        once("2026-03-02T00:00:00Z", "2026-03-05T00:00:00Z"),
    );
    let when = campaign.when.clone();
    story.ask(rita(), declare(campaign, None)).unwrap();
    let plan = story.plan("web@1.1.0", "prod", Purpose::Promote).unwrap();
    let propose = tidegate_core::stream::deployment::Command::Propose {
        plan: Box::new(plan),
        purpose: Purpose::Promote,
        reason: "the new basket".to_owned(),
        request: Default::default(),
    };
    // Dina is a member of the owning team, and asks for it herself.
    let id = story
        .ask(person("dina"), Any::Propose { command: propose })
        .unwrap();
    assert_eq!(story.phase(&id), "waiting");
    let mut out = says(&story, "prod", GateId::Calendar);
    let consent = |because: &str| {
        let (release, because) = (release("web@1.1.0"), because.to_owned());
        entry("campaign-1", Command::Consent { release, because })
    };
    story.ask(person("ana"), consent("fine")).unwrap_err();
    story.refused("ana may not consent to web@1.1.0: only members of platform consent | ask platform (dina, hugo)");
    // However many others are under way.
    for n in 0..500 {
        let key = (listing::LIVE.to_owned(), format!("dep_{n:026}"));
        story.ledger.models.insert(key, "{}".to_owned());
    }
    story.ask(person("dina"), consent("fine")).unwrap_err();
    story.refused("nobody consents to what they asked for themselves | ask hugo");
    crate::changes::person(&mut story, "dina", &["dina", "dina-ops"], &[]);
    story.ask(person("dina-ops"), consent("fine")).unwrap_err();
    story.refused("nobody consents to what they asked for themselves | ask hugo");
    story
        .ask(rita(), consent("I am the administrator"))
        .unwrap_err();
    story.refused("rita may not consent to web@1.1.0");
    story.ask(person("hugo"), consent("")).unwrap_err();
    story.refused("needs a reason");

    let mut moved = story.clone();
    story
        .ask(person("hugo"), consent("the sale needs it"))
        .unwrap();
    assert_eq!(story.phase(&id), "running", "it goes at once");
    out += &says(&story, "prod", GateId::Calendar);
    insta::assert_snapshot!(out);

    // A consent is for one time: moved, it must be given again.
    moved
        .ledger
        .spec
        .environments
        .get_mut(&env("prod"))
        .unwrap()
        .window = Some(name("never"));
    moved
        .ask(person("hugo"), consent("the sale needs it"))
        .unwrap();
    let (_, facts) = declared(&moved.ledger).unwrap().remove(0);
    assert_eq!(facts.consents.len(), 1);
    let proposed = facts.at_another_time(when.clone());
    assert_eq!(proposed.consents, [], "what a move is judged by");
    let command = Command::Move {
        to: once("2026-03-02T06:00:00Z", "2026-03-06T00:00:00Z"),
        title: None,
        sequence: None,
        because: "it goes well".to_owned(),
        accepting: None,
        despite_terms: false,
    };
    moved
        .ask(person("ana"), entry("campaign-1", command.clone()))
        .unwrap_err();
    moved.refused("ana may not change `campaign-1`");
    moved
        .ask(person("hugo"), entry("campaign-1", command))
        .unwrap();
    let (_, facts) = declared(&moved.ledger).unwrap().remove(0);
    assert_eq!((facts.consents.len(), facts.moved), (0, 1));
    assert_ne!(facts.when, when);
}

#[test]
fn a_vendor_is_held_to_its_hours_and_its_notice_and_a_breach_is_recorded() {
    let mut story = two_regions();
    let network = Vendor {
        owner: team("platform"),
        maintenance: words(&["Sun 02:00-06:00"]),
        notice: Some("10 days".to_owned()),
        zone: Some("America/New_York".to_owned()),
        services: vec![service("web")],
        calendar_fresh_for: None,
    };
    story
        .ledger
        .spec
        .vendors
        .insert(name("card-network"), network);
    let work = |from: &str, until: &str| Declared {
        owner: None,
        zone: None,
        vendor: Some(name("card-network")),
        ..what(Kind::Vendor, "New switches", once(from, until))
    };
    // Sunday 15 March, 02:00 to 06:00 by summer time, announced thirteen days before.
    story
        .ask(
            person("ana"),
            declare(work("2026-03-15T06:00:00Z", "2026-03-15T10:00:00Z"), None),
        )
        .unwrap();
    let (_, facts) = declared(&story.ledger).unwrap().remove(0);
    assert_eq!(facts.breaches, Vec::<String>::new());
    assert_eq!(
        (facts.effect, facts.zone.as_str()),
        (Effect::Informs, "America/New_York")
    );
    assert_eq!(facts.scope.services, [service("web")]);

    let early = work("2026-03-08T06:30:00Z", "2026-03-08T11:00:00Z");
    story
        .ask(person("ana"), declare(early.clone(), None))
        .unwrap_err();
    story.refused("card-network may not work then: Sun 8 Mar 2026 01:30 - Sun 8 Mar 03:00 lies outside its hours");
    story.refused("with less than 10 days of notice");
    let command = Command::Declare {
        what: Box::new(early),
        reason: "they insist".to_owned(),
        accepting: None,
        despite_terms: true,
    };
    story.ask(person("ana"), Any::Enter { command }).unwrap();
    let (id, facts) = declared(&story.ledger).unwrap().remove(1);
    assert_eq!((id.as_str(), facts.breaches.len()), ("vendor-2", 2));
}

#[test]
fn what_makes_no_sense_is_refused_with_the_way_out() {
    let mut story = two_regions();
    let good = || {
        what(
            Kind::Maintenance,
            "Switches",
            once("2026-03-03T00:00:00Z", "2026-03-04T00:00:00Z"),
        )
    };
    let mut out = String::new();
    let mut no = |story: &mut Story, label: &str, change: &dyn Fn(&mut Declared)| {
        let mut what = good();
        change(&mut what);
        let refusal = story.ask(person("ana"), declare(what, None)).unwrap_err();
        let _ = writeln!(out, "{label}\n  {refusal}\n  help: {}", refusal.help());
    };
    no(&mut story, "no title", &|w| w.title = " ".to_owned());
    no(&mut story, "backwards", &|w| {
        w.when = once("2026-03-04T00:00:00Z", "2026-03-03T00:00:00Z")
    });
    no(&mut story, "past", &|w| {
        w.when = once("2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z")
    });
    no(&mut story, "zone", &|w| {
        w.zone = Some("Europe/Berln".to_owned())
    });
    no(&mut story, "service", &|w| {
        w.scope.services = vec![service("moon")]
    });
    no(&mut story, "nothing", &|w| w.scope.service_tiers = vec![1]);
    no(&mut story, "team", &|w| w.owner = Some(team("nobody")));
    no(&mut story, "asks, no team", &|w| {
        (w.kind, w.owner) = (Kind::Peak, None)
    });
    no(&mut story, "vendor", &|w| w.kind = Kind::Vendor);
    no(&mut story, "booking", &|w| {
        (w.kind, w.owner) = (Kind::Booking, None)
    });
    no(&mut story, "phrase", &|w| {
        w.when = When::Repeats {
            phrase: "Sunn 02:00-06:00".to_owned(),
            lasting: None,
            from: None,
            until: None,
        };
    });
    no(&mut story, "no end", &|w| {
        w.when = When::Repeats {
            phrase: "every week on Sun at 02:00".to_owned(),
            lasting: None,
            from: None,
            until: None,
        };
    });
    no(&mut story, "never", &|w| {
        w.when = When::Repeats {
            phrase: "Sun 02:00-06:00 from 2099-01-01".to_owned(),
            lasting: None,
            from: None,
            until: None,
        };
    });
    insta::assert_snapshot!(out);
}

#[test]
fn ids_are_counted_and_a_name_that_people_chose_is_not_taken_again() {
    let mut story = two_regions();
    let good = || {
        what(
            Kind::Board,
            "Weekly board",
            once("2026-03-03T00:00:00Z", "2026-03-04T00:00:00Z"),
        )
    };
    assert_eq!(
        story.ask(person("ana"), declare(good(), None)).unwrap(),
        "board-1"
    );
    let Any::Enter { command } = declare(good(), None) else {
        unreachable!()
    };
    story
        .ask(person("ana"), entry("board-3", command.clone()))
        .unwrap();
    assert_eq!(
        story.ask(person("ana"), declare(good(), None)).unwrap(),
        "board-4"
    );
    story
        .ask(person("ana"), entry("board-3", command))
        .unwrap_err();
    story.refused("does not take `declare` now");
    let cancel = Command::Cancel {
        because: "it rains".to_owned(),
    };
    story
        .ask(person("ana"), entry("board-1", cancel.clone()))
        .unwrap();
    story
        .ask(person("ana"), entry("board-1", cancel))
        .unwrap_err();
    story.refused("does not take `cancel` now");
    until(&mut story, "2026-03-04T00:00:00Z");
    assert_eq!(declared(&story.ledger).unwrap(), []);
    let phase = |story: &Story, id: &str| story.ledger.view().load::<Entry>(id).unwrap().phase;
    assert!(matches!(phase(&story, "board-1"), Phase::Cancelled { .. }));
    assert!(matches!(phase(&story, "board-4"), Phase::Over { .. }));
}
