//! Who boards, who is late, and who travels with the next.

use super::*;

#[test]
fn two_departures_are_always_laid_ahead_and_keep_ten_o_clock_when_clocks_change() {
    let mut story = with(retail());
    let mut out = Vec::new();
    for _ in 0..6 {
        let open: Vec<u64> = train_of(&story).open.into_iter().collect();
        assert_eq!(open.len(), 2);
        let first = departs(&story, open[0]);
        out.push(first.to_string());
        until(&mut story, &first.to_string());
        assert_eq!(phase(&story, open[0]), "arrived", "nobody was aboard");
    }
    // Berlin changes its clocks on Sunday 29 March.
    assert_eq!(
        out,
        [
            "2026-03-03T09:00:00Z",
            "2026-03-10T09:00:00Z",
            "2026-03-17T09:00:00Z",
            "2026-03-24T09:00:00Z",
            "2026-03-31T08:00:00Z",
            "2026-04-07T08:00:00Z",
        ]
    );
}

#[test]
fn a_passenger_waits_for_its_departure_and_goes_the_moment_it_leaves() {
    let mut story = with(retail());
    let waits = story.deploy("web@1.1.0", "prod").unwrap();
    assert_eq!(story.phase(&waits), "waiting");
    join(&mut story, 1, "web@1.1.0").unwrap();
    story.then(&[
        "departure.boarded",
        "deployment.waiting",
        "deployment.slot_reserved",
    ]);
    assert_eq!(phase(&story, 1), "boarding");
    until(&mut story, "2026-03-03T08:59:59Z");
    assert_eq!(story.phase(&waits), "waiting");
    until(&mut story, "2026-03-03T09:00:00Z");
    assert_eq!(story.phase(&waits), "running");
    assert_eq!(phase(&story, 1), "departed");
    let asked = story.release_state("web@1.1.0");
    assert!(
        asked.asked.contains("it travels with retail#1"),
        "{}",
        asked.asked
    );
    story.succeeds(&waits);
    assert_eq!(phase(&story, 1), "departed", "it is still being watched");
    story.pass(Millis::minutes(40));
    story.agent_finishes();
    assert_eq!(phase(&story, 1), "arrived");
    let result = train_of(&story).results;
    assert_eq!((result[0].carried, result[0].failed), (1, 0));
}

#[test]
fn who_is_not_green_when_it_leaves_travels_with_the_next() {
    let mut story = with(retail());
    join(&mut story, 1, "web@1.1.0").unwrap();
    join(&mut story, 1, "web@1.2.0").unwrap();
    until(&mut story, "2026-03-03T09:00:00Z");
    assert_eq!(aboard(&story, 1), ["web@1.1.0"]);
    assert_eq!(aboard(&story, 2), ["web@1.2.0"]);
    assert_eq!(
        gone(&story, 1),
        ["web@1.2.0: not green in staging when retail#1 left"]
    );
    let moved = departure(&story, 2).facts.unwrap().passengers;
    assert_eq!(
        moved[&release("web@1.2.0")].how,
        "from retail#1: not green in staging when retail#1 left"
    );
}

#[test]
fn a_cut_off_moves_who_misses_it_and_says_which() {
    let mut story = with(Train {
        scope_closes: Some("20 hours before".to_owned()),
        code_closes: Some("2 hours before".to_owned()),
        ..retail()
    });
    join(&mut story, 1, "web@1.1.0").unwrap();
    join(&mut story, 1, "web@1.2.0").unwrap();
    until(&mut story, "2026-03-02T13:00:00Z");
    assert_eq!(phase(&story, 1), "closed");
    join(&mut story, 1, "web@1.3.0").unwrap();
    assert_eq!(aboard(&story, 2), ["web@1.3.0"], "too late for the first");
    until(&mut story, "2026-03-03T07:00:00Z");
    assert_eq!(aboard(&story, 1), ["web@1.1.0"]);
    assert_eq!(aboard(&story, 2), ["web@1.2.0", "web@1.3.0"]);
    assert_eq!(
        gone(&story, 1),
        [
            "web@1.3.0: boarding of retail#1 closed Mon 2 Mar 2026 14:00 Berlin",
            "web@1.2.0: not green in staging at the code cut-off",
        ]
    );
}

#[test]
fn where_a_person_decides_who_is_late_waits_for_an_answer_and_moves_without_one() {
    let mut story = with(Train {
        scope_closes: Some("20 hours before".to_owned()),
        missed: Missed::Ask,
        decided_by: Some(TeamId::new("release-office").unwrap()),
        ..retail()
    });
    let office = Team {
        members: vec!["dina".to_owned()],
        ..Team::default()
    };
    let team = TeamId::new("release-office").unwrap();
    story.ledger.spec.teams.insert(team, office);
    until(&mut story, "2026-03-02T14:00:00Z");
    join(&mut story, 1, "web@1.1.0").unwrap();
    story.then(&["departure.late_asked"]);
    join(&mut story, 1, "web@1.2.0").unwrap();
    let admit = |what: &str| Command::Admit {
        release: release(what),
        reason: why("a fix for the outage"),
    };
    tell(&mut story, 1, admit("web@1.1.0")).unwrap_err();
    story.refused("only members of release-office decide about it | ask release-office (dina)");
    let dina = Actor::account("dina", Role::Operator);
    tell_as(&mut story, dina, 1, admit("web@1.3.0")).unwrap_err();
    story.refused("web@1.3.0 does not wait to be admitted");
    // Another account of the same person decides just as well.
    crate::changes::person(&mut story, "dina", &["dina", "dina-ops"], &[]);
    let dina = Actor::account("dina-ops", Role::Operator);
    tell_as(&mut story, dina, 1, admit("web@1.1.0")).unwrap();
    let facts = departure(&story, 1).facts.unwrap();
    assert_eq!(
        facts.passengers[&release("web@1.1.0")].how,
        "admitted late by dina-ops"
    );
    until(&mut story, "2026-03-03T09:00:00Z");
    assert_eq!(phase(&story, 1), "departed");
    assert_eq!(aboard(&story, 2), ["web@1.2.0"]);
    assert_eq!(
        gone(&story, 1),
        ["web@1.2.0: nobody admitted it before retail#1 left"]
    );
}

