//! The line: who goes next where only so many may go, what a reserved time is, and what becomes of those who wait.

use crate::windows;
use crate::world::company::{env, service};
use crate::world::story::{Story, given, rita, running};
use std::collections::{BTreeMap, BTreeSet};
use tidegate_core::command::Command as Any;
use tidegate_core::gate::{GateId, Purpose};
use tidegate_core::id::{DeploymentId, EnvId, Name, StreamId, StreamKind, TeamId};
use tidegate_core::model::queue::{At, Row};
use tidegate_core::queue::{BOUND, Line, Priority, Request};
use tidegate_core::refusal::Refusal;
use tidegate_core::spec::{Tier, Unscheduled, Window};
use tidegate_core::stream::deployment::{self, Phase};
use tidegate_core::stream::release as rel;
use tidegate_core::time::{Millis, Timestamp};

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn until(story: &mut Story, then: &str) {
    let span = Millis::between(story.ledger.now, at(then));
    story.pass(span);
}

/// Services `s0`, `s1` … of these teams, each with version 1.0.0 made; staging takes `at_most` at a time.
pub fn crowd(teams: &[&str], at_most: Option<u32>) -> Story {
    let mut story = given(&[]);
    let web = story.ledger.spec.services[&service("web")].clone();
    for (n, team) in teams.iter().enumerate() {
        let mut one = web.clone();
        one.owner = TeamId::new(*team).unwrap();
        one.run.as_mut().unwrap().port = Some(10_000 + u16::try_from(n).unwrap());
        let id = service(&format!("s{n}"));
        story.ledger.spec.services.insert(id, one);
    }
    for n in 0..teams.len() {
        let id = format!("s{n}@1.0.0");
        story.register(&id).unwrap();
        story.create(&id).unwrap();
    }
    limit(&mut story, "staging", at_most);
    story
}

fn limit(story: &mut Story, to: &str, at_most: Option<u32>) {
    let spec = &mut story.ledger.spec;
    spec.environments.get_mut(&env(to)).unwrap().at_most = at_most;
}

/// No work in staging before this instant.
pub fn frozen(story: &mut Story, until: &str) {
    let freeze = windows::freeze("2026-03-01", Some(until), None);
    windows::frozen(story, "close", freeze);
}

fn ask(story: &mut Story, n: usize, request: Request) -> Result<String, Refusal> {
    // Age is told apart by the second.
    story.pass(Millis::secs(1));
    let id = format!("s{n}@1.0.0");
    let plan = story.plan(&id, "staging", Purpose::Promote).unwrap();
    story.propose_as(plan, Purpose::Promote, request)
}

pub fn with(priority: Priority) -> Request {
    Request {
        priority,
        ..Request::PLAIN
    }
}

/// Services in the order in which their gates passed.
pub fn started(story: &Story) -> Vec<String> {
    let passed = |kind: &str| kind.starts_with("deployment.gates_passed");
    let entries = story.ledger.entries.iter();
    entries
        .filter(|e| passed(&e.entry.kind))
        .map(|e| {
            let state = story.state(e.entry.stream.key());
            state.facts.unwrap().plan.body.service.to_string()
        })
        .collect()
}

/// Deployments that change staging now.
pub fn under_way(story: &Story) -> usize {
    let rows = story.ledger.view().under_way(&env("staging")).unwrap();
    rows.iter().filter(|(_, row)| row.is_running()).count()
}

/// Agents work until nobody is left; every look checks the limit.
fn drain(story: &mut Story, limit: usize) {
    for _ in 0..10_000 {
        assert!(under_way(story) <= limit, "{} at a time", under_way(story));
        if !story.agent_works() && under_way(story) == 0 {
            return;
        }
    }
    panic!("it does not end");
}

fn capacity(story: &Story, id: &str) -> (String, String) {
    let Phase::Gated { reports, .. } = story.state(id).phase else {
        panic!("it does not wait");
    };
    let report = reports.into_iter().find(|r| r.gate == GateId::Capacity);
    let report = report.unwrap();
    (report.title, report.detail)
}

