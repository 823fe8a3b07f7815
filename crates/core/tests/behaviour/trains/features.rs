//! Departures that wait for features.

use super::*;

#[test]
fn a_feature_that_is_not_complete_leaves_its_releases_behind() {
    let mut story = with(retail());
    join(&mut story, 1, "web@1.1.0").unwrap();
    let promise = Command::Promise {
        feature: name("one-page-checkout"),
        requires: vec![release("web@1.1.0"), release("api@2.0.0")],
        reason: String::new(),
    };
    tell(&mut story, 1, promise).unwrap();
    until(&mut story, "2026-03-03T09:00:00Z");
    assert_eq!(phase(&story, 1), "arrived", "nobody was left aboard");
    assert_eq!(
        gone(&story, 1),
        [
            "web@1.1.0: part of one-page-checkout, which is not complete: api@2.0.0 is not aboard when \
             retail#1 left"
        ]
    );
    assert_eq!(aboard(&story, 2), ["web@1.1.0"]);
}

#[test]
fn a_train_that_waits_for_features_leaves_when_they_are_complete_and_at_last_without_them() {
    let features = [(
        name("one-page-checkout"),
        vec![release("web@1.1.0"), release("web@1.2.0")],
    )];
    let train = Train {
        trigger: Trigger::Features,
        features: features.into(),
        ..retail()
    };
    let mut story = with(train.clone());
    join(&mut story, 1, "web@1.1.0").unwrap();
    join(&mut story, 1, "web@1.2.0").unwrap();
    until(&mut story, "2026-03-03T12:00:00Z");
    assert_eq!(phase(&story, 1), "closed", "it waits beyond its date");
    let green = story.deployed("web@1.2.0", "staging");
    assert!(!green.is_empty());
    assert_eq!(phase(&story, 1), "departed");
    assert_eq!(aboard(&story, 1), ["web@1.2.0"]);

    let mut story = with(train);
    join(&mut story, 1, "web@1.0.0").unwrap();
    join(&mut story, 1, "web@1.1.0").unwrap();
    until(&mut story, "2026-03-04T09:00:00Z");
    assert_eq!(aboard(&story, 1), ["web@1.0.0"], "without the feature");
    assert_eq!(phase(&story, 1), "departed");
    assert_eq!(aboard(&story, 2), ["web@1.1.0"]);
}
