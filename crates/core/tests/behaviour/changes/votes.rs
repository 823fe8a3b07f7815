//! Whose yes counts, and for what.

use super::*;

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
    assert_eq!(
        facts.void.unwrap().to_string(),
        "farah said yes to another plan; this one differs in value COLOUR"
    );
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
        "who wrote it is not known: web@1.0.0 was registered without its authors"
    );
    refused(yes(&mut story, 1, "farah"), "is not known");
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

#[test]
fn a_no_holds_for_its_plan_whatever_the_rules_ask_later() {
    let mut story = governed(vec![("dual-control", dual())]);
    let id = story.deploy("web@1.0.0", "prod").unwrap();
    let no = Command::Reject {
        subject: subject(&story, 1),
        reason: "not before the audit".to_owned(),
    };
    tell(&mut story, 1, approver("hugo"), no).unwrap();
    story.ledger.spec.policies.clear();
    let said = "rejected by hugo: not before the audit";
    assert_eq!(approval_now(&mut story, &id), said);
    // Asked for again, it is the same plan and the same no.
    let again = story.deploy("web@1.0.0", "prod").unwrap();
    assert_eq!(approval_now(&mut story, &again), said);
    assert_eq!(state(&story, 2), Change::default());
}

#[test]
fn whoever_said_yes_and_then_no_may_say_yes_again() {
    let mut story = governed(vec![("dual-control", dual())]);
    let id = story.deploy("web@1.0.0", "prod").unwrap();
    yes(&mut story, 1, "hugo").unwrap();
    let no = Command::Reject {
        subject: subject(&story, 1),
        reason: "one moment".to_owned(),
    };
    tell(&mut story, 1, approver("hugo"), no).unwrap();
    yes(&mut story, 1, "hugo").unwrap();
    assert_eq!(
        approval_now(&mut story, &id),
        "approval: platform (0 of 1: asked emil, farah)  risk (1 of 1: hugo)"
    );
}
