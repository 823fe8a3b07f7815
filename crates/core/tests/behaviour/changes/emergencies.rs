//! Emergencies and what they leave behind.

use super::*;

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

#[test]
fn a_second_emergency_while_the_first_is_under_way_is_refused_and_the_first_comes_to_its_end() {
    let mut story = governed(vec![
        ("change-classes", classes()),
        ("dual-control", dual()),
    ]);
    emergency(&mut story, "web@1.0.0", "INC-31").unwrap();
    let id = story.deploy("web@1.0.0", "prod").unwrap();
    yes(&mut story, 1, "ines").unwrap();
    assert_eq!(story.phase(&id), "running");
    refused(emergency(&mut story, "web@1.0.0", "INC-32"), "CHG-1");
    story.succeeds(&id);
    story.pass(Millis::minutes(40));
    story.agent_finishes();
    assert!(matches!(state(&story, 1).phase, Phase::Reviewing { .. }));
    assert_eq!(state(&story, 2), Change::default());
}

#[test]
fn an_emergency_that_needs_nobody_else_beforehand_owes_what_was_skipped_without_a_rule() {
    let mut only = classes();
    only.classes
        .retain(|class, _| *class == ChangeClass::Emergency);
    let mut story = governed(vec![("change-classes", only)]);
    emergency(&mut story, "web@1.0.0", "INC-31").unwrap();
    story.deploy("web@1.0.0", "prod").unwrap();
    let assessed = state(&story, 1).facts.unwrap().assessed.unwrap();
    assert_eq!(assessed.needs, ["sre 1"]);
    assert_eq!(assessed.owed, ["platform 1"]);
}

#[test]
fn an_emergency_is_noticed_at_once_by_what_waits_for_something_else() {
    let mut story = governed(vec![
        ("change-classes", classes()),
        ("dual-control", dual()),
    ]);
    let prod = story.ledger.spec.environments.get_mut(&env("prod"));
    prod.unwrap().soak = Millis::minutes(100 * 60);
    let id = story.deploy("web@1.0.0", "prod").unwrap();
    yes(&mut story, 1, "farah").unwrap();
    yes(&mut story, 1, "hugo").unwrap();
    assert_eq!(story.phase(&id), "waiting");
    emergency(&mut story, "web@1.0.0", "INC-31").unwrap();
    yes(&mut story, 1, "ines").unwrap();
    assert_eq!(story.phase(&id), "running");
}

#[test]
fn what_somebody_raised_stays_raised_when_an_emergency_ends_unused() {
    let mut story = governed(vec![
        ("change-classes", classes()),
        ("dual-control", dual()),
    ]);
    story.deploy("web@1.0.0", "prod").unwrap();
    let raise = Command::Raise {
        class: ChangeClass::Major,
        reason: "the first one on the new base".to_owned(),
    };
    tell(&mut story, 1, approver("farah"), raise).unwrap();
    emergency(&mut story, "web@1.0.0", "INC-31").unwrap();
    let class = |story: &Story| state(story, 1).facts.unwrap().assessed.unwrap().class;
    assert_eq!(class(&story), ChangeClass::Emergency);
    story.pass(Millis(HOUR.0 * 5));
    assert_eq!(class(&story), ChangeClass::Major);
}

#[test]
fn a_no_is_back_when_an_emergency_ends_unused() {
    let mut story = governed(vec![
        ("change-classes", classes()),
        ("dual-control", dual()),
    ]);
    let id = story.deploy("web@1.0.0", "prod").unwrap();
    let no = Command::Reject {
        subject: subject(&story, 1),
        reason: "not before the audit".to_owned(),
    };
    tell(&mut story, 1, approver("hugo"), no).unwrap();
    emergency(&mut story, "web@1.0.0", "INC-31").unwrap();
    assert_eq!(
        approval_now(&mut story, &id),
        "approval: sre (0 of 1: asked ines)"
    );
    story.pass(Millis(HOUR.0 * 5));
    assert_eq!(
        approval_now(&mut story, &id),
        "rejected by hugo: not before the audit"
    );
}

#[test]
fn a_review_can_be_closed_after_its_environment_left_production() {
    let mut story = governed(vec![
        ("change-classes", classes()),
        ("dual-control", dual()),
    ]);
    emergency(&mut story, "web@1.0.0", "INC-31").unwrap();
    let id = story.deploy("web@1.0.0", "prod").unwrap();
    yes(&mut story, 1, "ines").unwrap();
    story.succeeds(&id);
    story.pass(Millis::minutes(40));
    story.agent_finishes();
    let prod = story.ledger.spec.environments.get_mut(&env("prod"));
    prod.unwrap().tier = tidegate_core::spec::Tier::Test;
    // The reminder of the overdue review finds it as well.
    story.pass(Millis(HOUR.0 * 24 * 7));
    let review = Command::Review {
        findings: "the limit was too low".to_owned(),
        root_cause: Some("a wrong default".to_owned()),
    };
    tell(&mut story, 1, approver("farah"), review).unwrap();
    assert!(matches!(state(&story, 1).phase, Phase::Closed { .. }));
}

#[test]
fn the_earliest_date_of_a_review_counts_and_hours_are_read_as_hours() {
    let mut other = classes();
    let rule = other.classes.get_mut(&ChangeClass::Emergency).unwrap();
    rule.review_within = Some("3 hours".to_owned());
    let mut story = governed(vec![("a", classes()), ("b", other)]);
    emergency(&mut story, "web@1.0.0", "INC-31").unwrap();
    let Some(tidegate_core::stream::change::Declared::Emergency {
        since, review_due, ..
    }) = state(&story, 1).facts.unwrap().declared
    else {
        panic!("no emergency");
    };
    assert_eq!(review_due, Millis(HOUR.0 * 3).after(since));
}
