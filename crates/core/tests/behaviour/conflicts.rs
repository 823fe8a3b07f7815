//! What collides on the calendar, found before it hurts.

use crate::agenda::{known, line};
use crate::windows::{at, freeze, frozen, window};
use crate::world::company::{env, service};
use crate::world::story::{Story, running};
use std::fmt::Write as _;
use tidegate_core::agenda::conflict::{self, Conflicts, Proposal, Reason, conflicts, of_items};
use tidegate_core::agenda::{Effect, Item, Kind, Question, Source, State, Time, agenda};
use tidegate_core::calendar::Span;
use tidegate_core::time::{Millis, Timestamp};

fn question() -> Question {
    Question::between(at("2026-03-02T00:00:00Z"), at("2026-03-16T00:00:00Z")).unwrap()
}

fn item(
    kind: Kind,
    called: &str,
    time: Time,
    (services, environments): (&[&str], &[&str]),
) -> Item {
    Item {
        kind,
        id: format!("{}/{called}", kind.as_str()),
        name: called.to_owned(),
        title: called.to_owned(),
        detail: String::new(),
        time,
        zone: "UTC".to_owned(),
        environments: environments.iter().map(|e| env(e)).collect(),
        services: services.iter().map(|s| service(s)).collect(),
        effect: if kind == Kind::Campaign {
            Effect::Asks
        } else {
            Effect::Informs
        },
        source: Source::Declared {
            by: "rita".to_owned(),
            at: at("2026-03-01T00:00:00Z"),
        },
        state: State::Ahead,
    }
}

fn span(from: &str, until: &str) -> Time {
    Time::Within(Span::new(at(from), at(until)).unwrap())
}

fn told(found: &Conflicts) -> String {
    let mut out = String::new();
    for c in &found.conflicts {
        let with = c.with.as_ref().map_or("nothing".to_owned(), |with| {
            format!("{} {}", with.kind.as_str(), with.name)
        });
        let _ = writeln!(
            out,
            "{}: {} ({} in {}) with {with}, {}",
            c.reason.as_str(),
            c.work.name,
            c.service,
            c.environment,
            c.overlap
        );
        for proposal in &c.proposals {
            let _ = match proposal {
                Proposal::After { at } => writeln!(out, "  after {at}"),
                Proposal::Move { to } => writeln!(out, "  move to {to}"),
                Proposal::Wait { until } => writeln!(out, "  wait until {until}"),
            };
        }
    }
    let _ = writeln!(
        out,
        "{} of {}, {} left out",
        found.conflicts.len(),
        found.looked_at,
        found.left_out
    );
    out
}

/// What stands on the calendar of the story, with some departures and entries beside it.
fn with(story: &Story, more: Vec<Item>) -> Conflicts {
    let mut items = agenda(&known(story), &question()).items;
    items.extend(more);
    of_items(&known(story), &question(), items).unwrap()
}

fn company() -> Story {
    let mut story = running();
    window(&mut story, &["Mon-Thu 09:00-12:00"], None);
    let peak = freeze("2026-03-04", Some("2026-03-05 10:00"), None);
    frozen(&mut story, "peak", peak);
    story
}

#[test]
fn a_departure_inside_a_freeze_waits_and_one_outside_its_window_too() {
    let story = company();
    let trains = vec![
        item(
            Kind::Departure,
            "retail#1",
            Time::At(at("2026-03-05T09:00:00Z")),
            (&["web"], &["staging"]),
        ),
        item(
            Kind::Departure,
            "retail#2",
            Time::At(at("2026-03-03T11:45:00Z")),
            (&["web"], &["staging"]),
        ),
        item(
            Kind::Departure,
            "retail#3",
            Time::At(at("2026-03-09T10:00:00Z")),
            (&["web"], &["staging"]),
        ),
    ];
    insta::assert_snapshot!(told(&with(&story, trains)));
}

#[test]
fn work_with_work_and_with_everything_else_that_stands_on_the_calendar() {
    let story = company();
    let at_ten = |day: u32, called: &str, services: &[&str], environments: &[&str]| {
        let when = Time::At(at(&format!("2026-03-{day:02}T10:00:00Z")));
        item(Kind::Departure, called, when, (services, environments))
    };
    let both: (&[&str], &[&str]) = (&[], &["staging"]);
    let more = vec![
        at_ten(9, "a#1", &["web"], &["staging"]),
        at_ten(9, "b#1", &["web"], &["staging"]),
        at_ten(10, "c#1", &["web", "api"], &["staging"]),
        at_ten(10, "c#2", &["api"], &["staging"]),
        at_ten(12, "f#1", &["web"], &["prod"]),
        at_ten(12, "g#1", &["api"], &["prod"]),
        // One at a time in prod, and after staging.
        at_ten(11, "d#1", &["web", "api"], &["prod"]),
        at_ten(11, "e#1", &["web"], &["staging"]),
        item(
            Kind::Campaign,
            "spring",
            span("2026-03-09T00:00:00Z", "2026-03-09T10:15:00Z"),
            both,
        ),
        item(
            Kind::Maintenance,
            "storage",
            span("2026-03-10T09:00:00Z", "2026-03-10T10:10:00Z"),
            (&["api"], &["staging"]),
        ),
        item(
            Kind::Batch,
            "nightly",
            span("2026-03-12T01:00:00Z", "2026-03-12T03:00:00Z"),
            both,
        ),
        item(
            Kind::Booking,
            "load-test",
            span("2026-03-11T10:20:00Z", "2026-03-11T12:00:00Z"),
            both,
        ),
        item(
            Kind::Vendor,
            "cards",
            span("2026-03-11T10:05:00Z", "2026-03-11T10:06:00Z"),
            (&["web"], &["prod"]),
        ),
        item(
            Kind::Board,
            "weekly",
            span("2026-03-09T10:00:00Z", "2026-03-09T11:00:00Z"),
            both,
        ),
    ];
    insta::assert_snapshot!(told(&with(&story, more)));
}

