//! Windows and freezes: when a whole deployment may go, and what a clock that moves on changes.

use crate::gates::{ask, text};
use crate::world::company::{env, service};
use crate::world::story::{Story, given, running};
use jiff::civil::date;
use std::fmt::Write as _;
use tidegate_core::gate::{self, Asked, GateId, Purpose};
use tidegate_core::id::{Name, StreamId, StreamKind};
use tidegate_core::spec::{Freeze, FreezePolicy, Scope, Window};
use tidegate_core::stream::environment::Command::Open;
use tidegate_core::time::{Millis, Timestamp};

pub fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// `staging` has a window of these phrases.
pub fn window(story: &mut Story, allow: &[&str], zone: Option<&str>) {
    let spec = &mut story.ledger.spec;
    let window = Window {
        allow: allow.iter().map(|text| (*text).to_owned()).collect(),
        deny: Vec::new(),
        zone: zone.map(str::to_owned),
        at_most: None,
    };
    spec.windows.insert(name("office-hours"), window);
    let staging = spec.environments.get_mut(&env("staging")).unwrap();
    staging.window = Some(name("office-hours"));
}

/// A freeze of `staging`.
pub fn freeze(from: &str, until: Option<&str>, around: Option<&str>) -> Freeze {
    Freeze {
        why: "Finance closes the books".to_owned(),
        around: around.map(str::to_owned),
        from: from.to_owned(),
        until: until.map(str::to_owned),
        zone: None,
        scope: Scope {
            environments: vec![env("staging")],
            ..Scope::default()
        },
        policy: FreezePolicy::default(),
    }
}

pub fn frozen(story: &mut Story, called: &str, freeze: Freeze) {
    story.ledger.spec.freezes.insert(name(called), freeze);
}

/// The clock goes on to this instant; timers fire on the way.
pub fn until(story: &mut Story, then: &str) {
    let span = Millis::between(story.ledger.now, at(then));
    story.pass(span);
}

/// When the gates of a deployment passed.
fn passed(story: &Story, id: &str) -> Option<Timestamp> {
    let stream = StreamId::new(StreamKind::Deployment, id);
    let mut entries = story.ledger.entries.iter();
    entries
        .find(|e| e.entry.stream == stream && e.entry.kind.starts_with("deployment.gates_passed"))
        .map(|e| e.at)
}

fn earliest(story: &Story, id: &str, to: &str) -> Option<Timestamp> {
    let plan = story.plan(id, to, Purpose::Promote).unwrap();
    let asked = Asked {
        now: story.ledger.now,
        present: story.ledger.now,
        plan: &plan.body,
        purpose: Purpose::Promote,
        deployment: None,
        request: &tidegate_core::queue::Request::PLAIN,
        expected: plan.envelope.expected.as_ref(),
        spec: &story.ledger.spec,
        origins: &story.ledger.origins,
        view: &story.ledger,
    };
    gate::earliest(&asked, &gate::evaluate(&asked))
}

#[test]
fn a_deployment_waits_for_its_window_and_starts_the_moment_it_opens() {
    let mut story = running();
    window(
        &mut story,
        &["Mon-Thu 10:00-16:00"],
        Some("America/New_York"),
    );
    let id = story.deploy("web@1.1.0", "staging").unwrap();
    assert_eq!(story.phase(&id), "waiting");
    assert_eq!(
        earliest(&story, "web@1.1.0", "staging"),
        Some(at("2026-03-02T15:00:00Z"))
    );
    until(&mut story, "2026-03-02T14:59:59Z");
    assert_eq!(story.phase(&id), "waiting");
    until(&mut story, "2026-03-02T15:00:00Z");
    assert_eq!(story.phase(&id), "running");
    assert_eq!(passed(&story, &id), Some(at("2026-03-02T15:00:00Z")));
}

#[test]
fn a_window_too_short_for_holds_watch_and_way_back_is_left_alone() {
    let mut story = running();
    window(
        &mut story,
        &["Mon 09:00-17:00", "Tue 08:00-08:20", "Wed 09:00-12:00"],
        None,
    );
    // Ten minutes of holds, ten of watch and ten for the way back.
    until(&mut story, "2026-03-02T16:30:00.001Z");
    let id = story.deploy("web@1.1.0", "staging").unwrap();
    assert_eq!(story.phase(&id), "waiting");
    until(&mut story, "2026-03-04T12:00:00Z");
    assert_eq!(passed(&story, &id), Some(at("2026-03-04T09:00:00Z")));

    let mut story = running();
    window(&mut story, &["Mon 09:00-17:00"], None);
    until(&mut story, "2026-03-02T16:30:00Z");
    let id = story.deploy("web@1.1.0", "staging").unwrap();
    assert_eq!(story.phase(&id), "running", "it just fits");
}

