//! Gates as people read them: every answer of every gate.

use crate::world::company::{env, service};
use crate::world::story::{Story, given, running};
use std::fmt::Write as _;
use tidegate_core::decider::{Decider, Wake};
use tidegate_core::gate::{self, Asked, GateId, GateOutcome, GateReport, Purpose};
use tidegate_core::id::{StreamId, StreamKind};
use tidegate_core::spec::Need;
use tidegate_core::stream::artifact::{Artifact, Command as Bits};
use tidegate_core::stream::environment::{Command as Posture, Environment};
use tidegate_core::stream::release::{Command, Release};
use tidegate_core::time::Millis;
use tidegate_core::view::StateRow;

pub fn ask(story: &Story, id: &str, to: &str, purpose: Purpose) -> Vec<GateReport> {
    let plan = story.plan(id, to, purpose).unwrap();
    let reports = gate::evaluate(&Asked {
        now: story.ledger.now,
        present: story.ledger.now,
        plan: &plan.body,
        purpose,
        deployment: None,
        request: &tidegate_core::queue::Request::PLAIN,
        expected: plan.envelope.expected.as_ref(),
        spec: &story.ledger.spec,
        origins: &story.ledger.origins,
        view: &story.ledger,
    });
    for report in &reports {
        let again = match &report.outcome {
            GateOutcome::Wait { at, .. } => Some(*at),
            GateOutcome::Broken { retry_at } => Some(*retry_at),
            _ => None,
        };
        assert!(
            again.is_none_or(|at| at > story.ledger.now),
            "asked again later: {report:?}"
        );
        let waits = matches!(&report.outcome, GateOutcome::Wait { on, .. } | GateOutcome::Fail { on } if on.is_empty());
        assert!(!waits, "somebody's change ends it: {report:?}");
    }
    reports
}

pub fn text(reports: &[GateReport], which: Option<GateId>) -> String {
    let mut out = String::new();
    for r in reports.iter().filter(|r| which.is_none_or(|w| w == r.gate)) {
        let state = match &r.outcome {
            GateOutcome::Pass { .. } => "pass".to_owned(),
            GateOutcome::Wait { at, on } => format!("wait until {at} or {}", on.join(", ")),
            GateOutcome::Fail { on } => format!("fail until {}", on.join(", ")),
            GateOutcome::Broken { retry_at } => format!("broken, again {retry_at}"),
            GateOutcome::Overridden { by } => format!("overridden by {by}"),
        };
        let _ = writeln!(out, "  {:<12} {}", r.gate.as_str(), r.title);
        let _ = writeln!(out, "               {state}");
        for (label, value) in [
            ("", r.detail.clone()),
            ("who: ", r.who.join(", ")),
            ("rule: ", r.rule.clone().unwrap_or_default()),
        ] {
            if !value.is_empty() {
                let _ = writeln!(out, "               {label}{value}");
            }
        }
    }
    out
}

/// One scene for each answer of a gate.
#[derive(Default)]
struct Scenes(String);

impl Scenes {
    fn add(&mut self, name: &str, which: GateId, story: &Story, id: &str, to: &str) {
        let reports = ask(story, id, to, Purpose::Promote);
        let _ = writeln!(self.0, "{name}\n{}", text(&reports, Some(which)));
    }
}

fn unreadable<D: Decider>(story: &mut Story, key: &str) {
    let stream = StreamId::new(D::KIND, key);
    let body = "{\"phase\":7}".to_owned();
    story.ledger.states.insert(
        stream,
        StateRow {
            rev: 1,
            fold: 1,
            body,
        },
    );
}

fn posture(story: &mut Story, to: &str) {
    let because = "quarter end".to_owned();
    story
        .environment(
            to,
            Posture::Hold {
                because,
                until: None,
                lasting: None,
            },
        )
        .unwrap();
}

