//! Back or stay: named people are asked one after the other, silence takes a bad version back, and of two orders the safer
//! one is carried out.

use crate::world::company::{name, service};
use crate::world::story::{Story, given, rita};
use tidegate_core::actor::{Actor, Role};
use tidegate_core::change::ChangeId;
use tidegate_core::command::Command as Any;
use tidegate_core::gate::GateId;
use tidegate_core::id::{DeploymentId, TeamId};
use tidegate_core::refusal::Refusal;
use tidegate_core::spec::{OnRegression, Otherwise, RollbackAuthority, Team};
use tidegate_core::stream::change;
use tidegate_core::stream::decision::{Choice, Command, Decision, DecisionId, Phase};
use tidegate_core::stream::deployment;
use tidegate_core::time::Millis;

const ANSWER: Millis = Millis::minutes(10);

fn team(text: &str) -> TeamId {
    TeamId::new(text).unwrap()
}

/// Emil owns the way back of `web`, ines is the deputy, then hugo is asked; only vera lets it stay. Figures stop a rollout.
fn company() -> Story {
    let mut story = given(&["web@1.0.0", "web@1.1.0"]);
    let spec = &mut story.ledger.spec;
    let members = |who: &str| Team {
        members: vec![who.to_owned()],
        ..Team::default()
    };
    let teams = [
        ("payments", "emil"),
        ("sre", "ines"),
        ("office", "hugo"),
        ("board", "vera"),
    ];
    spec.teams = teams
        .map(|(n, who)| (team(n), members(who)))
        .into_iter()
        .collect();
    let canary = spec.strategies.get_mut(&name("canary")).unwrap();
    canary.regression = OnRegression::Pause;
    let web = spec.services.get_mut(&service("web")).unwrap();
    web.rollback.decides = Some(RollbackAuthority {
        owner: team("payments"),
        deputy: Some(team("sre")),
        escalate: vec![team("office")],
        executive: Some(team("board")),
        answer_within: ANSWER,
        otherwise: Otherwise::RollBack,
        criteria: vec!["more than 2% of payments fail".to_owned()],
        confirm: false,
    });
    web.strategy.default = Some(name("canary"));
    story
}

/// `web@1.1.0` is a tenth of staging and its figures are bad: somebody decides.
fn undecided() -> (Story, String) {
    undecided_in(company())
}

fn undecided_in(mut story: Story) -> (Story, String) {
    story.deployed("web@1.0.0", "staging");
    let id = story.deploy("web@1.1.0", "staging").unwrap();
    for _ in 0..100 {
        story.agent_finishes();
        let soaks = matches!(
            story.state(&id).phase,
            deployment::Phase::Running {
                at: deployment::Cursor {
                    sub: deployment::Sub::Soaking { .. },
                    ..
                }
            }
        );
        if soaks {
            break;
        }
        story.pass(Millis::secs(1));
    }
    story.pass(Millis::secs(30));
    story.regressed(&id).unwrap();
    assert_eq!(story.phase(&id), "waiting for a person");
    (story, id)
}

fn dec(n: u64) -> DecisionId {
    DecisionId::new(&format!("DEC-{n}")).unwrap()
}

fn state(story: &Story) -> Decision {
    story.ledger.view().load("DEC-1").unwrap()
}

fn order(story: &mut Story, who: &str, choice: Choice) -> Result<String, Refusal> {
    let command = Command::Order {
        choice,
        reason: "because".to_owned(),
    };
    let id = Some(dec(1));
    story.ask(
        Actor::account(who, Role::Approver),
        Any::Decision { id, command },
    )
}

fn stay(story: &Story, minutes: u64) -> Choice {
    Choice::Stay {
        until: Millis::minutes(minutes).after(story.ledger.now),
    }
}

fn open(story: &mut Story, deployment: &str) -> Result<String, Refusal> {
    let command = Command::Open {
        deployment: DeploymentId::parse(deployment).unwrap(),
        because: "support is flooded".to_owned(),
        effect: Some("120 EUR a minute".to_owned()),
    };
    story.ask(rita(), Any::Decision { id: None, command })
}

#[track_caller]
fn refused(answer: Result<String, Refusal>, words: &str) {
    let refusal = answer.expect_err("it is refused");
    assert!(refusal.to_string().contains(words), "{refusal}");
}

