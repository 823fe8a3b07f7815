//! What ships with a release: who says so, when it may not change any more, and what a change of it costs.

use crate::changes::{approver, asks, chg, governed, refused, state, team, yes};
use crate::world::company::{env, name, release, service};
use crate::world::story::{Story, given, rita};
use std::collections::BTreeSet;
use tidegate_core::actor::{Actor, Role};
use tidegate_core::command::Command as Any;
use tidegate_core::gate::{GateId, GateOutcome};
use tidegate_core::refusal::Refusal;
use tidegate_core::scope::{shipped, tags};
use tidegate_core::spec::condition::{Condition, Expr, Value};
use tidegate_core::spec::{Approvers, Policy, SignOffRule, Vendor};
use tidegate_core::stream::deployment;
use tidegate_core::stream::release::{Command, Edit, ItemKind, Lock, NewItem};

fn item(kind: Option<ItemKind>, text: &str, owner: Option<&str>) -> Edit {
    Edit::Add {
        item: NewItem {
            kind,
            name: text.to_owned(),
            owner: owner.map(team),
            missing: None,
            source: None,
        },
    }
}

fn subnet(owner: Option<&str>) -> Edit {
    item(Some(ItemKind::Infrastructure), "new subnet", owner)
}

fn out(what: &str) -> Edit {
    Edit::Exclude {
        what: what.to_owned(),
    }
}

fn said(edits: Vec<Edit>) -> Command {
    Command::Scope {
        edits,
        reason: "INC-1".to_owned(),
    }
}

fn lock() -> Command {
    Command::Lock {
        reason: "code freeze".to_owned(),
    }
}

fn unlock(story: &mut Story, who: Actor) -> Result<String, Refusal> {
    let id = release("web@1.0.0");
    let reason = "the subnet is late".to_owned();
    let command = Command::Unlock { reason };
    story.ask(who, Any::Release { id, command })
}

/// One yes of the owner, and a locked scope.
fn locked_scope() -> Policy {
    Policy {
        approvals: vec![asks("owner", 1)],
        locked_scope: true,
        ..Policy::default()
    }
}

fn gate(story: &Story, id: &str) -> String {
    let deployment::Phase::Gated { reports, .. } = story.state(id).phase else {
        return story.phase(id).to_owned();
    };
    let report = reports.into_iter().find(|r| r.gate == GateId::Scope);
    let report = report.unwrap();
    let passes = matches!(report.outcome, GateOutcome::Pass { .. });
    let mark = if passes { "pass" } else { "hold" };
    let who = report.who.join(", ");
    format!("{mark}: {} | {} | {who}", report.title, report.detail)
}

#[test]
fn what_people_add_has_a_kind_an_owner_and_what_is_missing() {
    let mut story = governed(vec![]);
    let spec = &mut story.ledger.spec;
    let vendor = Vendor {
        owner: team("risk"),
        services: vec![service("web")],
        maintenance: Vec::new(),
        notice: None,
        zone: None,
        calendar_fresh_for: None,
    };
    spec.vendors.insert(name("card-network"), vendor);
    let edits = vec![
        subnet(Some("sre")),
        item(None, "card-network", None),
        item(None, "V41.sql", None),
        out("refunds"),
    ];
    story.release("web@1.0.0", said(edits)).unwrap();
    let state = story.release_state("web@1.0.0");
    assert_eq!(
        state.scope.lines(),
        [
            "database V41.sql (no owner)",
            "infrastructure new subnet (sre)",
            "third-party card-network (risk)",
            "stays out: refunds (INC-1)",
        ]
    );
    let (spec, origins) = (&story.ledger.spec, &story.ledger.origins);
    let id = release("web@1.0.0");
    let all = shipped(&id, &state, (spec, origins), &story.ledger).unwrap();
    assert_eq!(all[0].kind, ItemKind::Application);
    let drags: Vec<&str> = all[0].drags.iter().map(|d| d.what.as_str()).collect();
    assert_eq!(drags, ["card-network (third party)"]);
    assert!(
        all.iter()
            .filter(|i| i.key.is_some())
            .all(|i| i.missing.is_some())
    );
    for (edit, words) in [
        (item(None, "riddle", None), "what kind of item is `riddle`?"),
        (subnet(Some("nett")), "there is no team `nett`"),
        (out("new subnet"), "is in the scope"),
        (item(None, "web", None), "ships anyway"),
        (out("  "), "no line of text"),
    ] {
        refused(story.release("web@1.0.0", said(vec![edit])), words);
    }
}

#[test]
fn a_scope_of_several_teams_with_an_item_that_nobody_owns_does_not_lock() {
    let mut story = governed(vec![]);
    let edits = vec![subnet(Some("sre")), item(None, "V41.sql", None)];
    story.release("web@1.0.0", said(edits)).unwrap();
    refused(
        story.release("web@1.0.0", lock()),
        "is the work of several teams (platform, sre), and nobody owns database:V41.sql",
    );
    assert_eq!(story.release_state("web@1.0.0").scope.lock, Lock::Open);
    let own = item(Some(ItemKind::Database), "V41.sql", Some("platform"));
    story.release("web@1.0.0", said(vec![own])).unwrap();
    story.release("web@1.0.0", lock()).unwrap();
    assert!(story.release_state("web@1.0.0").scope.lock.is_locked());
}

