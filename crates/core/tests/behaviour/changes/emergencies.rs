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
