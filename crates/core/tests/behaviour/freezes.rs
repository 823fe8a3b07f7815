//! Freezes and exceptions: what waits, what goes all the same, and what happens to rollouts under way.

use crate::gates::{ask, text};
use crate::windows::{freeze, frozen};
use crate::world::company::{env, release, service};
use crate::world::story::{Story, given, rita, running};
use std::fmt::Write as _;
use tidegate_core::actor::{Actor, Role};
use tidegate_core::command::Command as Any;
use tidegate_core::freeze::{ExceptionId, FreezeId};
use tidegate_core::gate::{GateId, Purpose};
use tidegate_core::id::TeamId;
use tidegate_core::refusal::Refusal;
use tidegate_core::spec::{
    ChangeClass, FreezePolicy, Going, InFlight, Operation, Scope, Team, Tier,
};
use tidegate_core::stream::deployment::{Command as Deploying, Phase as Deployed};
use tidegate_core::stream::exception::{self, Exception};
use tidegate_core::stream::freeze::{Command, Freeze};
use tidegate_core::time::{Millis, Timestamp};

const HOUR: Millis = Millis::minutes(60);
const DAY: Millis = Millis::minutes(24 * 60);

pub fn person(name: &str) -> Actor {
    Actor::account(name, Role::Operator)
}

/// `staging` alone.
pub fn staging() -> Scope {
    Scope {
        environments: vec![env("staging")],
        ..Scope::default()
    }
}

pub fn declare(scope: Scope, until: Option<Timestamp>, policy: FreezePolicy) -> Command {
    Command::Declare {
        scope,
        why: "card network outage".to_owned(),
        until,
        lasting: None,
        policy,
    }
}

/// A freeze of `staging` of this name.
pub fn declared(
    story: &mut Story,
    name: &str,
    lasts: Option<Millis>,
    policy: FreezePolicy,
) -> String {
    let until = lasts.map(|lasts| lasts.after(story.ledger.now));
    let id = Some(FreezeId::new(name).unwrap());
    let command = declare(staging(), until, policy);
    story.ask(rita(), Any::Freeze { id, command }).unwrap()
}

fn change(story: &mut Story, id: &str, command: Command) -> Result<String, Refusal> {
    let id = Some(FreezeId::new(id).unwrap());
    story.ask(rita(), Any::Freeze { id, command })
}

pub fn lift(story: &mut Story, id: &str) {
    let reason = "it is over".to_owned();
    change(story, id, Command::Lift { reason }).unwrap();
}

/// Ana asks for an exception for this release in `staging`.
pub fn asks(
    story: &mut Story,
    freeze: &str,
    id: &str,
    incident: Option<&str>,
) -> Result<String, Refusal> {
    let command = exception::Command::Ask {
        freeze: freeze.to_owned(),
        release: release(id),
        environments: Vec::new(),
        reason: "double charges".to_owned(),
        incident: incident.map(str::to_owned),
        lasting: None,
    };
    story.ask(person("ana"), Any::Exception { id: None, command })
}

pub fn decides(
    story: &mut Story,
    who: &str,
    id: &str,
    command: exception::Command,
) -> Result<String, Refusal> {
    let id = Some(ExceptionId::new(id).unwrap());
    story.ask(person(who), Any::Exception { id, command })
}

pub fn grant() -> exception::Command {
    exception::Command::Grant {
        reason: "customers pay twice".to_owned(),
        review_due: None,
    }
}

fn exception(story: &Story, id: &str) -> Exception {
    story.ledger.view().load(id).unwrap()
}

/// Hugo and Dina decide for the finance team.
pub fn finance(story: &mut Story) -> FreezePolicy {
    let team = TeamId::new("cfo-office").unwrap();
    let members = vec!["dina".to_owned(), "hugo".to_owned()];
    let office = Team {
        members,
        ..Team::default()
    };
    story.ledger.spec.teams.insert(team.clone(), office);
    FreezePolicy {
        exception_by: vec![team],
        ..FreezePolicy::default()
    }
}