#[test]
fn what_is_over_the_limit_waits_and_the_next_goes_when_a_place_is_free() {
    let mut story = crowd(&["a", "a", "a", "a"], Some(2));
    let ids: Vec<String> = (0..4)
        .map(|n| ask(&mut story, n, Request::PLAIN).unwrap())
        .collect();
    let phases: Vec<&str> = ids.iter().map(|id| story.phase(id)).collect();
    assert_eq!(phases, ["running", "running", "waiting", "waiting"]);
    let (title, detail) = capacity(&story, &ids[3]);
    assert_eq!(title, "2nd of 2 for staging; before it: s2@1.0.0");
    assert_eq!(
        detail,
        "staging takes 2 at a time, under way: s0@1.0.0 in staging by rita since Mon 2 Mar 09:00 UTC; \
         s1@1.0.0 in staging by rita since Mon 2 Mar 09:00 UTC"
    );
    drain(&mut story, 2);
    assert_eq!(started(&story), ["s0", "s1", "s2", "s3"]);
}

#[test]
fn priority_goes_first_then_the_team_that_was_served_less_then_age() {
    let mut story = crowd(&["a", "a", "a", "a", "b", "b"], Some(1));
    ask(&mut story, 0, Request::PLAIN).unwrap();
    ask(&mut story, 1, Request::PLAIN).unwrap();
    ask(&mut story, 2, with(Priority::Low)).unwrap();
    ask(&mut story, 4, Request::PLAIN).unwrap();
    ask(&mut story, 5, Request::PLAIN).unwrap();
    ask(&mut story, 3, with(Priority::High)).unwrap();
    drain(&mut story, 1);
    // `b` was never served, so its first goes before the older one of `a`; then `a` was served longer ago.
    assert_eq!(started(&story), ["s0", "s3", "s4", "s1", "s5", "s2"]);
}

#[test]
fn high_priority_says_why() {
    let mut story = running();
    let plan = story
        .plan("web@1.1.0", "staging", Purpose::Promote)
        .unwrap();
    let command = deployment::Command::Propose {
        plan: Box::new(plan),
        purpose: Purpose::Promote,
        reason: "  ".to_owned(),
        request: with(Priority::High),
    };
    let _ = story.ask(rita(), Any::Propose { command });
    story.refused("priority `high` needs a reason");
    let promote = rel::Command::Promote {
        to: env("prod"),
        reason: String::new(),
        request: with(Priority::High),
    };
    let _ = story.release("web@1.1.0", promote);
    story.refused("say why with `--reason`");
}

#[test]
fn who_waits_for_something_else_blocks_nobody_behind_it() {
    let mut story = crowd(&["a", "a", "a"], Some(1));
    let first = ask(&mut story, 0, Request::PLAIN).unwrap();
    // `s1` needs what does not run there.
    let needs = tidegate_core::spec::Need("^1".parse().unwrap());
    let spec = &mut story.ledger.spec;
    let one = spec.services.get_mut(&service("s1")).unwrap();
    one.needs = BTreeMap::from([(service("web"), needs)]);
    let blocked = ask(&mut story, 1, with(Priority::High)).unwrap();
    let last = ask(&mut story, 2, Request::PLAIN).unwrap();
    assert_eq!(capacity(&story, &last).0, "1st of 2 for staging");
    story.agent_finishes();
    assert_eq!(story.phase(&first), "succeeded");
    assert_eq!(story.phase(&blocked), "waiting");
    assert_eq!(story.phase(&last), "succeeded");
}

#[test]
fn a_cancelled_one_leaves_the_line_and_a_failed_one_gives_its_place_back() {
    let mut story = crowd(&["a", "a", "a"], Some(1));
    let first = ask(&mut story, 0, Request::PLAIN).unwrap();
    let second = ask(&mut story, 1, Request::PLAIN).unwrap();
    let third = ask(&mut story, 2, Request::PLAIN).unwrap();
    let abort = |reason: &str| deployment::Command::Abort {
        reason: reason.to_owned(),
    };
    story.deployment(&second, abort("not today")).unwrap();
    assert_eq!(story.phase(&third), "waiting");
    story.deployment(&first, abort("wrong version")).unwrap();
    assert_eq!(story.phase(&first), "stopped");
    assert_eq!(story.phase(&third), "running", "in the same instant");
    let rows = story.ledger.view().queue(&env("staging")).unwrap();
    assert_eq!(rows.len(), 1);
}