#[test]
fn artifact_hold_and_environment() {
    let mut scenes = Scenes::default();
    let base = running();
    let because = "leaks memory".to_owned();
    scenes.add("verified", GateId::Artifact, &base, "web@1.0.0", "staging");
    scenes.add(
        "registered",
        GateId::Artifact,
        &base,
        "web@1.1.0",
        "staging",
    );
    let mut story = base.clone();
    story
        .artifact(
            "web@1.1.0",
            Bits::Retire {
                because: because.clone(),
            },
        )
        .unwrap();
    scenes.add("retired", GateId::Artifact, &story, "web@1.1.0", "staging");
    story
        .artifact("web@1.1.0", Bits::Recall { because })
        .unwrap();
    scenes.add("recalled", GateId::Artifact, &story, "web@1.1.0", "staging");

    scenes.add("not held", GateId::Hold, &base, "web@1.1.0", "staging");
    let mut story = base.clone();
    let id = story.deploy("web@1.1.0", "staging").unwrap();
    story.agent_finishes();
    story.regressed(&id).unwrap();
    scenes.add("held", GateId::Hold, &story, "web@1.1.0", "staging");
    let mut story = base.clone();
    let key = story
        .plan("web@1.1.0", "staging", Purpose::Promote)
        .unwrap()
        .body
        .to
        .key;
    unreadable::<Release>(&mut story, "web@1.1.0");
    scenes.add(
        "the release cannot be read",
        GateId::Hold,
        &story,
        "web@1.1.0",
        "staging",
    );
    assert!(key.starts_with("1.1.0+"));

    scenes.add("open", GateId::Environment, &base, "web@1.1.0", "staging");
    let mut story = base.clone();
    posture(&mut story, "staging");
    scenes.add("held", GateId::Environment, &story, "web@1.1.0", "staging");
    unreadable::<Environment>(&mut story, "staging");
    scenes.add(
        "the posture cannot be read",
        GateId::Environment,
        &story,
        "web@1.1.0",
        "staging",
    );
    insta::assert_snapshot!(scenes.0);
}

#[test]
fn an_artifact_that_changed_or_cannot_be_read_blocks() {
    let base = running();
    let plan = base.plan("web@1.1.0", "staging", Purpose::Promote).unwrap();
    let look = |story: &Story, plan: &tidegate_core::plan::Plan| {
        let reports = gate::evaluate(&Asked {
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
        });
        text(&reports, Some(GateId::Artifact))
    };
    let mut out = String::new();
    let mut other = plan.clone();
    other.body.to.artifact = tidegate_core::digest::Digest::of(b"other bits");
    let _ = writeln!(out, "the plan names other bits\n{}", look(&base, &other));
    let mut story = base.clone();
    story
        .ledger
        .states
        .remove(&StreamId::new(StreamKind::Artifact, "web@1.1.0"));
    let _ = writeln!(out, "not registered\n{}", look(&story, &plan));
    unreadable::<Artifact>(&mut story, "web@1.1.0");
    let _ = writeln!(out, "cannot be read\n{}", look(&story, &plan));
    insta::assert_snapshot!(out);
}

#[test]
fn what_waits_for_a_success_elsewhere_is_asked_again_by_that_success_and_hardly_by_time() {
    let mut story = running();
    let waits = story.deploy("web@1.1.0", "prod").unwrap();
    let Wake::Next { at, on, .. } = story.wake(&waits) else {
        panic!("it waits: {:?}", story.wake(&waits));
    };
    assert_eq!(*at, Millis::minutes(60).after(story.ledger.now));
    assert!(on.contains(&"release/web@1.1.0".to_owned()), "{on:?}");
    // A look that changes nothing leaves its state as it is.
    let rev =
        |story: &Story| story.ledger.states[&StreamId::new(StreamKind::Deployment, &waits)].rev;
    let before = rev(&story);
    story.sleep(Millis::minutes(61));
    assert_eq!(rev(&story), before);
    story.deployed("web@1.1.0", "staging");
    assert_ne!(story.phase(&waits), "waiting");
}

