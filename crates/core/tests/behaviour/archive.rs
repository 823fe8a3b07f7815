//! What lies beside the log: kept while a rule, a hold or what runs keeps it, and removed only then.

use crate::world::story::{Story, agent, given, rita};
use tidegate_core::actor::{Actor, Role};
use tidegate_core::archive::{Body, Outlook, outlook};
use tidegate_core::command::Command as Any;
use tidegate_core::digest::Digest;
use tidegate_core::model::archive::{KEPT, Kept};
use tidegate_core::refusal::Refusal;
use tidegate_core::spec::{Class, Keep, Retention};
use tidegate_core::stream::archive::{Command, Scope};
use tidegate_core::time::Millis;
use tidegate_core::view::View as _;
use tidegate_core::work::Outcome;

fn body(text: &str) -> Body {
    Body {
        digest: Digest::of(text.as_bytes()),
        bytes: text.len() as u64,
    }
}

/// A version whose program did not start: its output is kept.
fn failed() -> (Story, String) {
    let mut story = given(&["web@1.0.0", "web@1.1.0"]);
    story.deployed("web@1.0.0", "staging");
    let id = story.deploy("web@1.1.0", "staging").unwrap();
    let no = Outcome::Failed {
        because: "the program ended with code 1".to_owned(),
        log: vec!["no such table".to_owned()],
        output: Some(body("all of it")),
    };
    assert!(story.agent_says(no));
    story.agent_finishes();
    (story, id)
}

fn rule(story: &mut Story, name: &str, days: u16, of: &[Class]) {
    let rule = Retention {
        keep: Keep::Days(days),
        of: of.iter().copied().collect(),
        services: [].into(),
        environments: [].into(),
        tags: [].into(),
    };
    story
        .ledger
        .spec
        .retention
        .insert(name.parse().unwrap(), rule);
}

fn only(story: &Story) -> (String, Kept) {
    let mut rows = story.ledger.scan(KEPT, "", 9);
    assert_eq!(rows.len(), 1, "{rows:?}");
    let (key, row) = rows.remove(0);
    (key, serde_json::from_str(&row).unwrap())
}

fn told(story: &Story) -> Outlook {
    outlook(&story.ledger.spec, story.ledger.view(), &only(story).1).unwrap()
}

fn remove(story: &mut Story, who: Actor) -> Result<String, Refusal> {
    let (key, kept) = only(story);
    let command = Command::Remove { keys: vec![key] };
    let key = Some(kept.deployment.to_string());
    story.ask(who, Any::Archive { key, command })
}

fn hold(story: &mut Story, scope: Scope) -> Result<String, Refusal> {
    let command = Command::Hold {
        scope: Box::new(scope),
        reason: "case 114".to_owned(),
    };
    story.ask(rita(), Any::Archive { key: None, command })
}

const DAY: Millis = Millis::minutes(24 * 60);

#[test]
fn without_a_rule_everything_is_kept_and_of_two_rules_the_longer_counts() {
    let (mut story, id) = failed();
    let kept = only(&story).1;
    assert_eq!(
        (kept.deployment.to_string(), kept.class),
        (id, Class::Output)
    );
    assert_eq!(told(&story), Outlook::default());
    story.pass(Millis(DAY.0 * 400));
    remove(&mut story, Actor::system()).expect_err("no rule");
    rule(&mut story, "figures", 1, &[Class::VerdictEvidence]);
    assert_eq!(told(&story).rule, None, "it speaks of something else");
    rule(&mut story, "short", 1, &[]);
    rule(&mut story, "long", 500, &[Class::Output]);
    let (name, until) = told(&story).rule.unwrap();
    assert_eq!(name.as_str(), "long");
    assert_eq!(until, Keep::Days(500).until(kept.at));
    remove(&mut story, Actor::system()).expect_err("not yet");
    story.pass(Millis(DAY.0 * 101));
    remove(&mut story, Actor::system()).expect("past the longest");
    story.then(&["archive.removed"]);
    assert!(story.ledger.scan(KEPT, "", 9).is_empty());
}

#[test]
fn a_hold_keeps_what_it_covers_and_ends_only_once() {
    let (mut story, _) = failed();
    rule(&mut story, "short", 1, &[]);
    let web = Scope {
        services: ["web".parse().unwrap()].into(),
        ..Scope::default()
    };
    let misspelt = Scope {
        services: ["wbe".parse().unwrap()].into(),
        ..Scope::default()
    };
    let refusal = hold(&mut story, misspelt).expect_err("there is no such service");
    assert!(refusal.to_string().contains("wbe"), "{refusal}");
    let id = hold(&mut story, web).unwrap();
    assert_eq!(id, "HLD-1");
    story.then(&["archive.held"]);
    story.pass(Millis(DAY.0 * 9));
    assert_eq!(told(&story).holds.len(), 1);
    remove(&mut story, Actor::system()).expect_err("held");
    let end = |story: &mut Story, who: Actor| {
        let command = Command::Release {
            reason: "case closed".to_owned(),
        };
        let key = Some(id.clone());
        story.ask(who, Any::Archive { key, command })
    };
    let operator = Actor::account("otto", Role::Operator);
    end(&mut story, operator).expect_err("an admin ends it");
    end(&mut story, rita()).unwrap();
    story.then(&["archive.released"]);
    end(&mut story, rita()).expect_err("it is over");
    remove(&mut story, Actor::system()).expect("nothing keeps it");
}

#[test]
fn nobody_but_the_server_removes_and_never_what_runs_or_is_a_way_back() {
    let (mut story, _) = failed();
    rule(&mut story, "short", 1, &[]);
    story.pass(Millis(DAY.0 * 9));
    for who in [rita(), agent()] {
        remove(&mut story, who).expect_err("only the server");
    }
    // The release whose first try failed runs by now, and later it is what one would return to.
    story
        .release(
            "web@1.1.0",
            tidegate_core::stream::release::Command::Unhold {
                reason: "the table is there".to_owned(),
            },
        )
        .ok();
    story.deployed("web@1.1.0", "staging");
    let needed = told(&story).needed;
    assert_eq!(needed.as_deref(), Some("web@1.1.0 runs in staging"));
    remove(&mut story, Actor::system()).expect_err("it runs");
    story.register("web@1.2.0").unwrap();
    story.create("web@1.2.0").unwrap();
    story.deployed("web@1.2.0", "staging");
    let needed = told(&story).needed;
    let back = Some("web@1.1.0 is a way back in staging");
    assert_eq!(needed.as_deref(), back);
    remove(&mut story, Actor::system()).expect_err("it is a way back");
}
