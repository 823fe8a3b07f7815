//! Leaving early, failing on the way, another timetable.

use super::*;

#[test]
fn a_person_may_let_it_leave_now_but_not_without_a_go_or_without_anybody() {
    let mut story = with(retail());
    let now = || Command::Depart {
        reason: why("the partner waits"),
    };
    tell(&mut story, 1, now()).unwrap_err();
    story.refused("nobody is aboard");
    join(&mut story, 1, "web@1.2.0").unwrap();
    tell(&mut story, 1, now()).unwrap_err();
    story.refused("web@1.2.0 is not green in staging");
    join(&mut story, 1, "web@1.1.0").unwrap();
    tell(&mut story, 1, now()).unwrap();
    assert_eq!(phase(&story, 1), "departed");
    // The date it stood for is used up.
    assert_eq!(departs(&story, 2), at("2026-03-10T09:00:00Z"));
    tell(&mut story, 1, now()).unwrap_err();
    story.refused("it has left");

    let mut story = with(decided());
    join(&mut story, 1, "web@1.1.0").unwrap();
    tell(&mut story, 1, now()).unwrap_err();
    story.refused("retail#1 needs a go before it leaves");
}

#[test]
fn a_passenger_that_fails_is_recorded_with_the_reason_and_counts() {
    let mut story = with(retail());
    join(&mut story, 1, "web@1.1.0").unwrap();
    until(&mut story, "2026-03-03T09:00:00Z");
    fails(&mut story, "web@1.1.0");
    assert_eq!(phase(&story, 1), "arrived");
    let facts = departure(&story, 1).facts.unwrap();
    let Journey::Failed { because } = &facts.passengers[&release("web@1.1.0")].journey else {
        panic!("it failed");
    };
    assert!(
        because.contains("the program ended with code 1"),
        "{because}"
    );
    assert_eq!(train_of(&story).results[0].failed, 1);
}

#[test]
fn a_changed_timetable_moves_empty_departures_and_those_with_passengers_say_that_they_keep_theirs()
{
    let mut story = with(retail());
    join(&mut story, 1, "web@1.1.0").unwrap();
    configure(
        &mut story,
        Train {
            departs: "every week on Thu at 12:00".to_owned(),
            ..retail()
        },
    );
    assert_eq!(departs(&story, 1), at("2026-03-03T09:00:00Z"));
    let kept = departure(&story, 1).facts.unwrap().kept.unwrap();
    assert!(
        kept.contains("now leaves every week on Thu at 12:00"),
        "{kept}"
    );
    assert_eq!(departs(&story, 2), at("2026-03-05T11:00:00Z"));
    look(&mut story);
    story.then(&[]);
    story.ledger.spec.trains.clear();
    look(&mut story);
    assert_eq!(phase(&story, 1), "cancelled");
    assert_eq!(phase(&story, 2), "cancelled");
    let id = story.deploy("web@1.1.0", "prod").unwrap();
    assert_eq!(story.phase(&id), "running", "no train, no gate");
}
