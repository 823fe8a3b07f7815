//! People that a departure needs: on duty, not busy with another, counted once; and one person behind several accounts.

use crate::changes::person as accounts;
use crate::freezes::{asks, decides, declared, grant};
use crate::gates::{ask, text};
use crate::trains::{arrives, at, departure, join, name, phase, retail, tell, until, with};
use crate::world::story::Story;
use tidegate_core::freeze::{self, FreezeId, FreezeRef, Known};
use tidegate_core::gate::{GateId, Purpose};
use tidegate_core::id::TeamId;
use tidegate_core::spec::{FreezePolicy, Going, Operation, Scope, Team, Train, Trigger};
use tidegate_core::stream::departure::{self, Command};
use tidegate_core::time::Millis;

fn team(text: &str) -> TeamId {
    TeamId::new(text).unwrap()
}

/// A team on duty at these hours of Berlin; at none without any.
fn on_duty(story: &mut Story, team_name: &str, members: &[&str], cover: &[&str]) {
    let configured = Team {
        members: members.iter().map(|m| (*m).to_owned()).collect(),
        cover: cover.iter().map(|c| (*c).to_owned()).collect(),
        zone: Some("Europe/Berlin".to_owned()),
        ..Team::default()
    };
    story.ledger.spec.teams.insert(team(team_name), configured);
}

fn needing(needs: &[(&str, u32)]) -> Train {
    Train {
        hands: needs.iter().map(|(t, n)| (team(t), *n)).collect(),
        ..retail()
    }
}

/// What departures of the train need now, one line a team.
fn needs(story: &Story) -> Vec<String> {
    let train = &story.ledger.spec.trains[&name("retail")];
    let found = departure::hands(
        &story.ledger.spec,
        story.ledger.view(),
        train,
        story.ledger.now,
    );
    found.iter().map(ToString::to_string).collect()
}

fn postponed(story: &Story, number: u64) -> Vec<String> {
    let facts = departure(story, number).facts.unwrap();
    facts.postponed.into_iter().map(|p| p.because).collect()
}

#[test]
fn a_departure_waits_for_its_people_and_leaves_when_their_duty_begins() {
    let mut story = with(needing(&[("testing", 2)]));
    on_duty(
        &mut story,
        "testing",
        &["hugo", "dina"],
        &["Mon-Fri 12:00-18:00"],
    );
    let waits = story.deploy("web@1.1.0", "prod").unwrap();
    join(&mut story, 1, "web@1.1.0").unwrap();
    until(&mut story, "2026-03-03T09:00:00Z");
    assert_eq!(phase(&story, 1), "closed", "it is due, and nobody is there");
    assert_eq!(
        needs(&story),
        ["testing needs 2, 0 free (not on duty before Tue 3 Mar 2026 12:00 Berlin)"]
    );
    let said = text(
        &ask(&story, "web@1.1.0", "prod", Purpose::Promote),
        Some(GateId::Train),
    );
    assert!(
        said.contains("aboard retail#1, which waits for hands until")
            && said.contains("testing needs 2, 0 free"),
        "{said}"
    );
    let reason = "now".to_owned();
    tell(&mut story, 1, Command::Depart { reason }).unwrap_err();
    story.refused("retail#1 cannot leave now: too few hands: testing needs 2, 0 free");
    until(&mut story, "2026-03-03T10:59:59Z");
    assert_eq!(phase(&story, 1), "closed");
    until(&mut story, "2026-03-03T11:00:00Z");
    assert_eq!(phase(&story, 1), "departed");
    assert_eq!(story.phase(&waits), "running");
    assert_eq!(
        departure(&story, 1).facts.unwrap().hands[&team("testing")],
        2
    );
}

#[test]
fn who_is_busy_with_one_departure_is_free_for_another_the_moment_it_arrives() {
    let mut story = with(needing(&[("testing", 1)]));
    on_duty(&mut story, "testing", &["hugo"], &["Mon-Fri 08:00-18:00"]);
    join(&mut story, 1, "web@1.0.0").unwrap();
    until(&mut story, "2026-03-03T09:00:00Z");
    assert_eq!(phase(&story, 1), "departed");
    join(&mut story, 2, "web@1.1.0").unwrap();
    until(&mut story, "2026-03-10T09:00:00Z");
    assert_eq!(phase(&story, 2), "closed");
    assert_eq!(
        needs(&story),
        ["testing needs 1, 0 free (1 member, 1 busy with retail#1)"]
    );
    arrives(&mut story, "web@1.0.0");
    assert_eq!(phase(&story, 1), "arrived");
    assert_eq!(phase(&story, 2), "departed");
}

#[test]
fn nobody_is_free_in_a_team_without_cover_or_members_and_the_departure_is_postponed() {
    for (members, cover, because) in [
        (&["hugo"][..], &[][..], "it does not say when it is on duty"),
        (&[], &["Mon-Sun 00:00-23:59"], "it has no members"),
    ] {
        let mut story = with(needing(&[("testing", 1)]));
        on_duty(&mut story, "testing", members, cover);
        join(&mut story, 1, "web@1.1.0").unwrap();
        until(&mut story, "2026-03-04T09:00:00Z");
        assert_eq!(phase(&story, 1), "closed", "{because}");
        until(&mut story, "2026-03-04T09:00:01Z");
        assert_eq!(phase(&story, 1), "boarding");
        assert_eq!(
            postponed(&story, 1),
            [format!(
                "it could not leave within 1d after its instant: too few hands: testing needs 1, 0 free ({because})"
            )]
        );
    }
    let mut story = with(needing(&[("testing", 1)]));
    join(&mut story, 1, "web@1.1.0").unwrap();
    until(&mut story, "2026-03-03T09:00:00Z");
    assert_eq!(
        needs(&story),
        ["testing needs 1, 0 free (team testing is no longer configured)"]
    );
    assert_eq!(phase(&story, 1), "closed");
}

