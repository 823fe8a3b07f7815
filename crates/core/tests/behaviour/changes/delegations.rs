//! What one person may do in the place of another, and until when.

use super::*;
use tidegate_core::stream::delegation::{self, DelegationId};
use tidegate_core::time::Timestamp;

const DAY: Millis = Millis::minutes(24 * 60);

fn known(story: &mut Story, names: &[&str]) {
    for name in names {
        person(story, name, &[name], &[]);
    }
}

fn lend_from(
    story: &mut Story,
    actor: Actor,
    team_name: &str,
    to: &str,
    (since, until): (Option<Timestamp>, Timestamp),
) -> Result<String, Refusal> {
    let command = delegation::Command::Lend {
        team: team(team_name),
        to: to.to_owned(),
        since,
        until,
        reason: "on leave".to_owned(),
    };
    story.ask(actor, Any::Delegation { id: None, command })
}

fn lend(story: &mut Story, from: &str, team: &str, to: &str) -> Result<String, Refusal> {
    let until = DAY.after(story.ledger.now);
    lend_from(story, approver(from), team, to, (None, until))
}

fn revoke(story: &mut Story, who: Actor, id: &str) -> Result<String, Refusal> {
    let id = Some(DelegationId::new(id).unwrap());
    let reason = "back early".to_owned();
    let command = delegation::Command::Revoke { reason };
    story.ask(who, Any::Delegation { id, command })
}

fn yes_for(story: &mut Story, who: &str, holder: &str) -> Result<String, Refusal> {
    let command = Command::Approve {
        subject: subject(story, 1),
        team: None,
        sign: None,
        instead_of: Some(holder.to_owned()),
        reason: String::new(),
        signature: None,
    };
    tell(story, 1, approver(who), command)
}

/// Two people needed, `web@1.0.0` waits in production for platform and risk, and everybody is known.
fn waiting() -> (Story, String) {
    let mut story = governed(vec![("dual-control", dual())]);
    known(
        &mut story,
        &["rita", "farah", "emil", "grace", "hugo", "ines"],
    );
    let id = story.deploy("web@1.0.0", "prod").unwrap();
    (story, id)
}

#[test]
fn a_deputy_decides_in_the_place_of_whoever_is_away() {
    let (mut story, id) = waiting();
    refused(
        yes_for(&mut story, "ines", "grace"),
        "grace has not delegated risk to ines",
    );
    lend(&mut story, "grace", "risk", "ines").unwrap();
    story.then(&["delegation.lent"]);
    yes(&mut story, 1, "farah").unwrap();
    yes_for(&mut story, "ines", "grace").unwrap();
    assert_eq!(story.phase(&id), "running");
}

#[test]
fn through_a_delegate_you_cannot_approve_your_own_change() {
    let (mut story, id) = waiting();
    // Rita asked for it: neither does her deputy count, nor does she count as somebody's deputy.
    lend(&mut story, "rita", "platform", "ines").unwrap();
    refused(
        yes_for(&mut story, "ines", "rita"),
        "rita is a requester of web@1.0.0",
    );
    lend(&mut story, "grace", "risk", "rita").unwrap();
    refused(
        yes_for(&mut story, "rita", "grace"),
        "rita is a requester of web@1.0.0",
    );
    assert_eq!(story.phase(&id), "waiting");
}

#[test]
fn whoever_says_yes_for_two_people_is_one_person() {
    let (mut story, id) = waiting();
    lend(&mut story, "grace", "risk", "farah").unwrap();
    yes(&mut story, 1, "farah").unwrap();
    yes_for(&mut story, "farah", "grace").unwrap();
    assert_eq!(story.phase(&id), "waiting");
    assert_eq!(
        approval_now(&mut story, &id),
        "approval: platform (1 of 1: farah)  risk (0 of 1: asked grace, hugo)"
    );
}

#[test]
fn a_right_that_was_lent_is_used_once_by_its_holder_or_by_one_deputy() {
    let mut story = governed(vec![(
        "two",
        Policy {
            approvals: vec![asks("risk", 2)],
            ..dual()
        },
    )]);
    known(&mut story, &["grace", "hugo", "ines", "emil"]);
    let id = story.deploy("web@1.0.0", "prod").unwrap();
    lend(&mut story, "grace", "risk", "ines").unwrap();
    lend(&mut story, "grace", "risk", "emil").unwrap();
    yes_for(&mut story, "ines", "grace").unwrap();
    yes_for(&mut story, "emil", "grace").unwrap();
    assert_eq!(story.phase(&id), "waiting", "one right, two deputies");
    yes(&mut story, 1, "grace").unwrap();
    assert_eq!(story.phase(&id), "waiting", "and its holder beside them");
    yes(&mut story, 1, "hugo").unwrap();
    assert_eq!(story.phase(&id), "running");
}