#[test]
fn a_freeze_around_the_end_of_a_quarter_holds_what_would_reach_into_it() {
    let mut story = running();
    let rule = freeze(
        "3 working days before",
        Some("2 working days after"),
        Some("fiscal-quarter-end"),
    );
    frozen(&mut story, "quarter-close", rule);
    // The quarter ends on Tue 31 March; Thu 2 April is a holiday.
    story.ledger.spec.holidays.insert(date(2026, 4, 2));
    until(&mut story, "2026-03-25T23:30:00Z");
    let id = story.deploy("web@1.1.0", "staging").unwrap();
    assert_eq!(story.phase(&id), "running", "over by midnight");

    let mut late = running();
    late.ledger.spec = story.ledger.spec.clone();
    until(&mut late, "2026-03-25T23:31:00Z");
    let id = late.deploy("web@1.1.0", "staging").unwrap();
    assert_eq!(late.phase(&id), "waiting");
    until(&mut late, "2026-04-05T00:00:00Z");
    assert_eq!(passed(&late, &id), Some(at("2026-04-04T00:00:00Z")));
}

#[test]
fn two_regions_follow_their_own_clocks_over_their_changes() {
    let mut story = running();
    window(&mut story, &["Mon-Thu 09:00-16:00"], None);
    let spec = &mut story.ledger.spec;
    for (to, zone) in [("staging", "Europe/Berlin"), ("prod", "America/New_York")] {
        let environment = spec.environments.get_mut(&env(to)).unwrap();
        environment.window = Some(name("office-hours"));
        environment.after = Vec::new();
        zone.clone_into(&mut environment.zone);
    }
    let mut out = String::new();
    // Fridays before New York changes its clocks, before Berlin does, and after both did.
    for friday in ["2026-03-06", "2026-03-13", "2026-03-27"] {
        until(&mut story, &format!("{friday}T22:00:00Z"));
        let _ = writeln!(out, "{friday}");
        for to in ["staging", "prod"] {
            let reports = ask(&story, "web@1.1.0", to, Purpose::Promote);
            let _ = write!(out, "{}", text(&reports, Some(GateId::Window)));
        }
    }
    insta::assert_snapshot!(out);
}

#[test]
fn after_a_week_without_the_server_the_slot_that_went_by_is_judged_anew() {
    let mut story = running();
    window(&mut story, &["Tue 10:00-12:00"], None);
    let id = story.deploy("web@1.1.0", "staging").unwrap();
    // Tuesday the third and its window go by; the server returns on the Wednesday of the week after.
    story.sleep(Millis::between(
        story.ledger.now,
        at("2026-03-11T08:00:00Z"),
    ));
    assert_eq!(story.phase(&id), "waiting");
    let other = freeze("2026-03-11", Some("2026-03-13"), None);
    frozen(&mut story, "audit", other);
    until(&mut story, "2026-03-16T12:00:00Z");
    assert_eq!(story.phase(&id), "waiting", "its slot is still to come");
    until(&mut story, "2026-03-17T11:00:00Z");
    assert_eq!(passed(&story, &id), Some(at("2026-03-17T10:00:00Z")));

    let mut story = running();
    window(&mut story, &["Tue, Thu 10:00-12:00"], None);
    let id = story.deploy("web@1.1.0", "staging").unwrap();
    story.sleep(Millis::between(
        story.ledger.now,
        at("2026-03-11T08:00:00Z"),
    ));
    assert_eq!(passed(&story, &id), None);
    until(&mut story, "2026-03-12T11:00:00Z");
    assert_eq!(passed(&story, &id), Some(at("2026-03-12T10:00:00Z")));
}