pub fn in_flight(policy: InFlight) -> FreezePolicy {
    FreezePolicy {
        in_flight: policy,
        ..FreezePolicy::default()
    }
}

#[test]
fn what_a_week_of_freeze_held_goes_the_moment_it_is_lifted_and_what_waits_for_another_reason_stays()
{
    let mut story = running();
    story.deployed("web@1.1.0", "staging");
    let id = declared(&mut story, "outage", None, FreezePolicy::default());
    assert_eq!(id, "FRZ-outage");
    let held = story.deploy("web@1.2.0", "staging").unwrap();
    // Waits for its own reason: api needs web in a version that runs, and staging is the only place that is frozen.
    let other = story.deploy("web@1.1.0", "prod").unwrap();
    story.pass(Millis::minutes(7 * 24 * 60));
    assert_eq!(story.phase(&held), "waiting");
    assert_ne!(story.phase(&other), "waiting", "another environment");
    lift(&mut story, "outage");
    assert_eq!(story.phase(&held), "running");
    let reminded = story.ledger.entries.iter();
    let reminded = reminded
        .filter(|e| e.entry.kind == "freeze.review_due/1")
        .count();
    assert_eq!(reminded, 7, "one without an end is reviewed every day");
}

#[test]
fn a_deployment_that_waits_for_a_person_too_stays_when_the_freeze_is_lifted() {
    let mut story = running();
    declared(&mut story, "outage", Some(DAY), FreezePolicy::default());
    let held = story.deploy("web@1.1.0", "staging").unwrap();
    let because = "audit".to_owned();
    let hold = tidegate_core::stream::environment::Command::Hold {
        because,
        until: None,
        lasting: None,
    };
    story.environment("staging", hold).unwrap();
    lift(&mut story, "outage");
    assert_eq!(story.phase(&held), "waiting");
    story.pass(DAY);
    assert_eq!(story.phase(&held), "waiting");
}

#[test]
fn of_two_freezes_that_overlap_lifting_one_releases_only_what_no_other_holds() {
    let mut story = running();
    declared(&mut story, "first", Some(DAY), FreezePolicy::default());
    declared(
        &mut story,
        "second",
        Some(Millis(2 * DAY.0)),
        FreezePolicy::default(),
    );
    let held = story.deploy("web@1.1.0", "staging").unwrap();
    lift(&mut story, "first");
    assert_eq!(story.phase(&held), "waiting");
    let reports = ask(&story, "web@1.1.0", "staging", Purpose::Promote);
    let answer = reports.iter().find(|r| r.gate == GateId::Freeze).unwrap();
    assert!(
        answer.title.starts_with("freeze FRZ-second until "),
        "{}",
        answer.title
    );
    story.pass(Millis(2 * DAY.0));
    assert_ne!(story.phase(&held), "waiting", "its end came by itself");
    let freeze: Freeze = story.ledger.view().load("FRZ-second").unwrap();
    assert_eq!(freeze.phase.name(), "expired");
}

#[test]
fn one_command_stops_everything_everywhere() {
    let mut story = given(&["web@1.0.0", "api@1.0.0"]);
    let all = Scope {
        tiers: vec![Tier::Dev, Tier::Test, Tier::Production],
        ..Scope::default()
    };
    let command = declare(all, None, FreezePolicy::default());
    let id = story
        .ask(rita(), Any::Freeze { id: None, command })
        .unwrap();
    assert_eq!(id, "FRZ-1");
    let web = story.deploy("web@1.0.0", "staging").unwrap();
    let api = story.deploy("api@1.0.0", "staging").unwrap();
    assert_eq!(
        (story.phase(&web), story.phase(&api)),
        ("waiting", "waiting")
    );
    lift(&mut story, "FRZ-1");
    assert_ne!(story.phase(&web), "waiting");
    let command = declare(Scope::default(), None, FreezePolicy::default());
    let next = story
        .ask(rita(), Any::Freeze { id: None, command })
        .unwrap();
    assert_eq!(next, "FRZ-2", "a number is used once");
}