#[test]
fn a_vote_whose_delegation_ended_before_the_start_counts_no_more() {
    let mut story = governed(vec![("dual-control", dual())]);
    known(&mut story, &["farah", "grace", "ines"]);
    let prod = story.ledger.spec.environments.get_mut(&env("prod"));
    prod.unwrap().soak = Millis::minutes(48 * 60);
    let id = story.deploy("web@1.0.0", "prod").unwrap();
    lend(&mut story, "grace", "risk", "ines").unwrap();
    yes(&mut story, 1, "farah").unwrap();
    yes_for(&mut story, "ines", "grace").unwrap();
    assert!(matches!(state(&story, 1).phase, Phase::Authorised { .. }));
    story.pass(DAY);
    let kinds = story.ledger.kinds(0);
    assert!(kinds.iter().any(|kind| kind == "delegation.ended"));
    assert!(matches!(state(&story, 1).phase, Phase::Open));
    assert_eq!(
        approval_now(&mut story, &id),
        "approval: platform (1 of 1: farah)  risk (0 of 1: asked grace, hugo)"
    );
    refused(
        yes_for(&mut story, "ines", "grace"),
        "grace has not delegated risk to ines",
    );
    story.pass(DAY);
    assert_eq!(story.phase(&id), "waiting");
}

#[test]
fn nobody_lends_what_they_have_not_to_themselves_or_without_an_end_in_sight() {
    let (mut story, _) = waiting();
    person(&mut story, "grace", &["grace", "grace-ops"], &[]);
    let cases = [
        ("farah", "risk", "ines", "farah is no member of risk"),
        (
            "grace",
            "risk",
            "grace",
            "nobody lends a right to themselves",
        ),
        ("grace", "risk", "grace-ops", "`grace-ops` is grace"),
        ("grace", "risk", "eve", "there is no person `eve`"),
        ("grace", "riks", "ines", "there is no team `riks`"),
    ];
    for (from, team, to, words) in cases {
        refused(lend(&mut story, from, team, to), words);
    }
    let now = story.ledger.now;
    let grace = || approver("grace");
    let past = lend_from(&mut story, grace(), "risk", "ines", (None, now));
    refused(past, "ended before it began");
    let long = Millis::minutes(91 * 24 * 60).after(now);
    let long = lend_from(&mut story, grace(), "risk", "ines", (None, long));
    refused(long, "lasts at most 90 days");
    // A program of hers is not her.
    let mut program = Actor::machine("grace-bot", Role::Approver);
    program.person = Some("grace".to_owned());
    let until = DAY.after(now);
    let lent = lend_from(&mut story, program, "risk", "ines", (None, until));
    refused(
        lent,
        "grace-bot may not delegate risk: `grace-bot` is no account of grace",
    );
    // What was lent is not lent on.
    lend(&mut story, "grace", "risk", "ines").unwrap();
    refused(
        lend(&mut story, "ines", "risk", "emil"),
        "what was lent to ines is not lent on",
    );
    refused(
        lend(&mut story, "grace", "risk", "ines"),
        "grace has lent risk to ines already: DLG-1",
    );
}

#[test]
fn it_begins_when_it_is_said_to_and_is_taken_back_at_once() {
    let (mut story, id) = waiting();
    let now = story.ledger.now;
    let span = (Some(DAY.after(now)), Millis(DAY.0 * 3).after(now));
    lend_from(&mut story, approver("grace"), "risk", "ines", span).unwrap();
    refused(
        yes_for(&mut story, "ines", "grace"),
        "grace has not delegated",
    );
    story.pass(DAY);
    yes_for(&mut story, "ines", "grace").unwrap();
    assert_eq!(
        approval_now(&mut story, &id),
        "approval: platform (0 of 1: asked emil, farah)  risk (1 of 1: ines)"
    );
    refused(
        revoke(&mut story, approver("hugo"), "DLG-1"),
        "hugo may not revoke DLG-1",
    );
    revoke(&mut story, approver("grace"), "DLG-1").unwrap();
    assert_eq!(
        approval_now(&mut story, &id),
        "approval: platform (0 of 1: asked emil, farah)  risk (0 of 1: asked grace, hugo)"
    );
    refused(
        revoke(&mut story, approver("grace"), "DLG-1"),
        "(revoked) does not take `revoke` now",
    );
}

#[test]
fn a_lender_who_leaves_the_team_lends_nothing_any_more() {
    let (mut story, id) = waiting();
    lend(&mut story, "grace", "risk", "ines").unwrap();
    yes_for(&mut story, "ines", "grace").unwrap();
    let risk = story.ledger.spec.teams.get_mut(&team("risk")).unwrap();
    risk.members.retain(|m| m != "grace");
    assert_eq!(
        approval_now(&mut story, &id),
        "approval: platform (0 of 1: asked emil, farah)  risk (0 of 1: asked hugo)"
    );
}

#[test]
fn the_owner_of_a_program_that_asked_is_no_stranger_to_it() {
    let mut story = governed(vec![("dual-control", dual())]);
    let mut program = Actor::machine("deploy-bot", Role::Operator);
    program.person = Some("farah".to_owned());
    let plan = story
        .plan("web@1.0.0", "prod", tidegate_core::gate::Purpose::Promote)
        .unwrap();
    let command = deployment::Command::Propose {
        plan: Box::new(plan),
        purpose: tidegate_core::gate::Purpose::Promote,
        reason: "nightly".to_owned(),
        request: tidegate_core::queue::Request::PLAIN,
    };
    story
        .ask(program.clone(), Any::Propose { command })
        .unwrap();
    refused(
        yes(&mut story, 1, "farah"),
        "farah is a requester of web@1.0.0",
    );
    // And a program says neither yes nor no.
    program.person = Some("emil".to_owned());
    let subject = subject(&story, 1);
    let command = Command::Approve {
        subject,
        team: None,
        sign: None,
        instead_of: None,
        reason: String::new(),
        signature: None,
    };
    refused(
        tell(&mut story, 1, program, command),
        "may not approve CHG-1",
    );
}
