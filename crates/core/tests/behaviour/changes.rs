//! Who may say yes to what, what a yes is worth, and what an emergency leaves behind.

use crate::world::company::{env, name, release};
use crate::world::story::{Story, given, rita};
use std::collections::{BTreeMap, BTreeSet};
use tidegate_core::actor::{Actor, Role};
use tidegate_core::change::{self, ChangeId};
use tidegate_core::command::Command as Any;
use tidegate_core::digest::Digest;
use tidegate_core::gate::GateId;
use tidegate_core::id::TeamId;
use tidegate_core::refusal::Refusal;
use tidegate_core::spec::condition::{Condition, Expr, Op, Value};
use tidegate_core::spec::{
    ApprovalRule, Approvers, ChangeClass, ClassRule, Document, Freeze, FreezePolicy, Needed, Part,
    Policy, Team,
};
use tidegate_core::stream::change::{Change, Command, Phase};
use tidegate_core::stream::deployment;
use tidegate_core::time::Millis;

const HOUR: Millis = Millis::minutes(60);

fn team(text: &str) -> TeamId {
    TeamId::new(text).unwrap()
}

fn approver(who: &str) -> Actor {
    Actor::account(who, Role::Approver)
}

fn asks(from: &str, count: u32) -> ApprovalRule {
    let from = match from {
        "owner" => Approvers::Owner,
        other => Approvers::Team(team(other)),
    };
    ApprovalRule { from, count }
}

/// Platform owns everything (rita, farah, emil); risk is grace and hugo, sre is ines. Two people of two teams say yes, none
/// of them asked for it or wrote it.
fn dual() -> Policy {
    Policy {
        approvals: vec![asks("owner", 1), asks("risk", 1)],
        never_by: BTreeSet::from([Part::Requester]),
        valid: Some(Millis::minutes(72 * 60)),
        ..Policy::default()
    }
}

fn classes() -> Policy {
    let small = Condition {
        text: "change.size < 3".to_owned(),
        expr: Expr::Pair {
            op: Op::Lt,
            left: Box::new(Expr::Fact {
                name: "change.size".to_owned(),
            }),
            right: Box::new(Expr::Value {
                value: Value::Int(3),
            }),
        },
    };
    Policy {
        classes: BTreeMap::from([
            (
                ChangeClass::Standard,
                ClassRule {
                    when: Some(small),
                    ..ClassRule::default()
                },
            ),
            (
                ChangeClass::Normal,
                ClassRule {
                    approvals: vec![asks("owner", 1)],
                    ..ClassRule::default()
                },
            ),
            (
                ChangeClass::Emergency,
                ClassRule {
                    approvals: vec![asks("sre", 1)],
                    needs: BTreeSet::from([Needed::Incident, Needed::Reason]),
                    expires: Some(Millis::minutes(240)),
                    review_within: Some("2 working days".to_owned()),
                    ..ClassRule::default()
                },
            ),
        ]),
        ..Policy::default()
    }
}

fn governed(policies: Vec<(&str, Policy)>) -> Story {
    let mut story = given(&["web@1.0.0", "web@1.1.0", "web@1.2.0"]);
    let members = |names: &[&str]| Team {
        members: names.iter().map(|n| (*n).to_owned()).collect(),
        ..Team::default()
    };
    let spec = &mut story.ledger.spec;
    spec.teams = BTreeMap::from([
        (team("platform"), members(&["rita", "farah", "emil"])),
        (team("risk"), members(&["grace", "hugo"])),
        (team("sre"), members(&["ines"])),
    ]);
    spec.policies = policies.into_iter().map(|(n, p)| (name(n), p)).collect();
    story.deployed("web@1.0.0", "staging");
    story
}

fn chg(n: u64) -> ChangeId {
    ChangeId::new(&format!("CHG-{n}")).unwrap()
}

fn state(story: &Story, n: u64) -> Change {
    story.ledger.view().load(chg(n).as_str()).unwrap()
}

fn subject(story: &Story, n: u64) -> Digest {
    state(story, n).facts.unwrap().planned.unwrap().subject
}

fn tell(story: &mut Story, n: u64, actor: Actor, command: Command) -> Result<String, Refusal> {
    let id = Some(chg(n));
    story.ask(actor, Any::Change { id, command })
}