#[test]
fn rollbacks_go_and_first_installs_wait_unless_the_freeze_says_otherwise() {
    for (rollbacks, phase) in [(Going::Go, "running"), (Going::Wait, "waiting")] {
        let mut story = running();
        story.deployed("web@1.1.0", "staging");
        let policy = FreezePolicy {
            rollbacks,
            ..FreezePolicy::default()
        };
        declared(&mut story, "outage", Some(DAY), policy);
        let id = story.roll_back("web", "staging").unwrap().unwrap();
        assert_eq!(story.phase(&id), phase, "{rollbacks:?}");
    }
    for (first_installs, phase) in [(Going::Go, "running"), (Going::Wait, "waiting")] {
        let mut story = given(&["web@1.0.0"]);
        let policy = FreezePolicy {
            first_installs,
            ..FreezePolicy::default()
        };
        declared(&mut story, "outage", Some(DAY), policy);
        let id = story.deploy("web@1.0.0", "staging").unwrap();
        assert_eq!(story.phase(&id), phase, "{first_installs:?}");
    }
}

#[test]
fn a_freeze_of_some_operations_lets_the_others_go() {
    let mut story = running();
    let mut rule = freeze("2026-03-01", None, None);
    rule.scope.operations = vec![Operation::Install];
    frozen(&mut story, "no-new-services", rule);
    let id = story.deploy("web@1.1.0", "staging").unwrap();
    assert_eq!(story.phase(&id), "running");
}

#[test]
fn the_way_back_of_a_rollout_is_never_stopped() {
    for policy in InFlight::ALL {
        let mut story = running();
        let id = story.deploy("web@1.1.0", "staging").unwrap();
        story.agent_finishes();
        story.regressed(&id).unwrap();
        let rules = FreezePolicy {
            rollbacks: Going::Wait,
            ..in_flight(policy)
        };
        declared(&mut story, "outage", None, rules);
        story.agent_finishes();
        assert_eq!(story.phase(&id), "rolled back", "{policy:?}");
    }
}

#[test]
fn rollouts_under_way_finish_unless_the_freeze_says_otherwise() {
    let mut story = running();
    let id = story.deploy("web@1.1.0", "staging").unwrap();
    story.agent_works();
    declared(&mut story, "outage", None, FreezePolicy::default());
    story.succeeds(&id);
    assert_eq!(story.phase(&id), "succeeded");
}

#[test]
fn a_freeze_that_pauses_lets_the_step_under_way_end_and_the_rollout_goes_on_by_itself_afterwards() {
    let mut story = running();
    let id = story.deploy("web@1.1.0", "staging").unwrap();
    declared(&mut story, "outage", None, in_flight(InFlight::Pause));
    assert_eq!(story.phase(&id), "running", "the agent works on a step");
    story.agent_works();
    assert_eq!(story.phase(&id), "paused by a freeze");
    assert!(story.wanted().is_none(), "no further step starts");
    // A restart: everything that is due meanwhile is looked at when the server is back.
    story.sleep(Millis(3 * DAY.0));
    assert_eq!(story.phase(&id), "paused by a freeze");
    let resume = story.deployment(&id, Deploying::Resume);
    assert!(resume.is_err(), "nobody resumes it past the freeze");
    lift(&mut story, "outage");
    assert_eq!(story.phase(&id), "running");
    story.succeeds(&id);
}

#[test]
fn a_hold_goes_on_inside_a_freeze_and_users_are_protected() {
    let mut story = running();
    let id = story.deploy("web@1.1.0", "staging").unwrap();
    story.agent_finishes();
    declared(&mut story, "outage", None, in_flight(InFlight::Pause));
    story.pass(Millis::minutes(5));
    assert!(story.is_judging(&id));
    story.regressed(&id).unwrap();
    story.agent_finishes();
    assert_eq!(story.phase(&id), "rolled back");
}

