//! Calendars of others that are read again and again, and what waits when nobody does.

use super::*;
use tidegate_core::agenda::{self, Known, Question};
use tidegate_core::stream::feed::{self, Feed, Reading};

const DAY: Millis = Millis(86_400_000);

fn reading(calendar: &str, kind: Kind) -> Reading {
    Reading {
        calendar: calendar.to_owned(),
        kind,
        effect: None,
        scope: Scope::default(),
        owner: Some(team("platform")),
        vendor: None,
        fresh_for: None,
        events: 12,
        broken: 0,
        text: Digest::of(calendar.as_bytes()),
    }
}

fn of_network() -> Reading {
    Reading {
        owner: None,
        vendor: Some(name("card-network")),
        ..reading("card-network", Kind::Vendor)
    }
}

fn read(
    story: &mut Story,
    who: Actor,
    what: Reading,
) -> Result<String, tidegate_core::refusal::Refusal> {
    let id = feed::id(what.kind, &what.calendar).unwrap();
    let command = feed::Command::Read {
        what: Box::new(what),
    };
    story.ask(who, Any::Feed { id, command })
}

fn end(story: &mut Story, who: Actor, id: &str) -> Result<String, tidegate_core::refusal::Refusal> {
    let command = feed::Command::End {
        because: "the campaign team has left".to_owned(),
    };
    let id = name(id);
    story.ask(who, Any::Feed { id, command })
}

fn phase_of(story: &Story, id: &str) -> &'static str {
    let state: Feed = story.ledger.view().load(id).unwrap();
    state.phase.name()
}

/// `web` depends on the card network, whose calendar counts for two days.
fn with_network() -> Story {
    let mut story = two_regions();
    let network = Vendor {
        owner: team("platform"),
        maintenance: Vec::new(),
        notice: None,
        zone: None,
        services: vec![service("web")],
        calendar_fresh_for: Some(Millis(2 * DAY.0)),
    };
    let vendors = &mut story.ledger.spec.vendors;
    vendors.insert(name("card-network"), network);
    story
}

#[test]
fn a_service_waits_for_the_calendar_of_its_vendor_and_goes_when_it_is_read() {
    let mut story = with_network();
    insta::assert_snapshot!(says(&story, "prod", GateId::Vendor));
    assert!(says(&story, "staging", GateId::Vendor).contains("calendars of vendors do not matter"));
    let id = story.deploy("web@1.1.0", "prod").unwrap();
    assert_eq!(story.phase(&id), "waiting");
    read(&mut story, rita(), of_network()).unwrap();
    assert_eq!(story.phase(&id), "running", "in the same transaction");
    // Another service does not depend on it.
    let api = text(
        &ask(&story, "api@1.0.0", "prod", Purpose::Promote),
        Some(GateId::Vendor),
    );
    assert!(api.contains("api depends on no vendor"), "{api}");
}

#[test]
fn a_calendar_that_nobody_read_lately_goes_stale_and_is_never_taken_for_an_empty_one() {
    let mut story = with_network();
    read(&mut story, rita(), of_network()).unwrap();
    let mut out = says(&story, "prod", GateId::Vendor);
    story.pass(Millis(2 * DAY.0 - 60_000));
    assert_eq!(phase_of(&story, "vendor-card-network"), "fresh");
    story.pass(Millis(60_000));
    assert_eq!(phase_of(&story, "vendor-card-network"), "stale");
    let went = story.ledger.entries.iter();
    assert_eq!(
        went.filter(|e| e.entry.kind == "feed.went_stale/1").count(),
        1
    );
    story.pass(DAY);
    out += &says(&story, "prod", GateId::Vendor);
    let known = Known {
        now: story.ledger.now,
        spec: &story.ledger.spec,
        origins: &story.ledger.origins,
        view: story.ledger.view(),
    };
    let question = Question::between(story.ledger.now, DAY.after(story.ledger.now)).unwrap();
    for stale in agenda::agenda(&known, &question).stale {
        let _ = writeln!(
            out,
            "calendar: {} read {:?} blocks {} {:?}; {}",
            stale.calendar,
            stale.read.map(|at| at.to_string()),
            stale.blocks,
            stale.services,
            stale.again
        );
    }
    insta::assert_snapshot!(out);
    // What returns to an earlier version waits for no calendar.
    let back = text(
        &ask(&story, "web@1.1.0", "prod", Purpose::Rollback),
        Some(GateId::Vendor),
    );
    assert_eq!(back, "");
    read(&mut story, rita(), of_network()).unwrap();
    assert_eq!(phase_of(&story, "vendor-card-network"), "fresh");
    assert!(says(&story, "prod", GateId::Vendor).contains("pass"));
}

