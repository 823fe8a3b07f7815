//! Entries, batch runs, bookings and times without cover: what the gates read of them is what the calendar shows.

use crate::agenda::{known, line};
use crate::agenda_slots::{calendar_plan, passes, search};
use crate::windows::{at, name};
use crate::world::company::{env, service};
use crate::world::story::{Story, rita, running};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use tidegate_core::agenda::conflict::{Reason, conflicts};
use tidegate_core::agenda::slots::slots;
use tidegate_core::agenda::standing::standing;
use tidegate_core::agenda::{Kind, Question, agenda};
use tidegate_core::command::Command as Any;
use tidegate_core::id::TeamId;
use tidegate_core::spec::{Booking, Legacy, Scope};
use tidegate_core::stream::entry::{self, Command, Declared, When};
use tidegate_core::time::Millis;

fn team(text: &str) -> TeamId {
    TeamId::new(text).unwrap()
}

fn question() -> Question {
    Question::between(at("2026-03-02T00:00:00Z"), at("2026-03-05T00:00:00Z")).unwrap()
}

fn declare(story: &mut Story, kind: entry::Kind, (from, until): (&str, &str)) {
    let what = Declared {
        kind,
        title: format!("a {}", kind.as_str()),
        when: When::Once {
            from: at(from),
            until: at(until),
        },
        zone: Some("Europe/Berlin".to_owned()),
        scope: Scope {
            environments: vec![env("staging")],
            ..Scope::default()
        },
        effect: None,
        owner: Some(team("platform")),
        lets: Vec::new(),
        vendor: None,
        source: None,
    };
    let command = Command::Declare {
        what: Box::new(what),
        reason: "it must be".to_owned(),
        accepting: None,
        despite_terms: false,
    };
    story.ask(rita(), Any::Enter { command }).unwrap();
}

fn company() -> Story {
    let mut story = running();
    let words = |all: &[&str]| all.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
    let spec = &mut story.ledger.spec;
    spec.legacy.insert(
        name("settlement"),
        Legacy {
            why: "Nightly settlement on the mainframe".to_owned(),
            runs: words(&["every day at 01:30"]),
            lasting: Some(Millis::minutes(120)),
            restart_margin: Millis::minutes(30),
            zone: Some("Europe/Berlin".to_owned()),
            services: vec![service("web")],
            environments: vec![env("staging")],
            owner: team("platform"),
            review_by: jiff::civil::date(2026, 12, 1),
        },
    );
    spec.bookings.insert(
        name("load-test"),
        Booking {
            why: "Load test before the launch".to_owned(),
            environment: env("staging"),
            team: team("shop"),
            times: words(&["Tue 08:00-12:00"]),
            from: None,
            until: None,
            zone: None,
        },
    );
    let platform = spec.teams.entry(team("platform")).or_default();
    platform.cover = words(&["Mon-Fri 08:00-20:00"]);
    platform.members = words(&["dina"]);
    declare(
        &mut story,
        entry::Kind::Outage,
        ("2026-03-03T14:00:00Z", "2026-03-03T15:00:00Z"),
    );
    declare(
        &mut story,
        entry::Kind::Campaign,
        ("2026-03-04T09:00:00Z", "2026-03-04T12:00:00Z"),
    );
    declare(
        &mut story,
        entry::Kind::Board,
        ("2026-03-04T14:00:00Z", "2026-03-04T15:00:00Z"),
    );
    story
}

#[test]
fn the_calendar_shows_entries_runs_bookings_and_times_without_cover() {
    let story = company();
    let found = agenda(&known(&story), &question());
    assert_eq!(found.unknown, Vec::new());
    let mut out = String::new();
    for item in &found.items {
        let _ = writeln!(out, "{}", line(item));
    }
    insta::assert_snapshot!(out);
    let open = |moment: &str| {
        standing(&known(&story), &env("staging"), at(moment))
            .unwrap()
            .open
    };
    assert!(!open("2026-03-03T14:30:00Z"), "an outage");
    assert!(!open("2026-03-04T10:00:00Z"), "a campaign asks first");
    assert!(open("2026-03-04T14:30:00Z"), "a board only sits");
}

#[test]
fn slots_go_around_all_of_it_as_the_gates_do() {
    let story = company();
    let start = at("2026-03-03T00:00:00Z");
    let plan = calendar_plan(&story);
    let half = |n: u64| Millis::minutes(30 * n).after(start);
    for from in (0..96).step_by(5).map(half) {
        let found = slots(&known(&story), &search(&["web"], &["staging"], None, from)).unwrap();
        let answer = found
            .slots
            .first()
            .map(|slot| slot.stages[0].span.start())
            .unwrap();
        assert!(passes(&story, &plan, answer), "{answer}");
        let mut before = (0..192).map(half).filter(|at| *at >= from && *at < answer);
        assert_eq!(
            before.find(|at| passes(&story, &plan, *at)),
            None,
            "from {from}"
        );
    }
}

#[test]
fn two_that_use_one_thing_and_two_too_many_collide() {
    let mut story = company();
    story.ledger.spec.legacy.clear();
    story.ledger.spec.bookings.clear();
    let spec = &mut story.ledger.spec;
    for one in ["web", "api"] {
        let configured = spec.services.get_mut(&service(one)).unwrap();
        configured.uses = BTreeSet::from([name("card-network")]);
        configured.needs.clear();
    }
    let staging = spec.environments.get_mut(&env("staging")).unwrap();
    staging.tier = tidegate_core::spec::Tier::Production;
    for platform in spec.teams.values_mut() {
        platform.cover.clear();
    }
    story.register("api@1.0.0").unwrap();
    story.create("api@1.0.0").unwrap();
    story.deploy("web@1.1.0", "staging").unwrap();
    story.deploy("api@1.0.0", "staging").unwrap();
    let items = agenda(&known(&story), &question()).items;
    let kinds: BTreeSet<Kind> = items.iter().map(|item| item.kind).collect();
    assert!(
        kinds.contains(&Kind::Deployment) && kinds.contains(&Kind::Slot),
        "{kinds:?}"
    );
    let found = conflicts(&known(&story), &question()).unwrap();
    let reasons: Vec<Reason> = found.conflicts.iter().map(|c| c.reason).collect();
    assert_eq!(reasons, [Reason::SharedResource], "{found:?}");
    let only = &found.conflicts[0];
    assert_eq!(
        only.work.kind,
        Kind::Slot,
        "the one that waits is the one to move"
    );
}