#[test]
fn a_rollout_that_a_person_paused_too_stays_paused_when_the_freeze_ends() {
    let mut story = running();
    let id = story.deploy("web@1.1.0", "staging").unwrap();
    declared(&mut story, "outage", Some(HOUR), in_flight(InFlight::Pause));
    story.agent_works();
    let reason = "lunch".to_owned();
    story.deployment(&id, Deploying::Pause { reason }).unwrap();
    assert_eq!(story.phase(&id), "paused");
    story.pass(HOUR);
    assert_eq!(story.phase(&id), "paused");
    story.deployment(&id, Deploying::Resume).unwrap();
    assert_eq!(story.phase(&id), "running");
}

#[test]
fn resuming_inside_a_freeze_leads_back_to_its_pause() {
    let mut story = running();
    let id = story.deploy("web@1.1.0", "staging").unwrap();
    story.agent_finishes();
    let reason = "lunch".to_owned();
    story.deployment(&id, Deploying::Pause { reason }).unwrap();
    declared(&mut story, "outage", None, in_flight(InFlight::Pause));
    story.deployment(&id, Deploying::Resume).unwrap();
    story.pass(Millis::minutes(5));
    story.healthy(&id).unwrap();
    assert_eq!(story.phase(&id), "paused by a freeze");
}

#[test]
fn a_rollout_that_a_freeze_holds_for_two_weeks_is_taken_back() {
    let mut story = running();
    let id = story.deploy("web@1.1.0", "staging").unwrap();
    declared(&mut story, "outage", None, in_flight(InFlight::Pause));
    story.agent_finishes();
    story.pass(Millis(14 * DAY.0));
    story.agent_finishes();
    let Deployed::RolledBack { cause, .. } = story.state(&id).phase else {
        panic!("{:?}", story.state(&id).phase);
    };
    assert_eq!(
        cause.to_string(),
        "nobody decided in time (paused by a freeze: freeze FRZ-outage: card network outage)"
    );
}

#[test]
fn a_freeze_that_takes_rollouts_back_does_so_at_once_and_holds_no_release() {
    let mut story = running();
    let id = story.deploy("web@1.1.0", "staging").unwrap();
    story.agent_works();
    story.agent_works();
    assert_eq!(story.phase(&id), "running");
    declared(&mut story, "outage", Some(DAY), in_flight(InFlight::Return));
    assert_eq!(story.phase(&id), "rolling back");
    story.agent_finishes();
    let Deployed::RolledBack { cause, touched } = story.state(&id).phase else {
        panic!("{:?}", story.state(&id).phase);
    };
    assert!(touched);
    assert_eq!(
        cause.to_string(),
        "freeze FRZ-outage takes rollouts back: card network outage"
    );
    assert_ne!(story.release_state("web@1.1.0").phase.name(), "held");
    // It may come again after the freeze.
    let again = story.deploy("web@1.1.0", "staging").unwrap();
    assert_eq!(story.phase(&again), "waiting");
    story.pass(DAY);
    assert_eq!(story.phase(&again), "running");
}

#[test]
fn a_planned_freeze_pauses_and_takes_back_the_moment_it_begins() {
    for (policy, phase) in [
        (InFlight::Finish, "running"),
        (InFlight::Pause, "paused by a freeze"),
        (InFlight::Return, "stopped"),
    ] {
        let mut story = running();
        let mut rule = freeze("2026-03-02 10:20", Some("2026-03-02 18:00"), None);
        rule.policy.in_flight = policy;
        frozen(&mut story, "afternoon", rule);
        let id = story.deploy("web@1.1.0", "staging").unwrap();
        // It would be over by then, but no agent takes its work, and the first step is tried again and again.
        story.pass(Millis::minutes(39));
        assert_eq!(story.phase(&id), "running", "{policy:?}");
        story.pass(Millis::minutes(11));
        assert_eq!(story.phase(&id), phase, "{policy:?}");
    }
}