#[test]
fn order_and_soak() {
    let mut scenes = Scenes::default();
    let mut story = running();
    story
        .ledger
        .spec
        .environments
        .get_mut(&env("prod"))
        .unwrap()
        .soak = Millis::minutes(60);
    scenes.add(
        "first on the path",
        GateId::Order,
        &story,
        "web@1.1.0",
        "staging",
    );
    scenes.add(
        "no soak asked for",
        GateId::Soak,
        &story,
        "web@1.1.0",
        "staging",
    );
    scenes.add(
        "not yet in staging",
        GateId::Order,
        &story,
        "web@1.1.0",
        "prod",
    );
    scenes.add(
        "not yet in staging",
        GateId::Soak,
        &story,
        "web@1.1.0",
        "prod",
    );
    story.deployed("web@1.1.0", "staging");
    scenes.add(
        "succeeded in staging",
        GateId::Order,
        &story,
        "web@1.1.0",
        "prod",
    );
    scenes.add(
        "not long enough in staging",
        GateId::Soak,
        &story,
        "web@1.1.0",
        "prod",
    );
    story.pass(Millis::minutes(60));
    scenes.add(
        "long enough in staging",
        GateId::Soak,
        &story,
        "web@1.1.0",
        "prod",
    );
    unreadable::<Release>(&mut story, "web@1.1.0");
    scenes.add("cannot be read", GateId::Order, &story, "web@1.1.0", "prod");
    scenes.add("cannot be read", GateId::Soak, &story, "web@1.1.0", "prod");
    insta::assert_snapshot!(scenes.0);
}

#[test]
fn dependency_and_lock() {
    let mut scenes = Scenes::default();
    let mut story = given(&["web@1.0.0", "web@1.1.0", "web@latest", "api@1.0.0"]);
    let look = |scenes: &mut Scenes, name: &str, story: &Story| {
        scenes.add(name, GateId::Dependency, story, "api@1.0.0", "staging");
    };
    scenes.add(
        "needs nothing",
        GateId::Dependency,
        &story,
        "web@1.0.0",
        "staging",
    );
    look(&mut scenes, "missing", &story);
    story.deployed("web@1.0.0", "staging");
    look(&mut scenes, "met", &story);
    let mut strict = story.clone();
    let api = strict
        .ledger
        .spec
        .services
        .get_mut(&service("api"))
        .unwrap();
    api.needs
        .insert(service("web"), Need("^2".parse().unwrap()));
    look(&mut scenes, "another version", &strict);
    let mut moving = story.clone();
    moving.deploy("web@1.1.0", "staging").unwrap();
    look(&mut scenes, "in the middle of a change", &moving);
    let mut odd = story.clone();
    odd.deployed("web@latest", "staging");
    look(&mut scenes, "no semantic version", &odd);

    scenes.add(
        "several at a time",
        GateId::Lock,
        &moving,
        "api@1.0.0",
        "staging",
    );
    story.deploy("web@1.0.0", "prod").unwrap();
    scenes.add("locked", GateId::Lock, &story, "api@1.0.0", "prod");
    scenes.add(
        "by itself it is not",
        GateId::Lock,
        &story,
        "web@1.0.0",
        "prod",
    );
    insta::assert_snapshot!(scenes.0);
}

#[test]
fn a_return_asks_less_and_a_vanished_environment_blocks() {
    let mut story = running();
    let names = |reports: &[GateReport]| {
        reports
            .iter()
            .map(|r| r.gate.as_str())
            .collect::<Vec<_>>()
            .join(" ")
    };
    let all = names(&ask(&story, "web@1.1.0", "prod", Purpose::Promote));
    assert_eq!(
        all,
        "artifact order soak dependency hold environment no-drift scope documents approval board review-debt train window freeze schedule cover rollback-owner booking calendar vendor apart lock capacity"
    );
    let back = names(&ask(&story, "web@1.1.0", "prod", Purpose::Rollback));
    assert_eq!(back, "artifact hold freeze lock");
    let plan = story.plan("web@1.1.0", "prod", Purpose::Promote).unwrap();
    story.ledger.spec.environments.remove(&env("prod"));
    let reports = gate::evaluate(&Asked {
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
    });
    insta::assert_snapshot!(text(&reports, None));
    let _ = story.release(
        "web@1.1.0",
        Command::Promote {
            to: env("prod"),
            reason: String::new(),
            request: tidegate_core::queue::Request::PLAIN,
        },
    );
}
