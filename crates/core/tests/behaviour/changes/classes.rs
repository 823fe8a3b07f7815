//! Classes by rule and what follows from them; returns, documents, freezes.

use super::*;

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
        signed_in_within: None,
        team: team(t),
        count,
        sign: None,
        escalate: None,
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
fn a_change_that_asks_nobody_is_recorded_from_its_start_to_its_end() {
    let mut story = governed(Vec::new());
    let id = story.deploy("web@1.0.0", "prod").unwrap();
    assert_eq!(story.phase(&id), "running");
    assert!(matches!(state(&story, 1).phase, Phase::Implementing { .. }));
    story.succeeds(&id);
    story.pass(Millis::minutes(40));
    story.agent_finishes();
    assert!(matches!(state(&story, 1).phase, Phase::Closed { .. }));
}