#[test]
fn after_the_lock_a_change_takes_another_person_and_voids_every_yes() {
    let mut story = governed(vec![("locked", locked_scope())]);
    story
        .release("web@1.0.0", said(vec![subnet(None)]))
        .unwrap();
    let id = story.deploy("web@1.0.0", "prod").unwrap();
    assert_eq!(
        gate(&story, &id),
        "hold: the scope of web@1.0.0 is not locked | tidegate release lock web@1.0.0 --reason … | platform"
    );
    story.release("web@1.0.0", lock()).unwrap();
    let incomplete = gate(&story, &id);
    assert!(
        incomplete
            .contains("infrastructure new subnet (platform): nobody said that it is complete"),
        "{incomplete}"
    );
    yes(&mut story, 1, "farah").unwrap();
    // Work goes on after the lock, and costs nobody's yes.
    let done = Edit::Complete {
        item: "new subnet".to_owned(),
    };
    story.release("web@1.0.0", said(vec![done])).unwrap();
    assert_eq!(state(&story, 1).facts.unwrap().votes.len(), 1);
    refused(
        story.release("web@1.0.0", said(vec![out("refunds")])),
        "was locked by rita",
    );
    refused(unlock(&mut story, rita()), "rita locked it");
    refused(
        unlock(&mut story, approver("ines")),
        "it is the work of platform",
    );
    unlock(&mut story, approver("emil")).unwrap();
    story
        .release("web@1.0.0", said(vec![out("refunds")]))
        .unwrap();
    story.release("web@1.0.0", lock()).unwrap();
    assert_eq!(
        story.phase(&id),
        "superseded",
        "its plan is for another scope"
    );
    story.deploy("web@1.0.0", "prod").unwrap();
    let facts = state(&story, 1).facts.unwrap();
    assert_eq!(facts.id, chg(1), "the same change goes on");
    assert!(facts.votes.is_empty());
    let entries = story.ledger.entries.iter().rev();
    let mut planned = entries.filter(|e| e.entry.kind == "change.planned/1");
    let body = &planned.next().unwrap().entry.body;
    assert!(
        body.contains("\"differs\":[\"scope with stays out: refunds (INC-1)\"]"),
        "{body}"
    );
    assert!(body.contains("\"void\":[\"farah\"]"), "{body}");
}

#[test]
fn a_complete_and_locked_scope_passes_and_says_what_stays_out() {
    let mut story = governed(vec![("locked", locked_scope())]);
    let done = Edit::Complete {
        item: "new subnet".to_owned(),
    };
    let edits = vec![subnet(None), done, out("refunds")];
    story.release("web@1.0.0", said(edits)).unwrap();
    story.release("web@1.0.0", lock()).unwrap();
    let id = story.deploy("web@1.0.0", "prod").unwrap();
    let told = gate(&story, &id);
    assert!(
        told.contains("nobody said whether a database changes"),
        "{told}"
    );
    let mut bits = crate::world::company::bits("web@1.0.0");
    bits.migrates = Some(false);
    let command = tidegate_core::stream::artifact::Command::Register { bits };
    story.artifact("web@1.0.0", command).unwrap();
    story.deployment(&id, deployment::Command::Wake).unwrap();
    let told = gate(&story, &id);
    assert!(told.starts_with("pass: scope "), "{told}");
    assert!(told.contains("stays out: refunds (INC-1)"), "{told}");
}

#[test]
fn a_regulatory_tag_pulls_in_the_sign_off_it_requires() {
    let regulated = Policy {
        sign_offs: vec![SignOffRule {
            signed_in_within: None,
            sign: name("regulatory"),
            from: Approvers::Team(team("risk")),
            when: Some(Condition {
                text: "\"mas-trm\" in release.tags".to_owned(),
                expr: Expr::Among {
                    of: Box::new(Expr::Value {
                        value: Value::Text("mas-trm".to_owned()),
                    }),
                    name: "release.tags".to_owned(),
                },
            }),
        }],
        ..Policy::default()
    };
    let mut story = governed(vec![("regulated", regulated)]);
    let plain = story.deploy("web@1.0.0", "prod").unwrap();
    assert_eq!(
        story.phase(&plain),
        "running",
        "nothing is asked without the tag"
    );
    let tag = Edit::Tag {
        tag: name("mas-trm"),
    };
    story.release("web@1.1.0", said(vec![tag])).unwrap();
    let state = story.release_state("web@1.1.0");
    let found = tags(&story.ledger.spec, &release("web@1.1.0"), &state.scope);
    assert_eq!(found, BTreeSet::from([name("mas-trm")]));
    story.deployed("web@1.1.0", "staging");
    let tagged = story.deploy("web@1.1.0", "prod").unwrap();
    let deployment::Phase::Gated { reports, .. } = story.state(&tagged).phase else {
        panic!("it is {}", story.phase(&tagged));
    };
    let approval = reports.into_iter().find(|r| r.gate == GateId::Approval);
    let approval = approval.unwrap().title;
    assert!(approval.contains("regulatory by risk"), "{approval}");
    let web = story.ledger.spec.services.get_mut(&service("web")).unwrap();
    web.tags = BTreeSet::from([name("pci")]);
    let found = tags(&story.ledger.spec, &release("web@1.1.0"), &state.scope);
    assert_eq!(found.len(), 2);
}

#[test]
fn nobody_changes_the_scope_of_what_is_not_there_or_has_arrived() {
    let mut story = given(&["web@1.0.0"]);
    refused(
        story.release("web@9.9.9", said(vec![subnet(None)])),
        "web@9.9.9",
    );
    let nobody = Actor::account("eve", Role::Viewer);
    let id = release("web@1.0.0");
    let command = said(vec![subnet(None)]);
    assert!(story.ask(nobody, Any::Release { id, command }).is_err());
    story.deployed("web@1.0.0", "staging");
    story.deployed("web@1.0.0", "prod");
    refused(
        story.release("web@1.0.0", said(vec![subnet(None)])),
        "has arrived everywhere",
    );
    assert!(story.ledger.spec.environments.contains_key(&env("prod")));
}
