//! A configuration that weakens what a team answers for: who may bring it in, and what a yes holds for.

use crate::world::story::{Story, nothing};
use std::collections::BTreeMap;
use tidegate_core::actor::{Actor, Role};
use tidegate_core::command::Command as Any;
use tidegate_core::digest::Digest;
use tidegate_core::id::TeamId;
use tidegate_core::refusal::Refusal;
use tidegate_core::spec::{OwnedControl, Team};
use tidegate_core::stream::config::{Command, Config, Phase, Weakened};

fn of(content: &str) -> Digest {
    Digest::of(content.as_bytes())
}

fn weaker(teams: &[&str]) -> Weakened {
    let owned = teams.iter().map(|team| OwnedControl {
        path: "policies.dual.approvals".to_owned(),
        reason: "1 instead of 2 must say yes".to_owned(),
        rule: "policies.dual".to_owned(),
        owner: TeamId::new(*team).unwrap(),
    });
    Weakened {
        owned: owned.collect(),
        ..Weakened::default()
    }
}

/// Revision 1 is in force; risk is rita and hugo, audit is dina.
fn applied() -> Story {
    let mut story = nothing();
    for (team, members) in [("risk", vec!["rita", "hugo"]), ("audit", vec!["dina"])] {
        let members = members.into_iter().map(str::to_owned).collect();
        let team = TeamId::new(team).unwrap();
        let people = Team {
            members,
            ..Team::default()
        };
        story.ledger.spec.teams.insert(team, people);
    }
    apply(&mut story, "ana", "one", None, Weakened::default()).unwrap();
    story
}

fn apply(
    story: &mut Story,
    who: &str,
    content: &str,
    parent: Option<&str>,
    weakened: Weakened,
) -> Result<String, Refusal> {
    let command = Command::Apply {
        digest: of(content),
        blob: of(content),
        commit: None,
        reason: None,
        parent: parent.map(of),
        changes: Vec::new(),
        weakens: Vec::new(),
        weakened,
        concerns: BTreeMap::new(),
    };
    story.ask(Actor::account(who, Role::Admin), Any::Config { command })
}

fn propose(story: &mut Story, who: &str, content: &str, teams: &[&str]) -> Result<String, Refusal> {
    let command = Command::Propose {
        digest: of(content),
        parent: Some(of("one")),
        reason: "two people are on leave".to_owned(),
        changes: Vec::new(),
        weakens: Vec::new(),
        weakened: weaker(teams),
        concerns: BTreeMap::new(),
    };
    story.ask(Actor::account(who, Role::Admin), Any::Config { command })
}

fn says(story: &mut Story, who: &str, content: &str, yes: bool) -> Result<String, Refusal> {
    let (digest, reason) = (of(content), "until January".to_owned());
    let command = match yes {
        true => Command::Approve { digest, reason },
        false => Command::Reject { digest, reason },
    };
    let actor = Actor::account(who, Role::Operator);
    story.ask(actor, Any::Config { command })
}

fn no(refused: Result<String, Refusal>, part: &str) {
    let refusal = refused.expect_err("refused");
    let text = format!("{refusal}; {}", refusal.help());
    assert!(text.contains(part), "{text}");
}

#[test]
fn each_team_that_answers_for_it_says_yes_and_then_its_proposer_brings_it_in() {
    let mut story = applied();
    let both = ["risk", "audit"];
    no(
        apply(&mut story, "ana", "two", Some("one"), weaker(&both)),
        "risk answers for it",
    );
    propose(&mut story, "ana", "two", &both).unwrap();
    story.then(&["config.proposed"]);
    no(
        says(&mut story, "ana", "two", true),
        "whoever proposes it does not approve it; ask audit (dina), risk (hugo, rita)",
    );
    no(says(&mut story, "eve", "two", true), "others answer for");
    says(&mut story, "rita", "two", true).unwrap();
    story.then(&["config.approved"]);
    says(&mut story, "hugo", "two", true).unwrap();
    story.then(&[]);
    no(
        apply(&mut story, "ana", "two", Some("one"), weaker(&both)),
        "audit answers for it",
    );
    says(&mut story, "dina", "two", true).unwrap();
    apply(&mut story, "ana", "two", Some("one"), weaker(&both)).unwrap();
    story.then(&["config.applied"]);
    let state: Config = story.ledger.view().load(Config::KEY).unwrap();
    assert!(matches!(state.phase, Phase::Applied { revision: 2, .. }));
    assert!(state.proposals().is_empty());
}

#[test]
fn a_yes_is_to_this_content_by_somebody_who_still_belongs_to_the_team() {
    let mut story = applied();
    propose(&mut story, "ana", "two", &["risk"]).unwrap();
    says(&mut story, "rita", "two", true).unwrap();
    // Something else was not agreed to, and with it what was before is over.
    no(
        apply(&mut story, "ana", "three", Some("one"), weaker(&["risk"])),
        "`tidegate config propose`",
    );
    propose(&mut story, "ana", "three", &["risk"]).unwrap();
    no(
        apply(&mut story, "ana", "two", Some("one"), weaker(&["risk"])),
        "risk answers for it",
    );
    no(
        apply(&mut story, "ana", "three", Some("one"), weaker(&["risk"])),
        "`tidegate config approve sha256:",
    );
    says(&mut story, "rita", "three", true).unwrap();
    let risk = TeamId::new("risk").unwrap();
    let team = story.ledger.spec.teams.get_mut(&risk).unwrap();
    team.members = vec!["hugo".to_owned()];
    no(
        apply(&mut story, "ana", "three", Some("one"), weaker(&["risk"])),
        "risk answers for it",
    );
    says(&mut story, "hugo", "three", true).unwrap();
    // Whatever comes into force ends what was proposed upon what was.
    apply(&mut story, "ben", "four", Some("one"), Weakened::default()).unwrap();
    no(
        apply(&mut story, "ana", "three", Some("four"), weaker(&["risk"])),
        "`tidegate config propose`",
    );
    no(
        propose(&mut story, "ana", "three", &["risk"]),
        "changed since",
    );
}

#[test]
fn a_no_ends_it_and_a_member_who_proposes_is_asked_like_everybody_else() {
    let mut story = applied();
    propose(&mut story, "hugo", "two", &["risk", "audit"]).unwrap();
    no(
        says(&mut story, "hugo", "two", true),
        "whoever proposes it does not approve it; ask audit (dina), risk (rita)",
    );
    no(
        propose(&mut story, "ana", "two", &["risk"]),
        "hugo proposed",
    );
    no(propose(&mut story, "ana", "three", &[]), "weakens nothing");
    says(&mut story, "dina", "two", false).unwrap();
    story.then(&["config.rejected"]);
    no(says(&mut story, "rita", "two", true), "dina said no to it");
    propose(&mut story, "hugo", "two", &["risk", "audit"]).unwrap();
    story.then(&["config.proposed"]);
    says(&mut story, "hugo", "two", false).unwrap();
}
