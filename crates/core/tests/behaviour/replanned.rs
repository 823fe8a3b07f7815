//! What is declared on the calendar moves departures of trains too: shown before, in one transaction, nobody loses their place.

use crate::layers::{declare, once, person, proposed, what};
use crate::trains::{at, configure, departure, join, name, phase, retail, tell_as, with};
use crate::world::company::{env, release};
use crate::world::story::Story;
use tidegate_core::actor::{Actor, Role};
use tidegate_core::id::TeamId;
use tidegate_core::replan::{Outcome, Proposal, Work};
use tidegate_core::spec::{Team, Train};
use tidegate_core::stream::departure::Command;
use tidegate_core::stream::entry::{Declared, Kind, When};

/// An outage of production around the first departure, Tue 3 March 10:00 Berlin.
fn outage() -> Declared {
    let mut outage = what(
        Kind::Outage,
        "The payment network moves",
        once("2026-03-03T08:00:00Z", "2026-03-03T12:00:00Z"),
    );
    outage.scope.environments = vec![env("prod")];
    outage
}

/// The company with its train; `platform` answers for what is declared.
fn running() -> Story {
    let mut story = with(retail());
    team(&mut story, "platform", "dina");
    story
}

fn team(story: &mut Story, name: &str, member: &str) -> TeamId {
    let id = TeamId::new(name).unwrap();
    let team = Team {
        members: vec![member.to_owned()],
        ..Team::default()
    };
    story.ledger.spec.teams.insert(id.clone(), team);
    id
}

fn of_departures(proposal: &Proposal) -> Vec<(String, Outcome)> {
    let all = proposal.items.iter();
    let departures = all.filter_map(|item| match &item.work {
        Work::Departure { id, .. } => Some((id.to_string(), item.outcome.clone())),
        Work::Deployment { .. } => None,
    });
    departures.collect()
}

fn moves(to: &str) -> Outcome {
    Outcome::Moves { to: at(to) }
}

fn departs(story: &Story, number: u64) -> String {
    let facts = departure(story, number).facts.unwrap();
    facts.timetable.departs.to_string()
}

#[test]
fn an_outage_postpones_the_departure_inside_it_and_its_passengers_stay_aboard() {
    let mut story = running();
    let decided_by = Some(team(&mut story, "release-office", "dina"));
    configure(
        &mut story,
        Train {
            decided_by,
            ..retail()
        },
    );
    join(&mut story, 1, "web@1.1.0").unwrap();

    let proposal = proposed(&story, &outage());
    assert_eq!(
        of_departures(&proposal),
        [("retail#1".to_owned(), moves("2026-03-10T09:00:00Z"))]
    );
    let item = &proposal.items[0];
    assert_eq!(item.slot, Some(at("2026-03-03T09:00:00Z")));
    assert_eq!(item.because, "it leaves inside outage outage-1");
    assert_eq!(item.tell, ["rita", "team platform", "team release-office"]);
    assert_eq!(proposal.summary(), "1 move");

    story
        .ask(person("ana"), declare(outage(), None))
        .unwrap_err();
    story.refused("it hits planned work: 1 move");

    // In the same transaction; nobody counted on the second departure, which is laid anew behind it.
    let digest = Some(proposal.digest);
    story.ask(person("ana"), declare(outage(), digest)).unwrap();
    story.then(&["entry.declared", "departure.postponed", "departure.relaid"]);
    assert_eq!(departs(&story, 1), "2026-03-10T09:00:00Z");
    assert_eq!(departs(&story, 2), "2026-03-17T09:00:00Z");
    assert_eq!(phase(&story, 1), "boarding");
    let facts = departure(&story, 1).facts.unwrap();
    assert!(facts.passengers.contains_key(&release("web@1.1.0")));
    assert_eq!(
        facts.postponed[0].because,
        "The payment network moves: it leaves inside outage outage-1"
    );
}

#[test]
fn a_proposal_is_void_when_somebody_boards_after_it_was_shown() {
    let mut story = running();
    let proposal = proposed(&story, &outage());
    assert_eq!(
        of_departures(&proposal).len(),
        1,
        "an empty one is moved too"
    );
    join(&mut story, 1, "web@1.1.0").unwrap();
    let answer = story.ask(person("ana"), declare(outage(), Some(proposal.digest)));
    assert_eq!(answer.unwrap_err().code(), "TG2007");
    assert_eq!(departs(&story, 1), "2026-03-03T09:00:00Z");
}