#[test]
fn an_exception_lets_one_release_go_and_nothing_else_and_records_its_use() {
    let mut story = running();
    let policy = finance(&mut story);
    declared(&mut story, "outage", None, policy);
    let asked = asks(&mut story, "outage", "web@1.1.0", None).unwrap();
    assert_eq!(asked, "EXC-1");
    let held = story.deploy("web@1.1.0", "staging").unwrap();
    assert_eq!(story.phase(&held), "waiting", "asked is not granted");
    decides(&mut story, "ana", "EXC-1", grant()).unwrap_err();
    story.refused("ana may not decide about EXC-1: who asked for it does not decide about it");
    decides(&mut story, "rita", "EXC-1", grant()).unwrap_err();
    story.refused("ask cfo-office (dina, hugo)");
    decides(&mut story, "hugo", "EXC-1", grant()).unwrap();
    assert_eq!(story.phase(&held), "running");
    let uses = exception(&story, "EXC-1").facts.unwrap().uses;
    assert_eq!(uses.len(), 1);
    assert_eq!(uses[0].deployment.to_string(), held);
    // Another release of the same service waits.
    story.succeeds(&held);
    let other = story.deploy("web@1.2.0", "staging").unwrap();
    assert_eq!(story.phase(&other), "waiting");
}

#[test]
fn an_exception_from_one_freeze_says_nothing_about_another() {
    let mut story = running();
    let policy = finance(&mut story);
    declared(&mut story, "first", Some(DAY), policy);
    declared(&mut story, "second", Some(HOUR), FreezePolicy::default());
    asks(&mut story, "FRZ-first", "web@1.1.0", None).unwrap();
    decides(&mut story, "dina", "EXC-1", grant()).unwrap();
    let held = story.deploy("web@1.1.0", "staging").unwrap();
    assert_eq!(story.phase(&held), "waiting");
    story.pass(HOUR);
    assert_eq!(story.phase(&held), "running", "the second one ended");
}

#[test]
fn a_freeze_declared_again_under_its_name_is_not_lifted_by_the_exception_from_the_former() {
    let mut story = running();
    let policy = finance(&mut story);
    declared(&mut story, "outage", None, policy.clone());
    asks(&mut story, "outage", "web@1.1.0", None).unwrap();
    decides(&mut story, "dina", "EXC-1", grant()).unwrap();
    lift(&mut story, "outage");
    story.pass(Millis::minutes(1));
    declared(&mut story, "outage", None, policy);
    let held = story.deploy("web@1.1.0", "staging").unwrap();
    assert_eq!(story.phase(&held), "waiting");
}

#[test]
fn what_started_under_an_exception_goes_on_when_it_lapses_mid_way_and_nothing_new_starts() {
    let mut story = running();
    let policy = FreezePolicy {
        in_flight: InFlight::Pause,
        ..finance(&mut story)
    };
    declared(&mut story, "outage", None, policy);
    asks(&mut story, "outage", "web@1.1.0", None).unwrap();
    decides(&mut story, "hugo", "EXC-1", grant()).unwrap();
    let id = story.deploy("web@1.1.0", "staging").unwrap();
    story.agent_works();
    let reason = "enough".to_owned();
    decides(
        &mut story,
        "dina",
        "EXC-1",
        exception::Command::Revoke { reason },
    )
    .unwrap();
    story.succeeds(&id);
    story.pass(HOUR);
    story.agent_finishes();
    let again = story.deploy("web@1.1.0", "prod");
    assert!(again.is_ok(), "another environment");
    let roll = story.deploy("web@1.2.0", "staging").unwrap();
    assert_eq!(story.phase(&roll), "waiting");
}

