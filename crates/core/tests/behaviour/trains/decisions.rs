//! Go, no-go, postponed and cancelled.

use super::*;

#[test]
fn without_a_go_nothing_leaves_and_after_its_patience_it_is_postponed() {
    let mut story = with(decided());
    join(&mut story, 1, "web@1.1.0").unwrap();
    let reason = why("looks good");
    tell(&mut story, 1, Command::Go { reason }).unwrap_err();
    story.refused("departure/retail/000001 (boarding) does not take `go` now");
    until(&mut story, "2026-03-02T15:00:00Z");
    assert_eq!(phase(&story, 1), "go/no-go");
    until(&mut story, "2026-03-04T09:00:00Z");
    assert_eq!(phase(&story, 1), "go/no-go", "a whole day long");
    until(&mut story, "2026-03-04T09:00:01Z");
    assert_eq!(phase(&story, 1), "boarding");
    let facts = departure(&story, 1).facts.unwrap();
    assert_eq!(facts.timetable.departs, at("2026-03-10T09:00:00Z"));
    assert_eq!(
        facts.postponed[0].because,
        "nobody said go within 1d after its instant"
    );
    // The empty one that stood there makes room.
    assert_eq!(departs(&story, 2), at("2026-03-17T09:00:00Z"));
    assert_eq!(aboard(&story, 1), ["web@1.1.0"]);
}

#[test]
fn a_go_lets_it_leave_at_its_instant_and_a_late_go_at_once() {
    let mut story = with(decided());
    join(&mut story, 1, "web@1.1.0").unwrap();
    until(&mut story, "2026-03-02T15:00:00Z");
    let go = || Command::Go {
        reason: why("looks good"),
    };
    tell(&mut story, 1, go()).unwrap();
    story.then(&["departure.decided"]);
    until(&mut story, "2026-03-03T09:00:00Z");
    assert_eq!(phase(&story, 1), "departed");

    let mut story = with(decided());
    join(&mut story, 1, "web@1.1.0").unwrap();
    until(&mut story, "2026-03-03T12:00:00Z");
    assert_eq!(phase(&story, 1), "go/no-go");
    tell(&mut story, 1, go()).unwrap();
    assert_eq!(phase(&story, 1), "departed");
}

#[test]
fn a_no_go_postpones_it_at_its_instant_unless_somebody_says_go_before() {
    let mut story = with(decided());
    join(&mut story, 1, "web@1.1.0").unwrap();
    until(&mut story, "2026-03-02T15:00:00Z");
    let reason = why("the load test is red");
    tell(&mut story, 1, Command::NoGo { reason, next: None }).unwrap();
    until(&mut story, "2026-03-03T09:00:00Z");
    assert_eq!(phase(&story, 1), "boarding");
    let facts = departure(&story, 1).facts.unwrap();
    assert_eq!(
        facts.postponed[0].because,
        "no-go by rita: the load test is red"
    );
    assert_eq!(facts.decision, None, "it was about the other date");
}

#[test]
fn a_no_go_names_the_next_date_and_what_was_said_before_it_is_kept() {
    let mut story = with(decided());
    join(&mut story, 1, "web@1.1.0").unwrap();
    until(&mut story, "2026-03-02T15:00:00Z");
    tell(
        &mut story,
        1,
        Command::Go {
            reason: why("all green"),
        },
    )
    .unwrap();
    let no = |next: &str| Command::NoGo {
        reason: why("the load test is red"),
        next: Some(next.parse().unwrap()),
    };
    let early = tell(&mut story, 1, no("2026-03-03T08:59:00Z")).unwrap_err();
    assert!(early.to_string().contains("is not after"), "{early}");
    tell(&mut story, 1, no("2026-03-05T13:00:00Z")).unwrap();
    let facts = departure(&story, 1).facts.unwrap();
    assert!(facts.overruled[0].go, "{facts:?}");
    until(&mut story, "2026-03-03T09:00:00Z");
    let facts = departure(&story, 1).facts.unwrap();
    assert_eq!(
        facts.timetable.departs,
        "2026-03-05T13:00:00Z".parse().unwrap()
    );
    assert_eq!(facts.overruled, [], "it was about the other date");
}