#[test]
fn a_departure_with_nobody_aboard_or_nobody_green_needs_nobody() {
    let mut story = with(needing(&[("testing", 1)]));
    join(&mut story, 1, "web@1.2.0").unwrap();
    until(&mut story, "2026-03-03T09:00:00Z");
    assert_eq!(phase(&story, 1), "arrived", "who was aboard was not green");
    assert!(departure(&story, 1).facts.unwrap().hands.is_empty());
}

#[test]
fn a_person_lends_one_hand_whatever_accounts_and_teams_it_has() {
    let mut story = with(needing(&[("testing", 2)]));
    on_duty(
        &mut story,
        "testing",
        &["hugo", "hugo-ops"],
        &["Mon-Fri 08:00-18:00"],
    );
    assert_eq!(needs(&story), [String::from("testing needs 2, 2 free")]);
    accounts(&mut story, "hugo", &["hugo", "hugo-ops"], &[]);
    assert_eq!(needs(&story), ["testing needs 2, 1 free (1 member)"]);

    let mut story = with(needing(&[("support", 1), ("testing", 1)]));
    on_duty(
        &mut story,
        "support",
        &["dina", "hugo"],
        &["Mon-Fri 08:00-18:00"],
    );
    on_duty(&mut story, "testing", &["dina"], &["Mon-Fri 08:00-18:00"]);
    assert_eq!(
        needs(&story),
        ["support needs 1, 1 free", "testing needs 1, 1 free"],
        "hugo supports, so that dina can test"
    );
    on_duty(&mut story, "support", &["dina"], &["Mon-Fri 08:00-18:00"]);
    assert_eq!(
        needs(&story),
        [
            "support needs 1, 1 free",
            "testing needs 1, 0 free (1 member, some needed by another team)"
        ]
    );
}

#[test]
fn complete_features_wait_for_people_too() {
    let mut story = with(Train {
        trigger: Trigger::Features,
        ..needing(&[("testing", 1)])
    });
    on_duty(&mut story, "testing", &["hugo"], &["Mon-Fri 12:00-18:00"]);
    join(&mut story, 1, "web@1.1.0").unwrap();
    let promise = Command::Promise {
        feature: name("checkout"),
        requires: vec!["web@1.1.0".parse().unwrap()],
        reason: String::new(),
    };
    // It is ten in the morning of the day before.
    tell(&mut story, 1, promise).unwrap();
    assert_eq!(
        phase(&story, 1),
        "boarding",
        "complete, and nobody is there"
    );
    until(&mut story, "2026-03-02T11:00:00Z");
    assert_eq!(phase(&story, 1), "departed");
}

#[test]
fn a_second_account_decides_no_exception_that_the_first_asked_for() {
    let mut story = with(retail());
    on_duty(&mut story, "cfo-office", &["ana", "ana-ops", "hugo"], &[]);
    let policy = FreezePolicy {
        exception_by: vec![team("cfo-office")],
        ..FreezePolicy::default()
    };
    declared(&mut story, "close", None, policy);
    accounts(&mut story, "ana", &["ana", "ana-ops"], &[]);
    asks(&mut story, "close", "web@1.1.0", None).unwrap();
    decides(&mut story, "ana-ops", "EXC-1", grant()).unwrap_err();
    story.refused("who asked for it does not decide about it | ask cfo-office (hugo)");
    decides(&mut story, "hugo", "EXC-1", grant()).unwrap();
}

/// What a freeze of these operations would do to departures in the next 9 days: environment, what, release, effect.
fn foretold(story: &Story, scope: Scope, policy: FreezePolicy) -> Vec<String> {
    let known = Known {
        which: FreezeRef::Declared {
            id: FreezeId::new("close").unwrap(),
            declared: story.ledger.now,
        },
        why: "the books are closed".to_owned(),
        scope,
        policy,
    };
    let now = story.ledger.now;
    let ahead = Millis::minutes(9 * 24 * 60).after(now);
    let ledger = &story.ledger;
    let when = (now, at("2026-06-01T00:00:00Z"), ahead);
    freeze::affected(&known, when, &ledger.spec, &ledger.origins, ledger.view())
        .iter()
        .map(|a| {
            let release = a
                .release
                .as_ref()
                .map_or("-".to_owned(), ToString::to_string);
            format!("{} {} {release} {:?}", a.environment, a.what, a.effect)
        })
        .collect()
}

#[test]
fn the_preview_of_a_freeze_follows_the_stops_of_a_train_and_what_the_freeze_lets_go() {
    let mut story = with(retail());
    join(&mut story, 1, "web@1.1.0").unwrap();
    let everywhere = Scope {
        environments: vec!["staging".parse().unwrap(), "prod".parse().unwrap()],
        ..Scope::default()
    };
    assert_eq!(
        foretold(&story, everywhere.clone(), FreezePolicy::default()),
        [
            "prod departure retail#1 web@1.1.0 Waits",
            "prod departure retail#2 - Waits"
        ],
        "a train to prod does nothing in staging; nobody is aboard of the second"
    );
    let installs = FreezePolicy {
        first_installs: Going::Go,
        ..FreezePolicy::default()
    };
    let goes = [
        "prod departure retail#1 web@1.1.0 Goes",
        "prod departure retail#2 - Goes",
    ];
    assert_eq!(foretold(&story, everywhere.clone(), installs), goes);
    let rollbacks = Scope {
        operations: vec![Operation::Rollback],
        ..everywhere
    };
    assert_eq!(foretold(&story, rollbacks, FreezePolicy::default()), goes);
}