#[test]
fn a_revoked_or_lapsed_exception_stops_what_has_not_started() {
    let mut story = running();
    let policy = finance(&mut story);
    declared(&mut story, "outage", None, policy);
    asks(&mut story, "outage", "web@1.1.0", None).unwrap();
    decides(&mut story, "hugo", "EXC-1", grant()).unwrap();
    let hold = |because: &str| tidegate_core::stream::environment::Command::Hold {
        because: because.to_owned(),
        until: None,
        lasting: None,
    };
    story.environment("staging", hold("audit")).unwrap();
    let id = story.deploy("web@1.1.0", "staging").unwrap();
    story.pass(Millis(24 * HOUR.0));
    assert_eq!(exception(&story, "EXC-1").phase.name(), "expired");
    let because = "done".to_owned();
    let open = tidegate_core::stream::environment::Command::Open { because };
    story.environment("staging", open).unwrap();
    assert_eq!(story.phase(&id), "waiting");
    let reports = ask(&story, "web@1.1.0", "staging", Purpose::Promote);
    let answer = reports.iter().find(|r| r.gate == GateId::Freeze).unwrap();
    assert!(!answer.outcome.passes());
}

#[test]
fn an_exception_releases_a_rollout_that_a_freeze_paused() {
    let mut story = running();
    let policy = FreezePolicy {
        in_flight: InFlight::Pause,
        ..finance(&mut story)
    };
    let id = story.deploy("web@1.1.0", "staging").unwrap();
    declared(&mut story, "outage", None, policy);
    story.agent_works();
    assert_eq!(story.phase(&id), "paused by a freeze");
    asks(&mut story, "outage", "web@1.1.0", None).unwrap();
    decides(&mut story, "hugo", "EXC-1", grant()).unwrap();
    assert_eq!(story.phase(&id), "running");
    assert_eq!(exception(&story, "EXC-1").facts.unwrap().uses.len(), 1);
    story.succeeds(&id);
}

#[test]
fn an_emergency_needs_nobody_and_owes_a_review_in_two_working_days() {
    let mut story = running();
    let policy = FreezePolicy {
        let_through: vec![ChangeClass::Emergency],
        ..FreezePolicy::default()
    };
    declared(&mut story, "outage", None, policy);
    asks(&mut story, "outage", "web@1.1.0", None).unwrap_err();
    story.refused("name the incident with `--incident`");
    asks(&mut story, "outage", "web@1.1.0", Some("INC-31")).unwrap();
    let exception::Phase::Active {
        by,
        expires,
        review_due,
        ..
    } = exception(&story, "EXC-1").phase
    else {
        panic!("it is in force at once");
    };
    assert_eq!(by, None);
    assert_eq!(expires, Millis::minutes(240).after(story.ledger.now));
    let monday = story.ledger.now;
    assert_eq!(review_due, Millis(2 * DAY.0).after(monday), "Wednesday");
    let id = story.deploy("web@1.1.0", "staging").unwrap();
    assert_eq!(story.phase(&id), "running");
    story.pass(Millis(4 * DAY.0));
    let overdue = story.ledger.entries.iter();
    let overdue = overdue
        .filter(|e| e.entry.kind == "exception.review_overdue/1")
        .count();
    assert!(overdue >= 2, "reminded every day: {overdue}");
    let review = |findings: &str| exception::Command::Review {
        findings: findings.to_owned(),
    };
    decides(&mut story, "ana", "EXC-1", review("fine")).unwrap_err();
    story.refused("who asked for it does not review it | ask anybody else");
    decides(&mut story, "hugo", "EXC-1", review("the test is in place")).unwrap();
    assert_eq!(exception(&story, "EXC-1").phase.name(), "reviewed");
}

#[test]
fn a_request_that_nobody_decides_about_is_refused_after_a_week() {
    let mut story = running();
    let policy = finance(&mut story);
    declared(&mut story, "outage", None, policy);
    asks(&mut story, "outage", "web@1.1.0", None).unwrap();
    story.pass(Millis(7 * DAY.0));
    assert_eq!(exception(&story, "EXC-1").phase.name(), "refused");
}

