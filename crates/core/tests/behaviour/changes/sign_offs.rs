//! A rollout that waits for a signature between two steps: who may give it, what silence brings, and that nobody goes around it.

use super::*;
use crate::phases::Reached;
use crate::world::company::everywhere;
use tidegate_core::id::{DeploymentId, Name};
use tidegate_core::plan::Intent;
use tidegate_core::spec::{Shape, StepSignOff};
use tidegate_core::stream::delegation;

const DAY: Millis = Millis::minutes(24 * 60);

fn acceptance() -> StepSignOff {
    StepSignOff {
        sign: name("acceptance"),
        from: Approvers::Team(team("risk")),
        within: Millis(14 * DAY.0),
        signed_in_within: None,
        remind_after: Some(DAY),
        escalate: Some((Millis(3 * DAY.0), team("sre"))),
    }
}

/// `web@1.0.0` runs in staging; every later rollout waits at 10 % until risk has signed its acceptance.
fn signed_canary() -> Story {
    let mut story = governed(vec![]);
    let spec = &mut story.ledger.spec;
    everywhere(spec, "canary");
    let canary = spec.strategies.get_mut(&name("canary")).unwrap();
    let Shape::Canary { steps, .. } = &mut canary.shape else {
        panic!("{canary:?}")
    };
    steps[0].sign_off = Some(acceptance());
    story
}

/// It waits.
pub fn asked() -> Reached {
    let mut story = signed_canary();
    let id = story.deploy("web@1.1.0", "staging").unwrap();
    story.agent_finishes();
    story.pass(Millis::minutes(5));
    story.healthy(&id).unwrap();
    assert_eq!(story.phase(&id), "waiting for a sign-off");
    (story, id)
}

fn sign(story: &Story, id: &str) -> deployment::Command {
    deployment::Command::Sign {
        plan: story.state(id).facts.unwrap().plan.digest,
        sign: Some(name("acceptance")),
        instead_of: None,
        reason: "totals are right".to_owned(),
    }
}

fn says(
    story: &mut Story,
    id: &str,
    who: Actor,
    command: deployment::Command,
) -> Result<String, Refusal> {
    let id = DeploymentId::parse(id).unwrap();
    story.ask(who, Any::Deployment { id, command })
}

fn steps(story: &Story, id: &str) -> Vec<String> {
    let steps = story.state(id).facts.unwrap().plan.body.steps;
    steps.iter().map(|s| s.intent.to_string()).collect()
}

#[test]
fn a_rollout_goes_on_when_somebody_of_the_team_has_signed_and_nobody_goes_around_it() {
    let (mut story, id) = asked();
    for around in [
        deployment::Command::Resume,
        deployment::Command::Advance {
            reason: "late".to_owned(),
        },
    ] {
        refused(
            says(&mut story, &id, rita(), around),
            "(waiting for a sign-off) does not take",
        );
    }
    let yes = sign(&story, &id);
    refused(
        says(&mut story, &id, approver("ines"), yes.clone()),
        "ines is not of risk, whose members sign acceptance",
    );
    let other = deployment::Command::Sign {
        plan: Digest::of(b"another plan"),
        sign: None,
        instead_of: None,
        reason: String::new(),
    };
    refused(
        says(&mut story, &id, approver("grace"), other),
        "carries out sha256:",
    );
    let legal = match yes.clone() {
        deployment::Command::Sign { plan, reason, .. } => deployment::Command::Sign {
            plan,
            reason,
            sign: Name::new("legal").ok(),
            instead_of: None,
        },
        other => other,
    };
    refused(
        says(&mut story, &id, approver("grace"), legal),
        "`legal` is not asked for here; acceptance signed by risk is",
    );
    assert_eq!(story.phase(&id), "waiting for a sign-off");
    says(&mut story, &id, approver("grace"), yes.clone()).unwrap();
    story.then(&[
        "deployment.signed_off",
        "deployment.step_finished",
        "deployment.step_started",
    ]);
    refused(
        says(&mut story, &id, approver("hugo"), yes),
        "does not take `sign` now",
    );
}

#[test]
fn whoever_asked_for_it_never_signs_it_not_for_a_team_and_not_for_somebody_else() {
    let (mut story, id) = asked();
    let risk = story.ledger.spec.teams.get_mut(&team("risk")).unwrap();
    risk.members.push("rita".to_owned());
    let yes = sign(&story, &id);
    refused(
        says(&mut story, &id, rita(), yes),
        "rita is a requester of web@1.1.0",
    );
    for who in ["farah", "grace"] {
        person(&mut story, who, &[who], &[]);
    }
    let until = Millis(7 * DAY.0).after(story.ledger.now);
    let lent = delegation::Command::Lend {
        to: "farah".to_owned(),
        team: team("risk"),
        since: None,
        until,
        reason: "on leave".to_owned(),
    };
    story
        .ask(
            approver("grace"),
            Any::Delegation {
                id: None,
                command: lent,
            },
        )
        .unwrap();
    let for_whom = |holder: &str| match sign(&story, &id) {
        deployment::Command::Sign { plan, sign, .. } => deployment::Command::Sign {
            plan,
            sign,
            instead_of: Some(holder.to_owned()),
            reason: String::new(),
        },
        other => other,
    };
    let (hugo, grace) = (for_whom("hugo"), for_whom("grace"));
    refused(
        says(&mut story, &id, approver("farah"), hugo),
        "hugo has not delegated risk to farah",
    );
    says(&mut story, &id, approver("farah"), grace).unwrap();
    let signed = story.ledger.entries.iter().rev();
    let signed = signed
        .map(|e| &e.entry)
        .find(|e| e.kind == "deployment.signed_off/1")
        .unwrap();
    assert!(
        signed.body.contains("\"person\":\"farah\"")
            && signed.body.contains("\"instead_of\":\"grace\""),
        "{}",
        signed.body
    );
}