fn yes(story: &mut Story, n: u64, who: &str) -> Result<String, Refusal> {
    let subject = subject(story, n);
    let command = Command::Approve {
        subject,
        team: None,
        sign: None,
        instead_of: None,
        reason: String::new(),
        signature: None,
    };
    tell(story, n, approver(who), command)
}

#[track_caller]
fn refused(answer: Result<String, Refusal>, words: &str) {
    let refusal = answer.expect_err("it is refused");
    assert!(refusal.to_string().contains(words), "{refusal}");
}

fn approval(story: &Story, id: &str) -> String {
    let deployment::Phase::Gated { reports, .. } = story.state(id).phase else {
        return "not at its gates".to_owned();
    };
    let report = reports.into_iter().find(|r| r.gate == GateId::Approval);
    report.unwrap().title
}

#[test]
fn a_release_that_needs_two_people_waits_for_two_people() {
    let mut story = governed(vec![("dual-control", dual())]);
    let id = story.deploy("web@1.0.0", "prod").unwrap();
    assert_eq!(story.phase(&id), "waiting");
    assert_eq!(
        approval(&story, &id),
        "approval: platform (0 of 1: asked emil, farah)  risk (0 of 1: asked grace, hugo)"
    );
    refused(
        yes(&mut story, 1, "rita"),
        "rita is a requester of web@1.0.0",
    );
    refused(yes(&mut story, 1, "ines"), "ines is not asked");
    yes(&mut story, 1, "farah").unwrap();
    story.then(&["change.approved", "deployment.waiting"]);
    refused(
        yes(&mut story, 1, "farah"),
        "has approved this plan already",
    );
    assert_eq!(story.phase(&id), "waiting");
    yes(&mut story, 1, "hugo").unwrap();
    let kinds = story.ledger.entries.iter().map(|e| e.entry.kind.as_str());
    assert!(kinds.clone().any(|kind| kind == "change.authorised/1"));
    assert_eq!(story.phase(&id), "running");
    assert!(matches!(state(&story, 1).phase, Phase::Implementing { .. }));
}

#[test]
fn outside_production_nobody_is_asked() {
    let mut story = governed(vec![("dual-control", dual())]);
    let id = story.deploy("web@1.1.0", "staging").unwrap();
    assert_eq!(story.phase(&id), "running");
    assert_eq!(state(&story, 1), Change::default());
}

#[test]
fn a_yes_is_for_one_plan_and_a_plan_with_other_effects_voids_it() {
    let mut story = governed(vec![("dual-control", dual())]);
    story.deploy("web@1.0.0", "prod").unwrap();
    yes(&mut story, 1, "farah").unwrap();
    let before = subject(&story, 1);
    // The same again: nothing changes in effect, and the yes stays.
    story.deploy("web@1.0.0", "prod").unwrap();
    assert_eq!(subject(&story, 1), before);
    assert_eq!(state(&story, 1).facts.unwrap().votes.len(), 1);
    // Another value is another effect.
    let web = story
        .ledger
        .spec
        .services
        .get_mut(&crate::world::company::service("web"));
    web.unwrap()
        .values
        .insert("COLOUR".to_owned(), "blue".to_owned());
    story.deploy("web@1.0.0", "prod").unwrap();
    let facts = state(&story, 1).facts.unwrap();
    assert!(facts.votes.is_empty());
    let planned = story.ledger.entries.iter().rev();
    let planned = planned
        .clone()
        .find(|e| e.entry.kind == "change.planned/1")
        .unwrap();
    assert!(
        planned
            .entry
            .body
            .contains("\"differs\":[\"value COLOUR\"]"),
        "{}",
        planned.entry.body
    );
    assert!(
        planned.entry.body.contains("\"void\":[\"farah\"]"),
        "{}",
        planned.entry.body
    );
    let stale = Command::Approve {
        subject: before,
        team: None,
        sign: None,
        instead_of: None,
        reason: String::new(),
        signature: None,
    };
    refused(
        tell(&mut story, 1, approver("farah"), stale),
        "state that has changed",
    );
}