#[test]
fn two_departures_inside_one_audit_move_to_two_dates_and_what_it_lets_through_leaves() {
    let mut story = running();
    join(&mut story, 1, "web@1.1.0").unwrap();
    join(&mut story, 2, "web@1.2.0").unwrap();
    let mut audit = outage();
    audit.kind = Kind::Audit;
    audit.when = once("2026-03-03T00:00:00Z", "2026-03-11T00:00:00Z");
    assert_eq!(
        of_departures(&proposed(&story, &audit)),
        [
            ("retail#1".to_owned(), moves("2026-03-17T09:00:00Z")),
            ("retail#2".to_owned(), moves("2026-03-24T09:00:00Z")),
        ]
    );
    audit.lets = vec![release("web@1.1.0"), release("web@1.2.0")];
    assert_eq!(of_departures(&proposed(&story, &audit)), []);
    // It begins before the whole operation is over: that is inside it as well.
    let soon = Declared {
        when: once("2026-03-03T09:05:00Z", "2026-03-03T10:00:00Z"),
        ..outage()
    };
    assert_eq!(
        of_departures(&proposed(&story, &soon)),
        [
            ("retail#1".to_owned(), moves("2026-03-17T09:00:00Z")),
            ("retail#2".to_owned(), Outcome::Stays),
        ],
        "somebody counts on the date of the second"
    );
}

#[test]
fn where_the_train_has_no_date_outside_it_leaves_and_its_passengers_wait() {
    let mut story = running();
    join(&mut story, 1, "web@1.1.0").unwrap();
    let mut weekly = outage();
    weekly.when = When::Repeats {
        phrase: "Tue 08:00-13:00".to_owned(),
        lasting: None,
        from: None,
        until: None,
    };
    let proposal = proposed(&story, &weekly);
    let until = Some(at("2026-03-03T12:00:00Z"));
    assert_eq!(
        of_departures(&proposal)[0],
        ("retail#1".to_owned(), Outcome::Waits { until })
    );
    assert_eq!(proposal.hits(), proposal.items.len());
    story
        .ask(person("ana"), declare(weekly, Some(proposal.digest)))
        .unwrap();
    story.then(&["entry.declared"]);
    assert_eq!(departs(&story, 1), "2026-03-03T09:00:00Z");
}

#[test]
fn a_campaign_asks_for_consent_to_whoever_is_aboard_and_moves_nothing() {
    let mut story = running();
    let shop = team(&mut story, "shop", "hugo");
    join(&mut story, 1, "web@1.1.0").unwrap();
    let mut campaign = outage();
    campaign.kind = Kind::Campaign;
    campaign.owner = Some(shop);
    let proposal = proposed(&story, &campaign);
    assert_eq!(
        of_departures(&proposal),
        [("retail#1".to_owned(), Outcome::NeedsConsent)]
    );
    story
        .ask(person("ana"), declare(campaign, Some(proposal.digest)))
        .unwrap();
    story.then(&["entry.declared"]);
}

#[test]
fn a_date_of_the_timetable_that_a_person_names_is_that_date() {
    let mut story = running();
    join(&mut story, 1, "web@1.1.0").unwrap();
    let to = Some(at("2026-03-10T09:00:00Z"));
    let reason = "the team is ill".to_owned();
    let dina = Actor::account("dina", Role::Operator);
    tell_as(&mut story, dina, 1, Command::Postpone { to, reason }).unwrap();
    assert_eq!(departs(&story, 1), "2026-03-10T09:00:00Z");
    assert_eq!(
        departs(&story, 2),
        "2026-03-17T09:00:00Z",
        "not twice at once"
    );
    assert_eq!(name("retail"), departure(&story, 1).facts.unwrap().id.train);
}

#[test]
fn an_entry_that_hits_the_departures_of_many_trains_postpones_all_of_them_at_once() {
    let mut story = running();
    for n in 0..40 {
        let id = name(&format!("line-{n}"));
        story.ledger.spec.trains.insert(id.clone(), retail());
        let command = tidegate_core::stream::train::Command::Wake;
        let look = tidegate_core::command::Command::Train { id, command };
        story
            .ask(tidegate_core::actor::Actor::system(), look)
            .unwrap();
    }
    let proposal = proposed(&story, &outage());
    assert_eq!(proposal.hits(), 41);
    let digest = Some(proposal.digest);
    story.ask(person("ana"), declare(outage(), digest)).unwrap();
    let kinds = story.ledger.kinds(0);
    let postponed = kinds.iter().filter(|k| *k == "departure.postponed");
    assert_eq!(postponed.count(), 41);
}