#[test]
fn inside_a_freeze_a_return_goes_and_a_first_install_waits() {
    let mut story = running();
    story.deployed("web@1.1.0", "staging");
    frozen(
        &mut story,
        "peak",
        freeze("2026-03-01", Some("2026-03-06"), None),
    );
    window(&mut story, &["Fri 10:00-12:00"], None);
    let waits = story.deploy("web@1.2.0", "staging").unwrap();
    assert_eq!(story.phase(&waits), "waiting");
    let back = story.roll_back("web", "staging").unwrap().unwrap();
    assert_eq!(story.phase(&back), "running");
    story.succeeds(&back);

    let mut story = given(&["web@1.0.0"]);
    frozen(
        &mut story,
        "peak",
        freeze("2026-03-01", Some("2026-03-06"), None),
    );
    let first = story.deploy("web@1.0.0", "staging").unwrap();
    assert_eq!(story.phase(&first), "waiting");
    until(&mut story, "2026-03-06T00:00:00Z");
    assert_eq!(passed(&story, &first), Some(at("2026-03-06T00:00:00Z")));
}

#[test]
fn what_is_under_way_when_a_freeze_is_applied_still_finds_its_way_back() {
    let mut story = running();
    let id = story.deploy("web@1.1.0", "staging").unwrap();
    story.agent_finishes();
    frozen(&mut story, "incident", freeze("2026-03-01", None, None));
    window(&mut story, &["Fri 10:00-12:00"], None);
    story.regressed(&id).unwrap();
    story.agent_finishes();
    assert_eq!(story.phase(&id), "rolled back");
}

#[test]
fn the_earliest_instant_is_one_at_which_every_gate_passes() {
    let mut story = running();
    window(&mut story, &["Mon, Wed 10:00-12:00"], None);
    let moment = |story: &Story| earliest(story, "web@1.1.0", "staging");
    until(&mut story, "2026-03-02T10:00:00Z");
    assert_eq!(moment(&story), Some(at("2026-03-02T10:00:00Z")), "now");
    // The freeze ends while the window is closed; the next opening lies in another freeze.
    frozen(
        &mut story,
        "peak",
        freeze("2026-03-01", Some("2026-03-03 06:00"), None),
    );
    frozen(
        &mut story,
        "audit",
        freeze("2026-03-04 11:00", Some("2026-03-09 11:15"), None),
    );
    assert_eq!(moment(&story), Some(at("2026-03-04T10:00:00Z")));
    frozen(
        &mut story,
        "books",
        freeze("2026-03-04", Some("2026-03-04 11:00"), None),
    );
    assert_eq!(moment(&story), Some(at("2026-03-09T11:15:00Z")));
    frozen(&mut story, "books", freeze("2026-03-04", None, None));
    assert_eq!(moment(&story), None, "somebody must lift it");
    story.ledger.spec.freezes.clear();
    story.held("staging", "audit");
    assert_eq!(moment(&story), None, "somebody must open it");
    let because = "done".to_owned();
    story.environment("staging", Open { because }).unwrap();
    let prod = story.ledger.spec.environments.get_mut(&env("prod"));
    prod.unwrap().window = Some(name("office-hours"));
    assert_eq!(earliest(&story, "web@1.1.0", "prod"), None, "staging first");
}

#[test]
fn a_plan_of_an_earlier_version_keeps_its_gates_and_a_new_one_must_ask_all() {
    let mut story = running();
    window(&mut story, &["Fri 10:00-12:00"], None);
    let old = [GateId::Window, GateId::Freeze];
    let mut plan = story
        .plan("web@1.1.0", "staging", Purpose::Promote)
        .unwrap();
    plan.body.gates.retain(|gate| !old.contains(gate));
    assert!(story.propose(plan, Purpose::Promote).is_err());
    story.refused("does not ask every gate");

    story.held("staging", "audit");
    let id = story.deploy("web@1.1.0", "staging").unwrap();
    let stream = StreamId::new(StreamKind::Deployment, &id);
    let row = story.ledger.states.get_mut(&stream).unwrap();
    row.body = row.body.replace("\"window\",\"freeze\",", "");
    let because = "done".to_owned();
    story.environment("staging", Open { because }).unwrap();
    assert_eq!(story.phase(&id), "running");
}