#[test]
fn one_person_with_two_accounts_is_one_person() {
    let mut story = governed(vec![(
        "dual-control",
        Policy {
            approvals: vec![asks("owner", 2)],
            ..dual()
        },
    )]);
    person(&mut story, "farah", &["farah", "farah-ops"], &[]);
    let members = &mut story
        .ledger
        .spec
        .teams
        .get_mut(&team("platform"))
        .unwrap()
        .members;
    members.push("farah-ops".to_owned());
    let id = story.deploy("web@1.0.0", "prod").unwrap();
    yes(&mut story, 1, "farah").unwrap();
    refused(
        yes(&mut story, 1, "farah-ops"),
        "farah has approved this plan already",
    );
    assert_eq!(
        approval_now(&mut story, &id),
        "approval: platform (1 of 2: farah; asked emil)"
    );
}

/// What the gate says when the deployment is looked at again.
fn approval_now(story: &mut Story, id: &str) -> String {
    story.deployment(id, deployment::Command::Wake).unwrap();
    approval(story, id)
}

pub fn person(story: &mut Story, who: &str, accounts: &[&str], emails: &[&str]) {
    let row = tidegate_core::model::person::Row {
        person: who.to_owned(),
        accounts: accounts.iter().map(|a| (*a).to_owned()).collect(),
        emails: emails.iter().map(|a| (*a).to_owned()).collect(),
        ..Default::default()
    };
    let text = serde_json::to_string(&row).unwrap();
    let models = &mut story.ledger.models;
    models.insert(("person".to_owned(), who.to_owned()), text);
    for account in accounts {
        let text = serde_json::to_string(who).unwrap();
        models.insert(("account".to_owned(), (*account).to_owned()), text);
    }
}

#[test]
fn an_author_cannot_approve_and_an_unknown_author_is_nobody_else() {
    let barred = Policy {
        never_by: BTreeSet::from([Part::Author]),
        ..dual()
    };
    let mut story = governed(vec![("dual-control", barred)]);
    let id = story.deploy("web@1.0.0", "prod").unwrap();
    assert_eq!(
        approval(&story, &id),
        "who wrote it is not known: the artifact was registered without its authors"
    );
    refused(yes(&mut story, 1, "farah"), "is not known");
}

#[test]
fn a_standard_change_goes_without_people_and_a_missing_fact_goes_to_a_person() {
    let mut story = governed(vec![("change-classes", classes())]);
    let id = story.deploy("web@1.0.0", "prod").unwrap();
    // Nobody told how many commits are in it.
    assert_eq!(story.phase(&id), "waiting");
    let assessed = state(&story, 1).facts.unwrap().assessed.unwrap();
    assert_eq!(assessed.class, ChangeClass::Normal);
    assert_eq!(
        assessed.because,
        ["not standard: change.size is not known (change-classes)"]
    );
}

#[test]
fn a_no_holds_the_release_and_says_why() {
    let mut story = governed(vec![("dual-control", dual())]);
    let id = story.deploy("web@1.0.0", "prod").unwrap();
    let subject = subject(&story, 1);
    let no = |reason: &str| Command::Reject {
        subject: subject.clone(),
        reason: reason.to_owned(),
    };
    refused(
        tell(&mut story, 1, approver("ines"), no("no")),
        "asked are platform, risk",
    );
    refused(
        tell(&mut story, 1, approver("hugo"), no(" ")),
        "needs a reason",
    );
    tell(
        &mut story,
        1,
        approver("hugo"),
        no("the ledger is being migrated"),
    )
    .unwrap();
    assert_eq!(
        approval_now(&mut story, &id),
        "rejected by hugo: the ledger is being migrated"
    );
}

#[test]
fn a_yes_ends_and_somebody_who_left_the_team_counts_no_more() {
    let mut story = governed(vec![("dual-control", dual())]);
    story
        .ledger
        .spec
        .environments
        .get_mut(&env("prod"))
        .unwrap()
        .soak = Millis::minutes(100 * 60);
    let id = story.deploy("web@1.0.0", "prod").unwrap();
    yes(&mut story, 1, "farah").unwrap();
    yes(&mut story, 1, "hugo").unwrap();
    assert!(matches!(state(&story, 1).phase, Phase::Authorised { .. }));
    let risk = story.ledger.spec.teams.get_mut(&team("risk")).unwrap();
    risk.members.retain(|m| m != "hugo");
    assert_eq!(
        approval_now(&mut story, &id),
        "approval: platform (1 of 1: farah)  risk (0 of 1: asked grace)"
    );
    yes(&mut story, 1, "grace").unwrap();
    story.pass(Millis::minutes(73 * 60));
    assert!(matches!(state(&story, 1).phase, Phase::Open));
    assert_eq!(
        approval_now(&mut story, &id),
        "approval: platform (0 of 1: asked emil, farah)  risk (0 of 1: asked grace)"
    );
}