#[test]
fn a_postponed_departure_takes_its_cut_offs_along_and_a_cancelled_one_sends_its_passengers_on() {
    let mut story = with(Train {
        scope_closes: Some("20 hours before".to_owned()),
        ..retail()
    });
    join(&mut story, 1, "web@1.1.0").unwrap();
    until(&mut story, "2026-03-02T14:00:00Z");
    assert_eq!(phase(&story, 1), "closed");
    let to = Some(at("2026-03-05T09:00:00Z"));
    let reason = why("the office is closed");
    tell(&mut story, 1, Command::Postpone { to, reason }).unwrap();
    assert_eq!(phase(&story, 1), "boarding");
    join(&mut story, 1, "web@1.0.0").unwrap();
    assert_eq!(aboard(&story, 1), ["web@1.0.0", "web@1.1.0"]);
    assert_eq!(departs(&story, 2), at("2026-03-10T09:00:00Z"));
    until(&mut story, "2026-03-04T13:00:00Z");
    assert_eq!(phase(&story, 1), "closed");
    let cancel = Command::Cancel {
        reason: why("nothing to ship"),
        moves: true,
    };
    tell(&mut story, 1, cancel).unwrap();
    assert_eq!(phase(&story, 1), "cancelled");
    assert_eq!(aboard(&story, 2), ["web@1.0.0", "web@1.1.0"]);
    let cancel = Command::Cancel {
        reason: why("the company sleeps"),
        moves: false,
    };
    tell(&mut story, 2, cancel).unwrap();
    assert_eq!(
        train_of(&story).open.into_iter().collect::<Vec<_>>(),
        [3, 4]
    );
    assert!(aboard(&story, 3).is_empty(), "they must board again");
}

#[test]
fn a_server_that_was_away_lets_it_leave_late_within_its_patience_and_postpones_it_after() {
    let mut story = with(retail());
    join(&mut story, 1, "web@1.1.0").unwrap();
    down_until(&mut story, "2026-03-03T20:00:00Z");
    assert_eq!(phase(&story, 1), "departed", "half a day late");

    let mut story = with(retail());
    join(&mut story, 1, "web@1.1.0").unwrap();
    let before = story.ledger.entries.len();
    down_until(&mut story, "2026-03-25T20:00:00Z");
    let facts = departure(&story, 1).facts.unwrap();
    assert_eq!(
        facts.postponed[0].because,
        "it could not leave within 1d after its instant"
    );
    assert_eq!(facts.timetable.departs, at("2026-03-31T08:00:00Z"));
    let departed =
        |e: &&crate::world::ledger::Entry| e.entry.kind.starts_with("departure.departed");
    let left = story.ledger.entries[before..].iter().filter(departed);
    assert_eq!(left.count(), 0, "the empty second one is laid anew");
    assert_eq!(train_of(&story).open.len(), 2);
}

/// Rita may operate; who decides are others.
fn operator(name: &str) -> Actor {
    Actor::account(name, Role::Operator)
}

fn office(story: &mut Story, name: &str, member: &str) {
    let team = Team {
        members: vec![member.to_owned()],
        ..Team::default()
    };
    let id = TeamId::new(name).unwrap();
    story.ledger.spec.teams.insert(id, team);
}

#[test]
fn only_those_who_decide_about_a_train_postpone_or_cancel_its_departures() {
    let mut story = with(Train {
        decided_by: Some(TeamId::new("release-office").unwrap()),
        ..retail()
    });
    office(&mut story, "release-office", "dina");
    let postpone = || Command::Postpone {
        to: Some(at("2026-03-05T09:00:00Z")),
        reason: why("the office is closed"),
    };
    let cancel = || Command::Cancel {
        reason: why("nothing to ship"),
        moves: true,
    };
    tell(&mut story, 1, postpone()).unwrap_err();
    story.refused(
        "rita may not decide on another date for retail#1: only members of release-office decide about it | ask release-office (dina)",
    );
    tell(&mut story, 1, cancel()).unwrap_err();
    story.refused("only members of release-office decide about it");
    assert_eq!(departs(&story, 1), at("2026-03-03T09:00:00Z"));
    tell_as(&mut story, operator("dina"), 1, postpone()).unwrap();
    assert_eq!(departs(&story, 1), at("2026-03-05T09:00:00Z"));
    tell_as(&mut story, operator("dina"), 1, cancel()).unwrap();
    assert_eq!(phase(&story, 1), "cancelled");
    // What was accepted on the calendar is carried out by the system.
    tell_as(&mut story, Actor::system(), 2, postpone()).unwrap();
}

#[test]
fn without_a_named_team_the_owners_of_what_it_carries_decide_and_whoever_operates_where_none_is_known()
 {
    let mut story = with(retail());
    let later = || Command::Postpone {
        to: None,
        reason: why("the office is closed"),
    };
    let owner = story.ledger.spec.services[&service("web")].owner.clone();
    tell_as(&mut story, operator("emil"), 1, later()).unwrap();
    office(&mut story, owner.as_str(), "wim");
    tell_as(&mut story, operator("emil"), 1, later()).unwrap_err();
    story.refused("decide about it");
    tell_as(&mut story, operator("wim"), 1, later()).unwrap();
}