#[test]
fn a_full_departure_sends_the_next_one_on_and_more_are_laid_when_all_are_full() {
    let mut story = with(Train {
        capacity: Some(1),
        ..retail()
    });
    for what in ["web@1.3.0", "web@1.2.0", "web@1.1.0", "web@1.0.0"] {
        join(&mut story, 1, what).unwrap();
    }
    assert_eq!(
        train_of(&story).open.into_iter().collect::<Vec<_>>(),
        [1, 2, 3, 4]
    );
    let all: Vec<String> = (1..=4).flat_map(|n| aboard(&story, n)).collect();
    assert_eq!(all, ["web@1.3.0", "web@1.2.0", "web@1.1.0", "web@1.0.0"]);
    assert_eq!(
        gone(&story, 1)[0],
        "web@1.2.0: retail#1 is full: 1 passengers"
    );
}

#[test]
fn boarding_names_what_is_wrong() {
    let mut story = with(retail());
    join(&mut story, 1, "mail@1.0.0").unwrap_err();
    story.refused("retail does not carry mail");
    join(&mut story, 1, "web@9.0.0").unwrap_err();
    story.refused("there is no release `web@9.0.0`");
    join(&mut story, 7, "web@1.1.0").unwrap_err();
    story.refused("there is no departure `retail#7`");
    join(&mut story, 1, "web@1.1.0").unwrap();
    join(&mut story, 1, "web@1.1.0").unwrap();
    story.then(&[]);
    join(&mut story, 2, "web@1.1.0").unwrap_err();
    story.refused("already aboard retail#1");
    let leave = |what: &str| Command::Leave {
        release: release(what),
        reason: why("not this week"),
    };
    tell(&mut story, 1, leave("web@1.2.0")).unwrap_err();
    story.refused("web@1.2.0 is not aboard retail#1");
    tell(&mut story, 1, leave("web@1.1.0")).unwrap();
    assert_eq!(phase(&story, 1), "scheduled");
    join(&mut story, 2, "web@1.1.0").unwrap();
    let reason = String::new();
    tell(&mut story, 2, Command::Postpone { to: None, reason }).unwrap_err();
    story.refused("needs a reason");
}

#[test]
fn a_hotfix_boards_late_by_its_rule_and_outside_of_it_nothing_happens() {
    let mut story = with(Train {
        scope_closes: Some("20 hours before".to_owned()),
        hotfixes: Some(tidegate_core::spec::Hotfixes {
            until: Millis::minutes(120),
            tags: [name("hotfix")].into(),
        }),
        ..retail()
    });
    join(&mut story, 1, "web@1.1.0").unwrap();
    until(&mut story, "2026-03-02T13:00:00Z");
    let before = (departure(&story, 1), story.release_state("web@1.2.0"));
    let refused = join(&mut story, 1, "web@1.2.0").unwrap_err().to_string();
    assert!(refused.contains("not tagged hotfix"), "{refused}");
    let after = (departure(&story, 1), story.release_state("web@1.2.0"));
    assert_eq!(after, before, "nothing happened to it");
    assert!(aboard(&story, 2).is_empty());

    // One that was moved before stays where it is, and boards the first again only by the rule.
    join(&mut story, 2, "web@1.2.0").unwrap();
    join(&mut story, 1, "web@1.2.0").unwrap_err();
    assert_eq!(aboard(&story, 2), ["web@1.2.0"]);
    tagged(&mut story, "web@1.3.0", "hotfix");
    join(&mut story, 1, "web@1.3.0").unwrap();
    assert_eq!(aboard(&story, 1), ["web@1.1.0", "web@1.3.0"]);
    let how = &departure(&story, 1).facts.unwrap().passengers[&release("web@1.3.0")].how;
    assert_eq!(how, "a hotfix");
    tell(&mut story, 1, leaves("web@1.3.0")).unwrap();
    until(&mut story, "2026-03-03T07:30:00Z");
    let refused = join(&mut story, 1, "web@1.3.0").unwrap_err().to_string();
    assert!(refused.contains("for hotfixes"), "{refused}");
    assert_eq!(aboard(&story, 1), ["web@1.1.0"]);
}

fn leaves(id: &str) -> departure::Command {
    departure::Command::Leave {
        release: release(id),
        reason: "tests are red".to_owned(),
    }
}

fn tagged(story: &mut Story, id: &str, tag: &str) {
    let command = tidegate_core::stream::release::Command::Scope {
        edits: vec![tidegate_core::stream::release::Edit::Tag { tag: name(tag) }],
        reason: "an incident".to_owned(),
    };
    let id = release(id);
    let any = tidegate_core::command::Command::Release { id, command };
    story.ask(rita(), any).unwrap();
}