fn back(story: &Story, id: &str) -> bool {
    matches!(story.phase(id), "rolling back" | "rolled back")
}

#[test]
fn bad_figures_without_a_way_back_of_their_own_ask_the_owner_then_the_deputy_then_up_the_path() {
    let (mut story, id) = undecided();
    let opened = state(&story);
    let facts = opened.facts.unwrap();
    assert!(facts.because.contains("error-rate"), "{}", facts.because);
    assert_eq!(facts.authority.criteria, ["more than 2% of payments fail"]);
    let level = |story: &Story| match state(story).phase {
        Phase::Open { level, .. } => level,
        phase => panic!("{phase:?}"),
    };
    assert_eq!(level(&story), 0);
    story.pass(ANSWER);
    assert_eq!(level(&story), 1, "the deputy is asked");
    story.pass(ANSWER);
    assert_eq!(level(&story), 2, "then up the path");
    assert_eq!(story.phase(&id), "waiting for a person");
    story.pass(ANSWER);
    assert!(matches!(
        state(&story).phase,
        Phase::Lapsed { back: true, .. }
    ));
    assert!(
        back(&story, &id),
        "silence keeps no bad version: {}",
        story.phase(&id)
    );
}

#[test]
fn anybody_on_the_path_orders_the_way_back_and_nobody_else_does() {
    let (mut story, id) = undecided();
    refused(
        order(&mut story, "otto", Choice::RollBack),
        "payments, sre, office, board decide",
    );
    order(&mut story, "hugo", Choice::RollBack).unwrap();
    assert!(back(&story, &id));
    assert!(matches!(state(&story).phase, Phase::Settled { .. }));
    refused(
        order(&mut story, "emil", Choice::RollBack),
        "the way back of web@1.1.0 was ordered already",
    );
}

#[test]
fn staying_takes_the_one_who_is_named_for_it_and_an_end() {
    let (mut story, id) = undecided();
    let until = stay(&story, 60);
    refused(
        order(&mut story, "emil", until.clone()),
        "only board lets it stay against its criteria",
    );
    let long = stay(&story, 25 * 60);
    refused(order(&mut story, "vera", long), "for at most 24 hours");
    let over = stay(&story, 0);
    refused(order(&mut story, "vera", over), "is over");
    order(&mut story, "vera", until).unwrap();
    story.pass(Millis::minutes(59));
    assert!(!back(&story, &id), "nobody is asked any more");
    story.pass(Millis::minutes(1));
    assert!(back(&story, &id), "the time for which it stayed is over");
}

#[test]
fn of_two_contrary_orders_both_are_kept_and_the_way_back_is_carried_out() {
    let (mut story, id) = undecided();
    let until = stay(&story, 60);
    order(&mut story, "vera", until).unwrap();
    order(&mut story, "emil", Choice::RollBack).unwrap();
    assert!(back(&story, &id));
    let until = stay(&story, 60);
    order(&mut story, "vera", until).unwrap();
    assert!(back(&story, &id));
    let carried: Vec<bool> = state(&story).orders.iter().map(|o| o.carried_out).collect();
    assert_eq!(carried, [true, true, false]);
    assert!(matches!(state(&story).phase, Phase::Settled { .. }));
}

#[test]
fn nobody_lets_it_go_on_around_those_who_are_asked() {
    let (mut story, id) = undecided();
    refused(
        story.deployment(&id, deployment::Command::Resume),
        "DEC-1 is open: whether it goes back or stays is not decided",
    );
    let abort = deployment::Command::Abort {
        reason: "enough".to_owned(),
    };
    story.deployment(&id, abort).unwrap();
    let Phase::Closed { because, .. } = state(&story).phase else {
        panic!("{:?}", state(&story).phase);
    };
    assert!(because.contains("enough"), "{because}");
}

#[test]
fn a_person_opens_one_about_what_runs_and_is_watched_and_a_second_one_is_told_of_it() {
    let mut story = company();
    story.deployed("web@1.0.0", "staging");
    let id = story.deploy("web@1.1.0", "staging").unwrap();
    refused(open(&mut story, &id), "cannot be taken back");
    story.succeeds(&id);
    assert_eq!(story.phase(&id), "succeeded");
    open(&mut story, &id).unwrap();
    assert_eq!(
        state(&story).facts.unwrap().effect.as_deref(),
        Some("120 EUR a minute")
    );
    refused(open(&mut story, &id), "DEC-1 is open about this already");
    order(&mut story, "ines", Choice::RollBack).unwrap();
    assert!(back(&story, &id));
}