fn emergency(story: &mut Story, id: &str, incident: &str) -> Result<String, Refusal> {
    let command = Command::Emergency {
        release: release(id),
        environment: env("prod"),
        incident: incident.to_owned(),
        reason: "double charges".to_owned(),
        root_cause: None,
    };
    story.ask(rita(), Any::Change { id: None, command })
}

#[test]
fn an_emergency_goes_with_one_yes_and_owes_the_others_and_a_review() {
    let policies = || vec![("change-classes", classes()), ("dual-control", dual())];
    let mut story = governed(policies());
    refused(
        emergency(&mut story, "web@1.0.0", " "),
        "an emergency needs its incident",
    );
    emergency(&mut story, "web@1.0.0", "INC-31").unwrap();
    let id = story.deploy("web@1.0.0", "prod").unwrap();
    let assessed = state(&story, 1).facts.unwrap().assessed.unwrap();
    assert_eq!(assessed.class, ChangeClass::Emergency);
    assert_eq!(assessed.needs, ["sre 1"]);
    assert_eq!(assessed.owed, ["platform 1", "risk 1"]);
    yes(&mut story, 1, "ines").unwrap();
    story.pass(Millis::secs(1));
    story.succeeds(&id);
    story.pass(Millis::minutes(40));
    story.agent_finishes();
    assert!(matches!(state(&story, 1).phase, Phase::Reviewing { .. }));

    // The next normal release of the service waits for the review.
    story.deployed("web@1.1.0", "staging");
    let next = story.deploy("web@1.1.0", "prod").unwrap();
    yes(&mut story, 2, "farah").unwrap();
    yes(&mut story, 2, "grace").unwrap();
    story.pass(Millis::minutes(1));
    assert_eq!(story.phase(&next), "waiting");
    let review = |story: &mut Story, who: &str| {
        let command = Command::Review {
            findings: "a retry without an idempotency key".to_owned(),
            root_cause: Some("the client retried".to_owned()),
        };
        tell(story, 1, approver(who), command)
    };
    refused(review(&mut story, "rita"), "declared or asked for it");
    refused(review(&mut story, "farah"), "still owes platform (0 of 1");
    yes(&mut story, 1, "emil").unwrap();
    yes(&mut story, 1, "hugo").unwrap();
    review(&mut story, "farah").unwrap();
    assert!(matches!(state(&story, 1).phase, Phase::Closed { .. }));
    story.pass(Millis::secs(1));
    assert_eq!(story.phase(&next), "running");
}

#[test]
fn what_an_emergency_owes_is_still_owed_after_its_permission_ended() {
    let mut story = governed(vec![
        ("change-classes", classes()),
        ("dual-control", dual()),
    ]);
    emergency(&mut story, "web@1.0.0", "INC-31").unwrap();
    let id = story.deploy("web@1.0.0", "prod").unwrap();
    yes(&mut story, 1, "ines").unwrap();
    story.pass(Millis::secs(1));
    story.succeeds(&id);
    story.pass(Millis(HOUR.0 * 24));
    assert!(matches!(state(&story, 1).phase, Phase::Reviewing { .. }));
    let review = Command::Review {
        findings: "the limit was too low".to_owned(),
        root_cause: Some("a wrong default".to_owned()),
    };
    refused(
        tell(&mut story, 1, approver("farah"), review.clone()),
        "still owes platform (0 of 1",
    );
    yes(&mut story, 1, "emil").unwrap();
    yes(&mut story, 1, "hugo").unwrap();
    tell(&mut story, 1, approver("farah"), review).unwrap();
    assert!(matches!(state(&story, 1).phase, Phase::Closed { .. }));
}

#[test]
fn an_emergency_that_was_not_used_in_time_is_none_any_more() {
    let mut story = governed(vec![
        ("change-classes", classes()),
        ("dual-control", dual()),
    ]);
    emergency(&mut story, "web@1.0.0", "INC-31").unwrap();
    let id = story.deploy("web@1.0.0", "prod").unwrap();
    story.pass(Millis(HOUR.0 * 5));
    let assessed = state(&story, 1).facts.unwrap().assessed.unwrap();
    assert_eq!(assessed.class, ChangeClass::Normal);
    refused(yes(&mut story, 1, "ines"), "ines is not asked");
    assert_eq!(story.phase(&id), "waiting");
}

