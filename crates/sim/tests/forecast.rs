//! A quarter of a small company, then the quarter after it as forecast: what its freeze and windows do to the same work, what another
//! calendar would do, and that nothing of it happened.

use jiff::ToSpan;
use jiff::civil::{DateTime, date};
use tidegate_core::command::Command;
use tidegate_core::gate::GateId;
use tidegate_core::id::{EnvId, ReleaseId};
use tidegate_core::spec::{Origins, Spec};
use tidegate_core::stream::release;
use tidegate_core::time::{Millis, Timestamp};
use tidegate_sim::forecast::{Answers, Course, End, Forecast, Question, forecast};
use tidegate_sim::{Behaviour, World};

const COMPANY: &str = r#"
tidegate: 1
company: Acme Pay
zone: Europe/Berlin
---
teams:
  web: { members: [ana, ben] }
  payments: { members: [dina, emil] }
---
environments:
  staging: { tier: test, deploy: on-arrival, port-offset: 200 }
  prod: { tier: production, after: staging, window: office-hours, one-at-a-time: true }
---
window: office-hours
allow: Mon-Thu 09:00-16:00
---
freeze: peak-season
why: Black Friday to Cyber Monday
from: 2026-11-25 00:00
until: 2026-12-01 06:00
environments: [prod]
---
pipeline: standard
path: [staging, prod]
watch: 30m
strategy: { default: rolling }
---
policy: four-eyes-web
applies-to: { services: [web], tier: production }
approvals: [{ from: web }]
never-by: [requester]
---
policy: four-eyes-payments
applies-to: { services: [payments], tier: production }
approvals: [{ from: payments }]
never-by: [requester]
---
service: web
owner: web
tier: 2
run: { command: ./web, port: 8080 }
---
service: payments
owner: payments
tier: 2
run: { command: ./payments, port: 8081 }
"#;

fn berlin(at: DateTime) -> Timestamp {
    let zone = tidegate_core::time::zone("Europe/Berlin").expect("the zone is known");
    at.to_zoned(zone).expect("the time exists").timestamp()
}

fn company(text: &str, now: Timestamp) -> (Spec, Origins) {
    let files = tidegate_config::Files::of([("tidegate.yaml", text)]);
    let loaded = tidegate_config::load_at(&files, now);
    let text = tidegate_config::render(&loaded.diagnostics, &files, false);
    (loaded.spec.expect(&text), loaded.origins)
}

const TRAIN: &str = r#"
---
train: retail
carries: [web]
departs: every 2 weeks on Tue at 14:00
first: 2026-09-01
scope-closes: 1d before
code-closes: 1d before
go-no-go: 4h before
decided-by: web
missed: next-train
"#;

/// Thirteen weeks in which web goes each Tuesday and payments every other Wednesday; one web is taken back.
fn quarter() -> World {
    quarter_of(COMPANY)
}

fn quarter_of(text: &str) -> World {
    let start = berlin(date(2026, 8, 24).at(8, 0, 0, 0));
    let (spec, origins) = company(text, start);
    let blobs = std::env::temp_dir().join("tidegate-forecast-of-small-releases");
    let mut world = World::new(&spec, start, 7, blobs).expect("a world");
    world
        .configure("rita", spec, origins)
        .expect("the configuration is taken");
    for week in 0..13_i64 {
        let day = date(2026, 8, 25).checked_add(week.weeks()).expect("a day");
        asks(
            &mut world,
            "ana",
            format!("web@8.{week}.0"),
            berlin(day.at(10, 0, 0, 0)),
        );
        if week % 2 == 0 {
            let day = day.tomorrow().expect("a day");
            asks(
                &mut world,
                "dina",
                format!("payments@3.{week}.0"),
                berlin(day.at(14, 0, 0, 0)),
            );
        }
    }
    world.target.behaves(
        "web@8.5.0".parse().expect("a release"),
        EnvId::new("prod").expect("a name"),
        Behaviour::NeverStarts,
    );
    let end = berlin(date(2026, 11, 23).at(8, 0, 0, 0));
    world.run_until(end).expect("it goes on");
    world
}

fn asks(world: &mut World, who: &'static str, id: String, at: Timestamp) {
    let id: ReleaseId = id.parse().expect("a release");
    world.at(at, move |world| {
        world.release(who, &id)?;
        let to = EnvId::new("prod").expect("a name");
        let command = release::Command::Promote {
            to,
            reason: "it is ready".to_owned(),
            request: tidegate_core::queue::Request::PLAIN,
        };
        world.ask(
            who,
            Command::Release {
                id: id.clone(),
                command,
            },
        )?;
        Ok(())
    });
    // A colleague says yes three hours later.
    world.at(Millis::minutes(180).after(at), move |world| {
        world.yes(if who == "ana" { "ben" } else { "emil" })
    });
}

