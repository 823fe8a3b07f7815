//! Who counts as whom: tokens, authors of everything that is new, and those who are asked in the place of others.

use super::*;
use crate::world::company::bits;
use tidegate_core::stream::artifact;

/// A token of somebody's, under a name that says nothing about its person.
fn token(name: &str, of: &str, role: Role) -> Actor {
    Actor {
        person: Some(of.to_owned()),
        ..Actor::machine(name, role)
    }
}

fn written(story: &mut Story, id: &str, authors: &[&str]) {
    let told = artifact::Command::Register {
        bits: artifact::Bits {
            authors: authors.iter().map(|a| (*a).to_owned()).collect(),
            commits: Some(2),
            migrates: Some(false),
            ..bits(id)
        },
    };
    story.artifact(id, told).unwrap();
}

fn barred_authors() -> Policy {
    Policy {
        never_by: BTreeSet::from([Part::Author]),
        ..dual()
    }
}

#[test]
fn whoever_asks_with_a_token_is_the_person_it_belongs_to() {
    let mut story = governed(vec![("dual-control", dual())]);
    let purpose = tidegate_core::gate::Purpose::Promote;
    let plan = story.plan("web@1.0.0", "prod", purpose).unwrap();
    let command = deployment::Command::Propose {
        plan: Box::new(plan),
        purpose,
        reason: "the nightly run".to_owned(),
        request: tidegate_core::queue::Request::PLAIN,
    };
    let ci = token("ci-deploy", "farah", Role::Operator);
    story.ask(ci, Any::Propose { command }).unwrap();
    refused(
        yes(&mut story, 1, "farah"),
        "farah is a requester of web@1.0.0",
    );
}

#[test]
fn a_token_with_the_name_of_somebody_else_decides_nothing() {
    let mut story = governed(vec![("dual-control", dual())]);
    story.deploy("web@1.0.0", "prod").unwrap();
    let yes = |subject| Command::Approve {
        subject,
        team: None,
        sign: None,
        instead_of: None,
        reason: String::new(),
        signature: None,
    };
    let stolen = yes(subject(&story, 1));
    refused(
        tell(&mut story, 1, token("hugo", "rita", Role::Admin), stolen),
        "`hugo` is no account of rita: a token decides nothing",
    );
    assert!(state(&story, 1).facts.unwrap().votes.is_empty());
}

#[test]
fn authors_of_a_version_that_never_came_to_production_are_authors_of_the_next_one() {
    let mut story = governed(vec![("dual-control", barred_authors())]);
    person(&mut story, "farah", &["farah"], &["farah@acme.example"]);
    person(&mut story, "emil", &["emil"], &[]);
    for (id, author) in [
        ("web@1.0.0", "emil"),
        ("web@1.1.0", "farah@acme.example"),
        ("web@1.2.0", "emil"),
    ] {
        written(&mut story, id, &[author]);
    }
    let first = story.deploy("web@1.0.0", "prod").unwrap();
    yes(&mut story, 1, "farah").unwrap();
    yes(&mut story, 1, "hugo").unwrap();
    story.pass(Millis::secs(1));
    story.succeeds(&first);
    story.pass(Millis::minutes(40));
    story.agent_finishes();

    story.deployed("web@1.1.0", "staging");
    story.deployed("web@1.2.0", "staging");
    story.deploy("web@1.2.0", "prod").unwrap();
    refused(yes(&mut story, 2, "farah"), "farah is an author");
    refused(yes(&mut story, 2, "emil"), "emil is an author");
    let found = change::carried(
        story.ledger.view(),
        &state(&story, 2).facts.unwrap().planned.unwrap().body,
    );
    assert_eq!(found.unwrap().commits(), Some(4));
}

#[test]
fn a_name_that_nobody_is_known_by_is_no_known_author_and_what_was_left_out_can_be_added() {
    let mut story = governed(vec![("dual-control", barred_authors())]);
    let id = story.deploy("web@1.0.0", "prod").unwrap();
    assert!(approval(&story, &id).contains("web@1.0.0 was registered without its authors"));
    written(&mut story, "web@1.0.0", &["asouza"]);
    story.then(&["artifact.described"]);
    assert_eq!(
        approval_now(&mut story, &id),
        "who wrote it is not known: nobody is known by asouza"
    );
    // What was said once is not replaced.
    written(&mut story, "web@1.0.0", &["emil"]);
    assert!(approval_now(&mut story, &id).contains("asouza"));
    person(&mut story, "emil", &["emil", "asouza"], &[]);
    assert_eq!(
        approval_now(&mut story, &id),
        "approval: platform (0 of 1: asked farah)  risk (0 of 1: asked grace, hugo)"
    );
}

#[test]
fn others_decide_only_for_the_policy_that_says_so() {
    let late = Policy {
        approvals: vec![asks("owner", 1)],
        escalate_after: Some(HOUR),
        escalate_to: Some(team("sre")),
        ..Policy::default()
    };
    let control = Policy {
        approvals: vec![asks("risk", 1)],
        ..Policy::default()
    };
    let mut story = governed(vec![("control", control), ("late", late)]);
    let id = story.deploy("web@1.0.0", "prod").unwrap();
    story.pass(Millis(HOUR.0 * 2));
    assert_eq!(
        approval_now(&mut story, &id),
        "approval: risk (0 of 1: asked grace, hugo)  platform (0 of 1: asked emil, farah, ines)"
    );
    yes(&mut story, 1, "ines").unwrap();
    assert_eq!(
        approval_now(&mut story, &id),
        "approval: risk (0 of 1: asked grace, hugo)  platform (1 of 1: ines)"
    );
}

#[test]
fn a_yes_is_good_no_longer_than_the_rules_say_now() {
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
    story.pass(Millis(HOUR.0 * 5));
    let policy = story
        .ledger
        .spec
        .policies
        .get_mut(&name("dual-control"))
        .unwrap();
    policy.valid = Some(Millis(HOUR.0 * 4));
    assert_eq!(
        approval_now(&mut story, &id),
        "approval: platform (0 of 1: asked emil, farah)  risk (0 of 1: asked grace, hugo)"
    );
    // Whoever said yes in vain says it again.
    yes(&mut story, 1, "farah").unwrap();
}
