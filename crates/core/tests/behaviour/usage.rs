//! How environments were used: deployments, waits, contention and bookings, counted in the time that is asked about.

use crate::windows::at;
use crate::world::company::{env, service};
use crate::world::story::{Story, given, rita};
use tidegate_core::agenda::Known;
use tidegate_core::agenda::usage::{Report, usage};
use tidegate_core::calendar::Span;
use tidegate_core::command::Command as Any;
use tidegate_core::id::TeamId;
use tidegate_core::model::listing::DEPLOYMENTS;
use tidegate_core::spec::Scope;
use tidegate_core::stream::entry::{Command, Declared, Kind, When};
use tidegate_core::time::{Millis, Timestamp};

fn report(story: &Story, from: Timestamp, until: Timestamp) -> Report {
    let known = Known {
        now: story.ledger.now,
        spec: &story.ledger.spec,
        origins: &story.ledger.origins,
        view: story.ledger.view(),
    };
    let rows = story.ledger.view().scan(DEPLOYMENTS, "", usize::MAX);
    let bodies = rows.into_iter().rev().map(|(_, body)| body);
    usage(&known, Span::new(from, until).unwrap(), bodies).unwrap()
}

#[test]
fn deployments_waits_and_bookings_are_counted_for_each_environment() {
    let mut story = given(&["web@1.0.0", "api@1.0.0"]);
    let spec = &mut story.ledger.spec;
    spec.environments
        .get_mut(&env("staging"))
        .unwrap()
        .one_at_a_time = true;
    let began = story.ledger.now;
    let first = story.deploy("web@1.0.0", "staging").unwrap();
    let second = story.deploy("api@1.0.0", "staging").unwrap();
    assert_eq!(
        (story.phase(&first), story.phase(&second)),
        ("running", "waiting")
    );
    story.pass(Millis::minutes(5));
    let end = story.ledger.now;
    let now = report(&story, began, end);
    let staging = &now.environments[&env("staging")];
    assert_eq!((staging.deployments, staging.returns), (1, 0));
    assert_eq!(
        (staging.busy, staging.waited),
        (Millis::minutes(5), Millis::minutes(5))
    );
    assert_eq!(
        staging.contended,
        Millis::minutes(5),
        "one waited while the other went"
    );
    assert_eq!(staging.longest_id.as_ref().unwrap().as_str(), second);
    assert_eq!(staging.most_waiting, 1);
    let owner = story.ledger.spec.services[&service("web")].owner.clone();
    assert_eq!(staging.by_team[&owner], (1, Millis::minutes(5)));
    assert!(!now.cut);
    // Only what lies in the time.
    let half = report(
        &story,
        Millis::minutes(2).after(began),
        Millis::minutes(3).after(began),
    );
    let staging = &half.environments[&env("staging")];
    assert_eq!((staging.deployments, staging.busy), (0, Millis::minutes(1)));
    assert_eq!(staging.waited, Millis::minutes(1));
    let prod = &now.environments[&env("prod")];
    assert_eq!((prod.deployments, prod.busy), (0, Millis::ZERO));
}

#[test]
fn a_booking_counts_for_its_team_until_it_is_called_off() {
    let mut story = given(&["web@1.0.0"]);
    let team = TeamId::new("platform").unwrap();
    story.ledger.spec.teams.entry(team.clone()).or_default();
    let (from, until) = (at("2026-03-02T10:00:00Z"), at("2026-03-02T18:00:00Z"));
    let what = Declared {
        kind: Kind::Booking,
        title: "load test".to_owned(),
        when: When::Once { from, until },
        zone: None,
        scope: Scope {
            environments: vec![env("staging")],
            ..Scope::default()
        },
        effect: None,
        owner: Some(team.clone()),
        lets: Vec::new(),
        vendor: None,
        source: None,
    };
    let command = Command::Declare {
        what: Box::new(what),
        reason: "load test".to_owned(),
        accepting: None,
        despite_terms: false,
    };
    let id = story.ask(rita(), Any::Enter { command }).unwrap();
    let booked = |story: &Story| {
        let (day, next) = (at("2026-03-02T00:00:00Z"), at("2026-03-03T00:00:00Z"));
        report(story, day, next).environments[&env("staging")]
            .booked
            .get(&team)
            .copied()
    };
    assert_eq!(booked(&story), Some(Millis::minutes(8 * 60)));
    story.pass(Millis::between(
        story.ledger.now,
        at("2026-03-02T12:00:00Z"),
    ));
    let command = Command::Cancel {
        because: "it is green".to_owned(),
    };
    let id = id.parse().unwrap();
    story.ask(rita(), Any::Entry { id, command }).unwrap();
    assert_eq!(booked(&story), Some(Millis::minutes(2 * 60)));
}