#[test]
fn silence_is_reminded_then_told_to_another_team_and_takes_it_back_in_the_end() {
    let (mut story, id) = asked();
    let since = story.ledger.entries.len();
    story.pass(Millis(2 * DAY.0));
    let kinds = story.ledger.kinds(since);
    let count = |kind: &str| kinds.iter().filter(|k| k.starts_with(kind)).count();
    assert_eq!(count("deployment.sign_off_reminded"), 2, "{kinds:?}");
    assert_eq!(count("deployment.sign_off_escalated"), 0, "{kinds:?}");
    story.pass(DAY);
    let kinds = story.ledger.kinds(since);
    let told = kinds.iter().filter(|k| k.contains("escalated")).count();
    assert_eq!(told, 1, "{kinds:?}");
    // Whoever was told signs nothing.
    let yes = sign(&story, &id);
    refused(
        says(&mut story, &id, approver("ines"), yes),
        "ines is not of risk",
    );
    assert_eq!(story.phase(&id), "waiting for a sign-off");
    story.pass(Millis(11 * DAY.0));
    let why = match story.state(&id).phase {
        deployment::Phase::RollingBack { cause, .. } => cause.to_string(),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        why,
        "nobody decided in time (acceptance signed by risk was waited for)"
    );
}

#[test]
fn a_no_leaves_it_where_it_is_and_whoever_lets_it_go_on_needs_the_signature_again() {
    let (mut story, id) = asked();
    let plan = story.state(&id).facts.unwrap().plan.digest;
    let no = |reason: &str| deployment::Command::RefuseToSign {
        plan: plan.clone(),
        reason: reason.to_owned(),
    };
    refused(
        says(&mut story, &id, approver("grace"), no(" ")),
        "`deployment refuse to sign` needs a reason",
    );
    refused(
        says(&mut story, &id, approver("ines"), no("I do not like it")),
        "ines is not of risk",
    );
    says(&mut story, &id, approver("grace"), no("totals are wrong")).unwrap();
    story.then(&["deployment.sign_off_refused", "deployment.awaits_person"]);
    assert_eq!(story.phase(&id), "waiting for a person");
    story.deployment(&id, deployment::Command::Resume).unwrap();
    assert_eq!(story.phase(&id), "waiting for a sign-off");
}

#[test]
fn users_stay_protected_while_it_waits() {
    let (mut story, id) = asked();
    story.pass(DAY);
    story.regressed(&id).unwrap();
    assert_eq!(story.phase(&id), "rolling back");
}

#[test]
fn a_first_install_and_a_switch_are_signed_before_the_first_traffic() {
    let mut story = signed_canary();
    let signed = "acceptance signed by risk";
    let id = story.deployed("web@1.0.0", "staging");
    assert!(!steps(&story, &id).contains(&signed.to_owned()));
    let plan = story
        .plan("web@1.0.0", "prod", tidegate_core::gate::Purpose::Promote)
        .unwrap();
    let all: Vec<String> = plan
        .body
        .steps
        .iter()
        .map(|s| s.intent.to_string())
        .collect();
    assert_eq!(
        all,
        ["prepare", "run 2 new", signed, "traffic 100%"],
        "{all:?}"
    );
    let spec = &mut story.ledger.spec;
    let strategy = spec.strategies.get_mut(&name("canary")).unwrap();
    strategy.shape = Shape::BlueGreen {
        warm: HOUR,
        sign_off: Some(acceptance()),
    };
    let plan = story
        .plan(
            "web@1.1.0",
            "staging",
            tidegate_core::gate::Purpose::Promote,
        )
        .unwrap();
    let at = |what: &dyn Fn(&Intent) -> bool| plan.body.steps.iter().position(|s| what(&s.intent));
    let asked = at(&|i| matches!(i, Intent::SignOff(_))).unwrap();
    let shift = at(&|i| matches!(i, Intent::Shift { .. })).unwrap();
    assert_eq!(asked + 1, shift);
    // A return waits for nobody.
    let back = story
        .plan(
            "web@1.1.0",
            "staging",
            tidegate_core::gate::Purpose::Rollback,
        )
        .unwrap();
    assert!(
        back.body
            .steps
            .iter()
            .all(|s| !matches!(s.intent, Intent::SignOff(_)))
    );
}

#[test]
fn a_signature_may_ask_for_a_sign_in_that_is_fresh() {
    let mut story = signed_canary();
    let canary = story.ledger.spec.strategies.get_mut(&name("canary"));
    if let Shape::Canary { steps, .. } = &mut canary.unwrap().shape {
        steps[0].sign_off = Some(StepSignOff {
            signed_in_within: Some(Millis::minutes(15)),
            ..acceptance()
        });
    }
    let id = story.deploy("web@1.1.0", "staging").unwrap();
    story.agent_finishes();
    story.pass(Millis::minutes(5));
    story.healthy(&id).unwrap();
    let grace = |at| Actor {
        signed_in: at,
        ..approver("grace")
    };
    let long_ago = story.ledger.now;
    story.pass(HOUR);
    let yes = sign(&story, &id);
    refused(
        says(&mut story, &id, grace(None), yes.clone()),
        "whoever does signed in at most 15m before, and grace did not sign in",
    );
    refused(
        says(&mut story, &id, grace(Some(long_ago)), yes.clone()),
        "and grace signed in 1h ago",
    );
    let now = story.ledger.now;
    says(&mut story, &id, grace(Some(now)), yes).unwrap();
}