#[test]
fn a_server_that_was_away_does_at_its_next_look_what_was_declared() {
    let (mut story, id) = undecided();
    story.sleep(Millis::minutes(3 * 60));
    assert!(matches!(
        state(&story).phase,
        Phase::Lapsed { back: true, .. }
    ));
    assert!(back(&story, &id));
}

#[test]
fn what_stays_without_an_answer_was_declared_so_and_a_service_without_authority_asks_nobody() {
    let mut story = company();
    let web = story.ledger.spec.services.get_mut(&service("web")).unwrap();
    web.rollback.decides.as_mut().unwrap().otherwise = Otherwise::Stay;
    let (mut story, id) = undecided_in(story);
    story.pass(Millis::minutes(30));
    assert!(matches!(
        state(&story).phase,
        Phase::Lapsed { back: false, .. }
    ));
    assert_eq!(story.phase(&id), "waiting for a person");
    let mut story = company();
    let services = &mut story.ledger.spec.services;
    services.get_mut(&service("web")).unwrap().rollback.decides = None;
    let (mut story, id) = undecided_in(story);
    assert_eq!(state(&story), Decision::default());
    refused(
        open(&mut story, &id),
        "web does not say who decides about its way back",
    );
}

fn confirm(story: &mut Story, who: &str) -> Result<String, Refusal> {
    let command = change::Command::Own {
        reason: "my shift".to_owned(),
    };
    let id = Some(ChangeId::new("CHG-1").unwrap());
    story.ask(
        Actor::account(who, Role::Approver),
        Any::Change { id, command },
    )
}

fn owner_gate(story: &Story, id: &str) -> String {
    let deployment::Phase::Gated { reports, .. } = story.state(id).phase else {
        return story.phase(id).to_owned();
    };
    let report = reports
        .into_iter()
        .find(|r| r.gate == GateId::RollbackOwner);
    let report = report.unwrap();
    format!("{} | {}", report.title, report.who.join(", "))
}

#[test]
fn where_a_service_asks_for_it_nothing_starts_before_somebody_confirmed_to_own_the_way_back() {
    let mut story = company();
    let web = story.ledger.spec.services.get_mut(&service("web")).unwrap();
    web.rollback.decides.as_mut().unwrap().confirm = true;
    // Ines is on duty from the next morning on.
    let sre = story.ledger.spec.teams.get_mut(&team("sre")).unwrap();
    sre.cover = vec!["Tue 00:00-24:00".to_owned()];
    story.deployed("web@1.0.0", "staging");
    let id = story.deploy("web@1.0.0", "prod").unwrap();
    assert_eq!(
        owner_gate(&story, &id),
        "nobody has confirmed to decide about the way back of web@1.0.0 | emil, ines"
    );
    refused(confirm(&mut story, "vera"), "payments, sre decide about it");
    confirm(&mut story, "ines").unwrap();
    let off_duty = owner_gate(&story, &id);
    assert!(off_duty.starts_with("sre is not on duty"), "{off_duty}");
    confirm(&mut story, "emil").unwrap();
    let entries = story.ledger.entries.iter();
    let owned = entries.filter(|e| e.entry.kind == "change.rollback_owned/1");
    let bodies: Vec<&str> = owned.map(|e| e.entry.body.as_str()).collect();
    assert_eq!(bodies.len(), 2, "the handover is recorded: {bodies:?}");
    assert!(bodies[1].contains("\"from\":\"ines\""), "{bodies:?}");
    assert_eq!(owner_gate(&story, &id), "running");
}

#[test]
fn bad_figures_say_how_many_bad_answers_a_minute_they_mean() {
    let (story, _) = undecided();
    let effect = state(&story).facts.unwrap().effect.unwrap();
    assert!(effect.starts_with("about "), "{effect}");
    assert!(effect.contains("bad answers a minute"), "{effect}");
    assert!(
        effect.contains("more than web@1.0.0 would give"),
        "{effect}"
    );
}