#[test]
fn a_time_beyond_the_freshness_of_a_calendar_is_planned_while_that_is_fresh() {
    let mut story = with_network();
    let mut audits = reading("audits", Kind::Audit);
    audits.fresh_for = Some(DAY);
    read(&mut story, rita(), audits).unwrap();
    read(&mut story, rita(), of_network()).unwrap();
    let window = Window {
        allow: words(&["Sat 10:00-12:00"]),
        deny: Vec::new(),
        zone: None,
        at_most: None,
    };
    story.ledger.spec.windows.insert(name("saturday"), window);
    environment(&mut story, "prod").window = Some(name("saturday"));
    let id = story.deploy("web@1.1.0", "prod").unwrap();
    let state = story.state(&id);
    let slot = match state.phase {
        tidegate_core::stream::deployment::Phase::Gated { slot, .. } => slot,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        slot.unwrap().start,
        at("2026-03-07T10:00:00Z"),
        "five days ahead"
    );
    // Then nobody reads them, and it waits all the same.
    until(&mut story, "2026-03-07T10:30:00Z");
    assert_eq!(story.phase(&id), "waiting");
    read(&mut story, rita(), of_network()).unwrap();
    assert_eq!(story.phase(&id), "waiting", "the audits are stale, too");
    read(&mut story, rita(), reading("audits", Kind::Audit)).unwrap();
    assert_eq!(story.phase(&id), "running");
}

#[test]
fn how_long_a_calendar_counts_may_change_in_the_configuration() {
    let mut story = with_network();
    read(&mut story, rita(), of_network()).unwrap();
    story.pass(DAY);
    let vendors = &mut story.ledger.spec.vendors;
    let network = vendors.get_mut(&name("card-network")).unwrap();
    network.calendar_fresh_for = Some(Millis(DAY.0 / 2));
    assert!(says(&story, "prod", GateId::Vendor).contains("it counts for 12h"));
    let vendors = &mut story.ledger.spec.vendors;
    let network = vendors.get_mut(&name("card-network")).unwrap();
    network.calendar_fresh_for = Some(Millis(3 * DAY.0));
    assert!(says(&story, "prod", GateId::Vendor).contains("was read lately"));
}

#[test]
fn a_stale_calendar_of_campaigns_holds_back_what_it_could_have_held_back() {
    let mut story = two_regions();
    let mut campaigns = reading("Marketing, 2026", Kind::Campaign);
    campaigns.fresh_for = Some(DAY);
    campaigns.scope.services = vec![service("web")];
    let id = read(&mut story, person("ana"), campaigns.clone()).unwrap();
    // One that only informs, and one that counts for ever, hold nothing back.
    let mut board = reading("board", Kind::Board);
    board.fresh_for = Some(DAY);
    read(&mut story, person("ana"), board).unwrap();
    read(&mut story, person("ana"), reading("audits", Kind::Audit)).unwrap();
    story.pass(Millis(2 * DAY.0));
    insta::assert_snapshot!(says(&story, "prod", GateId::Calendar));
    let api = text(
        &ask(&story, "api@1.0.0", "prod", Purpose::Promote),
        Some(GateId::Calendar),
    );
    assert!(api.contains("pass"), "{api}");
    // Nobody silences it but who reads it, its team and administrators.
    let mut softer = campaigns.clone();
    softer.effect = Some(Effect::Informs);
    read(&mut story, person("emil"), softer).unwrap_err();
    story.refused("emil may not change what it stands for: feed `");
    end(&mut story, person("emil"), &id).unwrap_err();
    story.refused("who reads it and the team that answers for it do | ask dina, hugo, ana");
    end(&mut story, person("hugo"), &id).unwrap();
    assert!(says(&story, "prod", GateId::Calendar).contains("pass"));
    // Read again, it begins anew.
    read(&mut story, person("emil"), campaigns).unwrap();
    assert_eq!(phase_of(&story, &id), "fresh");
}

#[test]
fn what_makes_no_sense_of_a_feed_is_refused_and_names_become_ids() {
    let mut story = two_regions();
    read(&mut story, rita(), of_network()).unwrap_err();
    story.refused("there is no vendor `card-network`");
    let mut brief = reading("board", Kind::Board);
    brief.fresh_for = Some(Millis(1_000));
    read(&mut story, rita(), brief).unwrap_err();
    story.refused("a calendar cannot stay fresh for 1s");
    end(&mut story, rita(), "board-board").unwrap_err();
    story.refused("there is no feed `board-board` | `tidegate calendar feeds`");
    let id = |calendar: &str| feed::id(Kind::Board, calendar).unwrap().to_string();
    assert_eq!(id("weekly-cab"), "board-weekly-cab");
    let told_apart = [
        id("Weekly CAB"),
        id("weekly cab"),
        id("ÄÖ"),
        id(&"x".repeat(200)),
    ];
    assert!(
        told_apart[0].starts_with("board-weekly-cab-"),
        "{told_apart:?}"
    );
    let all: std::collections::BTreeSet<_> = told_apart.iter().collect();
    assert_eq!(all.len(), told_apart.len());
}