#[test]
fn one_resource_is_used_by_one_at_a_time_in_all_of_production_and_nobody_behind_waits_for_it() {
    let mut story = crowd(&["a", "b", "c"], None);
    let spec = &mut story.ledger.spec;
    let staging = spec.environments.get_mut(&env("staging")).unwrap();
    staging.tier = tidegate_core::spec::Tier::Production;
    let prod = spec.environments.get_mut(&env("prod")).unwrap();
    (prod.one_at_a_time, prod.after) = (false, Vec::new());
    for n in [0, 1] {
        let one = spec.services.get_mut(&service(&format!("s{n}"))).unwrap();
        one.uses = BTreeSet::from([name("card-network")]);
    }
    let first = ask(&mut story, 0, Request::PLAIN).unwrap();
    let second = story.deploy("s1@1.0.0", "prod").unwrap();
    let third = story.deploy("s2@1.0.0", "prod").unwrap();
    assert_eq!(story.phase(&first), "running");
    assert_eq!(story.phase(&second), "waiting");
    assert_eq!(story.phase(&third), "running", "it uses nothing shared");
    let (title, detail) = capacity(&story, &second);
    assert_eq!(title, "1st of 1 for prod");
    assert!(
        detail.starts_with("card-network is used by one at a time, under way: s0@1.0.0 in staging"),
        "{detail}"
    );
    story.succeeds(&first);
    assert_ne!(
        story.phase(&second),
        "waiting",
        "another environment woke it"
    );
}

#[test]
fn a_window_with_places_has_them_for_all_its_environments_together() {
    let mut story = crowd(&["a", "b", "c"], None);
    let spec = &mut story.ledger.spec;
    let window = Window {
        deny: Vec::new(),
        allow: vec!["Mon-Fri 08:00-18:00".to_owned()],
        zone: None,
        at_most: Some(2),
    };
    spec.windows.insert(name("office"), window);
    for environment in spec.environments.values_mut() {
        environment.window = Some(name("office"));
        environment.after = Vec::new();
        environment.one_at_a_time = false;
    }
    let first = ask(&mut story, 0, Request::PLAIN).unwrap();
    let second = story.deploy("s1@1.0.0", "prod").unwrap();
    let third = story.deploy("s2@1.0.0", "prod").unwrap();
    let phases = [&first, &second, &third].map(|id| story.phase(id));
    assert_eq!(phases, ["running", "running", "waiting"]);
    assert!(
        capacity(&story, &third)
            .1
            .starts_with("window office takes 2 at a time")
    );
    story.succeeds(&first);
    assert_ne!(story.phase(&third), "waiting");
}

#[test]
fn a_reserved_time_is_a_fact_and_moves_with_its_reason() {
    let mut story = crowd(&["a"], None);
    frozen(&mut story, "2026-03-05");
    let id = ask(&mut story, 0, Request::PLAIN).unwrap();
    story.then(&[
        "deployment.proposed",
        "deployment.waiting",
        "deployment.slot_reserved",
        "release.stage_started",
    ]);
    let slot = |story: &Story| match story.state(&id).phase {
        Phase::Gated { slot, expires, .. } => (slot.map(|s| (s.start, s.end)), expires),
        phase => panic!("{phase:?}"),
    };
    // Watch and way back are ten minutes each; two weeks from its start on it is given up.
    let (start, end) = (at("2026-03-05T00:00:00Z"), at("2026-03-05T00:20:00Z"));
    assert_eq!(
        slot(&story),
        (Some((start, end)), at("2026-03-19T00:00:00Z"))
    );
    frozen(&mut story, "2026-03-07");
    story.ledger.fire(&BTreeSet::from(["config".to_owned()]));
    story.ledger.wake_due();
    assert_eq!(slot(&story).0.unwrap().0, at("2026-03-07T00:00:00Z"));
    let moved = story.ledger.entries.last().unwrap();
    assert_eq!(moved.entry.kind, "deployment.slot_reserved/1");
    assert!(
        moved
            .entry
            .body
            .contains("freeze close until Sat 7 Mar 00:00 UTC")
    );
    story.ledger.spec.freezes.clear();
    story.ledger.fire(&BTreeSet::from(["config".to_owned()]));
    story.ledger.wake_due();
    assert_eq!(story.phase(&id), "running");
}