#[test]
fn a_return_to_what_ran_asks_nobody() {
    let mut story = governed(vec![("dual-control", dual())]);
    let id = story.deploy("web@1.0.0", "prod").unwrap();
    yes(&mut story, 1, "farah").unwrap();
    yes(&mut story, 1, "hugo").unwrap();
    story.pass(Millis::secs(1));
    story.succeeds(&id);
    story
        .deployment(
            &id,
            deployment::Command::Abort {
                reason: "errors".to_owned(),
            },
        )
        .unwrap();
    story.agent_finishes();
    assert!(matches!(state(&story, 1).phase, Phase::Closed { .. }));
}

#[test]
fn documents_that_a_policy_asks_for_hold_it_until_they_are_written() {
    let policy = Policy {
        documents: BTreeSet::from([Document::RollbackPlan]),
        ..Policy::default()
    };
    let mut story = governed(vec![("pack", policy)]);
    let id = story.deploy("web@1.0.0", "prod").unwrap();
    assert_eq!(story.phase(&id), "waiting");
    let write = |text: &str| Command::Write {
        document: Document::RollbackPlan,
        text: text.to_owned(),
    };
    refused(
        tell(&mut story, 1, rita(), write("")),
        "`rollback-plan` is empty",
    );
    tell(
        &mut story,
        1,
        rita(),
        write("traffic goes back; nothing was migrated"),
    )
    .unwrap();
    story.pass(Millis::secs(1));
    assert_eq!(story.phase(&id), "running");
}

#[test]
fn demands_that_the_people_there_are_can_never_meet_are_found() {
    let demand = |t: &str, count| change::Required {
        team: team(t),
        count,
        sign: None,
        rule: "policies.p.approvals".to_owned(),
    };
    let set = |names: &[&str]| {
        names
            .iter()
            .map(|n| (*n).to_owned())
            .collect::<BTreeSet<_>>()
    };
    let may = |d: &change::Required| match d.team.as_str() {
        "risk" => set(&["grace"]),
        _ => set(&["grace", "farah"]),
    };
    // Grace cannot be two people.
    let demands = [demand("risk", 1), demand("platform", 2)];
    let missing = change::impossible(&demands, may);
    assert_eq!(missing.iter().map(|(_, n)| *n).sum::<u32>(), 1);
    assert!(change::impossible(&[demand("risk", 1), demand("platform", 1)], may).is_empty());
}

#[test]
fn a_freeze_lets_the_classes_through_that_it_names() {
    for (let_through, phase) in [
        (ChangeClass::Normal, "running"),
        (ChangeClass::Standard, "waiting"),
    ] {
        let mut policy = classes();
        policy
            .classes
            .retain(|class, _| *class == ChangeClass::Normal);
        policy
            .classes
            .get_mut(&ChangeClass::Normal)
            .unwrap()
            .approvals
            .clear();
        let mut story = governed(vec![("change-classes", policy)]);
        let freeze = Freeze {
            why: "peak season".to_owned(),
            from: "2020-01-01 00:00".to_owned(),
            policy: FreezePolicy {
                let_through: vec![let_through],
                ..FreezePolicy::default()
            },
            ..Freeze::default()
        };
        story.ledger.spec.freezes.insert(name("peak"), freeze);
        story.deployed("web@1.0.0", "staging");
        let id = story.deploy("web@1.0.0", "prod").unwrap();
        assert_eq!(story.phase(&id), phase, "{let_through:?}");
    }
}

#[test]
fn an_emergency_that_went_as_a_normal_change_owes_no_review() {
    let mut story = governed(vec![
        ("change-classes", classes()),
        ("dual-control", dual()),
    ]);
    emergency(&mut story, "web@1.0.0", "INC-31").unwrap();
    let id = story.deploy("web@1.0.0", "prod").unwrap();
    story.pass(Millis(HOUR.0 * 5));
    yes(&mut story, 1, "farah").unwrap();
    yes(&mut story, 1, "grace").unwrap();
    story.succeeds(&id);
    story.pass(Millis::minutes(40));
    story.agent_finishes();
    assert!(matches!(state(&story, 1).phase, Phase::Closed { .. }));
}