fn ahead(world: &World, proposed: Option<&str>, answers: Answers) -> Forecast {
    let now = world.now();
    let until = berlin(date(2027, 2, 22).at(8, 0, 0, 0));
    let question = Question {
        until,
        repeat: true,
        answers,
        proposed: proposed.map(|text| company(text, now)),
        give_up: &|| false,
    };
    forecast(&world.engine, &question).expect("a forecast")
}

fn count(course: &Course, how: fn(&End) -> bool) -> usize {
    course.journeys.iter().filter(|j| how(&j.end)).count()
}

#[test]
fn the_next_quarter_is_the_one_before_under_the_next_calendar() {
    let world = quarter();
    let head = world.engine.read(|rows| rows.head()).expect("a head");
    let without = COMPANY
        .replace("from: 2026-11-25 00:00", "from: 2026-12-24 00:00")
        .replace("until: 2026-12-01 06:00", "until: 2026-12-31 06:00");
    let found = ahead(&world, Some(&without), Answers::AsBefore);

    assert_eq!(found.before.requests.len(), 20);
    let answered = found.before.answered_after.expect("people answered");
    assert_eq!(
        answered.0 / 600_000,
        17,
        "three hours less the way through staging"
    );
    let now = &found.in_force;
    assert_eq!(now.journeys.len(), 20, "{:#?}", now.short);
    assert_eq!(count(now, |end| *end == End::Done), 19);
    assert_eq!(count(now, |end| matches!(end, End::TakenBack(_))), 1);
    assert_eq!((now.unasked.len(), now.short.len(), now.cut), (0, 0, None));

    // The web of Tue 24 November had its yes at 13:00 and went; payments of the 25th waited for the freeze.
    let frozen = |course: &Course| {
        let waits = course.journeys.iter().flat_map(|j| &j.waits);
        let by = waits.filter(|w| w.rule.as_deref() == Some("freezes.peak-season"));
        by.map(|w| w.lasted.0 / 3_600_000).collect::<Vec<_>>()
    };
    assert_eq!(
        frozen(now),
        [135],
        "from Wed 14:00 to Mon 24:00 and six hours"
    );
    let other = found.proposed.as_ref().expect("another course");
    assert_eq!(frozen(other).len(), 2);
    let approved = now.journeys.iter().flat_map(|j| &j.waits);
    let approved = approved.filter(|w| w.gate == GateId::Approval);
    assert!(
        approved.clone().count() >= 20 && approved.clone().all(|w| w.lasted.0 >= 3 * 3_600_000)
    );

    assert_eq!(world.engine.read(|rows| rows.head()).expect("a head"), head);
    let again = ahead(&world, None, Answers::AsBefore);
    assert_eq!(format!("{:?}", again.in_force), format!("{now:?}"));
}

#[test]
fn where_nobody_answers_everything_waits_for_somebody_by_name() {
    let world = quarter();
    let found = ahead(&world, None, Answers::Never);
    assert_eq!(count(&found.in_force, |end| *end == End::Done), 0);
    let waiting = found
        .in_force
        .journeys
        .iter()
        .filter(|j| j.end == End::Waiting);
    for journey in waiting {
        let approval = journey.held.iter().find(|h| h.gate == GateId::Approval);
        let who = &approval.expect("an approval").who;
        assert!(!who.is_empty(), "{journey:?}");
    }
}

#[test]
fn under_a_calendar_with_a_train_its_departures_leave_with_a_go_or_say_why_they_do_not() {
    let world = quarter();
    let found = ahead(
        &world,
        Some(&format!("{COMPANY}{TRAIN}")),
        Answers::AsBefore,
    );
    let proposed = found.proposed.expect("another course");
    assert_eq!(found.in_force.departures.len(), 0);
    let phases: Vec<_> = proposed.departures.iter().map(|d| &d.phase).collect();
    assert_eq!(phases, ["arrived"; 7]);
    // The first one was laid when its boarding was over; on each of the others the newer web took the place of the one before.
    let aboard: Vec<_> = proposed
        .departures
        .iter()
        .map(|d| d.passengers.len())
        .collect();
    assert_eq!(aboard, [0, 1, 1, 1, 1, 1, 1]);
    let web = proposed
        .journeys
        .iter()
        .filter(|j| j.release.service.as_str() == "web");
    assert_eq!(web.count(), 6);
    assert_eq!(proposed.short.len(), 7, "{:?}", proposed.short);
    assert!(proposed.unasked.is_empty(), "{:?}", proposed.unasked);
}