#[test]
fn a_freeze_longer_than_two_weeks_does_not_expire_what_waits_for_its_end() {
    let mut story = crowd(&["a", "a"], None);
    frozen(&mut story, "2026-04-10");
    let waits = ask(&mut story, 0, Request::PLAIN).unwrap();
    let short = Request {
        expires: Some(Millis::minutes(60)),
        ..Request::PLAIN
    };
    let gives_up = ask(&mut story, 1, short).unwrap();
    limit(&mut story, "staging", Some(1));
    until(&mut story, "2026-04-10T01:00:30Z");
    assert_eq!(story.phase(&waits), "running");
    assert_eq!(story.phase(&gives_up), "expired", "an hour after its slot");
}

#[test]
fn a_time_that_does_not_fit_is_refused_with_the_next_one_and_one_that_fits_is_kept() {
    let mut story = running();
    let spec = &mut story.ledger.spec;
    let window = Window {
        deny: Vec::new(),
        allow: vec!["Thu 10:00-12:00".to_owned()],
        zone: None,
        at_most: None,
    };
    spec.windows.insert(name("office"), window);
    let staging = spec.environments.get_mut(&env("staging")).unwrap();
    staging.window = Some(name("office"));
    let mut ask = |when: &str| {
        let plan = story
            .plan("web@1.1.0", "staging", Purpose::Promote)
            .unwrap();
        let request = Request {
            at: Some(at(when)),
            ..Request::PLAIN
        };
        let answer = story.propose_as(plan, Purpose::Promote, request);
        (answer, story.clone())
    };
    let (refused, _) = ask("2026-03-05T11:31:00Z");
    let Err(Refusal::Blocked { reports, .. }) = refused else {
        panic!("{refused:?}");
    };
    let schedule = reports.iter().find(|r| r.gate == GateId::Schedule).unwrap();
    assert_eq!(
        schedule.title,
        "asked for 2026-03-05T11:31:00Z, when it does not fit; it fits from Thu 12 Mar 2026 10:00 UTC on"
    );
    assert!(
        ask("2026-03-02T08:00:00Z")
            .0
            .unwrap_err()
            .to_string()
            .contains("has passed")
    );
    assert!(
        ask("2029-03-02T08:00:00Z")
            .0
            .unwrap_err()
            .to_string()
            .contains("400 days")
    );
    let (id, mut story) = ask("2026-03-05T11:00:00Z");
    let id = id.unwrap();
    until(&mut story, "2026-03-05T10:59:59Z");
    assert_eq!(
        story.phase(&id),
        "waiting",
        "the window is open, its time has not come"
    );
    until(&mut story, "2026-03-05T11:00:00Z");
    assert_eq!(story.phase(&id), "running");
}

#[test]
fn a_time_that_was_missed_is_judged_anew_and_the_next_slot_is_told() {
    let mut story = running();
    let spec = &mut story.ledger.spec;
    let window = Window {
        deny: Vec::new(),
        allow: vec!["Thu 10:00-12:00".to_owned()],
        zone: None,
        at_most: None,
    };
    spec.windows.insert(name("office"), window);
    let staging = spec.environments.get_mut(&env("staging")).unwrap();
    staging.window = Some(name("office"));
    let plan = story
        .plan("web@1.1.0", "staging", Purpose::Promote)
        .unwrap();
    let request = Request {
        at: Some(at("2026-03-05T11:00:00Z")),
        ..Request::PLAIN
    };
    let id = story.propose_as(plan, Purpose::Promote, request).unwrap();
    story.sleep(Millis::between(
        story.ledger.now,
        at("2026-03-05T14:00:00Z"),
    ));
    assert_eq!(story.phase(&id), "waiting");
    let last = story.ledger.entries.last().unwrap();
    assert_eq!(last.entry.kind, "deployment.slot_reserved/1");
    assert!(
        last.entry.body.contains(
            "it could not go from 2026-03-05T11:00:00Z on; window office opens Thu 12 Mar 10:00 UTC"
        ),
        "{}",
        last.entry.body
    );
    until(&mut story, "2026-03-12T10:00:00Z");
    assert_eq!(story.phase(&id), "running");
}