#[test]
fn a_deployment_that_waits_collides_with_what_is_declared_into_its_slot() {
    let mut story = company();
    let span_to = Millis::between(story.ledger.now, at("2026-03-02T13:00:00Z"));
    story.pass(span_to);
    story.deploy("web@1.1.0", "staging").unwrap();
    let now = agenda(&known(&story), &question());
    let slot = now.items.iter().find(|i| i.kind == Kind::Slot).unwrap();
    assert!(line(slot).contains("2026-03-03T09:00:00"), "{}", line(slot));
    assert_eq!(
        conflicts(&known(&story), &question())
            .unwrap()
            .conflicts
            .len(),
        0,
        "its slot is free"
    );
    let outage = item(
        Kind::Outage,
        "power",
        span("2026-03-03T09:10:00Z", "2026-03-03T09:20:00Z"),
        (&[], &["staging"]),
    );
    let found = with(&story, vec![outage]);
    assert_eq!(found.conflicts[0].reason, Reason::Maintenance);
    assert_eq!(found.conflicts[0].work.id, slot.id);
    // Narrowed to what somebody else does.
    let mut asked = question();
    asked.services = vec![service("api")];
    let items = found
        .conflicts
        .iter()
        .flat_map(|c| [c.work.clone()].into_iter().chain(c.with.clone()));
    assert!(
        of_items(&known(&story), &asked, items.collect())
            .unwrap()
            .conflicts
            .is_empty()
    );
}

#[test]
fn what_is_proposed_is_free_of_what_others_have_reserved() {
    let mut story = company();
    let staging = story.ledger.spec.environments.get_mut(&env("staging"));
    staging.unwrap().one_at_a_time = true;
    story.pass(Millis::between(
        story.ledger.now,
        at("2026-03-02T13:00:00Z"),
    ));
    story.deploy("web@1.1.0", "staging").unwrap();
    let slot = |service: &str, from: &str, until: &str| {
        let mut slot = item(
            Kind::Slot,
            service,
            span(from, until),
            (&[service], &["staging"]),
        );
        slot.effect = Effect::Informs;
        slot
    };
    let first = slot("api", "2026-03-03T10:00:00Z", "2026-03-03T10:30:00Z");
    let vendor = item(
        Kind::Vendor,
        "switch",
        span("2026-03-03T09:00:00Z", "2026-03-03T10:00:00Z"),
        (&["web"], &["staging"]),
    );
    let proposed = |more: Vec<Item>| {
        let found = with(&story, more).conflicts;
        let vendor = found.into_iter().find(|c| c.reason == Reason::Vendor);
        vendor.unwrap().proposals
    };
    let alone = proposed(vec![vendor.clone()]);
    let over = at("2026-03-03T10:00:00Z");
    assert_eq!(alone[0], Proposal::After { at: over });
    let beside = proposed(vec![vendor, first]);
    let [Proposal::Move { to }] = beside.as_slice() else {
        panic!("the end of the vendor's work is taken: {beside:?}");
    };
    assert!(to.start() >= at("2026-03-03T10:30:00Z"), "{to:?}");
}

/// All of them at once in one place: every one collides with one other, not with all.
#[test]
fn a_thousand_at_once_are_told_within_bounds() {
    let mut story = company();
    let sample = story.ledger.spec.services[&service("web")].clone();
    for n in 0..1_000 {
        let mut one = sample.clone();
        one.needs.clear();
        story
            .ledger
            .spec
            .services
            .insert(service(&format!("s{n}")), one);
    }
    let when: Timestamp = at("2026-03-09T10:00:00Z");
    let all = (0..1_000).map(|n| {
        item(
            Kind::Departure,
            &format!("t{n}"),
            Time::At(when),
            (&[&format!("s{n}")], &["prod"]),
        )
    });
    let found = with(&story, all.collect());
    assert_eq!(found.looked_at, 1_000);
    assert_eq!(found.conflicts.len(), conflict::MOST);
    assert_eq!(found.conflicts.len() + found.left_out, 999);
    assert!(found.conflicts.iter().all(|c| c.reason == Reason::TooMany));
}