#[test]
fn every_answer_of_the_window() {
    let mut out = String::new();
    let mut scene = |name: &str, allow: &[&str], zone: Option<&str>| {
        let mut story = running();
        window(&mut story, allow, zone);
        until(&mut story, "2026-03-02T12:00:00Z");
        let reports = ask(&story, "web@1.1.0", "staging", Purpose::Promote);
        let _ = writeln!(out, "{name}\n{}", text(&reports, Some(GateId::Window)));
    };
    scene("open", &["Mon-Thu 09:00-16:00"], None);
    scene("always open", &["Mon-Sun"], Some("Europe/Berlin"));
    scene("closed", &["Tue-Thu 09:00-16:00"], Some("America/New_York"));
    scene(
        "over midnight",
        &["Mon-Thu 22:00-02:00"],
        Some("Asia/Tokyo"),
    );
    scene(
        "too short now",
        &["Mon 09:00-12:10", "Wed 09:00-10:00"],
        None,
    );
    scene(
        "next year",
        &["day 15 of month 09:00-16:00 from 2027-01-01"],
        None,
    );
    scene(
        "never long enough",
        &["Mon-Thu 09:00-09:20"],
        Some("Europe/Berlin"),
    );
    scene(
        "never within the time looked at",
        &["Mon 09:00-16:00 from 2030-01-01"],
        None,
    );
    scene("a point in time", &["every week on Mon at 10:00"], None);
    scene("a phrase of another version", &["at high tide"], None);
    scene(
        "a zone that there is not",
        &["Mon"],
        Some("Atlantis/Capital"),
    );
    scene("no phrase at all", &[], None);

    let mut story = running();
    let reports = ask(&story, "web@1.1.0", "staging", Purpose::Promote);
    let _ = writeln!(out, "no window\n{}", text(&reports, Some(GateId::Window)));
    window(&mut story, &["Mon"], None);
    story.ledger.spec.windows.clear();
    let reports = ask(&story, "web@1.1.0", "staging", Purpose::Promote);
    let _ = writeln!(
        out,
        "a window that is gone\n{}",
        text(&reports, Some(GateId::Window))
    );
    insta::assert_snapshot!(out);
}

#[test]
fn every_answer_of_the_freezes() {
    let mut out = String::new();
    let mut scene = |called: &str, freezes: &[(&str, Freeze)]| {
        let mut story = running();
        for (called, freeze) in freezes {
            frozen(&mut story, called, freeze.clone());
        }
        until(&mut story, "2026-03-02T12:00:00Z");
        let reports = ask(&story, "web@1.1.0", "staging", Purpose::Promote);
        let _ = writeln!(out, "{called}\n{}", text(&reports, Some(GateId::Freeze)));
    };
    let new_york = |freeze: Freeze| Freeze {
        zone: Some("America/New_York".to_owned()),
        ..freeze
    };
    let peak = new_york(freeze("2026-11-25", Some("2026-12-01 06:00"), None));
    let march = freeze("2026-03-01", Some("2026-03-03 06:00"), None);
    let tuesday = freeze("2026-03-03 06:20", Some("2026-03-05"), None);
    let noon = freeze("2026-03-02 12:10", Some("2026-03-04"), None);
    let open_ended = freeze("2026-03-01", None, None);
    let days = |from: &str, until: Option<&str>| freeze(from, until, Some("every day at 00:00"));
    let other = |mut freeze: Freeze| {
        freeze.scope.services = vec![service("api")];
        freeze
    };
    let production = |freeze: Freeze| Freeze {
        scope: Scope::default(),
        ..freeze
    };
    scene("none", &[]);
    scene("of another service", &[("march", other(march.clone()))]);
    scene("of production", &[("march", production(march.clone()))]);
    scene(
        "later",
        &[
            ("peak-season", peak.clone()),
            ("autumn", freeze("2026-12-01", None, None)),
        ],
    );
    scene(
        "later and without an end",
        &[("autumn", freeze("2026-10-01", None, None))],
    );
    scene(
        "over",
        &[("winter", freeze("2026-01-01", Some("2026-02-01"), None))],
    );
    scene("now", &[("march", march.clone()), ("peak-season", peak)]);
    scene(
        "two with too little between them",
        &[("march", march), ("tuesday", tuesday)],
    );
    scene("begins before it is over", &[("noon", noon)]);
    scene("without an end", &[("incident", open_ended)]);
    scene(
        "one after the other for ever",
        &[("days", days("1 hours after", Some("1 days after")))],
    );
    scene(
        "repeats without an end",
        &[("days", days("1 hours after", None))],
    );
    scene(
        "ends before it begins",
        &[("days", days("2 days after", Some("1 days before")))],
    );
    scene(
        "a date that there is not",
        &[("leap", freeze("2026-02-30", None, None))],
    );
    scene(
        "an offset from nothing",
        &[("days", freeze("1 days before", None, None))],
    );
    insta::assert_snapshot!(out);
}
