//! Trains: boarding, cut-offs, go or no-go, leaving, arriving, and what a late server or a changed timetable does.

use crate::gates::{ask, text};
use crate::world::company::{release, service};
use crate::world::story::{Story, given, rita};
use std::fmt::Write as _;
use tidegate_core::actor::{Actor, Role};
use tidegate_core::command::Command as Any;
use tidegate_core::gate::{GateId, Purpose};
use tidegate_core::id::{DepartureId, Name, TeamId};
use tidegate_core::refusal::Refusal;
use tidegate_core::spec::{Cadence, Missed, Quota, Share, Team, Train, Trigger};
use tidegate_core::stream::departure::{Command, Departure, Journey};
use tidegate_core::stream::{departure, train};
use tidegate_core::time::{Millis, Timestamp};

pub fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A train for `web` and `api` to `prod`, every week on Tuesday at ten in Berlin; stories begin on Mon 2 March 2026.
pub fn retail() -> Train {
    Train {
        carries: vec![service("web"), service("api")],
        departs: "every week on Tue at 10:00".to_owned(),
        zone: Some("Europe/Berlin".to_owned()),
        first: None,
        scope_closes: None,
        code_closes: None,
        go_no_go: None,
        decided_by: None,
        missed: Missed::NextTrain,
        capacity: None,
        to: Vec::new(),
        patience: Millis::minutes(24 * 60),
        trigger: Trigger::Date,
        features: std::collections::BTreeMap::new(),
        cadence: None,
        hands: std::collections::BTreeMap::new(),
    }
}

/// The company with this train under way, and `web` 1.0.0 to 1.3.0 made; the first two are green in staging.
pub fn with(train: Train) -> Story {
    let mut story = given(&["web@1.0.0", "web@1.1.0", "web@1.2.0", "web@1.3.0"]);
    story.deployed("web@1.0.0", "staging");
    story.deployed("web@1.1.0", "staging");
    configure(&mut story, train);
    story
}

/// The configuration has this train from now on.
pub fn configure(story: &mut Story, train: Train) {
    story.ledger.spec.trains.insert(name("retail"), train);
    look(story);
}

pub fn look(story: &mut Story) {
    let command = train::Command::Wake;
    let id = name("retail");
    story
        .ask(Actor::system(), Any::Train { id, command })
        .expect("a train always looks");
}

pub fn id(number: u64) -> DepartureId {
    DepartureId::new(name("retail"), number)
}

pub fn tell(story: &mut Story, number: u64, command: Command) -> Result<String, Refusal> {
    tell_as(story, rita(), number, command)
}

pub fn tell_as(
    story: &mut Story,
    actor: Actor,
    number: u64,
    command: Command,
) -> Result<String, Refusal> {
    let id = id(number);
    story.ask(actor, Any::Departure { id, command })
}

pub fn join(story: &mut Story, number: u64, what: &str) -> Result<String, Refusal> {
    let command = Command::Join {
        release: release(what),
        reason: String::new(),
    };
    tell(story, number, command)
}

pub fn departure(story: &Story, number: u64) -> Departure {
    story.ledger.view().load(&id(number).key()).unwrap()
}

pub fn train_of(story: &Story) -> train::Train {
    story.ledger.view().load("retail").unwrap()
}

pub fn phase(story: &Story, number: u64) -> &'static str {
    departure(story, number).phase.name()
}

fn departs(story: &Story, number: u64) -> Timestamp {
    departure(story, number).facts.unwrap().timetable.departs
}

fn aboard(story: &Story, number: u64) -> Vec<String> {
    let facts = departure(story, number).facts.unwrap();
    facts.passengers.keys().map(ToString::to_string).collect()
}

/// Why each of these is gone from a departure.
fn gone(story: &Story, number: u64) -> Vec<String> {
    let facts = departure(story, number).facts.unwrap();
    let line = |g: &departure::Gone| format!("{}: {}", g.release, g.because);
    facts.gone.iter().map(line).collect()
}

pub fn until(story: &mut Story, then: &str) {
    let span = Millis::between(story.ledger.now, at(then));
    story.pass(span);
}

fn down_until(story: &mut Story, then: &str) {
    let span = Millis::between(story.ledger.now, at(then));
    story.sleep(span);
}

fn why(text: &str) -> String {
    text.to_owned()
}

/// What the runner does: a deployment for every promotion to `prod`, carried out to its end.
pub fn arrives(story: &mut Story, what: &str) {
    let id = story.deploy(what, "prod").expect("it is aboard");
    story.succeeds(&id);
    story.pass(Millis::minutes(40));
    story.agent_finishes();
}

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

fn decided() -> Train {
    Train {
        go_no_go: Some("18 hours before".to_owned()),
        ..retail()
    }
}

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
    tell(&mut story, 1, Command::NoGo { reason }).unwrap();
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

/// A deployment to `prod` whose first steps fail for good.
fn fails(story: &mut Story, what: &str) {
    let id = story.deploy(what, "prod").expect("it is aboard");
    for _ in 0..20 {
        if !story.agent_says(crate::world::story::failed()) {
            story.pass(Millis::secs(90));
        }
        if story.state(&id).phase.is_terminal() {
            return;
        }
    }
    panic!("{id} does not fail: {}", story.phase(&id));
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

fn slowing() -> Train {
    let quota = |percent: u32, departures| Quota {
        share: Share(percent * 100),
        departures,
    };
    Train {
        cadence: Some(Cadence {
            slow_after: quota(20, 2),
            recover_after: quota(5, 3),
            steps: vec!["every 2 weeks on Tue at 10:00".to_owned()],
            notice: Millis::minutes(24 * 60),
        }),
        first: Some(jiff::civil::date(2026, 3, 3)),
        ..retail()
    }
}

/// The next departure carries a new version of `web`, and it fails or arrives.
fn run(story: &mut Story, version: &str, good: bool) {
    let what = format!("web@{version}");
    story.register(&what).unwrap();
    story.create(&what).unwrap();
    story.deployed(&what, "staging");
    let number = *train_of(story).open.iter().next().unwrap();
    join(story, number, &what).unwrap();
    let leaves = departs(story, number).to_string();
    until(story, &leaves);
    if good {
        arrives(story, &what);
    } else {
        fails(story, &what);
    }
    assert_eq!(phase(story, number), "arrived");
}

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