#[test]
fn an_environment_may_refuse_what_nobody_scheduled() {
    let mut story = running();
    frozen(&mut story, "2026-03-05");
    let spec = &mut story.ledger.spec;
    let staging = spec.environments.get_mut(&env("staging")).unwrap();
    staging.unscheduled = Unscheduled::Refuse;
    let refused = story.deploy("web@1.1.0", "staging");
    let Err(Refusal::Blocked { subject, reports }) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(subject, "web@1.1.0 in staging");
    let schedule = reports.iter().find(|r| r.gate == GateId::Schedule).unwrap();
    assert_eq!(
        schedule.title,
        "staging takes no unscheduled work outside its times; it fits from Thu 5 Mar 2026 00:00 UTC on"
    );
    assert_eq!(
        schedule.rule.as_deref(),
        Some("environments.staging.unscheduled")
    );
    let plan = story
        .plan("web@1.1.0", "staging", Purpose::Promote)
        .unwrap();
    let request = Request {
        at: Some(at("2026-03-05T08:00:00Z")),
        ..Request::PLAIN
    };
    let id = story.propose_as(plan, Purpose::Promote, request).unwrap();
    assert_eq!(story.phase(&id), "waiting", "it was given a time");
    story.ledger.spec.freezes.clear();
    story.deploy("web@1.2.0", "staging").expect("it may go now");
}

#[test]
fn whoever_is_replaced_in_the_line_learns_by_whom_and_why() {
    let mut story = running();
    frozen(&mut story, "2026-03-05");
    let first = story.deploy("web@1.1.0", "staging").unwrap();
    story.deploy("web@1.2.0", "staging").unwrap();
    let Phase::Superseded { because } = story.state(&first).phase else {
        panic!("it is replaced");
    };
    assert_eq!(
        because,
        "web@1.2.0 took its place at the gates, asked for by rita: a reason"
    );
}

#[test]
fn durations_are_learned_and_the_window_must_have_room_for_them() {
    let mut story = running();
    for version in ["web@1.1.0", "web@1.2.0", "web@1.0.0", "web@1.1.0"] {
        let id = story.deploy(version, "staging").unwrap();
        // The agent takes its time: half an hour before the first step is done.
        story.pass(Millis::minutes(10));
        story.succeeds(&id);
        story.pass(Millis::minutes(40));
        story.agent_finishes();
    }
    let plan = story
        .plan("web@1.2.0", "staging", Purpose::Promote)
        .unwrap();
    let expected = plan.envelope.expected.clone().unwrap();
    assert!(expected.lasting >= Millis::minutes(20), "{expected}");
    assert!(
        expected.to_string().ends_with("expected (p90 of 4)"),
        "{expected}"
    );
    let without = plan.clone().expecting(None);
    assert_eq!(
        without.digest,
        plan.body.digest().unwrap(),
        "it has no effect"
    );
    let reports = crate::gates::ask(&story, "web@1.2.0", "staging", Purpose::Promote);
    let window = reports.iter().find(|r| r.gate == GateId::Window).unwrap();
    assert!(window.outcome.passes());
    frozen(&mut story, "2026-03-05");
    let reports = crate::gates::ask(&story, "web@1.2.0", "staging", Purpose::Promote);
    let freeze = reports.iter().find(|r| r.gate == GateId::Freeze).unwrap();
    assert!(
        freeze
            .detail
            .contains("expected (p90 of 4), 10m of watch, 10m for the way back"),
        "{}",
        freeze.detail
    );
}

#[test]
fn a_clock_that_jumps_a_day_starts_nothing_outside_its_window() {
    let mut story = running();
    let spec = &mut story.ledger.spec;
    let window = Window {
        deny: Vec::new(),
        allow: vec!["Tue 10:00-12:00".to_owned()],
        zone: None,
        at_most: None,
    };
    spec.windows.insert(name("office"), window);
    let staging = spec.environments.get_mut(&env("staging")).unwrap();
    staging.window = Some(name("office"));
    let id = story.deploy("web@1.1.0", "staging").unwrap();
    // Monday 09:40 becomes Wednesday: the window of Tuesday was never seen.
    story.sleep(Millis::minutes(2 * 24 * 60));
    assert_eq!(story.phase(&id), "waiting");
    // Back again: ledger time stands still, so nothing is due until real time has caught up.
    let stood = story.ledger.now;
    story.ledger.wake_due();
    assert_eq!((story.phase(&id), story.ledger.now), ("waiting", stood));
    until(&mut story, "2026-03-10T11:00:00Z");
    let stream = StreamId::new(StreamKind::Deployment, &id);
    let mut entries = story.ledger.entries.iter();
    let passed =
        entries.find(|e| e.entry.stream == stream && e.entry.kind.starts_with("deployment.gates"));
    assert_eq!(passed.unwrap().at, at("2026-03-10T10:00:00Z"));
}

