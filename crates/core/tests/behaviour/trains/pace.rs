//! Failures slow a train, and quiet brings it back.

use super::*;

#[test]
fn failures_slow_a_train_after_notice_and_a_longer_quiet_spell_brings_it_back() {
    let mut story = with(slowing());
    run(&mut story, "2.0.0", false);
    assert_eq!(train_of(&story).phase.name(), "running");
    run(&mut story, "2.1.0", false);
    let train = train_of(&story);
    let train::Phase::Proposed { pace } = &train.phase else {
        panic!("a slower rhythm is proposed: {train:?}");
    };
    assert_eq!(
        pace.figures.to_string(),
        "2 of 2 failed on #1, #2; limit 20% failed over 2 departures"
    );
    assert_eq!(pace.phrase, "every 2 weeks on Tue at 10:00");
    assert_eq!(train.step, 0, "not yet");
    story.pass(Millis::minutes(24 * 60));
    let train = train_of(&story);
    assert_eq!(train.step, 1);
    assert_eq!(
        train.paced.unwrap().what,
        "leaves every 2 weeks on Tue at 10:00: 2 of 2 failed on #1, #2; limit 20% failed over 2 departures; \
         nobody refused"
    );
    assert_eq!(departs(&story, 3), at("2026-03-17T09:00:00Z"));
    // Departures without passengers say nothing.
    until(&mut story, "2026-04-14T09:00:00Z");
    assert_eq!(train_of(&story).results, []);
    for version in ["3.0.0", "3.1.0"] {
        run(&mut story, version, true);
    }
    assert_eq!(
        train_of(&story).phase.name(),
        "running",
        "two are not enough"
    );
    run(&mut story, "3.2.0", true);
    assert_eq!(train_of(&story).phase.name(), "rhythm proposed");
    story.pass(Millis::minutes(24 * 60));
    assert_eq!(train_of(&story).step, 0);
}

#[test]
fn a_person_refuses_the_slower_rhythm_and_the_same_figures_do_not_count_twice() {
    let mut story = with(slowing());
    let keep = |story: &mut Story, reason: &str| {
        let command = train::Command::Keep {
            reason: reason.to_owned(),
        };
        let id = name("retail");
        story.ask(rita(), Any::Train { id, command })
    };
    keep(&mut story, "all is well").unwrap_err();
    story.refused("no other rhythm is proposed");
    run(&mut story, "2.0.0", false);
    run(&mut story, "2.1.0", false);
    keep(&mut story, "").unwrap_err();
    story.refused("needs a reason");
    keep(&mut story, "both were the same cause, which is gone").unwrap();
    story.then(&["train.pace_kept"]);
    story.pass(Millis::minutes(48 * 60));
    assert_eq!(train_of(&story).step, 0);
    run(&mut story, "2.2.0", false);
    assert_eq!(train_of(&story).phase.name(), "running");
    run(&mut story, "2.3.0", false);
    assert_eq!(train_of(&story).phase.name(), "rhythm proposed");
}
