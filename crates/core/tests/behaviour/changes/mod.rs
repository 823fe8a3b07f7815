//! Who may say yes to what, what a yes is worth, and what an emergency leaves behind.

mod bands;
mod boards;
mod classes;
mod criteria;
mod delegations;
mod dual_control;
mod emergencies;
mod parties;
mod questions;
mod quiet;
pub mod sign_offs;
mod signed;
mod told;
mod votes;

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

pub fn team(text: &str) -> TeamId {
    TeamId::new(text).unwrap()
}

pub fn approver(who: &str) -> Actor {
    Actor::account(who, Role::Approver)
}

pub fn asks(from: &str, count: u32) -> ApprovalRule {
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

/// `fact < number` or `fact >= number`.
fn compared(fact: &str, op: &str, number: i64) -> Condition {
    Condition {
        text: format!("{fact} {op} {number}"),
        expr: Expr::Pair {
            op: if op == "<" { Op::Lt } else { Op::Ge },
            left: Box::new(Expr::Fact {
                name: fact.to_owned(),
            }),
            right: Box::new(Expr::Value {
                value: Value::Int(number),
            }),
        },
    }
}

fn classes() -> Policy {
    let small = compared("change.size", "<", 3);
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

pub fn governed(policies: Vec<(&str, Policy)>) -> Story {
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

pub fn chg(n: u64) -> ChangeId {
    ChangeId::new(&format!("CHG-{n}")).unwrap()
}

pub fn state(story: &Story, n: u64) -> Change {
    story.ledger.view().load(chg(n).as_str()).unwrap()
}

fn subject(story: &Story, n: u64) -> Digest {
    state(story, n).facts.unwrap().planned.unwrap().subject
}

fn tell(story: &mut Story, n: u64, actor: Actor, command: Command) -> Result<String, Refusal> {
    let id = Some(chg(n));
    story.ask(actor, Any::Change { id, command })
}

pub fn yes(story: &mut Story, n: u64, who: &str) -> Result<String, Refusal> {
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
pub fn refused(answer: Result<String, Refusal>, words: &str) {
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