#[test]
fn the_line_is_listed_with_places_and_holders() {
    let mut story = crowd(&["a", "b", "a"], Some(1));
    for n in 0..3 {
        ask(&mut story, n, Request::PLAIN).unwrap();
    }
    let view = story.ledger.view();
    let line = Line::of(view, &story.ledger.spec, &env("staging"), story.ledger.now).unwrap();
    let places: Vec<String> = line
        .standing(&env("staging"))
        .iter()
        .map(|s| format!("{} {}", s.place, s.row.release))
        .collect();
    assert_eq!(places, ["1 s1@1.0.0", "2 s2@1.0.0"]);
    assert_eq!(
        line.running(&env("staging"))[0].release.to_string(),
        "s0@1.0.0"
    );
    assert!(BOUND == Millis::minutes(24 * 60));
}

#[test]
fn a_return_that_waits_for_the_lock_goes_first_although_it_uses_what_another_has() {
    let mut story = crowd(&["a", "a", "b"], None);
    let spec = &mut story.ledger.spec;
    let staging = spec.environments.get_mut(&env("staging")).unwrap();
    (staging.tier, staging.one_at_a_time) = (Tier::Production, true);
    let mut elsewhere = staging.clone();
    elsewhere.one_at_a_time = false;
    let other = env("elsewhere");
    spec.environments.insert(other.clone(), elsewhere);
    let mut uses = |n: usize| {
        let one = spec.services.get_mut(&service(&format!("s{n}"))).unwrap();
        one.uses.insert(name("card-network"));
    };
    uses(0);
    uses(2);
    let now = story.ledger.now;
    let row = |n: usize, goes_back: bool, at: At| Row {
        service: service(&format!("s{n}")),
        release: format!("s{n}@1.0.0").parse().unwrap(),
        team: None,
        by: "ana".to_owned(),
        priority: Priority::Normal,
        goes_back,
        since: now,
        waited: Millis::ZERO,
        at,
        slot: None,
        expected: Millis::ZERO,
    };
    let running = || At::Running { since: now };
    let ready = || At::Ready { since: now };
    let id = |n: u32| DeploymentId::parse(&format!("dep_{n:026}")).unwrap();
    let mut put = |env: &EnvId, n: u32, row: &Row| {
        let body = serde_json::to_string(row).unwrap();
        let keys = [
            (Row::MODEL, Row::key(env, &id(n))),
            (Row::INDEX, row.indexed(env, &id(n)).unwrap()),
        ];
        for (model, key) in keys {
            let key = (model.to_owned(), key);
            story.ledger.models.insert(key, body.clone());
        }
    };
    // The return uses what a deployment elsewhere has; what waits behind it uses nothing.
    put(&other, 1, &row(0, false, running()));
    put(&env("staging"), 2, &row(2, true, ready()));
    put(&env("staging"), 3, &row(1, false, ready()));
    let (view, spec) = (story.ledger.view(), &story.ledger.spec);
    let line = Line::of(view, spec, &env("staging"), now).unwrap();
    assert_eq!(line.next(), [id(2)], "the lock is its, and it is told");
}

#[test]
fn what_is_set_aside_while_it_waits_leaves_the_line_and_what_is_under_way_keeps_its_place() {
    let mut story = crowd(&["a", "a", "a"], Some(1));
    let ids: Vec<String> = (0..3)
        .map(|n| ask(&mut story, n, Request::PLAIN).unwrap())
        .collect();
    let id = |n: usize| DeploymentId::parse(&ids[n]).unwrap();
    limit(&mut story, "staging", Some(2));
    let leaves = |story: &Story, n: usize| {
        let (view, spec) = (story.ledger.view(), &story.ledger.spec);
        deployment::leave_line(view, spec, &id(n), story.ledger.now)
    };
    assert_eq!(leaves(&story, 0), deployment::Left::default());
    let left = leaves(&story, 1);
    assert_eq!(left.fires, [format!("turn/{}", ids[2])]);
    for change in left.models {
        assert_eq!(change.body, None);
        let key = (change.model.to_owned(), change.key);
        let gone = story.ledger.models.remove(&key);
        assert!(gone.is_some(), "it had this row");
    }
    let (view, spec) = (story.ledger.view(), &story.ledger.spec);
    let line = Line::of(view, spec, &env("staging"), story.ledger.now).unwrap();
    assert_eq!(line.next(), [id(2)]);
}
