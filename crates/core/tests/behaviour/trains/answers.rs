//! Every answer of the gate, and two versions of one service.

use super::*;

#[test]
fn every_answer_of_the_train() {
    let mut out = String::new();
    let mut scene = |called: &str, story: &Story, what: &str, to: &str, purpose: Purpose| {
        let reports = ask(story, what, to, purpose);
        let _ = writeln!(out, "{called}\n{}", text(&reports, Some(GateId::Train)));
    };
    let promote = Purpose::Promote;
    let none = given(&["web@1.0.0"]);
    scene("no train", &none, "web@1.0.0", "prod", promote);
    let mut story = with(decided());
    scene("not where it goes", &story, "web@1.2.0", "staging", promote);
    scene("aboard nothing", &story, "web@1.1.0", "prod", promote);
    join(&mut story, 1, "web@1.1.0").unwrap();
    scene("aboard, needs a go", &story, "web@1.1.0", "prod", promote);
    until(&mut story, "2026-03-02T15:00:00Z");
    let reason = why("looks good");
    tell(&mut story, 1, Command::Go { reason }).unwrap();
    scene("aboard, go", &story, "web@1.1.0", "prod", promote);
    until(&mut story, "2026-03-03T09:00:00Z");
    scene("left", &story, "web@1.1.0", "prod", promote);
    let mut story = with(retail());
    join(&mut story, 1, "web@1.1.0").unwrap();
    scene("aboard", &story, "web@1.1.0", "prod", promote);
    story.ledger.spec.trains.insert(name("retail"), decided());
    story
        .ledger
        .states
        .retain(|stream, _| !stream.as_str().starts_with("departure"));
    scene(
        "a departure that is gone",
        &story,
        "web@1.1.0",
        "prod",
        promote,
    );
    insta::assert_snapshot!(out);
}

#[test]
fn of_two_versions_of_a_service_the_newest_green_one_travels() {
    let mut story = with(Train {
        capacity: Some(1),
        ..retail()
    });
    for what in ["web@1.0.0", "web@1.1.0", "web@1.2.0"] {
        join(&mut story, 1, what).unwrap();
    }
    assert_eq!(aboard(&story, 1).len(), 3, "versions share a place");
    until(&mut story, "2026-03-03T09:00:00Z");
    assert_eq!(aboard(&story, 1), ["web@1.1.0"]);
    assert_eq!(
        gone(&story, 1),
        [
            "web@1.2.0: not green in staging when retail#1 left",
            "web@1.0.0: web@1.1.0 travels instead",
        ]
    );
}

#[test]
fn a_passenger_that_is_overtaken_at_the_gates_says_nothing_about_the_train() {
    let mut story = with(retail());
    join(&mut story, 1, "web@1.1.0").unwrap();
    let because = "the network is repaired".to_owned();
    let hold = tidegate_core::stream::environment::Command::Hold {
        because,
        until: None,
        lasting: None,
    };
    story.environment("prod", hold).unwrap();
    until(&mut story, "2026-03-03T09:00:00Z");
    let id = story.deploy("web@1.1.0", "prod").expect("it is aboard");
    let reason = "a misprint".to_owned();
    let given_up = tidegate_core::stream::deployment::Command::Abort { reason };
    story.deployment(&id, given_up).unwrap();
    let facts = departure(&story, 1).facts.unwrap();
    let journey = &facts.passengers[&release("web@1.1.0")].journey;
    assert!(matches!(journey, Journey::Dropped { .. }), "{journey:?}");
    assert!(train_of(&story).results.is_empty(), "nothing is counted");
}