#[test]
fn a_freeze_that_makes_no_sense_is_refused_with_the_way_out() {
    let mut story = running();
    let mut out = String::new();
    let yesterday = story
        .ledger
        .now
        .saturating_sub(jiff::SignedDuration::from_hours(24))
        .ok();
    let elsewhere = Scope {
        services: vec![service("web")],
        service_tiers: vec![1],
        ..staging()
    };
    let unknown = |environment: &str| Scope {
        environments: vec![env(environment)],
        ..Scope::default()
    };
    let by = |team: &str| FreezePolicy {
        exception_by: vec![TeamId::new(team).unwrap()],
        ..FreezePolicy::default()
    };
    let rollbacks = Scope {
        operations: vec![Operation::Rollback],
        ..staging()
    };
    let usual = FreezePolicy::default;
    frozen(&mut story, "march", freeze("2026-03-09", None, None));
    declared(&mut story, "twice", None, usual());
    let cases = [
        (
            "an end in the past",
            "a",
            declare(staging(), yesterday, usual()),
        ),
        (
            "declared already",
            "twice",
            declare(staging(), None, usual()),
        ),
        (
            "a name of the configuration",
            "march",
            declare(staging(), None, usual()),
        ),
        ("nothing there", "a", declare(elsewhere, None, usual())),
        (
            "an environment that is not there",
            "a",
            declare(unknown("moon"), None, usual()),
        ),
        (
            "a team that is not there",
            "a",
            declare(staging(), None, by("nobody")),
        ),
        (
            "only what is let through",
            "a",
            declare(rollbacks, None, usual()),
        ),
        (
            "no reason",
            "a",
            Command::Lift {
                reason: "  ".to_owned(),
            },
        ),
        (
            "not there",
            "a",
            Command::Lift {
                reason: "over".to_owned(),
            },
        ),
        (
            "no later",
            "twice",
            Command::Extend {
                until: None,
                lasting: None,
                reason: "more".to_owned(),
            },
        ),
    ];
    for (what, id, command) in cases {
        let refusal = change(&mut story, id, command).unwrap_err();
        let _ = writeln!(out, "{what}\n    {refusal}\n    help: {}", refusal.help());
    }
    for (what, freeze, id) in [
        ("no such freeze", "autumn", "web@1.1.0"),
        ("no such release", "twice", "web@9.9.9"),
        ("nobody decides", "twice", "web@1.1.0"),
        ("another service", "march", "api@1.0.0"),
    ] {
        let refusal = asks(&mut story, freeze, id, None).unwrap_err();
        let _ = writeln!(out, "{what}\n    {refusal}\n    help: {}", refusal.help());
    }
    insta::assert_snapshot!(out);
}

#[test]
fn every_answer_of_a_declared_freeze() {
    let mut out = String::new();
    let mut scene = |what: &str, story: &Story, purpose: Purpose| {
        let reports = match purpose {
            Purpose::Rollback => ask(story, "web@1.0.0", "staging", purpose),
            _ => ask(story, "web@1.1.0", "staging", purpose),
        };
        let _ = writeln!(out, "{what}\n{}", text(&reports, Some(GateId::Freeze)));
    };
    let mut story = running();
    let policy = FreezePolicy {
        let_through: vec![ChangeClass::Emergency],
        ..finance(&mut story)
    };
    declared(&mut story, "outage", None, policy.clone());
    scene("without an end", &story, Purpose::Promote);
    asks(&mut story, "outage", "web@1.1.0", Some("INC-31")).unwrap();
    scene("an emergency", &story, Purpose::Promote);
    declared(&mut story, "second", Some(HOUR), FreezePolicy::default());
    scene("lifted in one of two", &story, Purpose::Promote);
    lift(&mut story, "outage");
    scene("with an end", &story, Purpose::Promote);
    let mut rule = freeze("2026-03-01", Some("2026-03-09"), None);
    rule.policy = policy;
    frozen(&mut story, "march", rule);
    scene("declared and configured", &story, Purpose::Promote);
    scene("a return", &story, Purpose::Rollback);
    story
        .ledger
        .models
        .insert(("freeze".to_owned(), "FRZ-odd".to_owned()), "{".to_owned());
    scene("a state that cannot be read", &story, Purpose::Promote);
    insta::assert_snapshot!(out);
}
